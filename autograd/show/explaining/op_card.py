"""`explain_op`: the card of one operation: what it computes, its derivative, its edge cases, and a picture of both."""

from __future__ import annotations

import html
import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import linalg, ops
from autograd.errors import ArgumentError
from autograd.show.explaining.links import SIGNS
from autograd.show.explaining.op_cases import EDGES, Edge, curves, edges_of, is_of_a_number
from autograd.show.formulas.derive import derivative, passed_through
from autograd.show.formulas.expressions import Name
from autograd.show.formulas.formula import Formula, formula, unknown_operation
from autograd.show.formulas.forwards import forward
from autograd.show.formulas.notation import latex, latex_name, text
from autograd.table import registry

_BLUE, _ORANGE = "#0072B2", "#D55E00"


@dataclass(frozen=True)
class OpCard:
    """One operation; it shows itself in a notebook, and `str` gives it as text.

    name, computes, computes_latex: the operation and what it computes
    formulas:  its derivative for each argument that has one
    said:      what its documentation says
    edges:     (x, the result, the derivative) at special points, of an operation of one number
    cases:     what comes out at special arguments: their names are `arguments`
    function:  the operation itself
    """

    name: str
    computes: str
    computes_latex: str
    formulas: tuple[Formula, ...]
    said: str
    edges: tuple[tuple[float, float, float], ...]
    cases: tuple[Edge, ...] = ()
    arguments: tuple[str, ...] = ()
    function: Callable[..., Any] | None = None

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.computes}", ""]
        lines += [
            f"    d{f.argument} = {f.text}" + (f"    ({f.reason})" if f.reason else "") for f in self.formulas
        ]
        if self.cases:
            rows = self._rows()
            widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
            lines.append("")
            for row in rows:
                cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
                lines.append("    " + "  ".join(cells).rstrip())
        return "\n".join([*lines, "", self.said]).rstrip()

    def _rows(self) -> list[tuple[str, ...]]:
        slopes = tuple(f"d{a}" for a in self.arguments)
        return [(*self.arguments, "result", *slopes), *((*e.given, e.result, *e.slopes) for e in self.cases)]

    def plot(self, low: float = -4.0, high: float = 4.0) -> Any:
        """A matplotlib figure of the operation and its derivative, of one number; None for other operations."""
        if not self.edges or self.function is None:
            return None
        from matplotlib.figure import Figure

        x = np.linspace(low, high, 801)
        y, slope = curves(self.function, x)
        figure = Figure(figsize=(4.6, 2.8), layout="constrained")
        axes = figure.add_subplot()
        axes.axhline(0, color="0.7", linewidth=0.8)
        both = np.concatenate((y, slope))
        both = both[np.isfinite(both)]
        if both.size and np.abs(both).max() > 10:  # where it runs away, the rest would be flat
            least, most = np.quantile(both, (0.05, 0.95))
            gap = 0.1 * (most - least) + 0.1
            axes.set_ylim(least - gap, most + gap)
            y, slope = (_broken(curve, most - least + 2 * gap) for curve in (y, slope))
        axes.plot(x, y, color=_BLUE, label=self.name)
        axes.plot(x, slope, "--", color=_ORANGE, label="its derivative")
        axes.set_xlim(low, high)
        axes.set_xlabel("x")
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        return figure

    def svg(self) -> str:
        """The picture as SVG text; "" where there is none, or matplotlib is not installed."""
        try:
            figure = self.plot()
        except ImportError:
            return ""
        if figure is None:
            return ""
        from matplotlib import rc_context

        written = io.StringIO()
        with rc_context(
            {"svg.hashsalt": self.name}
        ):  # else its ids are drawn at random, and no two runs write the same
            figure.savefig(written, format="svg", metadata={"Date": None})
        return written.getvalue()[written.getvalue().index("<svg") :]

    def _repr_latex_(self) -> str:
        rows = [rf"\mathrm{{out}} &= {self.computes_latex}"]
        rows += [rf"\mathrm{{d}}{latex_name(f.argument)} &= {f.latex}" for f in self.formulas]
        return r"$$\begin{aligned}" + r"\\".join(rows) + r"\end{aligned}$$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>d{html.escape(f.argument)} = ${html.escape(f.latex)}$</li>" for f in self.formulas
        )
        table = ""
        if self.cases:
            first, *others = self._rows()
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in first)
            cells = "".join(
                f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in others
            )
            table = f"<table><tr>{head}</tr>{cells}</table>"
        said = html.escape(self.said)
        return (
            f"<h4>{html.escape(self.name)}: ${html.escape(self.computes_latex)}$</h4><ul>{rows}</ul>{self.svg()}{table}"
            f"<p style='white-space: pre-wrap'>{said}</p>"
        )


