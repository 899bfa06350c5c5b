"""`Function`: an operation with a hand-written backward, in PyTorch's style."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.arguments import note_origin
from autograd.errors import GradientError, InPlaceError, ShapeError
from autograd.inplace import check_writable, set_node
from autograd.modes import MODE, no_grad
from autograd.record import attach_outputs, output_node
from autograd.storage import clock, version, version_at, written_since
from autograd.sweep import unbroadcast
from autograd.table import Derivative, Primitive
from autograd.tape import AnyNode, Node, Variable, bump, extras_of, wrap


class FunctionCtx:
    """What `forward` hands to `backward`: saved tensors, and any attributes set on it.

    Attributes:
        needs_input_grad: for each argument of `forward`, whether its gradient is wanted.
        saved_tensors: what `save_for_backward` kept.
    """

    def __init__(self, function: type[Function]) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self._function = function
        self._given: tuple[Any, ...] = ()  # what save_for_backward got
        self._saved: tuple[Any, ...] = ()  # of each: (array, node, which of the results it is or None)
        self._seq = 0
        self._non_differentiable: tuple[Any, ...] = ()
        self._dirty: tuple[Any, ...] = ()
        self._node: Node | None = (
            None  # only while backward runs: the node holds the context, not the reverse
        )

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (inputs, results, or others; None is allowed) for `backward`, as `ctx.saved_tensors`."""
        self._given = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self._non_differentiable = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs `forward` changed in place."""
        self._dirty = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (the default) or None for results that nothing was computed from."""
        self.materialize_grads = value

    materialize_grads = True

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved, in its place in the graph.

        Raises:
            InPlaceError: if one was written to in place since.
        """
        for entry in self._saved:
            if entry is not None and written_since(entry[0], self._seq):
                raise InPlaceError(
                    f"backward: a tensor of shape {entry[0].shape} saved by '{self._function.__name__}' was changed in "
                    f"place afterwards: it is at version {version(entry[0])}, saved at version "
                    f"{version_at(entry[0], self._seq)}. clone() it before writing to it."
                )
        return tuple(None if entry is None else self._revived(*entry) for entry in self._saved)

    def _revived(self, array: Any, node: AnyNode | None, result: int | None) -> Any:
        """A saved tensor: of an input with its node, of a result with this call's."""
        if result is not None and self._node is not None:
            node = (
                self._node if self._node.shape is not None else output_node(self._node, result, array.shape)
            )
        return wrap(array, node)

    def finish(self, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The results, once `forward` has run: an input returned as it came gets a tensor of its own."""
        for t in self._dirty:
            check_writable(f"{self._function.__name__} (mark_dirty)", t)
            bump(t)
        return tuple(
            wrap(o.array)
            if isinstance(o, Variable) and any(o is a for a in args) and not any(o is d for d in self._dirty)
            else o
            for o in outputs
        )

    def record(self, args: tuple[Any, ...], parents: list[AnyNode | None], outputs: tuple[Any, ...]) -> None:
        """Make one node for the call, with an edge to each argument that needs a gradient."""
        node: Node = object.__new__(Node)
        node.primitive = self._primitive(args)
        node.seq = self._seq = next(clock)
        node.extras = None
        node.broadcasts = False
        positions = [i for i, p in enumerate(parents) if p is not None]
        node.parents = tuple(p for p in parents if p is not None)
        node.derivatives = tuple(Derivative(f"argument {i}", _pick(i), ()) for i in positions)
        node.values = (None,) * len(positions)
        tensors = [o for o in outputs if isinstance(o, Variable)]
        silent = [
            o for o in tensors if o.array.dtype.kind != "f" or any(o is n for n in self._non_differentiable)
        ]
        self._saved = tuple(None if t is None else _entry(t, tensors, silent) for t in self._given)
        dirty = self._dirty
        self._given = self._non_differentiable = self._dirty = ()
        differentiable = [not any(o is s for s in silent) for o in tensors]
        if len(outputs) > 1:
            attach_outputs(node, tensors, differentiable)
            extras_of(node).materialize = self.materialize_grads
        elif tensors:
            node.shape = tensors[0].array.shape
            tensors[0].node = node if differentiable[0] else None
        for t in dirty:
            if t.base is not None and any(t is o for o in tensors):
                set_node(t, t.node)
        if MODE.get().anomaly:
            note_origin(node, *(o.array for o in tensors))

    def _primitive(self, args: tuple[Any, ...]) -> Primitive:
        """The call as the sweep sees it: a joint backward that runs the user's."""
        tensors = [a if isinstance(a, Variable) else None for a in args]
        facts = [None if t is None else (t.array.shape, t.array.dtype) for t in tensors]
        p = Primitive.__new__(Primitive)
        p.name = self._function.__name__
        p.parameters = p.arrays = tuple(f"argument {i}" for i in range(len(args)))
        p.sequences, p.derivatives, p.reference = frozenset(), dict.fromkeys(p.arrays), None
        p.joint, p.joint_names = functools.partial(self._joint, facts), ("node",)
        return p

    def _joint(self, facts: list[tuple[Any, Any] | None], g: Any, node: Node) -> tuple[Any, ...]:
        """Run the user's backward and check what it returns: a gradient or None for each argument."""
        gradients = g if isinstance(g, tuple) else (g,)
        recording = any(isinstance(part, Variable) for part in gradients)
        self._node = node
        try:
            given = [part if part is None or isinstance(part, Variable) else wrap(part) for part in gradients]
            answers = self._function.backward(self, *given)
        finally:
            self._node = None
        answers = tuple(answers) if isinstance(answers, (tuple, list)) else (answers,)
        n, name = len(facts), self._function.__name__
        if len(answers) < n or any(extra is not None for extra in answers[n:]):
            raise GradientError(
                f"{name}: backward returned {len(answers)} gradients for {n} arguments of forward"
            )
        return tuple(
            None if answer is None or fact is None else _fitted(name, i, answer, fact, recording)
            for i, (answer, fact) in enumerate(zip(answers, facts, strict=False))
        )


def _entry(t: Any, results: list[Any], silent: list[Any]) -> tuple[Any, AnyNode | None, int | None]:
    """What is kept of a saved tensor; of a result not its tensor, which points to the node."""
    number = next((i for i, r in enumerate(results) if r is t), None)
    if number is None or any(t is s for s in silent):
        return t.array, t.current_node(), None
    return t.array, None, number


def _fitted(name: str, i: int, answer: Any, fact: tuple[Any, Any], recording: bool) -> Any:
    """A gradient in the shape and dtype of its argument; raw unless the sweep is being recorded."""
    shape, dtype = fact
    if not isinstance(answer, Variable):
        if not isinstance(answer, (np.ndarray, np.generic, float, int)):
            raise GradientError(
                f"{name}: backward returned a {type(answer).__name__} for argument {i}; it must be a tensor or None"
            )
        answer = wrap(np.asarray(answer))
    d = answer if recording else answer.array
    if d.shape != shape:
        try:
            d = unbroadcast(d, shape)
        except (ValueError, IndexError):
            raise ShapeError(
                f"{name}: backward returned a gradient of shape {answer.shape} for argument {i} of shape {shape}; "
                "they must be equal"
            ) from None
    return d if recording or d.dtype == dtype else d.astype(dtype)


def _pick(i: int) -> Callable[..., Any]:
    return lambda gradients: gradients[i]


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
        ctx = FunctionCtx(cls)
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
        outputs = ctx.finish(args, tuple(result) if several else (result,))
        if recording:
            ctx.record(args, parents, outputs)
        return outputs if several else outputs[0]


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a `backward` that works on raw values: its gradients cannot be differentiated again.

    Raises:
        GradientError: when they are.
    """

    @functools.wraps(backward)
    def wrapped(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            answers = backward(ctx, *gradients)
        involved = (*gradients, *ctx.saved_tensors)
        if not MODE.get().grad or not any(t is not None and t.current_node() is not None for t in involved):
            return answers
        several = isinstance(answers, (tuple, list))
        marked = [
            a if a is None else _Once.apply(a.requires_grad_()) for a in (answers if several else [answers])
        ]
        return tuple(marked) if several else marked[0]

    return wrapped


class _Once(Function):
    """A result that refuses to be differentiated."""

    @staticmethod
    def forward(_: Any, x: Any) -> Any:
        return x.clone()

    @staticmethod
    def backward(*_: Any) -> Any:
        raise GradientError(
            "backward: this gradient came from a function marked once_differentiable and cannot be differentiated again"
        )
