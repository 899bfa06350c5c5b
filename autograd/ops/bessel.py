"""Bessel functions, and the Airy function, which is one of them in disguise. SciPy computes them.

Source of the derivatives: NIST Digital Library of Mathematical Functions, chapters 9 and 10.
"""

from __future__ import annotations

import numpy as np

from autograd.ops import single
from autograd.ops.forms import in_dtype_of
from autograd.primitive import Array, primitive

__all__ = [
    "i0", "i0e", "i1", "i1e", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1",
    "modified_bessel_i0", "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1",
    "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "spherical_bessel_j0", "airy_ai",
]  # fmt: skip


def _over(out: Array, x: Array, limit: float) -> Array:
    """out / x, and its limit at 0."""
    return np.where(x == 0, limit + 0 * x, out / (x + (x == 0)))


# ------------------------------------------------------------------------------------------------ modified, first kind


def _i1(x: Array) -> Array:
    """`i1`, which comes after the formula that needs it."""
    return i1(x)


@primitive(cast="float", x=lambda g, x: g * _i1(x), numpy=np.i0)
def i0(x: Array) -> Array:
    """The modified Bessel function of the first kind of order 0, elementwise.  dx = g * i1(x).

    >>> import autograd
    >>> i0(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    from scipy import special

    return single.i0(x, special.i0) if single.is_single(x) else in_dtype_of(x, special.i0(x))


@primitive(cast="float", x=lambda g, out, x: g * (i0(x) - _over(out, x, 0.5)))
def i1(x: Array) -> Array:
    """The modified Bessel function of the first kind of order 1, elementwise.

    dx = g * (i0(x) - out / x), g / 2 at 0.

    >>> import autograd
    >>> i1(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    from scipy import special

    return single.i1(x, special.i1) if single.is_single(x) else in_dtype_of(x, special.i1(x))


def _i1e(x: Array) -> Array:
    """`i1e`, which comes after the formula that needs it."""
    return i1e(x)


@primitive(cast="float", x=lambda g, out, x: g * (_i1e(x) - np.sign(x) * out))
def i0e(x: Array) -> Array:
    """exp(-|x|) i0(x), elementwise.  dx = g * (i1e(x) - sign(x) out).

    >>> import autograd
    >>> i0e(autograd.tensor([0.0, 1.0, 1000.0]))
    tensor([1.0000, 0.4658, 0.0126])
    """
    from scipy import special

    return in_dtype_of(x, special.i0e(x))


@primitive(cast="float", x=lambda g, out, x: g * (i0e(x) - np.sign(x) * out - _over(out, x, 0.5)))
def i1e(x: Array) -> Array:
    """exp(-|x|) i1(x), elementwise.  dx = g * (i0e(x) - (sign(x) + 1 / x) out), g / 2 at 0.

    >>> import autograd
    >>> i1e(autograd.tensor([0.0, 1.0, 1000.0]))
    tensor([0.0000, 0.2079, 0.0126])
    """
    from scipy import special

    return in_dtype_of(x, special.i1e(x))


modified_bessel_i0, modified_bessel_i1 = i0, i1

# ------------------------------------------------------------------------------------------------ first and second kind


def _j1(x: Array) -> Array:
    """`bessel_j1`, which comes after the formula that needs it."""
    return bessel_j1(x)


@primitive(cast="float", x=lambda g, x: -g * _j1(x))
def bessel_j0(x: Array) -> Array:
    """The Bessel function of the first kind of order 0, elementwise.  dx = -g * bessel_j1(x).

    >>> import autograd
    >>> bessel_j0(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 0.7652])
    """
    from scipy import special

    return in_dtype_of(x, special.j0(x))


@primitive(cast="float", x=lambda g, out, x: g * (bessel_j0(x) - _over(out, x, 0.5)))
def bessel_j1(x: Array) -> Array:
    """The Bessel function of the first kind of order 1, elementwise.  dx = g * (bessel_j0(x) - out / x), g / 2 at 0.

    >>> import autograd
    >>> bessel_j1(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.4401])
    """
    from scipy import special

    return in_dtype_of(x, special.j1(x))


def _y1(x: Array) -> Array:
    """`bessel_y1`, which comes after the formula that needs it."""
    return bessel_y1(x)


@primitive(cast="float", x=lambda g, x: -g * _y1(x))
def bessel_y0(x: Array) -> Array:
    """The Bessel function of the second kind of order 0, elementwise: -inf at 0, nan below.  dx = -g * bessel_y1(x).

    >>> import autograd
    >>> bessel_y0(autograd.tensor([0.0, 1.0]))
    tensor([  -inf, 0.0883])
    """
    from scipy import special

    return in_dtype_of(x, special.y0(x))


@primitive(cast="float", x=lambda g, out, x: g * (bessel_y0(x) - out / x))
def bessel_y1(x: Array) -> Array:
    """The Bessel function of the second kind of order 1, elementwise: -inf at 0, nan below.

    dx = g * (bessel_y0(x) - out / x).

    >>> import autograd
    >>> bessel_y1(autograd.tensor([0.0, 1.0]))
    tensor([   -inf, -0.7812])
    """
    from scipy import special

    return in_dtype_of(x, special.y1(x))


# ------------------------------------------------------------------------------------------------ modified, second kind


def _k1(x: Array) -> Array:
    """`modified_bessel_k1`, which comes after the formula that needs it."""
    return modified_bessel_k1(x)


@primitive(cast="float", x=lambda g, x: -g * _k1(x))
def modified_bessel_k0(x: Array) -> Array:
    """The modified Bessel function of the second kind of order 0, elementwise: inf at 0, nan below.

    dx = -g * modified_bessel_k1(x).

    >>> import autograd
    >>> modified_bessel_k0(autograd.tensor([0.0, 1.0]))
    tensor([   inf, 0.4210])
    """
    from scipy import special

    return in_dtype_of(x, special.k0(x))


@primitive(cast="float", x=lambda g, out, x: -g * (modified_bessel_k0(x) + out / x))
def modified_bessel_k1(x: Array) -> Array:
    """The modified Bessel function of the second kind of order 1, elementwise: inf at 0, nan below.

    dx = -g * (modified_bessel_k0(x) + out / x).

    >>> import autograd
    >>> modified_bessel_k1(autograd.tensor([0.0, 1.0]))
    tensor([   inf, 0.6019])
    """
    from scipy import special

    return in_dtype_of(x, special.k1(x))


def _scaled_k1(x: Array) -> Array:
    """`scaled_modified_bessel_k1`, which comes after the formula that needs it."""
    return scaled_modified_bessel_k1(x)


@primitive(cast="float", x=lambda g, out, x: g * (out - _scaled_k1(x)))
def scaled_modified_bessel_k0(x: Array) -> Array:
    """exp(x) modified_bessel_k0(x), elementwise.  dx = g * (out - scaled_modified_bessel_k1(x)).

    >>> import autograd
    >>> scaled_modified_bessel_k0(autograd.tensor([1.0, 1000.0]))
    tensor([1.1445, 0.0396])
    """
    from scipy import special

    return in_dtype_of(x, special.k0e(x))


@primitive(cast="float", x=lambda g, out, x: g * (out - scaled_modified_bessel_k0(x) - out / x))
def scaled_modified_bessel_k1(x: Array) -> Array:
    """exp(x) modified_bessel_k1(x), elementwise.  dx = g * (out - scaled_modified_bessel_k0(x) - out / x).

    >>> import autograd
    >>> scaled_modified_bessel_k1(autograd.tensor([1.0, 1000.0]))
    tensor([1.6362, 0.0396])
    """
    from scipy import special

    return in_dtype_of(x, special.k1e(x))


# ------------------------------------------------------------------------------------------------ spherical, Airy


def _spherical_j1(x: Array) -> Array:
    """`spherical_bessel_j1`, which comes after the formula that needs it."""
    return spherical_bessel_j1(x)


@primitive(cast="float", x=lambda g, x: -g * _spherical_j1(x))
def spherical_bessel_j0(x: Array) -> Array:
    """sin(x) / x, elementwise, 1 at 0.  dx = g * (cos(x) - out) / x.

    >>> import autograd
    >>> spherical_bessel_j0(autograd.tensor([0.0, 1.0]))
    tensor([1.0000, 0.8415])
    """
    wide = x if x.dtype.char in "fd" else x.astype(np.float64)
    out = np.asarray(np.sin(wide) / wide)
    if np.isnan(out).any():  # at 0 and at infinity
        out = np.where(np.isinf(wide), 0, np.where(wide == 0, 1, out))
    return in_dtype_of(x, out)


@primitive(cast="float", x=lambda g, out, x: g * (spherical_bessel_j0(x) - 2 * _over(out, x, 1 / 3)))
def spherical_bessel_j1(x: Array) -> Array:
    """sin(x) / x² - cos(x) / x, elementwise, 0 at 0.  dx = g * (spherical_bessel_j0(x) - 2 out / x).

    >>> import autograd
    >>> spherical_bessel_j1(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.3012])
    """
    from scipy import special

    return in_dtype_of(x, special.spherical_jn(1, x + 0.0))


_AIRY_LIMIT = 104  # above, Ai is less than the smallest float64, and SciPy's may be nan


def _airy_slope(x: Array) -> Array:
    """`airy_slope`, which comes after the formula that needs it."""
    return airy_slope(x)


@primitive(cast="float", x=lambda g, x: g * _airy_slope(x))
def airy_ai(x: Array) -> Array:
    """The Airy function Ai, the solution of y'' = x y that falls to 0, elementwise.  dx = g * Ai'(x).

    nan below about -1e6, where it swings too fast for its phase to be known.

    >>> import autograd
    >>> airy_ai(autograd.tensor([0.0, 1.0]))
    tensor([0.3550, 0.1353])
    """
    from scipy import special

    return in_dtype_of(x, np.where(x > _AIRY_LIMIT, 0, special.airy(x)[0]))


@primitive(cast="float", x=lambda g, x: g * (x * airy_ai(x)))
def airy_slope(x: Array) -> Array:
    """Ai', the derivative of the Airy function, elementwise.  dx = g * x * Ai(x).

    >>> import autograd
    >>> airy_slope(autograd.tensor([0.0, 1.0]))
    tensor([-0.2588, -0.1591])
    """
    from scipy import special

    return in_dtype_of(x, np.where(x > _AIRY_LIMIT, 0, special.airy(x)[1]))
