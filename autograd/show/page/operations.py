"""The JavaScript of operations on numbers, printed from the table of derivatives.

With it the page computes everything anew when a number is changed. An operation that the table does not have, or whose
options were not recorded, cannot be computed so: then there is a reason instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograd.errors import ArgumentError
from autograd.show.formulas.expressions import Call, Expression, Name, Number, names_in, put_in
from autograd.show.formulas.formula import formula
from autograd.show.formulas.forwards import forward
from autograd.show.formulas.notation import javascript
from autograd.show.formulas.scalar_ops import scalar_formula, table_op
from autograd.table import registry


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation computes, and its local derivative for each input.

    parameters: what the inputs are called in the expressions
    computes:   None where it is not written
    slopes:     by each input, where the result is called `out`; None where there is none
    reason:     why it cannot be computed in the page, or ""
    """

    parameters: tuple[str, ...]
    computes: Expression = None
    slopes: tuple[Expression, ...] = ()
    reason: str = ""

    @property
    def javascript(self) -> str:
        """An object with a function for the value and one for each local derivative.

        >>> print(of_value("tanh", 1).javascript)
        {value: (x) => Math.tanh(x), slopes: [(out, x) => (1 - (out * out))]}
        """
        given = ", ".join(self.parameters)
        slopes = [f"(out, {given}) => {_number(s)}" if s is not None else "null" for s in self.slopes]
        return f"{{value: ({given}) => {_number(self.computes)}, slopes: [{', '.join(slopes)}]}}"


def _number(e: Expression) -> str:
    """JavaScript that gives a number: a comparison gives a truth value there."""
    written = javascript(e)
    is_truth = isinstance(e, Call) and e.op in _COMPARISONS
    return f"Number{written}" if is_truth else written


_COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"}


def of_value(op: str, count: int) -> Operation:
    """An operation of `Value` on so many inputs."""
    if op == "dot":
        return _dot(count)
    name, numbers = table_op(op)
    p = registry().get(name)
    names = ("x", "y")[:count]
    if p is None:
        names = tuple(f"x{i + 1}" for i in range(count))
        return Operation(names, reason=f"“{op}” is not in the table of derivatives")
    formulas = [scalar_formula(op, i, count, Number(1)) for i in range(count)]
    slopes = tuple(f.expression if f is not None else None for f in formulas)
    return _checked(op, Operation(names, put_in(forward(p), numbers), slopes))


def _dot(count: int) -> Operation:
    """b + x1 w1 + x2 w2 + ..., in the order in which it is added up."""
    half = (count - 1) // 2
    xs, ws = ([f"{letter}{i + 1}" for i in range(half)] for letter in "xw")
    total: Expression = Name("b")
    for x, w in zip(xs, ws, strict=True):
        total = Call("add", (total, Call("mul", (Name(x), Name(w)))))
    formulas = [scalar_formula("dot", i, count, Number(1)) for i in range(count)]
    return Operation((*xs, *ws, "b"), total, tuple(f.expression if f is not None else None for f in formulas))


def of_tensors(op: str, parameters: Sequence[str]) -> Operation:
    """An operation of the table, of which these array arguments are known, on numbers."""
    p = registry().get(op)
    names = tuple(parameters)
    if p is None:
        return Operation(names, reason=f"“{op}” is not in the table of derivatives")
    if len(set(names)) < len(names):
        return Operation(names, reason=f"“{op}” takes a sequence")
    found = [formula(p, a, Number(1)) if p.derivatives.get(a) is not None else None for a in names]
    reasons = [f.reason for f in found if f is not None and f.reason]
    if reasons:
        return Operation(names, reason=f"the derivative of “{op}” is {reasons[0]}")
    return _checked(
        op, Operation(names, forward(p), tuple(f.expression if f is not None else None for f in found))
    )


def _checked(op: str, found: Operation) -> Operation:
    """The operation, or why it cannot be computed."""
    used = names_in(found.computes).union(*(names_in(s) for s in found.slopes if s is not None)) - {"out"}
    missing = sorted(used - {*found.parameters})
    if missing:
        reason = f"the graph does not tell {', '.join(missing)} of “{op}”"
        return Operation(found.parameters, found.computes, found.slopes, reason)
    try:
        _ = found.javascript
    except ArgumentError:
        return Operation(
            found.parameters, found.computes, found.slopes, f"“{op}” is not written in JavaScript"
        )
    return found
