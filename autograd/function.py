"""`Function`: an operation with a hand-written backward, in PyTorch's style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import tape
from autograd.arguments import note_origin
from autograd.errors import GradientError, InPlaceError, ShapeError
from autograd.lift import attach_outputs, output_node
from autograd.modes import MODE, no_grad
from autograd.storage import clock, version, version_at, written_since
from autograd.sweep import unbroadcast
from autograd.table import Derivative, Primitive
from autograd.tape import AnyNode, Node, Variable, bump, wrap


class FunctionCtx:
    """What `forward` hands to `backward`: saved tensors, and any attributes set on it."""

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self._saved: tuple[Any, ...] = ()
        self._nodes: tuple[Any, ...] = ()
        self._versions: tuple[Any, ...] = ()
        self._non_differentiable: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._materialize = True
        self._node: Any = None

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (inputs, results, or others; None is allowed) for `backward`, as `ctx.saved_tensors`."""
        self._saved = tensors

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, in its place in the graph.

        Raises:
            InPlaceError: if one was written to in place since.
        """
        for array, time in self._versions:
            if written_since(array, time):
                raise InPlaceError(
                    f"backward: a tensor saved by '{type(self).__qualname__}' was changed in place afterwards: it is at "
                    f"version {version(array)}, saved at version {version_at(array, time)}. clone() it before writing to it."
                )
        return tuple(None if kept is None else self._revive(*kept) for kept in self._nodes)

    def _revive(self, array: Any, node: AnyNode | None, output: int | None) -> Any:
        """A saved tensor: of an input with its node, of a result with a node made from this call's."""
        if output is not None and self._node is not None:
            several = self._node.shape is None
            node = output_node(self._node, output, array.shape) if several else self._node
        return wrap(array, node)

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self._non_differentiable = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs `forward` changed in place."""
        self._dirty = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for results that nothing was computed from."""
        self._materialize = value


