"""Rows of the special functions: gamma, Bessel, the normal distribution, orthogonal polynomials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sp

from autograd.ops import bessel, gamma, polynomial, special
from tests.case import Case, Given, Real, Whole, on
from tests.op_cases_elementwise import ANY, INSIDE, INTEGERS, NONZERO, POSITIVE, one, two

GAMMA = [
    one(gamma.lgamma, POSITIVE, numpy=sp.gammaln),
    one(gamma.digamma, POSITIVE, numpy=sp.digamma, tolerance=1e-5),
    Case(
        gamma.polygamma,
        on(1, POSITIVE),
        on(2, Real(4, low=1, high=4)),
        on(0, POSITIVE),
        on(3, Real(low=1, high=2)),
        on(1, Real(0, 3)),
        numpy=lambda n, x: sp.polygamma(n, x),
        torch="polygamma",
        covers=("polygamma",),
        tolerance=1e-5,
        torch_tolerance=1e-8,
    ),
    Case(
        gamma.mvlgamma,
        on(Real(3, 4, low=2.2, high=5), 1),
        on(Real(3, 4, low=2.2, high=5), 4),
        on(Real(low=2.2, high=5), 3),
        on(Real(0, 3), 2),
        torch="mvlgamma",
    ),
    *(
        two(
            op,
            Real(3, 4, low=0.5, high=4, grad=False),
            POSITIVE,
            numpy=reference,
            torch=f"special.{reference.__name__}",
            integers=("int64",),
        )
        for op, reference in ((gamma.igamma, sp.gammainc), (gamma.igammac, sp.gammaincc))
    ),
    two(
        gamma.zeta,
        Real(3, 4, low=1.5, high=4, grad=False),
        Real(3, 4, low=0.5, high=4),
        numpy=sp.zeta,
        torch="special.zeta",
        tolerance=1e-5,
    ),
]

ERROR = [
    one(special.erfcx, ANY, numpy=sp.erfcx, torch="special.erfcx"),
    one(special.ndtr, ANY, numpy=sp.ndtr, torch="special.ndtr"),
    one(special.ndtri, Real(3, 4, low=0.1, high=0.9), numpy=sp.ndtri, torch="special.ndtri"),
    one(special.log_ndtr, ANY, numpy=sp.log_ndtr, torch="special.log_ndtr"),
    one(special.entr, POSITIVE, numpy=sp.entr, torch="special.entr"),
    two(special.xlog1py, NONZERO, Real(3, 4, low=-0.7, high=3), numpy=sp.xlog1py, torch="special.xlog1py"),
]


def bessel_of(op: Callable[..., Any], domain: Real, numpy: Any, **row: Any) -> Case:
    return one(op, domain, numpy=numpy, torch=f"special.{op.__name__}", **row)


def without_derivative(name: str) -> Callable[..., Any]:
    """PyTorch's function, that has no derivative: the values alone are compared."""
    return lambda t, *args: getattr(t.special, name)(
        *(a.detach() if isinstance(a, t.Tensor) else a for a in args)
    )


def values_alone(op: Callable[..., Any], domain: Real, numpy: Any, tolerance: float = 1e-6) -> list[Case]:
    """Two rows: PyTorch has the values, of which its digits from the seventh on are wrong, but no derivative."""
    return [
        one(op, domain, numpy=numpy, torch=None, integers=()),
        one(
            op,
            domain,
            torch=without_derivative(op.__name__),
            differentiable=False,
            torch_tolerance=tolerance,
            covers=(),
            name=f"{op.__name__}_values",
        ),
    ]


