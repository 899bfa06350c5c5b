"""How an expression is written: as plain text, as LaTeX, and as JavaScript.

Text and LaTeX are for people: a product needs no brackets however it was put together. JavaScript computes, so it is
written bracket by bracket as the formula does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.show.formulas.expressions import Call, Expression, Name, Number

OR, AND, NOT, COMPARE, SUM, MINUS, PRODUCT, POWER, ATOM = range(9)
"""How tightly an operation binds what stands beside it."""

_BINDING = {
    "or": OR, "and": AND, "not": NOT, "eq": COMPARE, "ne": COMPARE, "lt": COMPARE, "le": COMPARE, "gt": COMPARE,
    "ge": COMPARE, "add": SUM, "sub": SUM, "neg": MINUS, "mul": PRODUCT, "div": PRODUCT, "matmul": PRODUCT,
    "pow": POWER, "square": POWER,
}  # fmt: skip

_SIGNS = {
    "or": " or ", "and": " and ", "eq": " == ", "ne": " != ", "lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ",
    "add": " + ", "sub": " - ", "mul": " * ", "div": " / ", "matmul": " @ ", "pow": "**",
}  # fmt: skip

_LATEX_SIGNS = {
    "or": r"\vee ", "and": r"\wedge ", "eq": "=", "ne": r"\ne ", "lt": "<", "le": r"\leq ", "gt": ">", "ge": r"\geq ",
    "add": "+", "sub": "-", "mul": r"\cdot ", "matmul": r"\,",
}  # fmt: skip

_CONSTANTS: tuple[tuple[float, str, str], ...] = (
    (math.log(2), "log(2)", r"\log 2"),
    (math.log(10), "log(10)", r"\log 10"),
    (math.pi, "pi", r"\pi"),
    (math.pi**2, "pi**2", r"\pi^{2}"),
    (math.sqrt(0.5), "sqrt(1/2)", r"\sqrt{\frac{1}{2}}"),
    (math.sqrt(2 / math.pi), "sqrt(2/pi)", r"\sqrt{\frac{2}{\pi}}"),
    (math.sqrt(2 * math.pi), "sqrt(2*pi)", r"\sqrt{2\pi}"),
    (2 / math.sqrt(math.pi), "(2/sqrt(pi))", r"\frac{2}{\sqrt{\pi}}"),
    (math.sqrt(math.pi) / 2, "(sqrt(pi)/2)", r"\frac{\sqrt{\pi}}{2}"),
    (1 / 3, "(1/3)", r"\frac{1}{3}"),
    (3 * 0.044715, "3 * 0.044715", r"3 \cdot 0.044715"),
)

_GREEK = {
    "alpha": r"\alpha", "beta": r"\beta", "delta": r"\delta", "lambd": r"\lambda", "eps": r"\epsilon",
    "pi": r"\pi",
}  # fmt: skip

_LATEX_FUNCTIONS = {
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "max", "min",
}  # fmt: skip

_LATEX_NAMES = {
    "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan", "maximum": r"\max", "minimum": r"\min",
    "sigmoid": r"\sigma", "ndtr": r"\Phi", "log2": r"\log_{2}", "log10": r"\log_{10}", "digamma": r"\psi",
    "fmax": r"\max", "fmin": r"\min",
}  # fmt: skip


# ------------------------------------------------------------------------------------------------ plain text


def text(e: Expression) -> str:
    """An expression as it would be typed.

    >>> x = Name("x")
    >>> text(Call("mul", (Call("add", (x, Number(1))), Call("tanh", (x,)))))
    '(x + 1) * tanh(x)'
    """
    if isinstance(e, Name):
        return e.name
    if isinstance(e, Number):
        return _constant(e.value, 1) or _plain(e.value)
    if isinstance(e, tuple):
        return f"({', '.join(map(text, e))}{',' * (len(e) == 1)})"
    if not isinstance(e, Call):
        return _option(e)
    args = e.arguments
    if e.op == "neg":
        return f"-{_bracketed(text, args[0], PRODUCT)}"
    if e.op == "not":
        return f"not {_bracketed(text, args[0], NOT)}"
    if e.op == "square" or (e.op == "mul" and args[0] == args[1]):
        return f"{_bracketed(text, args[0], ATOM)}**2"
    if e.op == "T":
        return f"{_bracketed(text, args[0], ATOM)}.T"
    if e.op == "getitem":
        index = ", ".join(map(text, args[1])) if isinstance(args[1], tuple) else text(args[1])
        return f"{_bracketed(text, args[0], ATOM)}[{index}]"
    if e.op in _SIGNS and len(args) == 2 and not e.options:
        left, right = _operands(text, e)
        return f"{left}{_SIGNS[e.op]}{right}"
    given = [text(a) for a in args] + [f"{key}={text(value)}" for key, value in _shown(e)]
    return f"{e.op}({', '.join(given)})"


def _operands(write: Callable[[Any], str], e: Call) -> tuple[str, str]:
    """Both sides of an operator, in brackets where they need them."""
    binding = _BINDING[e.op]
    left, right = e.arguments
    if e.op == "pow":
        return _bracketed(write, left, ATOM), _bracketed(write, right, ATOM)
    loose = e.op in ("add", "mul", "and", "or")  # where brackets change nothing
    tighter = binding + 1 - loose
    if e.op == "sub" and _binds(right) == MINUS:
        tighter = PRODUCT
    if e.op == "mul" and isinstance(right, Call) and right.op == "matmul":
        tighter = ATOM
    after = _bracketed(write, right, tighter)
    if after.startswith("-") and binding > COMPARE:
        after = f"({after})" if write is text else rf"\left({after}\right)"
    return _bracketed(write, left, MINUS if binding == PRODUCT else binding), after


def _bracketed(write: Callable[[Any], str], e: Expression, binding: int) -> str:
    found = _binds(e)
    if found >= binding:
        return write(e)
    if write is text:
        return f"({text(e)})"
    if found == COMPARE and binding > COMPARE:  # 1 where it holds, 0 elsewhere: Iverson's brackets
        return rf"\left[{latex(e)}\right]"
    return rf"\left({latex(e)}\right)"


def _binds(e: Expression) -> int:
    if isinstance(e, Number):
        return MINUS if not isinstance(e.value, bool) and e.value < 0 else ATOM
    if isinstance(e, Call) and e.op == "mul" and e.arguments[0] == e.arguments[1]:
        return POWER
    return _BINDING.get(e.op, ATOM) if isinstance(e, Call) else ATOM


def _shown(e: Call) -> list[tuple[str, Any]]:
    """The options that say something."""
    return [(k, v) for k, v in e.options if v is not None and v is not False and k != "dtype"]


def _option(value: Any) -> str:
    if isinstance(value, slice):
        return ":".join("" if end is None else text(end) for end in (value.start, value.stop))
    if value is Ellipsis:
        return "..."
    return str(value)


def _plain(x: Any) -> str:
    if isinstance(x, (bool, int)):
        return str(x)
    x = float(x)
    return str(int(x)) if math.isfinite(x) and x == int(x) and abs(x) < 1e6 else f"{x:.7g}"


def _constant(x: Any, column: int) -> str:
    """A constant that has a name, as text (1) or LaTeX (2)."""
    if isinstance(x, (bool, int)):
        return ""
    for c in _CONSTANTS:
        if abs(abs(x) - c[0]) <= 4e-16 * c[0]:
            return "-" * bool(x < 0) + str(c[column])
    return ""


# ------------------------------------------------------------------------------------------------ LaTeX


def latex(e: Expression) -> str:
    r"""An expression in LaTeX, of what both KaTeX and matplotlib understand.

    >>> latex(Call("div", (Name("g"), Call("sqrt", (Name("x"),)))))
    '\\frac{g}{\\sqrt{x}}'
    """
    if isinstance(e, Name):
        return latex_name(e.name)
    if isinstance(e, Number):
        return _constant(e.value, 2) or _latex_number(e.value)
    if isinstance(e, tuple):
        return rf"({', '.join(map(latex, e))})"
    if not isinstance(e, Call):
        return rf"\mathrm{{{escaped(_option(e))}}}"
    if e.op == "mul" and e.arguments[0] == e.arguments[1]:
        return _power(e.arguments[0], "2")
    special = _LATEX.get(e.op)
    if special is not None:
        return special(e)
    if e.op in _LATEX_SIGNS and len(e.arguments) == 2:
        left, right = _operands(latex, e)
        return f"{left} {_LATEX_SIGNS[e.op]} {right}".replace("  ", " ")
    if e.op in _LATEX_FUNCTIONS and not _shown(e):
        name = f"\\{e.op}"
    else:
        name = _LATEX_NAMES.get(e.op) or rf"\mathrm{{{escaped(e.op)}}}"
    given = [latex(a) for a in e.arguments]
    given += [rf"\mathrm{{{escaped(key)}}}={latex(value)}" for key, value in _shown(e)]
    return rf"{name}\left({', '.join(given)}\right)"


def latex_name(name: str) -> str:
    """A name in LaTeX: a letter in italics, a word upright."""
    if name in _GREEK:
        return _GREEK[name]
    return name if len(name) == 1 else rf"\mathrm{{{escaped(name)}}}"


_ESCAPED = {"_": r"\_", "%": r"\%", "#": r"\#", "&": r"\&", "$": r"\$", "{": r"\{", "}": r"\}", " ": r"\ "}


def escaped(words: str) -> str:
    r"""Words as they stand within `\mathrm{…}`."""
    return "".join(_ESCAPED.get(c, c) for c in words)


def _latex_number(x: Any) -> str:
    if isinstance(x, float) and math.isinf(x):
        return "-" * (x < 0) + r"\infty"
    mantissa, _, exponent = _plain(x).partition("e")
    power = rf"10^{{{int(exponent)}}}" if exponent else ""
    return rf"{mantissa} \cdot {power}" if power and mantissa != "1" else power or mantissa


def _fraction(e: Call) -> str:
    top, bottom = e.arguments
    if isinstance(top, Call) and top.op == "neg":  # -g / x is written -(g / x), which is the same
        return f"-{_fraction(Call('div', (top.arguments[0], bottom)))}"
    return rf"\frac{{{latex(top)}}}{{{latex(bottom)}}}"


def _power(base: Expression, exponent: str) -> str:
    simple = _binds(base) == ATOM and not (isinstance(base, Call) and base.op in ("exp", "exp2", "T"))
    return f"{{{latex(base)}}}^{{{exponent}}}" if simple else rf"\left({latex(base)}\right)^{{{exponent}}}"


def _cases(e: Call) -> str:
    condition, x, y = e.arguments
    if y == Number(0):
        factor = latex(x) if _binds(x) > SUM else rf"\left({latex(x)}\right)"
        return rf"{factor} \,\left[{latex(condition)}\right]"
    return (
        rf"\left\{{{latex(x)}\ \mathrm{{if}}\ {latex(condition)},\ "
        rf"{latex(y)}\ \mathrm{{otherwise}}\right."
    )


def _added_up(e: Call) -> str:
    options = dict(e.options)
    axis = options.get("axis")
    below = "" if axis is None else rf"_{{{latex(axis)}}}"
    return rf"\sum{below} {_bracketed(latex, e.arguments[0], PRODUCT)}"


_LATEX: dict[str, Callable[[Call], str]] = {
    "div": _fraction,
    "neg": lambda e: f"-{_bracketed(latex, e.arguments[0], PRODUCT)}",
    "not": lambda e: rf"\neg \left({latex(e.arguments[0])}\right)",
    "sqrt": lambda e: rf"\sqrt{{{latex(e.arguments[0])}}}",
    "exp": lambda e: rf"e^{{{latex(e.arguments[0])}}}",
    "exp2": lambda e: rf"2^{{{latex(e.arguments[0])}}}",
    "abs": lambda e: rf"\left|{latex(e.arguments[0])}\right|",
    "pow": lambda e: _power(e.arguments[0], latex(e.arguments[1])),
    "square": lambda e: _power(e.arguments[0], "2"),
    "T": lambda e: _power(e.arguments[0], "T"),
    "getitem": lambda e: rf"{_bracketed(latex, e.arguments[0], ATOM)}\left[{latex(e.arguments[1])}\right]",
    "where": _cases,
    "sum": _added_up,
}


# ------------------------------------------------------------------------------------------------ JavaScript

_JAVASCRIPT = {
    "add": "({} + {})", "sub": "({} - {})", "mul": "({} * {})", "div": "({} / {})", "neg": "(-{})", "pow": "({} ** {})",
    "eq": "({} === {})", "ne": "({} !== {})", "lt": "({} < {})", "le": "({} <= {})",
    "gt": "({} > {})", "ge": "({} >= {})", "and": "({} && {})", "or": "({} || {})", "not": "(!{})",
    "where": "({} ? {} : {})", "clip": "Math.min(Math.max({}, {}), {})", "maximum": "Math.max({}, {})",
    "minimum": "Math.min({}, {})", "isnan": "Number.isNaN({})", "isfinite": "Number.isFinite({})",
    "exp2": "(2 ** {})",     "reciprocal": "(1 / {})", "fmod": "({} % {})", "floor_divide": "Math.floor({} / {})",
    "trunc_divide": "Math.trunc({} / {})",
}  # fmt: skip

_MATH = {
    "exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
    "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "abs", "sign", "floor", "ceil", "trunc", "hypot",
}  # fmt: skip

JAVASCRIPT_PRELUDE = Path(__file__).with_name("special.js").read_text(encoding="utf-8")
"""What the JavaScript of formulas needs beside `Math`."""

_RUNTIME = frozenset(re.findall(r"^(?:const|function) (\w+)", JAVASCRIPT_PRELUDE, re.MULTILINE))


def javascript(e: Expression) -> str:
    """An expression of numbers in JavaScript, after `JAVASCRIPT_PRELUDE`.

    >>> javascript(Call("sub", (Number(1), Call("square", (Call("tanh", (Name("x"),)),)))))
    '(1 - square(Math.tanh(x)))'

    Raises:
        ArgumentError: if JavaScript has no such function of numbers.
    """
    if isinstance(e, Name) and e.name.isidentifier():
        return e.name
    if isinstance(e, Number):
        return _javascript_number(e.value)
    if isinstance(e, Call) and not e.options:
        args = [javascript(a) for a in e.arguments]
        if e.op in _MATH:
            return f"Math.{e.op}({', '.join(args)})"
        if e.op in _RUNTIME:
            return f"{e.op}({', '.join(args)})"
        pattern = _JAVASCRIPT.get(e.op, "")
        if pattern and pattern.count("{}") == len(args):
            return pattern.format(*args)
    raise ArgumentError(f"javascript: {text(e)} is not written in JavaScript")


def _javascript_number(x: Any) -> str:
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x)).lower()
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "(-Infinity)" if x < 0 else "Infinity"
    return f"({x!r})" if x < 0 else repr(float(x)) if isinstance(x, np.number) else repr(x)
