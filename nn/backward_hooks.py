"""Backward hooks of a module: nodes of the identity around its `forward`, which see the gradients of both sides."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, GradientError
from autograd.function import Function
from autograd.modes import current_mode
from autograd.tape import Variable, source, wrap


class BackwardHookFunction(Function):
    """The identity: what passes through it gets a node on which a hook can hang."""

    @staticmethod
    def forward(ctx: Any, *tensors: Any) -> Any:
        """Return the tensors."""
        ctx.mark_non_differentiable(*(t for t in tensors if not t.requires_grad))
        ctx.set_materialize_grads(False)  # hooks see None where nothing was computed from an output
        ctx.facts = [(t.array.shape, t.array.dtype) for t in tensors]
        return tensors

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """Return the gradients."""
        return tuple(
            wrap(np.zeros(*facts)) if g is None else g for g, facts in zip(gradients, ctx.facts, strict=True)
        )


class Boundary:
    """The hooks around one call of a module.

    A hook needs the gradients of the outputs, which come first in backward, and those of the inputs, which come last:
    they are kept here in between.
    """

    def __init__(
        self, module: Any, hooks: Sequence[Callable[..., Any]], first: Sequence[Callable[..., Any]]
    ) -> None:
        self._module = module
        self._hooks = hooks
        self._first = first
        self._grad_outputs: tuple[Any, ...] | None = None
        self._inputs: list[int] | None = (
            None  # where the tensors are among the arguments, if one needs a gradient
        )
        self._outputs: list[int] = []
        self._facts: list[tuple[Any, Any]] = []  # shape and dtype of each tensor among the arguments
        self._n_inputs = self._n_outputs = 0

    def around_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, behind a node that calls the hooks."""
        self._n_inputs = len(args)
        self._facts = [(a.array.shape, a.array.dtype) for a in args if isinstance(a, Variable)]
        passed, self._inputs, node = _behind_node(args)
        if node is not None:
            node.register_hook(self._at_inputs)
        new: tuple[Any, ...] = passed
        return new

    def around_outputs(self, result: Any) -> Any:
        """The result, before a node that notes its gradients."""
        if not isinstance(result, (Variable, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}",
                stacklevel=5,
            )
        outputs = result if isinstance(result, tuple) else (result,)
        self._n_outputs = len(outputs)
        new, positions, node = _behind_node(outputs)
        if node is not None:
            self._outputs = positions or []
            node.register_prehook(self._at_outputs)
        return new if isinstance(result, tuple) else new[0]

    def _at_outputs(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        given = _spread(self._outputs, gradients, self._n_outputs)
        for hook in self._first:
            answer = _tuple(hook(self._module, given))
            if answer is None:
                continue
            if len(answer) != len(given):
                raise GradientError(
                    f"Backward pre hook returned an invalid number of grad_output, got {len(answer)}, but expected "
                    f"{len(given)}"
                )
            given = answer
        if self._inputs is None:
            self._without_inputs(given)
        else:
            self._grad_outputs = given
        return tuple(given[i] for i in self._outputs)

    def _without_inputs(self, grad_outputs: tuple[Any, ...]) -> None:
        """Call the hooks at once: no input will get a gradient."""
        if self._hooks:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                "inputs require gradients.",
                stacklevel=2,
            )
        for hook in self._hooks:
            answer = _tuple(hook(self._module, (None,) * self._n_inputs, grad_outputs))
            if answer is not None and any(g is not None for g in answer):
                raise GradientError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for "
                    "all gradients."
                )

    def _at_inputs(self, gradients: tuple[Any, ...], _: Any) -> tuple[Any, ...] | None:
        if self._grad_outputs is None:  # the gradient came by another way than the outputs
            return None
        positions = self._inputs or []
        shown = [
            wrap(np.zeros(*facts)) if g is None else g
            for g, facts in zip(gradients, self._facts, strict=True)
        ]
        given = _spread(positions, shown, self._n_inputs)
        for hook in self._hooks:
            answer = _tuple(hook(self._module, given, self._grad_outputs))
            if answer is None:
                continue
            if len(answer) != len(given):
                raise GradientError(
                    f"Backward hook returned an invalid number of grad_input, got {len(answer)}, but expected "
                    f"{len(given)}"
                )
            given = answer
        self._grad_outputs = None
        return tuple(None if g is None else given[i] for i, g in zip(positions, gradients, strict=True))


def _behind_node(values: tuple[Any, ...]) -> tuple[Any, list[int] | None, Any]:
    """The values, the tensors among them passed through a node; where those are; and the node, if one is needed."""
    positions = [i for i, v in enumerate(values) if isinstance(v, Variable)]
    tensors: list[Any] = [values[i] for i in positions]
    if not (current_mode().grad and any(t.requires_grad for t in tensors)):
        return values, None, None
    passed = BackwardHookFunction.apply(*tensors)
    new = list(values)
    for i, t in zip(positions, passed, strict=True):
        new[i] = t
    node = next(source(t.node)[0] for t in passed if t.node is not None)
    kind = type(values)
    return (tuple(new) if kind is tuple else kind(*new)), positions, node


def _spread(positions: Sequence[int], values: Sequence[Any], size: int) -> tuple[Any, ...]:
    """A tuple with the values at their positions, and None elsewhere."""
    found: list[Any] = [None] * size
    for i, value in zip(positions, values, strict=True):
        found[i] = value
    return tuple(found)


def _tuple(answer: Any) -> Any:
    return (answer,) if isinstance(answer, Variable) else answer


def hang_on_node(
    module: Any, hooks: Sequence[Callable[..., Any]], args: tuple[Any, ...], result: Any
) -> None:
    """Hang hooks of the older kind on the node that computed the result (the first tensor in it)."""
    found = result
    while not isinstance(found, Variable):
        values = found.values() if isinstance(found, dict) else found
        found = next((v for v in values if isinstance(v, (Variable, dict, tuple, list))), None)
        if found is None:
            raise ArgumentError(
                f"{type(module).__name__}: a backward hook needs a tensor in what forward returns"
            )
    node = source(found.current_node())[0] if found.current_node() is not None else None  # type: ignore[arg-type]
    if node is None or not hasattr(node, "primitive"):
        return
    for hook in hooks:
        node.register_hook(functools.partial(hook, module))
    if problem := _doubt(args, result, node):
        warnings.warn(
            f"Using a non-full backward hook {problem} is deprecated and will be removed in future versions. Please "
            "use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
            stacklevel=4,
        )


def _doubt(args: tuple[Any, ...], result: Any, node: Any) -> str:
    """Why what an older hook gets is not what it was meant to be, if so."""
    outputs = (result,) if isinstance(result, Variable) else result
    if not isinstance(outputs, tuple) or not all(isinstance(t, Variable) for t in outputs):
        return "on a Module that does not return a single Tensor or a tuple of Tensors"
    if not all(isinstance(t, Variable) for t in args):
        return "on a Module that does not take as input a single Tensor or a tuple of Tensors"
    nodes = {t.grad_fn for t in outputs if t.grad_fn is not None}
    sources = {source(n)[0] for n in nodes}
    if not sources or (len(sources) == 1 and node not in sources):
        return "when outputs are nested in python data structure"
    if len(sources) > 1:
        return "when outputs are generated by different autograd Nodes"
    before = {t.grad_fn for t in args if t.grad_fn is not None}
    if before != {n for n, _ in node.next_functions}:
        return "when the forward contains multiple autograd Nodes"
    return ""
