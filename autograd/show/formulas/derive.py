"""The derivative of an expression, by the chain rule, from the formulas of the operations in it.

So what is made of operations of the table, such as `softsign` or `selu`, has a formula of its own to be shown, though
backward never needs one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.show.formulas.expressions import Call, Expression, Name, Number, folded, names_in, parts, put_in
from autograd.show.formulas.formula import formula
from autograd.show.formulas.symbols import Symbol, called, expression
from autograd.table import registry

MOST = 400
"""An expression of more parts than this is for no reader."""


def passed_through(function: Callable[..., Any], *names: str) -> Expression:
    """What a function made of operations of the table computes of arguments with these names.

    >>> from autograd import ops
    >>> from autograd.show.formulas.notation import text
    >>> text(passed_through(ops.tanhshrink, "x"))
    'x - tanh(x)'

    Raises:
        ArgumentError: if it does with them what symbols cannot do.
    """
    return expression(function(*(Symbol(Name(name)) for name in names)))


def derivative(e: Expression, name: str, upstream: Expression) -> Expression:
    """What an upstream gradient becomes on its way through an expression to a name.

    >>> from autograd import ops
    >>> from autograd.show.formulas.notation import text
    >>> text(derivative(passed_through(ops.tanhshrink, "x"), "x", Name("g")))
    'g - g * (1 - tanh(x)**2)'

    Raises:
        ArgumentError: if an operation in it has no formula that can be written, or it grows too long.
    """
    if e == Name(name):
        return upstream
    if not isinstance(e, Call) or name not in names_in(e):
        return Number(0)
    p = registry().get(e.op)
    if p is None:
        raise ArgumentError(f"{e.op} is no operation of the table of derivatives")
    total: Expression = Number(0)
    given = dict(zip(p.parameters, e.arguments, strict=False)) | dict(e.options)
    for parameter in p.arrays:
        argument = given.get(parameter)
        if argument is None or name not in names_in(argument):
            continue
        found = formula(p, parameter)
        if found.reason:
            raise ArgumentError(f"the formula of {p.name} is {found.reason}")
        through = folded(put_in(found.expression, {**given, "out": e, "g": upstream}))
        total = _added(total, derivative(argument, name, through))
        if sum(1 for _ in parts(total)) > MOST:
            raise ArgumentError("the derivative is too long to be read")
    return total


def _added(x: Expression, y: Expression) -> Expression:
    if x == Number(0):
        return y
    if y == Number(0):
        return x
    positive = _without_minus(y)
    if positive is not None:
        return called("sub", (Symbol(x), Symbol(positive)), {}, np.subtract).value
    return called("add", (Symbol(x), Symbol(y)), {}, np.add).value


def _without_minus(e: Expression) -> Expression | None:
    """What a product that starts with a minus is without it."""
    if not isinstance(e, Call) or e.op not in ("neg", "mul", "div"):
        return None
    if e.op == "neg":
        return e.arguments[0]
    first = _without_minus(e.arguments[0])
    return None if first is None else Call(e.op, (first, e.arguments[1]), e.options, e.compute)
