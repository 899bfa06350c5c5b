"""`Function` under vmap: by its own `vmap` method, or by running its forward and backward on all examples.

A class with `generate_vmap_rule = True` promises that its methods are made of operations that vmap can map. Then the
call is recorded as one operation on whole tensors, whose backward hides the dimension of the examples again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd.batching.batched import Batched
from autograd.batching.rules import examples, is_at
from autograd.errors import ArgumentError, BatchingError
from autograd.function import Function, FunctionCtx
from autograd.hidden import LEVELS, Hidden, Level, innermost
from autograd.ops.reduce import sum_
from autograd.ops.shape import movedim
from autograd.tape import Variable


class VmapInfo(NamedTuple):
    """What a `Function`'s own `vmap` method is told: how many examples there are, and what random functions do."""

    batch_size: int
    randomness: str


def apply(cls: type[Function], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Apply a `Function` to arguments of which some differ between examples.

    Raises:
        BatchingError: if the class does not say how.
    """
    top = innermost(args)
    assert top is not None
    level = top.level
    if cls.vmap is not Function.vmap:
        return _by_method(cls, args, level)
    if not cls.generate_vmap_rule:
        raise BatchingError(
            f"vmap: {cls.__name__} has no vmap support; set generate_vmap_rule = True if its methods are made of "
            "tensor operations, or define the static method vmap(info, in_dims, *args)"
        )
    hidden = tuple(is_at(a, level) for a in args)
    whole = _whole_function(cls, level, hidden, named)
    result = whole.apply(*(a.value if at else a for a, at in zip(args, hidden, strict=True)))
    parts = [Batched(r, level) if isinstance(r, (Variable, Hidden)) else r for r in result]
    return tuple(parts) if whole.several else parts[0]


def _by_method(cls: type[Function], args: tuple[Any, ...], level: Level) -> Any:
    """The class's own `vmap` method: it gets whole tensors, and says where the dimension is in the results."""
    in_dims = tuple(0 if is_at(a, level) else None for a in args)
    given = [a.value if is_at(a, level) else a for a in args]
    answer = cls.vmap(VmapInfo(level.size, level.randomness), in_dims, *given)
    if not isinstance(answer, tuple) or len(answer) != 2:
        raise ArgumentError(
            f"{cls.__name__}: vmap returns a tuple (result, out_dims), got {type(answer).__name__}"
        )
    result, dims = answer
    several = isinstance(result, tuple)
    places = dims if isinstance(dims, tuple) else (dims,) * (len(result) if several else 1)
    parts = [
        r if place is None else Batched(movedim(r, place, 0), level)
        for r, place in zip(result if several else (result,), places, strict=True)
    ]
    return tuple(parts) if several else parts[0]


class _ExampleCtx(FunctionCtx):
    """The ctx that forward and backward of one example see."""

    def __init__(self, function: type[Function]) -> None:
        super().__init__(function)
        self.saved: tuple[Any, ...] = ()
        self.unmarked: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward."""
        self.saved = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say which results have no gradient."""
        self.unmarked = tensors

    def mark_dirty(self, *tensors: Any) -> None:  # FunctionCtx's
        """Refused."""
        raise BatchingError("vmap: a Function that changes its inputs in place (mark_dirty) is not supported")

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What was saved."""
        return self.saved


class _Whole(Function):
    """A `Function` on all examples. Its subclasses, made for one call, know of which class and which arguments."""

    generate_vmap_rule = True
    several = False


def _whole_function(
    cls: type[Function], level: Level, hidden: tuple[bool, ...], named: dict[str, Any]
) -> type[_Whole]:
    """The class, for examples of `level`, as one on all examples; `hidden` says which arguments differ."""

    class Whole(_Whole):
        @staticmethod
        def forward(ctx: Any, *values: Any) -> Any:
            args = tuple(Batched(v, level) if at else v for v, at in zip(values, hidden, strict=True))
            inner = ctx.inner = _ExampleCtx(cls)
            inner.needs_input_grad = ctx.needs_input_grad
            if cls.setup_context is Function.setup_context:
                result = cls.forward(inner, *args, **named)
            else:
                result = cls.forward(*args, **named)
                cls.setup_context(inner, args, result)
            Whole.several = isinstance(result, tuple)
            outputs = result if isinstance(result, tuple) else (result,)
            wholes = [examples(o, level) if isinstance(o, (Variable, Hidden)) else o for o in outputs]

            def whole(t: Any) -> Any:
                """The tensor that stands for one of an example: of a result, that very one."""
                number = next((i for i, o in enumerate(outputs) if o is t), None)
                return wholes[number] if number is not None else t.value if is_at(t, level) else t

            ctx.saved_at = [is_at(t, level) or any(o is t for o in outputs) for t in inner.saved]
            ctx.save_for_backward(*(whole(t) for t in inner.saved))
            ctx.mark_non_differentiable(*(whole(t) for t in inner.unmarked))
            ctx.set_materialize_grads(inner.materialize_grads)
            inner.saved = inner.unmarked = ()
            return tuple(wholes)

        @staticmethod
        def backward(ctx: Any, *gradients: Any) -> Any:
            outer = LEVELS.get()
            here = Level(len(outer) + 1, level.size, level.randomness)  # the mapped function has returned
            token = LEVELS.set((*outer, here))
            inner = ctx.inner
            inner.saved = tuple(
                Batched(t, here) if at and t is not None else t
                for t, at in zip(ctx.saved_tensors, ctx.saved_at, strict=True)
            )
            try:
                given = [None if g is None else Batched(g, here) for g in gradients]
                backward = cls.vjp if cls.backward is Function.backward else cls.backward
                answers = backward(inner, *given)
                answers = answers if isinstance(answers, tuple) else (answers,)
                return tuple(
                    None if a is None else examples(a, here) if at else sum_(examples(a, here), 0, False)
                    for a, at in zip(answers, hidden, strict=False)
                )
            finally:
                inner.saved = ()
                here.open = False
                LEVELS.reset(token)

    Whole.__name__ = cls.__name__
    return Whole
