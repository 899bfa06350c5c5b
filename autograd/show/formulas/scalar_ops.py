"""Which operation of the table of derivatives each operation of `Value` is."""

from __future__ import annotations

import functools

from autograd.show.formulas.expressions import Expression, Name, Number
from autograd.show.formulas.formula import Formula, formula

_OPS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "max": "maximum", "min": "minimum", "ReLU": "relu",
    "**": "pow",
}  # fmt: skip

_SAME = {"neg", "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid"}


def table_op(op: str) -> tuple[str, dict[str, Expression]]:
    """The operation's name in the table, "" if it has none there, and its arguments that are numbers.

    >>> table_op("ReLU"), table_op("**3")
    (('relu', {}), ('pow', {'y': Number(value=3.0)}))
    """
    if op in _SAME:
        return op, {}
    if op == "LeakyReLU":
        return "leaky_relu", {"negative_slope": Number(0.01)}
    for prefix, name, option in (("LeakyReLU ", "leaky_relu", "negative_slope"), ("**", "pow", "y")):
        if op.startswith(prefix) and op != prefix:
            try:
                return name, {option: Number(float(op.removeprefix(prefix)))}
            except ValueError:
                return "", {}
    return _OPS.get(op, ""), {}


def argument(op: str, position: int, count: int) -> str:
    """What an operation of `Value` calls one of its `count` inputs; "" if it is not of the table.

    >>> [argument("dot", i, 5) for i in range(5)]
    ['x1', 'x2', 'w1', 'w2', 'bias']
    """
    if op == "dot":
        half = (count - 1) // 2
        i, x = divmod(position, half) if half else (2, 0)
        return f"{'xw'[i]}{x + 1}" if i < 2 else "bias"
    return ("x", "y")[position] if table_op(op)[0] and position < 2 else ""


_cached = functools.lru_cache(maxsize=256)(formula)


def scalar_formula(op: str, position: int, count: int, upstream: Expression | None = None) -> Formula | None:
    """The derivative of an operation of `Value` for one of its `count` inputs; None if the table has no such one."""
    if op == "dot":
        if position == count - 1:
            return _cached("add", "x", upstream)
        half = (count - 1) // 2
        other = argument(op, position + half if position < half else position - half, count)
        return _cached("mul", "x", upstream).put_in({"y": Name(other)})
    name, numbers = table_op(op)
    if not name:
        return None
    return _cached(name, ("x", "y")[position], upstream).put_in(numbers)
