"""The card of an operation: what it says was computed, and every operation has one."""

from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import ops
from autograd.errors import ArgumentError
from autograd.show import explain_op
from autograd.show.explaining.op_cases import curves
from autograd.show.formulas.derive import derivative, passed_through
from autograd.show.formulas.expressions import Name, Number, evaluate
from autograd.show.formulas.forwards import spelled_out
from autograd.show.formulas.notation import javascript, text
from autograd.table import registry
from tests.show.test_javascript import run_javascript


def at(op: str, *given: str) -> tuple[str, ...]:
    """The result and the derivatives in the row of a card with these arguments."""
    (case,) = [c for c in explain_op(op).cases if c.given == given]
    return (case.result, *case.slopes)


def test_the_card_of_an_operation() -> None:
    card = explain_op("sqrt")
    assert (card.computes, card.computes_latex) == ("sqrt(x)", r"\sqrt{x}")
    assert [f.text for f in card.formulas] == ["g / (2 * out)"]
    edges = {x: (y, d) for x, y, d in card.edges}
    assert edges[1.0] == (1.0, 0.5)
    assert edges[np.inf] == (np.inf, 0.0)
    assert np.isnan(edges[-1.0][0])
    assert "inf at 0" in card.said
    assert r"\mathrm{d}x &= \frac{g}{2 \cdot \mathrm{out}}" in card._repr_latex_()
    assert card._repr_html_().count("<tr>") == 1 + len(card.cases)
    assert "<svg" in card._repr_html_()
    figure = card.plot(0.5, 2.0)
    curve, slope = figure.axes[0].lines[-2:]
    np.testing.assert_allclose(curve.get_ydata(), np.sqrt(curve.get_xdata()))
    np.testing.assert_allclose(slope.get_ydata(), 0.5 / np.sqrt(curve.get_xdata()))
    tangent = explain_op("tan").plot().axes[0]
    heights = np.diff(tangent.lines[-2].get_ydata())
    assert np.nanmax(np.abs(heights)) < np.ptp(tangent.get_ylim()), "no stroke from pole to pole"
    assert explain_op("matmul").plot() is None
    assert "<svg" not in explain_op("matmul")._repr_html_()


