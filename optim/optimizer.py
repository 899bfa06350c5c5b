"""`Optimizer`: groups of parameters, what is kept for each, and a step that runs an update rule over all of them.

An optimizer is its update rule, `update`: NumPy arithmetic on one block of parameters, their gradients and what is
kept for them, written line by line as in the textbook. The step calls it block by block; `blocks` says which. What the
rule computes on the way goes to work arrays that are used again and again, so nothing is allocated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, enable_grad
from autograd.errors import ArgumentError, EntryError
from autograd.modes import QUIET, reset_errors, set_errors
from autograd.storage import note_write
from autograd.tape import Variable, bump, wrap
from optim import state
from optim.axpy import scale
from optim.blocks import Array, Group, Plan, Scratch, check_params
from optim.hooks import (
    Hooked,
    Hooks,
    passed_through,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)
from optim.options import as_numbers
from optim.state import number_dtype

__all__ = ["Optimizer", "Params", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook"]

Params = Iterable[Tensor] | Iterable[Group] | Iterable[tuple[str, Tensor]]

_NOTHING: dict[str, Any] = {}


class Optimizer(Hooked):
    """Base class of optimizers.

    A subclass checks its options in `check`, names the arrays it keeps for each parameter in `buffers`, and writes its
    rule in `update`; or it overrides `step`, as in PyTorch.

    Args:
        params: the parameters: tensors, pairs (name, tensor), or dicts with "params" and options for these alone.
        defaults: the options, for groups that do not give their own.

    Attributes:
        param_groups: dicts of options; "params" is the list of parameters.
        state: parameter -> what is kept for it.

    >>> import autograd, nn
    >>> class SignDescent(Optimizer):
    ...     '''θ ← θ − lr · sign(g)'''
    ...
    ...     def __init__(self, params, lr=0.5):
    ...         super().__init__(params, {"lr": lr})
    ...
    ...     def update(self, p, g, state, group, work, first):
    ...         s = np.sign(g, out=work[0])
    ...         s *= group["lr"]
    ...         p -= s
    >>> w = nn.Parameter(autograd.tensor([3.0, -4.0]))
    >>> (w * w).sum().backward()
    >>> SignDescent([w]).step()
    >>> w
    Parameter containing:
    tensor([ 2.5000, -3.5000], requires_grad=True)
    """

    works = 2
    """How many work arrays `update` wants."""

    whole = False
    """Whether `update` needs each parameter whole, in its shape: the rule is not elementwise."""

    def __init__(self, params: Params, defaults: Group) -> None:
        super().__init__()
        who = type(self).__name__
        if isinstance(params, Variable):
            raise ArgumentError(f"{who}: params is a list of tensors, got one tensor; put it in brackets")
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self._scratch = Scratch(self.works)
        self._plans: dict[int, Plan] = {}
        groups = _listed(who, params)
        if not groups:
            raise ArgumentError(f"{who}: got no parameters; parameters() can be gone through only once")
        self.check({"params": [], **defaults})
        given = [(group, dict(group)) for group in groups if isinstance(group, dict)]
        try:
            for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
                self.add_param_group(group)
        except Exception:
            for group, before in given:
                group.clear()
                group.update(before)
            raise

    # -- what a subclass writes ------------------------------------------------------------------------------------

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The names of the arrays kept for each parameter, of its shape, 0 at first."""
        return ()

    def numbers(self, group: Group) -> dict[str, float]:
        """The numbers kept for each parameter, with what they are at first; {"step": 0} counts the steps."""
        return {}

    def kept_for(self, p: Array, group: Group) -> tuple[str, ...]:
        """The names of the arrays kept for a parameter, if that depends on its shape."""
        return self.buffers(group)

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """The arrays kept for a parameter, before its first step: zeros of its shape."""
        return {name: np.zeros_like(p) for name in self.buffers(group)}

    def shapes(self, p: Array, group: Group) -> dict[str, tuple[int, ...]]:
        """The shapes of what is kept for a parameter, by which a state dict is checked."""
        return {name: array.shape for name, array in self.begin(p, group).items()}

    def advance(self, state: dict[str, Any], group: Group) -> None:
        """Change the numbers in `state`, once for each parameter and step, before its blocks are updated."""
        state["step"] += 1

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block, in place.

        Args:
            p, g: the block of the parameter and of its gradient; `g` must not be changed.
            state: the block of each buffer, and the numbers, such as "step", if there are any.
            group: the options.
            work: arrays of the same shape and dtype, for results on the way.
            first: whether the buffers are new.
        """
        raise NotImplementedError(f"{type(self).__name__} has no update(): define it, or step()")

    # -- the step --------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Args:
            closure: computes the loss anew, with its gradients; called first.

        Returns:
            What the closure returned.

        Raises:
            ShapeError: if a parameter has another shape than its gradient.
            InPlaceError: if a parameter cannot be written to.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        errors = set_errors(QUIET)
        try:
            for i, group in enumerate(self.param_groups):
                params = [
                    p for p in group["params"] if (leaf := p.leaf) is not None and leaf.grad is not None
                ]
                if params:
                    options = as_numbers(group)
                    plan = self._plan(i, params, self.buffers(group), options)
                    try:
                        plan.step(self, options)
                    except ValueError:
                        check_params(params)  # raises if it is for a gradient of another shape
                        raise
                    note_write(*plan.values)
        finally:
            reset_errors(errors)
        return loss

    def _plan(self, i: int, params: list[Any], names: tuple[str, ...], group: Group) -> Plan:
        """How to go through the parameters of a group; made anew only when it has changed."""
        numbers = self.numbers(group)
        plan = self._plans.get(i)
        if plan is None or not plan.fits(params, self.state, names):
            check_params(params)
            keeps = [self.state[p] for p in params] if names or numbers else [_NOTHING] * len(params)
            for name, start in numbers.items():
                for kept in keeps:
                    kept.setdefault(name, wrap(np.array(start, number_dtype())))
            plan = self._plans[i] = Plan(params, keeps, names, self, group, self._scratch)
        return plan

    def keep_from_the_start(self, p: Any, group: Group) -> None:
        """Begin what is kept for a parameter before its first step."""
        kept = {name: np.array(start, number_dtype()) for name, start in self.numbers(group).items()}
        kept.update(self.begin(p.array, group))
        self.state[p].update({name: wrap(array) for name, array in kept.items()})

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop the gradients, or with `set_to_none=False` fill them with 0."""
        for group in self.param_groups:
            for p in group["params"]:
                leaf = p.leaf
                if leaf is None:
                    continue
                if set_to_none:
                    leaf.grad = None
                elif leaf.grad is not None:
                    leaf.grad.detach_().array.fill(0)
                    bump(leaf.grad)

    # -- groups ----------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters, with options of their own.

        Args:
            param_group: {"params": tensor, tensors or pairs (name, tensor), and options}; this dict becomes the group.

        Raises:
            EntryError: if there are no "params".
            ArgumentError: if something is not a tensor, is the result of an operation or is there already, or an option
                is out of its range.
        """
        who = type(self).__name__
        if not isinstance(param_group, dict):
            raise ArgumentError(f"{who}: a group is a dict with 'params', got {type(param_group).__name__}")
        if "params" not in param_group:
            raise EntryError(f"{who}: a group is a dict with 'params', got one with {sorted(param_group)}")
        given = param_group["params"]
        if isinstance(given, set):
            raise ArgumentError(f"{who}: a set has no order; give the parameters in a list")
        listed: list[Any] = [given] if isinstance(given, Variable) else _listed(who, given)
        names = [entry[0] for entry in listed if isinstance(entry, tuple)]
        if names and len(names) != len(listed):
            raise ArgumentError(f"{who}: name all parameters of a group or none; {len(names)} have names")
        params = [entry[1] for entry in listed] if names else listed
        self._check_params(params)
        group = {**self.defaults, **param_group, "params": params}
        if names:
            group["param_names"] = names
        if any(("param_names" in other) != bool(names) for other in self.param_groups):
            raise ArgumentError(f"{who}: name the parameters of all groups or of none")
        if group.get("differentiable"):
            raise ArgumentError(f"{who}: differentiable=True is not supported; the step is never recorded")
        if group.get("fused") and group.get("foreach"):
            raise ArgumentError(f"{who}: fused and foreach exclude each other; leave one of them out")
        self.check(group)
        param_group.update(group)
        self.param_groups.append(param_group)

    def _check_params(self, params: list[Any]) -> None:
        who = type(self).__name__
        seen = {id(p) for group in self.param_groups for p in group["params"]}
        for i, p in enumerate(params):
            if not isinstance(p, Variable):
                raise ArgumentError(f"{who}: optimizes tensors, but params[{i}] is a {type(p).__name__}")
            if not p.is_leaf and not p.retains_grad:  # type: ignore[attr-defined]  # every Variable is a Tensor
                raise ArgumentError(
                    f"{who}: params[{i}], of shape {p.array.shape}, is the result of an operation, not a leaf; "
                    "optimize the tensors it is computed from"
                )
            if id(p) in seen:
                raise ArgumentError(f"{who}: params[{i}], of shape {p.array.shape}, is there twice")
            seen.add(id(p))

    # -- state -----------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """{"state": {number: {name: tensor}}, "param_groups": [{option: value, "params": [number]}]}.

        Parameters are numbered in their order. The tensors are those in use, not copies.
        """
        for hook in tuple(self.hooks.before_saving.values()):
            hook(self)
        made = state.packed(self.param_groups, self.state)
        return passed_through(self.hooks.after_saving, self, made)  # type: ignore[no-any-return]  # a hook's is one too

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned, here or in PyTorch; tensors may also be arrays.

        Raises:
            EntryError: if there is no "state" or "param_groups".
            StateDictError: if the groups or shapes do not fit. Nothing has been changed.
        """
        who = type(self).__name__
        if not isinstance(state_dict, Mapping):
            raise ArgumentError(
                f"{who}.load_state_dict: needs what state_dict() returns, got {type(state_dict).__name__}"
            )
        saved = passed_through(self.hooks.before_loading, self, dict(state_dict))
        self.param_groups, self.state = state.unpacked(self, saved)
        for hook in tuple(self.hooks.after_loading.values()):
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_scratch": Scratch(self.works), "_plans": {}, "hooks": Hooks()}

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def _listed(who: str, params: Any) -> list[Any]:
    try:
        return list(params)
    except TypeError:
        raise ArgumentError(f"{who}: params is a list of tensors, got {type(params).__name__}") from None


def decayed(p: Array, g: Array, group: Group, out: Array) -> Array:
    """The gradient of the objective to be minimised, with the weight decay's: ±g + λθ; `g` itself if that is all.

    With decoupled weight decay the parameter itself is decayed, θ ← θ − lr λ θ, and the gradient is ±g.
    """
    decay = group["weight_decay"]
    if decay and group.get("decoupled_weight_decay"):
        scale(p, 1 - group["lr"] * decay)
    elif decay:
        np.multiply(p, decay, out=out)
        return np.subtract(out, g, out=out) if group["maximize"] else np.add(out, g, out=out)
    return np.negative(g, out=out) if group["maximize"] else g
