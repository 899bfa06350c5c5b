"""How an expression is written in MathML, which browsers typeset without any library."""

from __future__ import annotations

import html
from collections.abc import Callable

from autograd.show.formulas.expressions import Call, Expression, Name, Number
from autograd.show.formulas.notation import text

COMPARE, SUM, PRODUCT, POWER, ATOM = range(5)
"""How tightly an operation binds what stands beside it."""

_BINDING = {
    "eq": COMPARE, "ne": COMPARE, "lt": COMPARE, "le": COMPARE, "gt": COMPARE, "ge": COMPARE, "and": COMPARE,
    "or": COMPARE, "not": COMPARE, "add": SUM, "sub": SUM, "neg": SUM, "mul": PRODUCT, "matmul": PRODUCT, "pow": POWER,
    "square": POWER, "exp": POWER, "exp2": POWER, "T": POWER,
}  # fmt: skip

_SIGNS = {
    "add": "+", "sub": "−", "mul": "·", "eq": "=", "ne": "≠", "lt": "&lt;", "le": "≤", "gt": "&gt;", "ge": "≥",
    "and": "∧", "or": "∨",
}  # fmt: skip

_NAMES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "maximum": "max",
    "minimum": "min",
    "sigmoid": "σ",
}

_LETTERS = {"alpha": "α", "beta": "β", "delta": "δ", "lambd": "λ", "eps": "ε", "pi": "π"}


def mathml(e: Expression) -> str:
    """An expression in MathML, to be put between `<math>` and `</math>`.

    >>> mathml(Call("mul", (Name("x"), Number(2))))
    '<mrow><mi>x</mi><mo>·</mo><mn>2</mn></mrow>'
    """
    if isinstance(e, Name):
        return _name(e.name)
    if isinstance(e, Number):
        return _number(e)
    if isinstance(e, tuple):
        return _in_brackets("<mo>,</mo>".join(map(mathml, e)))
    if not isinstance(e, Call):
        return f"<mtext>{html.escape(text(e))}</mtext>"
    if e.op == "mul" and e.arguments[0] == e.arguments[1]:
        return _power(e.arguments[0], "<mn>2</mn>")
    write = _SPECIAL.get(e.op)
    if write is not None:
        return write(e)
    if e.op in _SIGNS and len(e.arguments) == 2:
        left, right = e.arguments
        binding = _BINDING[e.op]
        after = _bracketed(right, binding + (e.op == "sub"))
        return f"<mrow>{_bracketed(left, binding)}<mo>{_SIGNS[e.op]}</mo>{after}</mrow>"
    return _called(_NAMES.get(e.op, e.op), e)


def _name(name: str) -> str:
    """A letter in italics, a word upright; digits at the end of a letter below the line."""
    name = _LETTERS.get(name, name)
    if len(name) > 1 and name[0].isalpha() and name[1:].isdigit():
        return f"<msub><mi>{name[0]}</mi><mn>{name[1:]}</mn></msub>"
    return f"<mi>{html.escape(name)}</mi>"


def _number(e: Number) -> str:
    written = text(e)
    if written.startswith("-"):
        return f"<mrow><mo>−</mo><mn>{html.escape(written[1:])}</mn></mrow>"
    return f"<mn>{html.escape(written)}</mn>"


def _binds(e: Expression) -> int:
    if isinstance(e, Number):
        return SUM if text(e).startswith("-") else ATOM
    if isinstance(e, Call) and e.op == "mul" and e.arguments[0] == e.arguments[1]:
        return POWER
    return _BINDING.get(e.op, ATOM) if isinstance(e, Call) else ATOM


def _bracketed(e: Expression, binding: int) -> str:
    """An expression, in brackets where they are needed beside an operation that binds so tightly."""
    inner = mathml(e)
    if _binds(e) > binding or (_binds(e) == binding and not _is_negative(e)):
        return inner
    return _in_brackets(inner)


def _in_brackets(inner: str) -> str:
    """In brackets, which are tall only where what they hold is."""
    tall = "" if "<mfrac" in inner or "<mtable" in inner or "<munder" in inner else ' stretchy="false"'
    return f"<mrow><mo{tall}>(</mo>{inner}<mo{tall}>)</mo></mrow>"


def _is_negative(e: Expression) -> bool:
    return text(e).startswith("-")


def _called(name: str, e: Call) -> str:
    options = [(key, value) for key, value in e.options if value is not None and value is not False]
    given = [mathml(a) for a in e.arguments] + [
        f"<mrow><mi>{html.escape(key)}</mi><mo>=</mo>{mathml(value)}</mrow>" for key, value in options
    ]
    inner = "<mo>,</mo>".join(given)
    return f"<mrow><mi>{html.escape(name)}</mi>{_in_brackets(inner)}</mrow>"


def _power(base: Expression, exponent: str) -> str:
    return f"<msup>{_bracketed(base, ATOM)}{exponent}</msup>"


def _cases(e: Call) -> str:
    condition, x, y = e.arguments
    rows = "".join(
        f"<mtr><mtd>{mathml(value)}</mtd><mtd><mtext>&#160;{when}&#160;</mtext>{mathml(c) if c else ''}</mtd></mtr>"
        for value, when, c in ((x, "if", condition), (y, "otherwise", None))
    )
    return f"<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>"


def _summed(e: Call) -> str:
    axis = dict(e.options).get("axis")
    sign = "<mo>∑</mo>" if axis is None else f"<munder><mo>∑</mo>{mathml(axis)}</munder>"
    return f"<mrow>{sign}{_bracketed(e.arguments[0], PRODUCT)}</mrow>"


_SPECIAL: dict[str, Callable[[Call], str]] = {
    "div": lambda e: f"<mfrac>{mathml(e.arguments[0])}{mathml(e.arguments[1])}</mfrac>",
    "neg": lambda e: f"<mrow><mo>−</mo>{_bracketed(e.arguments[0], PRODUCT)}</mrow>",
    "not": lambda e: f"<mrow><mo>¬</mo>{_bracketed(e.arguments[0], ATOM)}</mrow>",
    "matmul": lambda e: f"<mrow>{''.join(_bracketed(a, PRODUCT) for a in e.arguments)}</mrow>",
    "sqrt": lambda e: f"<msqrt>{mathml(e.arguments[0])}</msqrt>",
    "exp": lambda e: f"<msup><mi>e</mi>{mathml(e.arguments[0])}</msup>",
    "exp2": lambda e: f"<msup><mn>2</mn>{mathml(e.arguments[0])}</msup>",
    "abs": lambda e: f"<mrow><mo>|</mo>{mathml(e.arguments[0])}<mo>|</mo></mrow>",
    "pow": lambda e: _power(e.arguments[0], mathml(e.arguments[1])),
    "square": lambda e: _power(e.arguments[0], "<mn>2</mn>"),
    "T": lambda e: _power(e.arguments[0], "<mi>T</mi>"),
    "where": _cases,
    "sum": _summed,
}
