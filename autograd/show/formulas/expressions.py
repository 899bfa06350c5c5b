"""Expressions: what a formula becomes when symbols are passed through it.

A tree of three kinds of things, none of which knows how it is written (that is `notation`):

    Name        an argument, the gradient, the result
    Number      a constant
    Call        an operation with its arguments; it can also compute itself, so that what is written can be checked
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Expression = Any
"""A Name, a Number or a Call; in a Call's arguments also a tuple of them, or an option as it is (a dtype, None)."""


@dataclass(frozen=True, slots=True)
class Name:
    """Something that has a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Any


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on arguments.

    op:        what it is called, such as "mul" or "tanh"
    arguments: in their order
    options:   those given by name
    compute:   the function itself, on arrays
    """

    op: str
    arguments: tuple[Expression, ...]
    options: tuple[tuple[str, Any], ...] = ()
    compute: Callable[..., Any] | None = field(default=None, compare=False)


def evaluate(e: Expression, values: Mapping[str, Any]) -> Any:
    """What an expression is where the names have these values.

    >>> product = Call("mul", (Name("x"), Number(3)), compute=lambda x, y: x * y)
    >>> evaluate(product, {"x": 2.0})
    6.0
    """
    if isinstance(e, Name):
        return values[e.name]
    if isinstance(e, Number):
        return e.value
    if isinstance(e, tuple):
        return tuple(evaluate(part, values) for part in e)
    if isinstance(e, slice):
        return slice(*(evaluate(end, values) for end in (e.start, e.stop, e.step)))
    if not isinstance(e, Call):
        return e
    assert e.compute is not None
    named = {key: evaluate(value, values) for key, value in e.options}
    return e.compute(*(evaluate(a, values) for a in e.arguments), **named)


def parts(e: Expression) -> Iterator[Expression]:
    """An expression and everything in it."""
    yield e
    inner: tuple[Expression, ...] = e if isinstance(e, tuple) else ()
    if isinstance(e, Call):
        inner = (*e.arguments, *dict(e.options).values())
    elif isinstance(e, slice):
        inner = (e.start, e.stop, e.step)
    for part in inner:
        yield from parts(part)


def names_in(e: Expression) -> set[str]:
    """The names in an expression.

    >>> sorted(names_in(Call("mul", (Name("x"), Name("g")))))
    ['g', 'x']
    """
    return {part.name for part in parts(e) if isinstance(part, Name)}


def folded(e: Expression) -> Expression:
    """The expression with numbers in the place of operations on numbers alone, and x in that of x**1 and x * 1.

    >>> folded(Call("pow", (Name("x"), Call("sub", (Number(3), Number(2)), compute=lambda x, y: x - y))))
    Name(name='x')
    """
    if not isinstance(e, Call):
        return e
    arguments = tuple(map(folded, e.arguments))
    if e.op in ("add", "sub", "ne", "eq") and not e.options and all(isinstance(a, Number) for a in arguments):
        assert e.compute is not None
        value = e.compute(*(float(a.value) for a in arguments))
        return Number(value.item() if isinstance(value, np.generic) else value)
    if e.op == "pow" and arguments[1] == Number(1):
        return arguments[0]
    if e.op == "mul" and Number(1) in arguments and not e.options:
        return arguments[1] if arguments[0] == Number(1) else arguments[0]
    return Call(e.op, arguments, e.options, e.compute)


def put_in(e: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with others in the place of names."""
    if isinstance(e, Name):
        return values.get(e.name, e)
    if isinstance(e, tuple):
        return tuple(put_in(part, values) for part in e)
    if not isinstance(e, Call):
        return e
    options = tuple((key, put_in(value, values)) for key, value in e.options)
    return Call(e.op, tuple(put_in(a, values) for a in e.arguments), options, e.compute)
