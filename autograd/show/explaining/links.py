"""The edges that an explanation goes along, and how each is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.show.formulas.expressions import Expression, Name, Number, folded, names_in, put_in
from autograd.show.formulas.formula import Formula, words_in_latex
from autograd.show.formulas.notation import latex, latex_name, text
from autograd.show.graph import FEW, Numbers, number

SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "matmul": "@", "pow": "**"} | {
    sign: sign for sign in ("+", "-", "*", "/", "**")
}
"""The operations that are written between their arguments."""


@dataclass(frozen=True)
class Link:
    """From a node to one of its inputs: upstream × local = contribution.

    heading:  the target as it was computed
    formula:  the local derivative as the table has it; latex: the whole derivative, with the upstream gradient g
    put_in:   the local derivative with the numbers put in, or ""
    local:    the number that it is, or None for arrays
    named:    the local derivative (of arrays: the whole one) with the names of what was computed; named_latex too
    factors:  of small arrays that are multiplied element by element, the local derivative; else None
    note:     what else happens to the gradient on the way
    """

    target: str
    source: str
    heading: str
    formula: str
    latex: str
    put_in: str
    upstream: Any
    local: float | None
    contribution: Any
    named: str = ""
    named_latex: str = ""
    factors: Numbers | None = None
    note: str = ""

    def local_text(self) -> str:
        """The local derivative as a number, or as its formula."""
        if self.local is not None:
            return number(self.local)
        return str(self.factors) if self.factors is not None else self.named

    @property
    def is_product(self) -> bool:
        """Whether both factors are there in numbers."""
        return self.local is not None or self.factors is not None

    def lines(self) -> list[str]:
        """The link as text."""
        if not self.is_product:
            by = f"  by {self.named}" if self.named else ""
            line = f"to {self.source}: {self.upstream} becomes {self.contribution}{by}"
        else:
            local = bracketed(self.local_text())
            line = f"to {self.source}: {bracketed(self.upstream)} × {local} = {self.contribution}"
            if self.named:
                line += f"    local derivative {self.named}"
                line += f" = {self.put_in}" if self.put_in and self.put_in != self.named else ""
        return [line, *([f"    ({self.note})"] if self.note else [])]

    def latex_line(self) -> str:
        """The link in LaTeX."""
        to = rf"{latex_name(self.target)} \to {latex_name(self.source)}"
        if self.local is None:
            return rf"{to}: & \quad {self.latex}"
        product = rf"{latex_number(self.upstream)} \cdot {latex_factor(self.local)} = {latex_number(self.contribution)}"
        return rf"{to}: & \quad {self.latex} = {product}"


def bracketed(x: Any) -> str:
    """A number as a factor."""
    return f"({x})" if str(x).startswith("-") else str(x)


def latex_number(x: Any) -> str:
    """A number in LaTeX, of four digits."""
    try:
        return latex(Number(float(number(float(str(x))))))
    except ValueError:  # it is not one number
        return rf"\mathrm{{{x}}}"


def latex_factor(x: Any) -> str:
    """A number as a factor, in LaTeX."""
    found = latex_number(x)
    return rf"\left({found}\right)" if found.startswith("-") else found


def with_names(found: Formula, names: Mapping[str, str]) -> tuple[str, str]:
    """A formula with the names of what was computed in the place of the operation's own, as text and in LaTeX."""
    if found.reason:
        words = "|".join(map(re.escape, names))
        written = re.sub(rf"\b({words})\b(?![\u0300-\u036f])", lambda m: names[m[0]], found.documented)
        return written, words_in_latex(written)
    given: dict[str, Expression] = {}
    for name in names_in(found.expression):
        first, dot, rest = name.partition(".")
        if first in names:
            given[name] = _number(names[first]) if not dot else Name(names[first] + dot + rest)
    renamed = folded(put_in(found.expression, given))
    return text(renamed), latex(renamed)


def _number(name: str) -> Expression:
    """A name, or the number that stands in its place."""
    try:
        x = float(name)
    except ValueError:
        return Name(name)
    return Number(int(x) if x.is_integer() else x)


def with_numbers(found: Formula, numbers: Mapping[str, Any]) -> str:
    """A formula with numbers of four digits in the place of names; "" where there is not a number for each."""
    if found.reason or not names_in(found.expression) <= numbers.keys():
        return ""
    given = {name: Number(float(f"{float(x):.4g}")) for name, x in numbers.items()}
    return text(put_in(found.expression, given))


def written(op: str, inputs: list[str]) -> str:
    """An operation as it is typed."""
    if op in SIGNS and len(inputs) == 2:
        return f"{inputs[0]} {SIGNS[op]} {inputs[1]}"
    if op.startswith("**") and len(inputs) == 1:
        return f"{inputs[0]}{op}"
    name, _, option = op.partition(" ")
    if option:  # such as the slope of a leaky ReLU
        return f"{name}({', '.join([*inputs, option])})"
    return f"{op}({', '.join(inputs)})"


def numbers_of(kept: Any) -> Any:
    """What is kept of an array, or of the gradients of several results, as it is shown."""
    if kept is None:
        return "nothing"
    if isinstance(kept, (tuple, list)):
        return f"({', '.join(str(numbers_of(part)) for part in kept)})"
    return kept if isinstance(kept, Numbers) else Numbers.of(kept)


def is_few(array: Any) -> bool:
    """Whether an array is shown element by element."""
    return bool(np.size(array) <= FEW)


@dataclass(frozen=True)
class Check:
    """A derivative by finite differences beside that by the chain rule.

    by_differences, by_chain_rule: each element's; of many elements, along one direction
    """

    by_differences: Numbers
    by_chain_rule: Numbers
    along: bool

    @property
    def difference(self) -> float:
        """The largest difference between the two, beside the largest of either."""
        a, b = self.by_differences.elements, self.by_chain_rule.elements
        assert a is not None
        assert b is not None
        scale = max(map(abs, (*a, *b)), default=0.0)
        apart = max((abs(x - y) for x, y in zip(a, b, strict=True)), default=0.0)
        return apart / max(scale, 1e-6)


@dataclass(frozen=True)
class Links:
    """All edges between a result and an input, from the result backwards, and what comes out.

    unchecked: why there is no check
    """

    result: str
    wrt: str
    links: tuple[Link, ...]
    gradient: Any
    check: Check | None
    total: float
    unchecked: str = ""
    keys: tuple[
        tuple[Any, Any], ...
    ] = ()  # of each link the target and the source, which names may not tell apart
    ends: tuple[Any, Any] = (None, None)