@pytest.mark.parametrize(
    ("op", "given", "wanted"),
    [
        ("sqrt", ("0",), ("0", "inf")),
        ("rsqrt", ("0",), ("inf", "-inf")),
        ("abs", ("0",), ("0", "0")),
        ("relu", ("nan",), ("nan", "1")),
        ("sign", ("nan",), ("nan", "0")),
        ("leaky_relu", ("0",), ("0", "0.01")),
        ("elu", ("0",), ("0", "1")),
        ("hardtanh", ("1",), ("1", "0")),
        ("relu6", ("6",), ("6", "0")),
        ("hardsigmoid", ("3",), ("1", "0")),
        ("sigmoid", ("1000",), ("1", "0")),
        ("softplus", ("-1000",), ("0", "0")),
        ("logsigmoid", ("-1000",), ("-1000", "1")),
        ("round", ("0.5",), ("0", "0")),
        ("round", ("1.5",), ("2", "0")),
        ("pow", ("0", "0"), ("1", "0", "0")),
        ("maximum", ("1", "1"), ("1", "0.5", "0.5")),
        ("hypot", ("0", "0"), ("0", "0", "0")),
        ("xlogy", ("0", "0"), ("0", "0", "nan")),
        ("remainder", ("-5", "3"), ("1", "1", "2")),
        ("fmod", ("-5", "3"), ("-2", "1", "1")),
        ("floor_divide", ("-7", "2"), ("-4", "0", "0")),
        ("prod", ("[0, 2, 3]",), ("0", "[6, 0, 0]")),
        ("prod", ("[0, 0, 3]",), ("0", "[0, 0, 0]")),
        ("std", ("[1, 1, 1]",), ("0", "[0, 0, 0]")),
        ("std", ("[5]",), ("nan", "[nan]")),
        ("max", ("[2, 2, 1]",), ("2", "[0.5, 0.5, 0]")),
        ("max", ("[nan, 1]",), ("nan", "[1, 0]")),
        ("median", ("[0, 2, 3]",), ("2", "[0, 1, 0]")),
        ("mean", ("[]",), ("nan", "[]")),
        ("linalg_det", ("[[1, 2], [2, 4]]",), ("0", "[[4, -2], [-2, 1]]")),
    ],
)
def test_edge_cases_are_computed(op: str, given: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert at(op, *given) == wanted


def test_what_cannot_be_is_told() -> None:
    result, slope = at("max", "[]")
    assert result.startswith("ShapeError")
    assert slope == ""


@pytest.mark.parametrize(
    "op",
    ["celu", "deg2rad", "elu", "frac", "gelu", "hardsigmoid", "leaky_relu", "mish", "relu6", "selu", "silu", "softsign",
     "tanhshrink"],
)  # fmt: skip
def test_the_derivative_of_what_is_made_of_operations(op: str) -> None:
    function = getattr(ops, op)
    computes = passed_through(function, "x")
    slope = derivative(computes, "x", Number(1))
    x = np.array([-4.1, -1.3, -0.2, 0.4, 1.7, 6.5])
    y, wanted = curves(function, x)
    np.testing.assert_allclose(evaluate(computes, {"x": x}), y, rtol=1e-12)
    np.testing.assert_allclose(
        np.broadcast_to(evaluate(slope, {"x": x}), x.shape), wanted, rtol=1e-9, atol=1e-15
    )
    bodies = [javascript(spelled_out(e)) for e in (computes, slope)]
    found = run_javascript([f"(x => {body})({v!r})" for body in bodies for v in x.tolist()])
    np.testing.assert_allclose(found, [*y, *wanted], rtol=1e-12, atol=1e-14)


def test_the_derivative_of_a_composite_is_written_and_added_up_where_paths_meet() -> None:
    e = passed_through(lambda x, y: x * autograd.exp(x * y) - y, "x", "y")
    assert text(derivative(e, "x", Name("g"))) == "g * exp(x * y) + g * x * exp(x * y) * y"
    assert text(derivative(e, "y", Name("g"))) == "g * x * exp(x * y) * x - g"
    assert derivative(e, "z", Name("g")) == Number(0)
    assert explain_op("tanhshrink").formulas[0].text == "g - g * (1 - tanh(x)**2)"


def test_a_function_itself() -> None:
    card = explain_op(F.softsign)
    assert (card.name, card.computes) == ("softsign", "x / (1 + abs(x))")

    def bump(x: Any) -> Any:
        """A bell."""
        return autograd.exp(-x * x)

    card = explain_op(bump)
    assert (card.name, card.said) == ("bump", "A bell.")
    assert {x: y for x, y, _ in card.edges}[0.0] == 1.0
    assert card.formulas[0].text == "-g * exp(-x * x) * x + g * exp(-x * x) * (-x)"


def test_an_operation_by_its_sign() -> None:
    assert [explain_op(sign).name for sign in ("+", "-", "*", "/", "@", "**")] == [
        "add",
        "sub",
        "mul",
        "div",
        "matmul",
        "pow",
    ]


def test_an_unknown_name_brings_the_nearest() -> None:
    with pytest.raises(
        ArgumentError, match=r"no operation 'tahn' in the table of derivatives; did you mean .*'tanh'"
    ):
        explain_op("tahn")
    with pytest.raises(ArgumentError, match="did you mean 'softmax'"):
        explain_op("sofmax")
    with pytest.raises(ArgumentError, match=r"there is no operation 'xyzzy' in the table of derivatives$"):
        explain_op("xyzzy")


def test_every_operation_has_a_card() -> None:
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    with_cases = 0
    names = {name for name in {*registry(), *ops.__all__} if not isinstance(getattr(ops, name, None), type)}
    for name in sorted(names):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of too few observations
            card = explain_op(name)
        assert str(card).startswith(f"{name.strip('_')}: ")
        assert "object at" not in str(card)
        if name in registry():
            assert len(card.formulas) == len(registry()[name].differentiable)
        with_cases += bool(card.cases)
        if name not in registry():  # the formulas of these are looked at in test_symbols
            parser.parse(f"${card.computes_latex}$")
            for f in card.formulas:
                parser.parse(f"${f.latex}$")
    assert with_cases > 150


def test_a_card_is_written_alike_every_time() -> None:
    """So that a notebook that was executed again differs only where something has changed."""
    program = "from autograd.show import explain_op; print(explain_op('sigmoid')._repr_html_())"
    command = [sys.executable, "-c", program]
    once, again = (
        subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)
    )
    assert "<svg" in once
    assert once == again
