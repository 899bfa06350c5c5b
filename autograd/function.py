"""`Function`: an operation with a hand-written backward, in PyTorch's style."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, GradientError, InPlaceError, ShapeError
from autograd.hidden import LEVELS, Hidden, holds_hidden
from autograd.inplace import check_writable, set_node
from autograd.modes import current_mode, no_grad
from autograd.record import PASSED, attach_outputs, output_node
from autograd.saved import unpacked
from autograd.storage import clock, version, version_at, written_since
from autograd.sweep import as_tensor, unbroadcast
from autograd.table import Derivative, Primitive
from autograd.tape import AnyNode, Node, Variable, bump, extras_of, freed_value_error, wrap
from autograd.watch import watch


class FunctionNode(Node):
    """The node of a call of a `Function`: it shows what its ctx has, as in `y.grad_fn.saved_tensors`."""

    __slots__ = ("ctx",)

    ctx: FunctionCtx

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "ctx":
            raise AttributeError(f"{self.name()} has no attribute {name!r}", name=name, obj=self)
        return getattr(self.ctx, name)

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved for backward.

        Raises:
            GraphFreedError: if backward has freed it.
        """
        packed = self.extras is not None and self.extras.packed
        values = unpacked(self) if packed else self.values
        if values is None:
            raise freed_value_error(self)
        return self.ctx.saved_in(self, values[0])