class Function:
    """Base class of operations with a hand-written backward.

    `forward(ctx, *args)` computes with tensors, unrecorded; `backward(ctx, *gradients)` gets one gradient per result
    and returns one per argument of `forward` (None where there is none). With a separate `setup_context(ctx, inputs,
    output)`, `forward` takes no ctx. Call it by `apply`.

    >>> import autograd
    >>> class Cube(Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the result; the first argument is `ctx` unless `setup_context` is defined."""
        raise NotImplementedError("Function: define forward(ctx, ...) as a staticmethod")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what backward needs, for a `forward` without ctx."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Return the gradient of each argument of `forward`."""
        raise NotImplementedError("Function: define backward(ctx, *grad_outputs) as a staticmethod")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` and record the operation."""
        ctx = _context_class(cls)()
        parents = [a.current_node() if isinstance(a, Variable) else None for a in args]
        recording = MODE.get().grad and any(p is not None for p in parents)
        ctx.needs_input_grad = tuple(recording and p is not None for p in parents)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args, **kwargs)
            else:
                result = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, result)
        several = isinstance(result, (tuple, list))
        outputs = tuple(result) if several else (result,)
        for t in ctx._dirty:
            bump(t)
        outputs = tuple(_own_tensor(o, args, ctx._dirty) for o in outputs)
        if recording:
            _record(cls, ctx, args, parents, outputs)
        return outputs if several else outputs[0]


def _own_tensor(out: Any, inputs: tuple[Any, ...], dirty: tuple[Any, ...]) -> Any:
    """A result that is an input as it came gets a tensor of its own; one written in place stays."""
    if isinstance(out, Variable) and any(out is a for a in inputs) and not any(out is d for d in dirty):
        return wrap(out.array)
    return out


def _context_class(cls: type[Function]) -> type[FunctionCtx]:
    """A context named after the function, with its other attributes in reach (ctx.helper())."""
    return type(cls.__name__, (FunctionCtx,), {"__qualname__": cls.__qualname__})


def _record(
    cls: type[Function],
    ctx: Any,
    args: tuple[Any, ...],
    parents: list[AnyNode | None],
    outputs: tuple[Any, ...],
) -> None:
    """One node for the call, with an edge to each argument that needs a gradient."""
    node: Node = object.__new__(Node)
    node.primitive = _primitive(cls, ctx, args, outputs)
    node.seq = next(clock)
    node.extras = None
    node.broadcasts = False
    positions = [i for i, p in enumerate(parents) if p is not None]
    node.parents = tuple(parents[i] for i in positions)  # type: ignore[misc]  # those that are not None
    node.derivatives = tuple(Derivative(f"argument {i}", _pick(i), ()) for i in positions)
    node.values = (None,) * len(positions)
    tensors = [o for o in outputs if isinstance(o, Variable)]
    silent = [o for o in tensors if o.array.dtype.kind != "f" or any(o is n for n in ctx._non_differentiable)]
    # what was saved, without a reference to this call's node: (array, node, number of the result)
    ctx._nodes = tuple(None if t is None else _saved(t, outputs, silent) for t in ctx._saved)
    ctx._versions = tuple((t.array, node.seq) for t in ctx._saved if t is not None)
    ctx._saved = ctx._non_differentiable = ctx._dirty = ()
    differentiable = [not any(o is s for s in silent) for o in tensors]
    if len(outputs) > 1:
        attach_outputs(node, tensors, differentiable)
    elif tensors:
        node.shape = tensors[0].array.shape
        tensors[0].node = node if differentiable[0] else None
    if MODE.get().anomaly:
        note_origin(node, *(o.array for o in tensors))


def _saved(t: Any, outputs: tuple[Any, ...], silent: list[Any]) -> tuple[Any, ...]:
    number = next((i for i, o in enumerate(outputs) if o is t), None)
    if number is None or any(t is s for s in silent):
        return t.array, t.current_node(), None
    return t.array, None, number


def _pick(i: int) -> Callable[..., Any]:
    return lambda gradients: gradients[i]


def _primitive(cls: type[Function], ctx: Any, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> Primitive:
    """The call as the sweep sees it: a joint backward that runs the user's."""
    shapes = [a.array.shape if isinstance(a, Variable) else None for a in args]
    dtypes = [a.array.dtype if isinstance(a, Variable) else None for a in args]

    def joint(g: Any, node: Node) -> tuple[Any, ...]:
        gradients = g if isinstance(g, tuple) else (g,)
        recording = any(isinstance(part, Variable) for part in gradients)
        given = [part if part is None or isinstance(part, Variable) else wrap(part) for part in gradients]
        ctx._node = node
        try:
            answers = cls.backward(ctx, *given)
        finally:
            ctx._node = None  # the node holds the context, not the other way round
        answers = tuple(answers) if isinstance(answers, (tuple, list)) else (answers,)
        extra = answers[len(args) :]
        if len(answers) < len(args) or any(e is not None for e in extra):
            raise GradientError(
                f"{cls.__name__}: backward returned {len(answers)} gradients for {len(args)} arguments of forward"
            )
        results: list[Any] = []
        for i, answer in enumerate(answers[: len(args)]):
            if answer is None or shapes[i] is None:
                results.append(None)
                continue
            d = answer if recording else answer.array
            if d.shape != shapes[i]:
                try:
                    d = unbroadcast(d, shapes[i])  # type: ignore[arg-type]
                except (ValueError, IndexError):
                    raise ShapeError(
                        f"{cls.__name__}: backward returned a gradient of shape {answer.shape} for argument {i} of "
                        f"shape {shapes[i]}; they must be equal"
                    ) from None
            results.append(d if recording or d.dtype == dtypes[i] else d.astype(dtypes[i]))
        return tuple(results)

    p = Primitive.__new__(Primitive)
    p.name = cls.__name__
    p.parameters = p.arrays = tuple(f"argument {i}" for i in range(len(args)))
    p.sequences = frozenset()
    p.derivatives = dict.fromkeys(p.arrays)
    p.reference = None
    p.joint, p.joint_names = joint, ("node",)
    return p


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `backward` that works on raw values: its gradients cannot be differentiated again.

    Raises:
        GradientError: when they are.
    """

    def wrapped(ctx: Any, *gradients: Any) -> Any:
        recording = MODE.get().grad and any(
            isinstance(g, Variable) and g.current_node() is not None
            for g in (*gradients, *_saved_in_graph(ctx))
        )
        with no_grad():
            answers = backward(ctx, *gradients)
        if not recording:
            return answers
        several = isinstance(answers, (tuple, list))
        marked = tuple(
            None if a is None else _Once.apply(a.requires_grad_())
            for a in (answers if several else (answers,))
        )
        return marked if several else marked[0]

    return wrapped


def _saved_in_graph(ctx: Any) -> tuple[Any, ...]:
    return tuple(t for t in ctx.saved_tensors if t is not None)


class _Once(Function):
    """A result that refuses to be differentiated."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        raise GradientError(
            "backward: this gradient came from a function marked once_differentiable and cannot be differentiated again"
        )
