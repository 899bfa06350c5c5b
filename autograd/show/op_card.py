"""`explain_op`: the card of one operation: what it computes, its derivative, its edge cases, and a picture of both."""

from __future__ import annotations

import html
import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.create import tensor
from autograd.show.formulas import Formula, formula, primitive_named
from autograd.show.forwards import forward
from autograd.show.graph import number
from autograd.show.notation import latex, text
from autograd.table import Primitive

EDGES = (-np.inf, -1.0, -0.0, 0.0, 1.0, np.inf, np.nan)


@dataclass(frozen=True)
class OpCard:
    """One operation of the table; it shows itself in a notebook, and `str` gives it as text.

    name, computes, computes_latex: the operation and what it computes
    formulas:  its derivative for each argument that has one
    said:      what its documentation says
    edges:     (x, the result, the derivative) at special points, of an operation of one number
    """

    name: str
    computes: str
    computes_latex: str
    formulas: tuple[Formula, ...]
    said: str
    edges: tuple[tuple[float, float, float], ...]

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.computes}", ""]
        lines += [
            f"    d{f.argument} = {f.text}" + (f"    ({f.reason})" if f.reason else "") for f in self.formulas
        ]
        if self.edges:
            lines += ["", f"    {'x':>6} {'result':>10} {'derivative':>10}"]
            lines += [f"    {x:>6.4g} {y:>10.4g} {d:>10.4g}" for x, y, d in self.edges]
        return "\n".join([*lines, "", self.said])

    def plot(self, low: float = -4.0, high: float = 4.0) -> Any:
        """A matplotlib figure of the operation and its derivative, of one number; None for other operations."""
        if not self.edges:
            return None
        from matplotlib.figure import Figure

        x = np.linspace(low, high, 401)
        y, slope = _curves(primitive_named(self.name), x)
        figure = Figure(figsize=(4, 2.5), layout="constrained")
        axes = figure.add_subplot()
        axes.plot(x, y, label=self.computes)
        axes.plot(x, slope, "--", label="derivative")
        axes.grid(alpha=0.3)
        axes.legend()
        return figure

    def _repr_latex_(self) -> str:
        rows = [rf"\mathrm{{out}} &= {self.computes_latex}"]
        rows += [rf"\mathrm{{d}}{f.argument} &= {f.latex}" for f in self.formulas]
        return r"$$\begin{aligned}" + r"\\".join(rows) + r"\end{aligned}$$"

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>d{f.argument} = ${html.escape(f.latex)}$</li>" for f in self.formulas)
        cells = "".join(
            f"<tr>{''.join(f'<td>{number(float(v))}</td>' for v in edge)}</tr>" for edge in self.edges
        )
        table = (
            f"<table><tr><th>x</th><th>result</th><th>derivative</th></tr>{cells}</table>" if cells else ""
        )
        said = html.escape(self.said)
        return (
            f"<h4>{self.name}: ${html.escape(self.computes_latex)}$</h4><ul>{rows}</ul>{table}<p>{said}</p>"
        )


def explain_op(op: str) -> OpCard:
    """The card of an operation of the table.

    >>> print(explain_op("tanh"))
    tanh: tanh(x)
    <BLANKLINE>
        dx = g * (1 - out**2)
    <BLANKLINE>
             x     result derivative
          -inf         -1          0
            -1    -0.7616       0.42
            -0         -0          1
             0          0          1
             1     0.7616       0.42
           inf          1          0
           nan        nan        nan
    <BLANKLINE>
    (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), elementwise.  dx = g * (1 - tanh² x).

    Raises:
        ArgumentError: if there is no such operation.
    """
    p = primitive_named(op)
    said = inspect.cleandoc(p.function.__doc__ or "").split(">>>")[0].strip()
    computes = forward(p)
    of_a_number = p.arrays == ("x",) and p.differentiable == ("x",) and _is_elementwise(p)
    edges: tuple[tuple[Any, ...], ...] = ()
    if of_a_number:
        x = np.array(EDGES)
        edges = tuple(zip(EDGES, *(a.tolist() for a in _curves(p, x)), strict=True))
    formulas = tuple(formula(p, a) for a in p.differentiable)
    return OpCard(p.name, text(computes), latex(computes), formulas, said, edges)


def _is_elementwise(p: Primitive) -> bool:
    """Whether an operation makes a number of each number, with the defaults of its options."""
    if len(p.parameters) - 1 > len(p.defaults) or "elementwise" not in (p.function.__doc__ or ""):
        return False
    return not p.view and not p.several


def _curves(p: Primitive, x: np.ndarray[Any, np.dtype[Any]]) -> tuple[Any, Any]:
    """The operation and its derivative at these points."""
    t = tensor(x, requires_grad=True)
    out = p.function(t)
    out.backward(tensor(np.ones_like(x)))
    assert t.grad is not None
    return out.detach().numpy(), t.grad.numpy()
