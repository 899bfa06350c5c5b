"""A function at a point, differentiated there: what all transforms of functions rest on.

The inputs are made leaves (or aliases, where an outer transform computed them), the function runs on them, and its
results are swept back from. No `.grad` is written, and what the arguments require does not matter: a transform
differentiates by the arguments it is told to. Where a result also depends on other tensors that require a gradient, it
can be differentiated by those afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd import pytree
from autograd.errors import ArgumentError, DTypeError
from autograd.func import levels as at
from autograd.hidden import LEVELS, Hidden, Level
from autograd.modes import current_mode, enable_grad
from autograd.sweep import sweep
from autograd.tape import Variable

Argnums = int | Sequence[int]


class Linear:
    """A function's results at a point, and its derivative there.

    inputs, outputs:  the tensors, in order
    value, aux:       what the function returned; `aux` is what it returned beside it
    """

    def __init__(self, name: str, func: Callable[..., Any], primals: tuple[Any, ...], has_aux: bool) -> None:
        self.name = name
        self.levels: tuple[Level, ...] = LEVELS.get()
        leaves, self.structure = pytree.flatten(primals)
        for i, x in enumerate(leaves):
            check_tensor(name, f"input {i}", x)
        self.inputs = [at.own_input(x, self.levels) for x in leaves]
        self.whole_inputs = [at.physical(x) for x in self.inputs]
        with enable_grad():
            result = func(*pytree.rebuilt(self.structure, self.inputs))
        self.aux = None
        if has_aux:
            if not isinstance(result, tuple) or len(result) != 2:
                raise ArgumentError(
                    f"{name}: with has_aux=True the function returns a tuple (result, aux), got {type(result).__name__}"
                )
            result, self.aux = result
        self.outputs, self.result_structure = pytree.flatten(result)
        for i, y in enumerate(self.outputs):
            check_tensor(name, f"output {i}", y)
        whole = [at.physical(y) for y in self.outputs]
        self.outside = current_mode().grad and at.depends_on_others(whole, self.whole_inputs)

    @property
    def value(self) -> Any:
        """The results, which no longer depend on the inputs unless these depend on something else."""
        return pytree.rebuilt(self.result_structure, [self.released(y) for y in self.outputs])

    def released(self, x: Any) -> Any:
        """A result outside the transform."""
        return x.detach() if isinstance(x, (Variable, Hidden)) and not self.outside else x  # type: ignore[union-attr]

    def released_aux(self) -> Any:
        """What the function returned beside its result."""
        return pytree.mapped(self.released, self.aux)

    def pulled(self, cotangents: Sequence[Any], create_graph: bool, retain_graph: bool) -> list[Any]:
        """Jᵀu for the outputs' cotangents u: one gradient for each input."""
        roots = []
        for y, u in zip(self.outputs, cotangents, strict=True):
            whole = at.physical(y)
            node = whole.current_node()
            if node is not None:
                gradient = at.shown(u, at.levels_of(y))
                roots.append((node, at.raw_gradient(gradient, create_graph)))
        targets = [at.node_of(x) for x in self.whole_inputs]
        found = sweep(roots, retain_graph, create_graph, targets) if roots else {}
        gradients = []
        for node, x in zip(targets, self.whole_inputs, strict=True):
            gradients.append(at.hidden_again(at.taken(found, node, x), self.levels))
        return gradients


def check_tensor(name: str, what: str, x: Any) -> None:
    """Raise unless it is a floating-point tensor.

    Raises:
        ArgumentError, DTypeError
    """
    if not isinstance(x, (Variable, Hidden)):
        raise ArgumentError(f"{name}: {what} must be a tensor, got {type(x).__name__}")
    if not x.is_floating_point():  # type: ignore[union-attr]  # each has a tensor's methods
        raise DTypeError(f"{name}: {what} must be floating point to be differentiated, got {x.dtype}")  # type: ignore[union-attr]


def requires(values: Sequence[Any]) -> bool:
    """Whether one of them requires a gradient."""
    return current_mode().grad and any(at.physical(v).current_node() is not None for v in values)


# ------------------------------------------------------------------------------------------------ chosen arguments


def chosen(name: str, argnums: Argnums, args: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of the arguments to differentiate by, counted from the front."""
    given = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for i in given:
        if not -len(args) <= i < len(args):
            raise ArgumentError(
                f"{name}: argnums {argnums} does not name some of {len(args)} positional arguments"
            )
    places = tuple(i % len(args) for i in given)
    if not places or len(set(places)) != len(places):
        raise ArgumentError(f"{name}: argnums must name at least one argument, and each once; got {argnums}")
    return places


def of_chosen(
    func: Callable[..., Any], places: tuple[int, ...], args: tuple[Any, ...], named: dict[str, Any]
) -> Callable[..., Any]:
    """The function of those arguments alone."""

    def alone(*values: Any) -> Any:
        whole = list(args)
        for i, value in zip(places, values, strict=True):
            whole[i] = value
        return func(*whole, **named)

    return alone