def _broken(curve: Any, height: float) -> Any:
    """A curve without the strokes that would cross the whole picture at its poles."""
    leaps = np.flatnonzero(np.abs(np.diff(curve)) > height)
    curve = curve.copy()
    curve[leaps] = np.nan
    return curve


def explain_op(op: str | Callable[..., Any]) -> OpCard:
    """The card of an operation: of the table, or made of such, by its name, its sign (such as "+") or itself.

    What stands in the table of edge cases was computed just now.

    >>> print(explain_op("tanh"))
    tanh: tanh(x)
    <BLANKLINE>
        dx = g * (1 - out**2)
    <BLANKLINE>
            x   result    dx
         -inf       -1     0
        -1000       -1     0
           -1  -0.7616  0.42
           -0       -0     1
            0        0     1
            1   0.7616  0.42
         1000        1     0
          inf        1     0
          nan      nan   nan
    <BLANKLINE>
    (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), elementwise.  dx = g * (1 - tanh² x).

    Raises:
        ArgumentError: if there is no such operation; it names the nearest.
    """
    name = op.strip("_") if isinstance(op, str) else str(getattr(op, "__name__", op)).strip("_")
    name = next((known for known, sign in SIGNS.items() if sign == name), name)
    p = registry().get(name)
    function = op if callable(op) else _function_named(name)
    if function is None:
        raise unknown_operation(name, {*registry(), *ops.__all__})
    documented = inspect.getdoc(function) or (inspect.getdoc(p.function) if p is not None else "") or ""
    said = documented.split(">>>")[0].strip()
    if p is not None:
        computes, arguments = forward(p), tuple(p.differentiable)
        formulas = tuple(formula(p, a) for a in arguments)
        written, written_latex = text(computes), latex(computes)
    else:
        written, written_latex, formulas = _of_a_composite(name, function)
    for_users = _is_for_users(name, function)
    of_a_number = for_users and is_of_a_number(function)
    names, cases = edges_of(function, p, of_a_number) if for_users else ((), ())
    edges: tuple[tuple[float, float, float], ...] = ()
    if of_a_number:
        x = np.array(EDGES)
        edges = tuple(zip(EDGES, *(a.tolist() for a in curves(function, x)), strict=True))
    return OpCard(name, written, written_latex, formulas, said, edges, cases, names, function)


def _of_a_composite(name: str, function: Callable[..., Any]) -> tuple[str, str, tuple[Formula, ...]]:
    """What a function made of operations computes, and its derivatives by the chain rule."""
    required = _required(function)
    names = ["x", "y", "z"][: len(required)]
    try:
        computes = passed_through(function, *names)
        found = tuple(Formula(name, n, derivative(computes, n, Name("g"))) for n in names)
    except (ArgumentError, TypeError, ValueError, AttributeError, IndexError):  # it looks at its arguments
        given = ", ".join(required)
        return (
            f"{name}({given})",
            rf"\mathrm{{{latex_name(name)}}}\left({', '.join(map(latex_name, required))}\right)",
            (),
        )
    return text(computes), latex(computes), found


def _required(function: Callable[..., Any]) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return []
    return [q.name for q in parameters if q.default is q.empty and q.kind is q.POSITIONAL_OR_KEYWORD]


def _function_named(name: str) -> Callable[..., Any] | None:
    """What users call by this name; of what only the project itself calls, that."""
    module: Any = linalg if name.startswith("linalg_") else ops
    found = getattr(module, name.removeprefix("linalg_"), None)
    if callable(found) and not isinstance(found, type):
        return found  # type: ignore[no-any-return]  # getattr finds anything
    p = registry().get(name)
    return p.function if p is not None else None


def _is_for_users(name: str, function: Callable[..., Any]) -> bool:
    """Whether it looks at what it is given, and may be given anything: what only the project calls does not."""
    of_numbers = "lementwise" in (function.__doc__ or "")
    return of_numbers or name in ops.__all__ or name.startswith("linalg_") or name not in registry()
