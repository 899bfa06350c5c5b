"""Formulas written by symbols: each says what backward computes, in every notation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd.show.formulas.expressions import (
    Call,
    Expression,
    Name,
    Number,
    evaluate,
    names_in,
    parts,
    put_in,
)
from autograd.show.formulas.formula import Formula, formula, words_in_latex
from autograd.show.formulas.forwards import forward
from autograd.show.formulas.notation import latex, text
from autograd.show.formulas.symbols import Symbol, SymbolError
from autograd.table import Primitive, registry
from autograd.tape import Node, reachable
from tests.case import Case, Spec
from tests.op_cases import CASES

EVERY = [(name, argument) for name, p in sorted(registry().items()) for argument in p.differentiable]

NOT_PRINTED = {
    "looks at numbers or sizes to choose the cheapest form": {
        "amax", "amin", "cumprod", "linalg_det", "linalg_slogdet", "norm", "prod",
    },
    "computes with sizes": {
        "cat", "expand", "glu", "logcumsumexp", "mean", "orthogonal", "stack", "std", "strided",
        "take", "var",
    },
    "goes through dimensions, sequences or several results": {
        "bordered", "frexp", "linalg_eigh", "linalg_lu_factor_ex", "linalg_qr", "linalg_svd", "logsumexp", "permute",
        "pieces", "roll", "unbind",
    },
    "a fused kernel": {
        "attention", "batch_norm", "cross_entropy", "ctc", "grid_sample", "group_norm", "gru", "layer_norm",
        "linear_cross_entropy", "lstm", "multi_margin", "multilabel_margin", "pair_distances", "rms_norm", "rnn",
    },
    "not implemented": {"heaviside", "igamma.a", "igammac.a", "zeta.x"},
    "a sum over dimensions that a matrix has not": {"convolution.bias", "transposed_convolution.bias"},
}  # fmt: skip
"""Why no symbols pass through these formulas; they say what the documentation does."""


def is_listed(name: str, argument: str) -> bool:
    return any(name in ops or f"{name}.{argument}" in ops for ops in NOT_PRINTED.values())


def test_only_the_listed_formulas_are_not_printed_by_symbols() -> None:
    not_printed = {(name, a) for name, a in EVERY if formula(name, a).reason}
    assert not_printed == {(name, a) for name, a in EVERY if is_listed(name, a)}
    assert len(not_printed) < len(EVERY) / 3


@pytest.mark.parametrize("name", sorted({name for name, _ in EVERY}))
def test_every_formula_is_written_as_text_and_as_latex(name: str) -> None:
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for argument in registry()[name].differentiable:
        found = formula(name, argument)
        assert found.text.strip()
        assert "object at" not in found.text
        assert "Named" not in found.text
        parser.parse(f"${found.latex}$")
        assert found._repr_latex_() == f"${found.latex}$"
        if not found.reason:
            compile(found.text.replace("and", "&"), name, "eval")
    written = forward(registry()[name])
    assert text(written)
    parser.parse(f"${latex(written)}$")


@pytest.mark.parametrize(
    ("op", "argument", "as_text", "as_latex"),
    [
        ("tanh", "x", "g * (1 - out**2)", r"g \cdot \left(1 - {\mathrm{out}}^{2}\right)"),
        ("div", "y", "-g * x / y / y", r"-g \cdot \frac{\frac{x}{y}}{y}"),
        ("relu", "x", "where(out != 0, g, 0)", r"g \,\left[\mathrm{out} \ne 0\right]"),
        ("matmul", "y", "x.T @ g", r"{x}^{T} \, g"),
        ("exp2", "x", "g * out * log(2)", r"g \cdot \mathrm{out} \cdot \log 2"),
        ("pow", "x", "g * y * x**(y - (y != 0))", r"g \cdot y \cdot {x}^{y - \left[y \ne 0\right]}"),
        ("threshold", "x", "where(x <= threshold, 0, g)",
         r"\left\{0\ \mathrm{if}\ x \leq \mathrm{threshold},\ g\ \mathrm{otherwise}\right."),
        ("sum", "x", "broadcast_to(g, x.shape)", r"\mathrm{broadcast\_to}\left(g, \mathrm{x.shape}\right)"),
        ("softmax", "x", "out * (g - sum(g * out, axis=dim, keepdims=True))", None),
        ("linear", "weight", "g.T @ x", r"{g}^{T} \, x"),
        ("getitem", "x", "unindex(g, x.shape, index)", None),
        ("transpose", "x", "swapaxes(g, dim0, dim1)", None),
        ("cos", "x", "-g * sin(x)", r"-g \cdot \sin\left(x\right)"),
        ("layer_norm", "bias", "Σ g, over the rows", r"\sum \mathrm{\ g,\ over\ the\ rows}"),
    ],
)  # fmt: skip
def test_formulas_as_a_person_writes_them(op: str, argument: str, as_text: str, as_latex: str | None) -> None:
    found = formula(op, argument)
    assert found.text == as_text
    if as_latex is not None:
        assert found.latex == as_latex


# ------------------------------------------------------------------------------- what is written is what is computed


def drawn(value: Any, rng: np.random.Generator) -> Any:
    """The argument of a sample, a leaf in the place of each array of floats."""
    if isinstance(value, Spec):
        a = value.draw(rng)
        return autograd.tensor(a, requires_grad=True) if a.dtype.kind == "f" else autograd.tensor(a)
    return type(value)([drawn(v, rng) for v in value]) if type(value) in (list, tuple) else value


def recorded(case: Case) -> list[Node]:
    """The nodes that a row of the table leaves on the tape."""
    rng = np.random.default_rng(0)
    nodes: list[Node] = []
    for sample in case.samples:
        results = case.op(
            *(drawn(a, rng) for a in sample.args), **{k: drawn(v, rng) for k, v in sample.options.items()}
        )
        for r in results if isinstance(results, (tuple, list)) else (results,):
            if isinstance(r, autograd.Tensor) and r.grad_fn is not None:
                nodes += [n for n in reachable([r.grad_fn]) if isinstance(n, Node)]
    return nodes


def environment(p: Primitive, names: tuple[str, ...], saved: tuple[Any, ...]) -> dict[str, Any]:
    """What the names in a written formula stand for at a node."""
    found: dict[str, Any] = {}
    for name, value in zip(names, saved, strict=True):
        if name.endswith("_shape"):
            value = tuple(value)
            found[f"{name[:-6]}.shape"] = value
            found |= {f"{name[:-6]}.shape[{i}]": value[i] for i in range(-len(value), len(value))}
        elif name.endswith("_dtype"):
            found[f"{name[:-6]}.dtype"] = value
        else:
            found[name] = value
            if name in (*p.arrays, "out") and isinstance(value, np.ndarray):
                found[f"{name}.shape"] = value.shape
                found |= {f"{name}.shape[{i}]": value.shape[i] for i in range(-value.ndim, value.ndim)}
    return found


def baked_in(p: Primitive, names: tuple[str, ...], saved: tuple[Any, ...], e: Expression) -> bool:
    """Whether an option that the written formula holds as a constant is another one here."""
    used = names_in(e)
    for name, value in zip(names, saved, strict=True):
        kind = str(p.function.__annotations__.get(name))
        default = p.defaults.get(name, name == "keepdim" if kind == "bool" else None)
        constant = name in p.positions and name not in used and (kind == "bool" or isinstance(default, str))
        if constant and value != default:
            return True
    return False


def of_matrices(e: Expression, arrays: list[Any]) -> bool:
    """Whether a formula with products of matrices is asked for what are no matrices."""
    calls = [part for part in parts(e) if isinstance(part, Call)]
    of_two = any(
        c.op in ("T", "matmul") or (c.op == "sum" and dict(c.options).get("axis") == Number(0)) for c in calls
    )
    along = any(c.op in ("cumsum", "flip", "swapaxes") for c in calls)  # a number has no dimensions
    return any(a.ndim != 2 if of_two else along and a.ndim == 0 for a in arrays)


NOT_REACHED = {
    ("collected", "v"), ("routed", "v"), ("unedged", "g"), ("held", "x"), ("placed", "x"),  # only in second derivatives
    ("linalg_lstsq", "x"), ("linalg_lstsq", "y"),  # several results
    ("median", "x"),  # always recorded with keepdim=False
}  # fmt: skip


def test_what_is_written_is_what_backward_computes() -> None:
    rng = np.random.default_rng(1)
    compared: set[tuple[str, str]] = set()
    for case in CASES:
        for node in recorded(case):
            p = node.primitive
            for _, d, saved in node.edges or ():
                if registry().get(p.name) is not p or is_listed(p.name, d.parameter) or node.shape is None:
                    continue
                if any(
                    name in p.arrays and value is None for name, value in zip(d.names, saved, strict=True)
                ):
                    continue  # an argument that was left out
                e = formula(p.name, d.parameter).expression
                if baked_in(p, d.names, saved, e):
                    continue
                g = rng.normal(size=node.shape)
                values = {**environment(p, d.names, saved), "g": g, "g.shape": g.shape}
                if of_matrices(e, [v for v in values.values() if isinstance(v, np.ndarray)]):
                    continue
                with np.errstate(all="ignore"):
                    wanted = np.asarray(d.formula(g, *saved))
                    got = np.asarray(evaluate(e, values))
                got, wanted = np.broadcast_arrays(got, wanted)
                np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-12, err_msg=f"{p.name}: {text(e)}")
                compared.add((p.name, d.parameter))
    assert {(n, a) for n, a in EVERY if not is_listed(n, a)} - compared == NOT_REACHED


# ------------------------------------------------------------------------------------------------ symbols themselves


def test_symbols_stop_where_a_formula_looks_at_numbers() -> None:
    x = Symbol(Name("x"))
    for looks in (
        lambda: bool(x > 0),
        lambda: list(x),
        lambda: len(x),
        lambda: np.array(x),
        lambda: np.exp(x, out=np.zeros(2)),
        lambda: x.shape[0] + 1,
        lambda: x.shape == (2, 2),
        lambda: np.add.accumulate(x),
    ):
        with pytest.raises(SymbolError):
            looks()


def test_symbols_pass_through_operators_numpy_and_the_table() -> None:
    x, y = Symbol(Name("x")), Symbol(Name("y"))
    assert text(((1 - x) ** 2).value) == "(1 - x)**2"
    assert text((autograd.ops.sigmoid(-x) * y).value) == "sigmoid(-x) * y"
    assert text((2.0 * (x @ y.T) - np.ones(()) * x).value) == "2 * (x @ y.T) - x"
    assert text((x - (y - x)).value) == "x - (y - x)"
    assert text((x / (y / x)).value) == "x / (y / x)"
    assert text((-(x + y)).value) == "-(x + y)"
    assert text(((-x) ** y).value) == "(-x)**y"
    assert text((~(x > 0) | (y == 1)).value) == "not x > 0 or y == 1"
    assert text(np.where(~(x > 0), x, y).value) == "where(x > 0, y, x)"
    assert latex(np.exp2(x).value) == "2^{x}"
    assert latex((np.exp(x) ** 2).value) == r"\left(e^{x}\right)^{2}"
    assert latex((x * 1e-12).value) == r"x \cdot 10^{-12}"


def test_an_upstream_gradient_of_one_leaves_the_local_derivative() -> None:
    assert formula("mul", "x", upstream=Number(1)).text == "y"
    assert formula("div", "x", upstream=Number(1)).text == "1 / y"
    assert formula("tanh", "x", upstream=Number(1)).text == "1 - out**2"


def test_names_can_be_put_in_and_an_expression_computes_itself() -> None:
    e = formula("tanh", "x", upstream=Number(1)).expression
    assert text(put_in(e, {"out": Call("tanh", (Name("x"),), (), np.tanh)})) == "1 - tanh(x)**2"
    assert evaluate(e, {"out": 0.5}) == 0.75
    assert names_in(e) == {"out"}


def test_what_is_not_in_the_table_is_refused_by_name() -> None:
    with pytest.raises(autograd.errors.ArgumentError, match="no operation 'sine'"):
        formula("sine", "x")
    with pytest.raises(autograd.errors.ArgumentError, match="no derivative for 'y', only for \\['x'\\]"):
        formula("tanh", "y")
    with pytest.raises(autograd.errors.ArgumentError, match="computed by a fused kernel"):
        _ = formula("layer_norm", "x").javascript


def test_words_are_written_in_latex_with_their_signs() -> None:
    assert words_in_latex("Σ g x̂") == r"\sum \mathrm{\ g\ }\hat{x}"
    assert Formula("op", "x", None, "g x⁻ᵀ", "a reason").latex == r"\mathrm{g\ x}^{-T}"