class FunctionCtx:
    """What `forward` hands to `backward`: saved tensors, and any attributes set on it.

    Attributes:
        needs_input_grad: for each argument of `forward`, whether its gradient is wanted.
        saved_tensors: what `save_for_backward` kept, while `backward` runs.
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
        """Keep tensors (inputs, results, or others; None is allowed) for `backward`, as `ctx.saved_tensors`.

        Raises:
            ArgumentError: if one is neither a tensor nor None; keep other values as attributes of ctx.
        """
        for i, t in enumerate(tensors):
            if not (t is None or isinstance(t, Variable)):
                raise ArgumentError(
                    f"{self._function.__name__}: save_for_backward keeps tensors, but argument {i} is of type "
                    f"{type(t).__name__}; keep other values as attributes, such as ctx.value = {t!r:.40}"
                )
        self._given = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Do nothing: there is no forward-mode differentiation."""

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self._non_differentiable = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """Say which inputs `forward` changed in place; they must be among its results."""
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
        packed = self._node is not None and self._node.extras is not None and self._node.extras.packed
        for entry in () if packed else self._saved:
            if entry is not None and written_since(entry[0], self._seq):
                raise InPlaceError(
                    f"backward: a tensor of shape {entry[0].shape} saved by '{self._function.__name__}' was changed in "
                    f"place afterwards: it is at version {version(entry[0])}, saved at version "
                    f"{version_at(entry[0], self._seq)}. clone() it before writing to it."
                )
        return tuple(None if entry is None else self._revived(*entry) for entry in self._saved)

    def saved_in(self, node: Node, saved: tuple[Any, ...]) -> tuple[Any, ...]:
        """What was saved, outside of backward."""
        before = self._node, self._saved
        self._node, self._saved = node, saved
        try:
            return self.saved_tensors
        finally:
            self._node, self._saved = before

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
            if not any(t is o for o in outputs) or not any(t is a for a in args):
                raise GradientError(
                    f"{self._function.__name__}: mark_dirty got a tensor of shape {t.array.shape} that is not both an "
                    "argument of forward and one of its results; return every input that forward changes in place"
                )
            check_writable(f"{self._function.__name__} (mark_dirty)", t)
            bump(t)
        results = tuple(
            _passed(o)
            if isinstance(o, Variable) and any(o is a for a in args) and not any(o is d for d in self._dirty)
            else o
            for o in outputs
        )
        silent = self._non_differentiable
        self._non_differentiable = tuple(
            r for r, o in zip(results, outputs, strict=True) if any(o is s for s in silent)
        )
        return results

    def record(self, args: tuple[Any, ...], parents: list[AnyNode | None], outputs: tuple[Any, ...]) -> None:
        """Make one node for the call, with an edge to each argument that needs a gradient."""
        silent = [
            o
            for o in outputs
            if isinstance(o, Variable)
            and (o.array.dtype.kind != "f" or any(o is n for n in self._non_differentiable))
        ]
        differentiable = [isinstance(o, Variable) and not any(o is s for s in silent) for o in outputs]
        dirty, saved = (
            self._dirty,
            tuple(None if t is None else _entry(t, outputs, silent) for t in self._given),
        )
        self._given = self._non_differentiable = self._dirty = ()
        if not any(differentiable):
            return
        node = object.__new__(FunctionNode)
        node.ctx = self
        node.primitive = self._primitive(args, keeps=bool(saved))
        node.seq = self._seq = next(clock)
        node.extras = None
        node.broadcasts = False
        positions = [i for i, p in enumerate(parents) if p is not None]
        node.parents = tuple(p for p in parents if p is not None)
        node.derivatives = tuple(node.primitive.derivatives[f"argument {i}"] for i in positions)  # type: ignore[misc]
        node.values = (saved,) * len(positions)
        if len(outputs) > 1:
            attach_outputs(node, outputs, differentiable)
            extras_of(node).materialize = self.materialize_grads
        else:
            node.shape = outputs[0].array.shape
            outputs[0].node = node
        for t in dirty:
            if t.base is not None:
                set_node(t, t.node)
        mode = current_mode()
        if mode.watched:
            arrays = [a.array if isinstance(a, Variable) else a for a in args]
            watch(node, mode, [o.array for o in outputs if isinstance(o, Variable)], arrays)

    def _primitive(self, args: tuple[Any, ...], keeps: bool) -> Primitive:
        """The call as the sweep sees it: a joint backward that runs the user's."""
        facts = [(a.array.shape, a.array.dtype) if isinstance(a, Variable) else None for a in args]
        p = Primitive.__new__(Primitive)
        p.name = self._function.__name__
        p.title = f"{p.name}Backward"
        p.parameters = p.arrays = tuple(f"argument {i}" for i in range(len(args)))
        p.sequences, p.reference, p.keeps, p.defaults = frozenset(), None, keeps, {}
        p.derivatives = {
            a: None if fact is None else Derivative(a, _pick(i), ("saved",))
            for i, (a, fact) in enumerate(zip(p.arrays, facts, strict=True))
        }
        p.joint, p.joint_names = functools.partial(self._joint, facts), ("saved", "node")
        return p

    def _joint(
        self, facts: list[tuple[Any, Any] | None], g: Any, saved: tuple[Any, ...], node: Node
    ) -> tuple[Any, ...]:
        """Run the user's backward and check what it returns: a gradient or None for each argument."""
        gradients = g if isinstance(g, tuple) else (g,)
        recording = any(isinstance(part, (Variable, Hidden)) for part in gradients)
        self._node, self._saved = node, saved
        try:
            given = [as_tensor(part) for part in gradients]
            answers = _backward_of(self._function)(self, *given)
        finally:
            self._node, self._saved = None, ()
        answers = tuple(answers) if isinstance(answers, (tuple, list)) else (answers,)
        n, name = len(facts), self._function.__name__
        if len(answers) < n or any(extra is not None for extra in answers[n:]):
            raise GradientError(
                f"{name}: backward returned {len(answers)} gradients for {n} arguments of forward; return one for "
                "each, None where there is none"
            )
        for i, (answer, fact) in enumerate(zip(answers, facts, strict=False)):
            if fact is None and answer is not None:
                raise GradientError(
                    f"{name}: backward returned a gradient for argument {i}, which is not a tensor; return None for it"
                )
        return tuple(
            None if answer is None or fact is None else _fitted(name, i, answer, fact, recording)
            for i, (answer, fact) in enumerate(zip(answers, facts, strict=False))
        )


def _passed(tensor: Any) -> Any:
    """A tensor of its own for an input that is returned as it came: a view of it, which is not to be written."""
    new = wrap(tensor.array)
    if tensor.current_node() is not None:
        root = tensor if tensor.base is None or tensor.base[0] is None else tensor.base[0]
        new.base = (root, PASSED)
    return new


def _backward_of(function: type[Function]) -> Callable[..., Any]:
    """The user's backward, which may be called `vjp`."""
    if function.backward is Function.backward and function.vjp is not Function.vjp:
        return function.vjp
    return function.backward