BESSEL = [
    bessel_of(bessel.i0, ANY, sp.i0),
    bessel_of(bessel.i1, NONZERO, sp.i1),
    bessel_of(bessel.i0e, NONZERO, sp.i0e),
    bessel_of(bessel.i1e, NONZERO, sp.i1e),
    *values_alone(bessel.bessel_j0, ANY, sp.j0),
    *values_alone(bessel.bessel_j1, NONZERO, sp.j1),
    *values_alone(bessel.bessel_y0, POSITIVE, sp.y0),
    *values_alone(bessel.bessel_y1, POSITIVE, sp.y1),
    *values_alone(bessel.modified_bessel_k0, POSITIVE, sp.k0),
    *values_alone(bessel.modified_bessel_k1, POSITIVE, sp.k1),
    *values_alone(bessel.scaled_modified_bessel_k0, POSITIVE, sp.k0e),
    *values_alone(bessel.scaled_modified_bessel_k1, POSITIVE, sp.k1e),
    *values_alone(bessel.spherical_bessel_j0, NONZERO, lambda x: np.sin(x) / x),
    one(
        bessel.spherical_bessel_j1,
        NONZERO,
        numpy=lambda x: np.sin(x) / x**2 - np.cos(x) / x,
        torch=None,
        integers=(),
    ),
    *values_alone(bessel.airy_ai, ANY, lambda x: sp.airy(x)[0]),
    one(bessel.airy_slope, ANY, numpy=lambda x: sp.airy(x)[1], torch=None, integers=()),
]


def polynomials(op: Callable[..., Any], numpy: Callable[..., Any], domain: Real = ANY) -> list[Case]:
    """Rows of an orthogonal polynomial, by number, by tensor of degrees, and beside PyTorch."""
    degrees = Given([0.0, 1.0, 4.0, 7.0], grad=False)
    samples = (
        *(on(domain, n) for n in (0, 1, 2, 5)),
        on(domain, degrees),
        on(domain.resized(), 3),
        on(domain.resized(0, 3), 2),
    )
    return [
        Case(
            op, *samples, on(domain, Whole(4, high=6)), numpy=lambda x, n: numpy(n, x), covers=("orthogonal",)
        ),
        Case(
            op,
            *samples,
            on(domain, -2),
            torch=without_derivative(op.__name__),
            integers=INTEGERS,
            differentiable=False,
            covers=(),
            name=f"{op.__name__}_values",
        ),
    ]


POLYNOMIALS = [
    *polynomials(polynomial.chebyshev_polynomial_t, sp.eval_chebyt),
    *polynomials(polynomial.chebyshev_polynomial_u, sp.eval_chebyu),
    *polynomials(
        polynomial.chebyshev_polynomial_v,
        lambda n, x: np.cos((n + 0.5) * np.arccos(x)) / np.cos(np.arccos(x) / 2),
        INSIDE,
    ),
    *polynomials(
        polynomial.chebyshev_polynomial_w,
        lambda n, x: np.sin((n + 0.5) * np.arccos(x)) / np.sin(np.arccos(x) / 2),
        INSIDE,
    ),
    *polynomials(polynomial.shifted_chebyshev_polynomial_t, sp.eval_sh_chebyt),
    *polynomials(polynomial.shifted_chebyshev_polynomial_u, sp.eval_sh_chebyu),
    *polynomials(
        polynomial.shifted_chebyshev_polynomial_v,
        lambda n, x: np.cos((n + 0.5) * np.arccos(2 * x - 1)) / np.cos(np.arccos(2 * x - 1) / 2),
        Real(3, 4, low=0.1, high=0.9),
    ),
    *polynomials(
        polynomial.shifted_chebyshev_polynomial_w,
        lambda n, x: np.sin((n + 0.5) * np.arccos(2 * x - 1)) / np.sin(np.arccos(2 * x - 1) / 2),
        Real(3, 4, low=0.1, high=0.9),
    ),
    *polynomials(polynomial.hermite_polynomial_h, lambda n, x: sp.eval_hermite(np.asarray(n, int), x)),
    *polynomials(polynomial.hermite_polynomial_he, lambda n, x: sp.eval_hermitenorm(np.asarray(n, int), x)),
    *polynomials(polynomial.laguerre_polynomial_l, sp.eval_laguerre),
    *polynomials(polynomial.legendre_polynomial_p, sp.eval_legendre),
]

CASES = [*GAMMA, *ERROR, *BESSEL, *POLYNOMIALS]
