"""The JavaScript of every operation of numbers: it computes what Python does, the result and the derivatives."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError
from autograd.show.formulas.expressions import Call, Name, Number
from autograd.show.formulas.formula import formula
from autograd.show.formulas.forwards import forward, spelled_out
from autograd.show.formulas.notation import JAVASCRIPT_PRELUDE, javascript
from autograd.table import Primitive, registry

NO_CLOSED_FORM = {
    ("igamma", "a"),
    ("igammac", "a"),
    ("zeta", "x"),
    ("heaviside", "x"),
    ("heaviside", "values"),
}
"""The derivatives that Python has not either."""

X = [-25.3, -8.1, -2.5, -1.0, -0.3, -0.0, 0.0, 1e-5, 0.4, 1.0, 2.0, 3.5, 12.7, 29.0, 41.3]
NUMBERS = {
    "x": X, "y": [-1.5, 0.0, 1.0, 2.0], "target": [0.0, 1.0, 0.25], "values": [0.3], "a": [0.5, 1.0, 2.5, 30.0],
    "start": [-1.0, 2.0], "end": [0.5], "weight": [0.25], "low": [-1.0], "high": [1.0], "min": [-1.0, 0.4],
    "max": [0.4, 1.0], "condition": [True, False], "q": [0.3, 1.0, 2.5, 20.0],
}  # fmt: skip
OPTIONS = {
    "negative_slope": 0.1, "lambd": 0.5, "beta": 1.5, "threshold": 2.0, "min_val": -1.0, "max_val": 1.0, "alpha": 1.3,
    "scale": 1.1, "input_scale": 0.9, "delta": 0.7, "value": 7.0, "low": -1.0, "high": 1.0, "decimals": 0, "n": 2,
    "rtol": 1e-5, "atol": 1e-8, "equal_nan": True, "approximate": "none",
}  # fmt: skip

OF_NUMBERS = {
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "clamp", "clamp_max", "clamp_min", "elu", "hardshrink",
    "hardtanh", "huber", "isfinite", "isnan", "leaky_relu", "lerp", "smooth_l1", "soft_margin", "softplus",
    "softshrink", "threshold", "where",
}  # fmt: skip
"""Operations of numbers whose documentation does not say that they are elementwise."""

LESS_EXACT = {"bessel_y1": 1e-11, "digamma": 1e-11, "lgamma": 1e-12, "polygamma": 1e-10}
"""How near these come, where a sum loses digits; all others come within 1e-12, relative or absolute."""


def elementwise() -> list[str]:
    """The operations that make a number of numbers."""
    return sorted(
        name
        for name, p in registry().items()
        if "lementwise" in (p.function.__doc__ or "") or name in OF_NUMBERS
    )


def test_every_operation_of_numbers_is_written_in_javascript() -> None:
    found = set()
    for name, p in registry().items():
        with suppress(ArgumentError):  # what is not of numbers
            javascript(spelled_out(forward(p)))
            for a in p.differentiable:
                assert (name, a) in NO_CLOSED_FORM or formula(p, a).javascript
            found.add(name)
    assert found == set(elementwise())


def points(p: Primitive) -> list[dict[str, Any]]:
    """A grid of numbers for an operation's parameters."""
    grid: list[dict[str, Any]] = [{}]
    for name in p.parameters:
        numbers = NUMBERS[name] if name in p.arrays else [OPTIONS[name]]
        if p.name in ("gcd", "lcm"):
            numbers = [-12, 0, 1, 18]
        grid = [{**point, name: n} for point in grid for n in numbers]
    if p.name == "binary_cross_entropy":
        grid = [point for point in grid if 0 <= point["x"] <= 1]
    if p.name == "airy_ai":
        grid += [{"x": x} for x in (-200.5, -14.9, 1.99, 2.01)]
    return grid


def run_javascript(lines: list[str]) -> list[Any]:
    """What each expression is in Node."""
    as_text = "x => typeof x === 'boolean' ? Number(x) : Number.isFinite(x) ? x : String(x)"
    program = f"{JAVASCRIPT_PRELUDE}\nconsole.log(JSON.stringify([{','.join(lines)}].map({as_text})))"
    assert shutil.which("node") is not None, "needs Node.js: apt-get install nodejs"
    done = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True)
    return [float(x.replace("Infinity", "inf")) if isinstance(x, str) else x for x in json.loads(done.stdout)]


def tensor_of(value: Any) -> Any:
    kind = autograd.float64 if isinstance(value, float) else None
    return autograd.tensor(value, dtype=kind)