def _entry(t: Any, results: Sequence[Any], silent: list[Any]) -> tuple[Any, AnyNode | None, int | None]:
    """What is kept of a saved tensor; of a result not its tensor, which points to the node."""
    number = next((i for i, r in enumerate(results) if r is t), None)
    if number is None or any(t is s for s in silent):
        return t.array, t.current_node(), None
    return t.array, None, number


def _fitted(name: str, i: int, answer: Any, fact: tuple[Any, Any], recording: bool) -> Any:
    """A gradient in the shape and dtype of its argument; raw unless the sweep is being recorded."""
    shape, dtype = fact
    if not isinstance(answer, (Variable, Hidden)):
        if not isinstance(answer, (np.ndarray, np.generic, float, int)):
            raise GradientError(
                f"{name}: backward returned a {type(answer).__name__} for argument {i}; it must be a tensor or None"
            )
        answer = wrap(np.asarray(answer))
    d = answer if recording else answer.array
    if d.shape != shape:
        if not _repeats(shape, d.shape):
            raise ShapeError(
                f"{name}: backward returned a gradient of shape {answer.array.shape} for argument {i} of shape "
                f"{shape}; they must be equal"
            )
        d = unbroadcast(d, shape)
    return d if recording or d.dtype == dtype else d.astype(dtype)


def _repeats(shape: tuple[int, ...], larger: tuple[int, ...]) -> bool:
    """Whether broadcasting `shape` gives the larger one."""
    return len(shape) <= len(larger) and all(
        n in (1, m) for n, m in zip(shape, larger[len(larger) - len(shape) :], strict=True)
    )


def _pick(i: int) -> Callable[..., Any]:
    return lambda gradients, _: gradients[i]


class Function:
    """Base class of operations with a hand-written backward.

    `forward(ctx, *args)` computes with tensors, unrecorded; `backward(ctx, *gradients)` gets one gradient per result
    and returns one per argument of `forward` (None where there is none). With a separate `setup_context(ctx, inputs,
    output)`, `forward` takes no ctx. Call it by `apply`. Arguments and results that are not tensors pass as they are.

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

    @staticmethod
    def vjp(ctx: Any, *grad_outputs: Any) -> Any:
        """Another name for `backward`: a class defines one of the two."""
        raise NotImplementedError

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Be there for programs that define it; there is no forward-mode differentiation."""
        raise NotImplementedError

    generate_vmap_rule = False
    """Whether vmap may map `forward` and `backward`: they are made of tensor operations."""

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *args: Any) -> Any:
        """Compute for all examples: return (result, out_dims). `info` has the batch_size and the randomness."""
        raise NotImplementedError

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run `forward` and record the operation."""
        if LEVELS.get() and holds_hidden(args):
            from autograd.batching import custom  # stands above: it needs the operations

            return custom.apply(cls, args, kwargs)
        if cls.vjp is not Function.vjp and cls.backward is not Function.backward:
            raise ArgumentError(f"{cls.__name__}: defines both backward and vjp, two names for one thing")
        ctx = FunctionCtx(cls)
        parents = [a.current_node() if isinstance(a, Variable) else None for a in args]
        recording = current_mode().grad and any(p is not None for p in parents)
        ctx.needs_input_grad = tuple(p is not None for p in parents)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                result = cls.forward(ctx, *args, **kwargs)
            else:
                result = cls.forward(*args, **kwargs)
                cls.setup_context(ctx, args, result)
        several = isinstance(result, tuple)
        outputs = ctx.finish(args, result if several else (result,))
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
        involved = [
            t for t in (*gradients, *ctx.saved_tensors) if t is not None and t.current_node() is not None
        ]
        if not current_mode().grad or not involved:
            return answers
        several = isinstance(answers, (tuple, list))
        marked = [a if a is None else _Once.apply(a, *involved) for a in (answers if several else [answers])]
        return tuple(marked) if several else marked[0]

    return wrapped


class _Once(Function):
    """A result that refuses to be differentiated."""

    @staticmethod
    def forward(_: Any, x: Any, *__: Any) -> Any:
        return x.clone()

    @staticmethod
    def backward(*_: Any) -> Any:
        raise GradientError(
            "backward: this gradient came from a function marked once_differentiable and cannot be differentiated again"
        )
