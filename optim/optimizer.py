"""`Optimizer`: groups of parameters, what is kept for each, and a step that runs an update rule over all of them.

An optimizer is its update rule, `update`: NumPy arithmetic on one block of parameters, their gradients and what is
kept for them, written line by line as in the textbook. The step calls it block by block; `blocks` says which. What the
rule computes on the way goes to work arrays that are used again and again, so nothing is allocated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor, enable_grad
from autograd.errors import ArgumentError
from autograd.modes import NUMPY_ERRORS, QUIET
from autograd.storage import note_write
from autograd.tape import RemovableHandle, Variable, bump, wrap
from optim import state
from optim.blocks import Array, Group, Plan, Scratch
from optim.state import number_dtype

Params = Iterable[Tensor] | Iterable[Group] | Iterable[tuple[str, Tensor]]


_NOTHING: dict[str, Any] = {}


class Optimizer:
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
        if isinstance(params, Variable):
            raise ArgumentError(
                f"{type(self).__name__}: params is a list of tensors, got one tensor; put it in brackets"
            )
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self._before: dict[int, Callable[..., Any]] = {}
        self._after: dict[int, Callable[..., Any]] = {}
        self._scratch = Scratch(self.works)
        self._plans: dict[int, Plan] = {}
        self.stepped = False  # a scheduler warns if it is stepped first
        groups: list[Any] = list(params)
        if not groups:
            raise ArgumentError(
                f"{type(self).__name__}: got no parameters; parameters() can be gone through only once"
            )
        self.check({"params": [], **defaults})
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

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
        """
        for before in tuple(self._before.values()):
            before(self, (closure,), {})
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        self.stepped = True
        errors = NUMPY_ERRORS.set(QUIET)
        try:
            for i, group in enumerate(self.param_groups):
                params = [p for p in group["params"] if p.leaf is not None and p.leaf.grad is not None]
                if params:
                    lr = group["lr"]
                    options = {**group, "lr": lr.array.item()} if isinstance(lr, Variable) else group
                    self._plan(i, params, self.buffers(group), options).step(self, options)
                    note_write(*[p.array for p in params])
        finally:
            NUMPY_ERRORS.reset(errors)
        for after in tuple(self._after.values()):
            after(self, (closure,), {})
        return loss

    def _plan(self, i: int, params: list[Any], names: tuple[str, ...], group: Group) -> Plan:
        """How to go through the parameters of a group; made anew only when it has changed."""
        numbers = self.numbers(group)
        keeps = [self.state[p] for p in params] if names or numbers else [_NOTHING] * len(params)
        plan = self._plans.get(i)
        if plan is None or not plan.fits(params, keeps, names):
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
                if p.leaf is None or p.leaf.grad is None:
                    continue
                if set_to_none:
                    p.leaf.grad = None
                else:
                    p.leaf.grad.detach_().array.fill(0)
                    bump(p.leaf.grad)

    # -- groups ----------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: Group) -> None:
        """Add parameters, with options of their own.

        Args:
            param_group: {"params": tensor, tensors or pairs (name, tensor), and options}.

        Raises:
            ArgumentError: if something is not a tensor, is the result of an operation or is there already, or an option
                is out of its range.
        """
        who = type(self).__name__
        if not isinstance(param_group, dict):
            raise ArgumentError(f"{who}: a group is a dict with 'params', got {type(param_group).__name__}")
        given = param_group["params"]
        if isinstance(given, set):
            raise ArgumentError(f"{who}: a set has no order; give the parameters in a list")
        listed: list[Any] = [given] if isinstance(given, Variable) else list(given)
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
        self.check(group)
        self.param_groups.append(group)

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
        return state.packed(self.param_groups, self.state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over what `state_dict()` returned, here or in PyTorch; tensors may also be arrays.

        Raises:
            StateDictError: if the groups or shapes do not fit. Nothing has been changed.
        """
        self.param_groups, self.state = state.unpacked(self, state_dict)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_scratch": Scratch(self.works), "_plans": {}}

    # -- hooks and printing ----------------------------------------------------------------------------------------

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step."""
        return RemovableHandle(self._before, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return RemovableHandle(self._after, hook)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {i}")
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join([*lines, ")"])


def decayed(p: Array, g: Array, group: Group, out: Array) -> Array:
    """The gradient of the objective to be minimised, with the weight decay's: ±g + λθ; `g` itself if that is all.

    With decoupled weight decay the parameter itself is decayed, θ ← θ − lr λ θ, and the gradient is ±g.
    """
    decay = group["weight_decay"]
    if decay and group.get("decoupled_weight_decay"):
        p *= 1 - group["lr"] * decay
    elif decay:
        np.multiply(p, decay, out=out)
        return np.subtract(out, g, out=out) if group["maximize"] else np.add(out, g, out=out)
    return np.negative(g, out=out) if group["maximize"] else g


def check_adaptive(who: str, group: Group) -> None:
    """Raise ArgumentError unless lr, betas, eps and weight_decay are those of an Adam."""
    check_ranges(who, group, lr=(0, inf), eps=(0, inf), weight_decay=(0, inf))
    check_betas(who, group)


def check_betas(who: str, group: Group) -> None:
    """Raise ArgumentError unless each of the betas is in [0, 1)."""
    for i, beta in enumerate(group["betas"]):
        if not 0 <= beta < 1:
            raise ArgumentError(f"{who}: betas[{i}] must be in [0, 1), got {beta}")


def check_ranges(who: str, group: Group, **limits: tuple[float, float]) -> None:
    """Raise unless low <= group[name] < high for each `name=(low, high)`.

    Raises:
        ArgumentError: with the option's name, its value and its range.
    """
    for name, (low, high) in limits.items():
        value = group[name]
        if isinstance(value, Variable):
            if value.array.size != 1:
                raise ArgumentError(f"{who}: {name} is one number, got a tensor of shape {value.array.shape}")
            value = value.array.item()
        if not low <= value < high:
            bounds = f"in [{low}, {high})" if high < float("inf") else f"{low} or more"
            raise ArgumentError(f"{who}: {name} must be {bounds}, got {value}")