def test_javascript_computes_what_python_does() -> None:
    lines: list[str] = []
    wanted: list[tuple[str, str, float]] = []
    for name in elementwise():
        p = registry()[name]
        body = javascript(spelled_out(forward(p)))
        slopes = {
            k: formula(p, k, upstream=Number(1)).javascript
            for k in p.differentiable
            if (name, k) not in NO_CLOSED_FORM
        }
        for point in points(p):
            arrays = {k: tensor_of(point[k]) for k in p.arrays}
            for k in slopes:
                arrays[k].requires_grad_()
            given = {**point, **arrays}
            parameters = [given[k] for k in p.parameters]
            out = p.function(*parameters)
            said = "".join(
                f"const {k} = {javascript(Number(v))};" for k, v in point.items() if not isinstance(v, str)
            )
            lines.append(f"(() => {{{said} return {body};}})()")
            wanted.append((name, f"{name} at {point}", float(out.item())))
            if not out.requires_grad or not math.isfinite(out.item()):
                continue
            out.backward()
            for k, slope in slopes.items():
                lines.append(f"(() => {{{said} const out = {body}; return {slope};}})()")
                wanted.append((name, f"d {name} / d {k} at {point}", arrays[k].grad.item()))
    assert len(lines) > 4000
    got = run_javascript(lines)
    wrong = [
        (what, expected, found)
        for (name, what, expected), found in zip(wanted, got, strict=True)
        if found
        != pytest.approx(
            expected, rel=LESS_EXACT.get(name, 1e-12), abs=LESS_EXACT.get(name, 1e-12), nan_ok=True
        )
    ]
    assert wrong == []


def test_special_functions_keep_their_relative_accuracy_far_out() -> None:
    from scipy import special

    far = {
        "erfc": (special.erfc, [0.5, 1.99, 2.0, 5.0, 20.0, 26.0]),
        "erfcx": (special.erfcx, [-5.0, 0.1, 2.5, 50.0, 1e10]),
        "erfinv": (special.erfinv, [1e-9, 0.3, 0.4999, 0.5, 0.999999]),
        "ndtri": (special.ndtri, [1e-300, 1e-20, 0.01, 0.3, 0.7, 0.9999]),
        "log_ndtr": (special.log_ndtr, [-1000.0, -30.0, -1.0, 0.0, 8.0]),
        "lgamma": (special.gammaln, [1e-8, 0.2, 0.6, 1.4, 2.5, 5.5, 170.0, 1e10]),
        "digamma": (special.digamma, [1e-8, 0.5, 3.3, 1e6, -0.5, -3.7]),
        "i0e": (special.i0e, [0.0, 5.0, 29.9, 30.1, 1e5]),
        "i1e": (special.i1e, [1e-9, 5.0, 29.9, 30.1, -1e5]),
        "bessel_y0": (special.y0, [1e-8, 0.5, 29.0]),
        "modified_bessel_k0": (special.k0, [1e-10, 0.1, 1.0, 50.0, 600.0]),
        "modified_bessel_k1": (special.k1, [1e-10, 0.1, 1.0, 50.0, 600.0]),
        "airy_ai": (lambda x: special.airy(x)[0], [0.5, 3.0, 20.0]),
    }  # fmt: skip
    lines = [f"{name}({x!r})" for name, (_, xs) in far.items() for x in xs]
    wanted = [float(f(x)) for _, (f, xs) in far.items() for x in xs]
    np.testing.assert_allclose(run_javascript(lines), wanted, rtol=2e-12)
    near_its_zeros = [-0.00057639359828330617, 0.00057803853289138023, -4.2275208772153459e-5]
    found = run_javascript(["lgamma(1.001)", "lgamma(0.999)", "lgamma(1.9999)"])
    assert found == [pytest.approx(x, rel=1e-14, abs=0) for x in near_its_zeros], (
        "from 40 digits; SciPy has 12"
    )
    pairs = [("igamma", special.gammainc), ("igammac", special.gammaincc)]
    grid = [(a, x) for a in (0.01, 1.0, 7.5, 80.0) for x in (1e-6, 0.5, 7.0, 70.0, 100.0)]
    lines = [f"{name}({a!r}, {x!r})" for name, _ in pairs for a, x in grid]
    wanted = [float(f(a, x)) for _, f in pairs for a, x in grid]
    np.testing.assert_allclose(run_javascript(lines), wanted, rtol=1e-11, atol=1e-15)


def test_what_no_number_comes_of_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"javascript: x @ y is not written in JavaScript"):
        javascript(Call("matmul", (Name("x"), Name("y"))))
    with pytest.raises(
        ArgumentError, match="the formula of layer_norm for bias is computed by a fused kernel"
    ):
        _ = formula("layer_norm", "bias").javascript
