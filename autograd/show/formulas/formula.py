"""The formulas of the table, written: what a gradient is multiplied by on its way to an argument.

Most are what comes out when symbols are passed through the very formula that backward runs. What cannot be passed
through (compiled code, loops over elements, fused kernels) is what the operation's docstring says of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from autograd.errors import ArgumentError, AutogradError
from autograd.show.formulas.documented import DOCUMENTED, OF_MORE_DIMENSIONS
from autograd.show.formulas.expressions import Expression, Name, Number, folded, put_in
from autograd.show.formulas.forwards import spelled_out
from autograd.show.formulas.notation import escaped, javascript, latex, text
from autograd.show.formulas.symbols import Named, Order, Shape, Symbol, SymbolError, expression
from autograd.table import Derivative, Primitive, registry


@dataclass(frozen=True, slots=True)
class Formula:
    """The derivative of an operation for one of its arguments.

    op, argument: whose
    expression:   what the formula does, where symbols can pass through it
    documented:   otherwise, what the docstring says
    reason:       why they cannot
    """

    op: str
    argument: str
    expression: Expression = None
    documented: str = ""
    reason: str = ""

    @property
    def text(self) -> str:
        """As plain text."""
        return self.documented if self.reason else text(self.expression)

    @property
    def latex(self) -> str:
        """In LaTeX."""
        return words_in_latex(self.documented) if self.reason else latex(self.expression)

    @property
    def javascript(self) -> str:
        """In JavaScript, of numbers.

        Raises:
            ArgumentError: if it cannot be written so.
        """
        if self.reason:
            raise ArgumentError(f"javascript: the formula of {self.op} for {self.argument} is {self.reason}")
        return javascript(spelled_out(self.expression))

    def put_in(self, values: Mapping[str, Expression]) -> Formula:
        """The formula with expressions in the place of names."""
        return (
            replace(self, expression=folded(put_in(self.expression, values)))
            if values and not self.reason
            else self
        )

    def __str__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"


def primitive_named(op: str) -> Primitive:
    """The operation of the table called so, also by what users call it.

    Raises:
        ArgumentError: if there is none.
    """
    p = registry().get(op.strip("_"))
    if p is None:
        raise unknown_operation(op, registry())
    return p


def unknown_operation(op: str, known: Iterable[str]) -> ArgumentError:
    """The error of a name that no operation has, with those that are nearest to it."""
    near = get_close_matches(op.lower(), known, 3, 0.6)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    return ArgumentError(f"there is no operation {op!r} in the table of derivatives{hint}")


def formula(op: str | Primitive, argument: str, upstream: Expression | None = None) -> Formula:
    r"""The derivative of an operation for one of its arguments, with `upstream` for the gradient (g).

    >>> formula("tanh", "x").text
    'g * (1 - out**2)'
    >>> formula("div", "y").latex
    '-g \\cdot \\frac{\\frac{x}{y}}{y}'
    >>> formula("sqrt", "x", upstream=Number(1)).javascript
    '(1 / (2 * out))'

    Raises:
        ArgumentError: if there is no such operation, or it has no derivative for the argument.
    """
    p = primitive_named(op) if isinstance(op, str) else op
    derivative = p.derivatives.get(argument)
    if derivative is None:
        raise ArgumentError(
            f"{p.name}: there is no derivative for {argument!r}, only for {list(p.differentiable)}"
        )
    if p.joint is not None:
        return Formula(p.name, argument, None, documented(p, argument), "computed by a fused kernel")
    if (p.name, argument) in OF_MORE_DIMENSIONS:
        return Formula(p.name, argument, None, documented(p, argument), "not for symbols: they are matrices")
    g = Symbol(Name("g") if upstream is None else upstream)
    try:
        found = _passed_through(p, derivative, g)
    except (AutogradError, TypeError, ValueError, IndexError, AttributeError) as error:
        return Formula(p.name, argument, None, documented(p, argument), f"not for symbols: {error}")
    return Formula(p.name, argument, found)


def _passed_through(p: Primitive, derivative: Derivative, g: Symbol) -> Expression:
    """What comes out of a formula for symbols."""
    d = derivative.formula(g, *(_symbol(p, name) for name in derivative.names))
    return Number(0) if d is None else expression(d)


def _symbol(p: Primitive, name: str) -> Any:
    """What stands for what a formula names."""
    if name == "out":
        if p.several:
            raise SymbolError(f"{p.name} has several results")
        return Symbol(Name("out"))
    if name in p.sequences:
        raise SymbolError(f"{p.name} takes a sequence of arrays")
    if name in p.arrays:
        return Symbol(Name(name))
    for a in p.arrays:
        if name == f"{a}_shape":
            return Shape(f"{a}.shape")
        if name == f"{a}_dtype":
            return Symbol(Name(f"{a}.dtype"))
    return _option(p, name)


def _option(p: Primitive, name: str) -> Any:
    """What stands for an option: a symbol for a number, a number with a name for a dimension, else the default."""
    kind = str(getattr(p.function, "__annotations__", {}).get(name, ""))
    default = p.defaults.get(name)
    if kind in ("float", "float | None") or (isinstance(default, float)):
        return Symbol(Name(name))
    if kind == "bool":
        return default if isinstance(default, bool) else name == "keepdim"
    if kind == "int" and name == "n":
        return Order(1, name)
    if kind == "int":
        return Named(default or 0, name)
    return default if isinstance(default, str) else Symbol(Name(name))


_SAID = re.compile(r"\bd ?(?P<argument>[a-zA-Z_]\w*?)(?P<element>\[\w+\]|[ᵢⱼ])? = ")


def documented(p: Primitive, argument: str) -> str:
    """What an operation's docstring says of its derivative for an argument, or `DOCUMENTED` in its place."""
    if argument in DOCUMENTED.get(p.name, {}):
        return DOCUMENTED[p.name][argument]
    said = re.sub(r"\s+", " ", re.split(r">>>|Raises:", p.function.__doc__ or "")[0])
    found = [*_SAID.finditer(said)]
    for i, match in enumerate(found):
        if match["argument"] == argument:
            end = found[i + 1].start() if i + 1 < len(found) else len(said)
            part = re.split(r"\. (?=[A-Z])|;", said[match.end() : end])[0]
            return part.strip(" .,;")
    return ""


_SIGNS = {
    "x̂": r"\hat{x}", "⁻ᵀ": "^{-T}", "⁻¹": "^{-1}", "ᵖ⁻¹": "^{p-1}", "ᵖ⁻²": "^{p-2}", "ᵀ": "^{T}", "²": "^{2}",
    "ᵖ": "^{p}", "ᵢ": "_{i}", "ⱼ": "_{j}", "Σ": r"\sum ", "√": r"\sqrt{\ }", "·": r"\cdot ", "∘": r"\circ ",
    "≤": r"\leq ", "≥": r"\geq ", "≠": r"\ne ", "…": r"\ldots ", "⋯": r"\cdots ",
}  # fmt: skip


def words_in_latex(words: str) -> str:
    r"""Words and signs in LaTeX.

    >>> words_in_latex("g x⁻ᵀ for all")
    '\\mathrm{g\\ x}^{-T}\\mathrm{\\ for\\ all}'
    """
    found = re.split(f"({'|'.join(map(re.escape, _SIGNS))}|_{{[^}}]*}})", words)
    return "".join(
        _SIGNS.get(w) or (w if w.startswith("_{") else rf"\mathrm{{{escaped(w)}}}") for w in found if w
    )
