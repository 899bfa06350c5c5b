"""The edges that an explanation goes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.show.graph import number
from autograd.show.notation import escaped


@dataclass(frozen=True)
class Link:
    """From a node to one of its inputs: upstream × local = contribution.

    heading:  the target as it was computed
    formula:  the local derivative; latex: the whole derivative, with the upstream gradient g
    put_in:   the local derivative with the numbers put in, or ""
    local:    the number that it is, or None for arrays
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

    def local_text(self) -> str:
        """The local derivative as a number, or as its formula."""
        return number(self.local) if self.local is not None else self.formula

    def lines(self) -> list[str]:
        """The link as text."""
        if self.local is None:
            said = f" by {self.formula}" if self.formula else ""
            return [f"to {self.source}: upstream {self.upstream} becomes {self.contribution}{said}"]
        numbers = f"{bracketed(self.upstream)} × {bracketed(number(self.local))} = {self.contribution}"
        said = f"    local derivative {self.formula}" if self.formula else ""
        said += f" = {self.put_in}" if said and self.put_in and self.put_in != self.formula else ""
        return [f"to {self.source}: {numbers}{said}"]

    def latex_line(self) -> str:
        """The link in LaTeX."""
        to = rf"\mathrm{{{escaped(self.target)}}} \to \mathrm{{{escaped(self.source)}}}"
        if self.local is None:
            return rf"{to}: & \quad {self.latex}"
        product = rf"{self.upstream} \cdot {bracketed(number(self.local))} = {self.contribution}"
        return rf"{to}: & \quad {self.latex} = {product}"


def bracketed(x: Any) -> str:
    """A number as a factor."""
    return f"({x})" if str(x).startswith("-") else str(x)


@dataclass(frozen=True)
class Links:
    """All edges between a result and an input, from the result backwards, and what comes out."""

    result: str
    wrt: str
    links: tuple[Link, ...]
    gradient: Any
    check: float | None
    total: float
