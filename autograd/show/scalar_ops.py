"""Which operation of the table of derivatives each operation of `Value` is."""

from __future__ import annotations

import functools

from autograd.show.expressions import Expression, Name, Number
from autograd.show.formulas import Formula, formula

_OPS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "max": "maximum", "min": "minimum", "ReLU": "relu",
    "LeakyReLU": "leaky_relu", "**": "pow",
}  # fmt: skip

_SAME = {"neg", "abs", "exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid"}


def table_op(op: str) -> tuple[str, dict[str, Expression]]:
    """The operation's name in the table, "" if it has none there, and its arguments that are numbers.

    >>> table_op("ReLU"), table_op("**3")
    (('relu', {}), ('pow', {'y': Number(value=3.0)}))
    """
    if op in _SAME:
        return op, {}
    if op.startswith("**") and op != "**":
        try:
            return "pow", {"y": Number(float(op[2:]))}
        except ValueError:
            return "", {}
    return _OPS.get(op, ""), {}


_cached = functools.lru_cache(maxsize=256)(formula)


def scalar_formula(op: str, position: int, count: int, upstream: Expression | None = None) -> Formula | None:
    """The derivative of an operation of `Value` for one of its `count` inputs; None if the table has no such one."""
    if op == "dot":
        half = (count - 1) // 2
        other = (
            ""
            if position == count - 1
            else f"w{position + 1}"
            if position < half
            else f"x{position - half + 1}"
        )
        return (
            _cached("mul", "x", upstream).put_in({"y": Name(other)})
            if other
            else _cached("add", "x", upstream)
        )
    name, numbers = table_op(op)
    if not name:
        return None
    return _cached(name, ("x", "y")[position], upstream).put_in(numbers)
