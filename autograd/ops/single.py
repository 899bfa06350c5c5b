"""Fast float32 forms of functions whose loops in NumPy and SciPy take one number at a time.

They are put together from the loops that take several at once (exp, log, sin, cos, tanh, sqrt and arithmetic), each
writing over its own temporaries, and are within 5 units in the last place of the exact value. Other dtypes, and
arrays too small to gain, go to the usual loop. The polynomials were fitted for the smallest relative error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.ops.forms import pick
from autograd.primitive import Array

_LARGE = 512  # elements from which the fast forms are faster


def fast(usual: Callable[..., Any], single: Callable[..., Any]) -> Callable[..., Any]:
    """`single` on large float32 arrays of one shape, `usual` on others."""

    def apply(*arrays: Any) -> Any:
        first = arrays[0]
        for a in arrays:
            if type(a) is not np.ndarray or a.dtype.char != "f" or a.size < _LARGE or a.shape != first.shape:
                return usual(*arrays)
        return single(*arrays)

    return apply


def polynomial(x: Array, coefficients: tuple[float, ...]) -> Array:
    """The polynomial with these coefficients, the highest power first (Horner's scheme)."""
    p: Array = x * coefficients[0]
    for c in coefficients[1:-1]:
        p += c
        p *= x
    p += coefficients[-1]
    return p


# ------------------------------------------------------------------------------------------------ exponentials

_EXPM1 = (
    0.000198411815,
    0.00139973243,
    0.00833363468,
    0.0416653182,
    0.166666629,
    0.500000042,
    1.0,
)  # (eˣ - 1) / x
_ROOT = (float(np.exp(np.float32(-0.5))), float(np.exp(np.float32(0.5))))
_SINH = (0.000203939897, 0.00832991192, 0.166667338)  # (sinh x - x) / x³ by powers of x²
_SINH_1 = float(np.sinh(np.float32(1)))
_LOG10 = 0.4342498779296875, 1 / math.log(10) - 0.4342498779296875  # log x is taken to base 10 in two parts


def _expm1(x: Array) -> Array:
    """A polynomial within ±1/2, and eˣ beyond: what eˣ has grown by from there is added to it."""
    near = np.clip(x, -0.5, 0.5)
    p = polynomial(near, _EXPM1)
    p *= near
    e = np.exp(x)
    p -= np.subtract(np.clip(e, *_ROOT, out=near), e, out=e)  # 0 within; subtracted, so that -0 stays -0
    return p


def _sinh(x: Array) -> Array:
    """A polynomial within ±1, and (eˣ - e⁻ˣ) / 2 beyond, joined as in `_expm1`."""
    if not np.max(np.abs(x)) < 87:  # where eˣ or e⁻ˣ overflows or is nan
        return np.sinh(x)
    near = np.clip(x, -1, 1)
    square = near * near
    p = polynomial(square, _SINH)
    p *= square
    p *= near
    p += near
    e = np.exp(x)
    e -= np.reciprocal(e, out=square)
    e *= 0.5
    p -= np.subtract(np.clip(e, -_SINH_1, _SINH_1, out=near), e, out=e)
    return p


def _cosh(x: Array) -> Array:
    if not np.max(np.abs(x)) < 87:
        return np.cosh(x)
    e = np.exp(x)
    e += np.reciprocal(e)
    e *= 0.5
    return e


def _exp2(x: Array) -> Array:
    """exp of the fraction times log 2; the integer part goes into the exponent's bits."""
    whole = np.rint(x)
    np.clip(whole, -126, 127, out=whole)
    out = x - whole
    out *= math.log(2)
    np.exp(out, out=out)
    bits = whole.astype(np.int32)
    bits += 127
    bits <<= 23
    out *= bits.view(np.float32)
    return out


def _log1p(x: Array) -> Array:
    """log(u) with u = 1 + x rounded, and what rounding lost: (x - (u - 1)) / u."""
    u = x + 1
    lost = u - 1
    lost -= x
    lost /= u
    np.fmax(lost, -1, out=lost)  # nan at -1 and inf, where log(u) is right
    out = np.log(u, out=u)
    out -= lost
    return out if x.all() else np.copysign(out, x, out=out)  # -0 at -0


def _log10(x: Array) -> Array:
    out = np.log(x)
    low = out * _LOG10[1]
    out *= _LOG10[0]
    out += low
    return out


def _log_sum(x: Array, y: Array) -> Array:
    """log(eˣ + eʸ), a sixth of np.logaddexp's time."""
    larger = np.maximum(x, y)
    return pick(np.isinf(larger), larger, larger + np.log1p(np.exp(-np.abs(x - y))))


def _logaddexp(x: Array, y: Array) -> Array:
    """The larger plus log(1 + e⁻ᵈ), d their distance."""
    d = x - y
    np.abs(d, out=d)
    np.negative(d, out=d)
    np.exp(d, out=d)
    np.fmax(d, 0, out=d)  # nan at two equal infinities
    out = _log1p(d)
    out += np.maximum(x, y, out=d)
    return out


# ------------------------------------------------------------------------------------------------ trigonometry

_ATAN = (
    0.00284985197, -0.0160684787, 0.0426912756, -0.0750427398, 0.106409244, -0.14203642, 0.199926191, -0.333330733, 1.0,
)  # atan(t) / t by powers of t², |t| <= 1  # fmt: skip


def _twice_atan(t: Array) -> Array:
    """2 atan(t) for t within ±1; t is overwritten."""
    p = polynomial(t * t, _ATAN)
    p *= t
    p += p
    return p


def _tan(x: Array) -> Array:
    out = np.sin(x)
    out /= np.cos(x)
    return out


def _atan(x: Array) -> Array:
    """The half angle has the tangent x / (1 + √(1 + x²))."""
    near = np.clip(x, -1e10, 1e10)  # x² would overflow beyond
    r = near * near
    r += 1
    np.sqrt(r, out=r)
    r += 1
    near /= r
    return _twice_atan(near)


def _asin(x: Array) -> Array:
    """The half angle has the tangent x / (1 + √(1 - x²))."""
    r = 1 - x
    r *= 1 + x
    np.sqrt(r, out=r)
    r += 1
    return _twice_atan(np.divide(x, r, out=r))


def _acos(x: Array) -> Array:
    """The half angle has the tangent √((1 - |x|) / (1 + |x|)); π minus the angle where x is negative."""
    a = np.abs(x)
    t = 1 - a
    a += 1
    t /= a
    out = _twice_atan(np.sqrt(t, out=t))
    np.copysign(out, x, out=out)
    out += np.signbit(x) * np.float32(math.pi)
    return out


def _atan2(y: Array, x: Array) -> Array:
    """The angle within an eighth of the circle, and then where that is."""
    a, b = np.abs(x), np.abs(y)
    larger = np.maximum(a, b)
    if not (np.min(larger) > 1e-30 and np.max(larger) < 1e30):  # zeros, infinities, nan
        return np.arctan2(y, x)
    t = np.minimum(a, b)
    t /= larger
    out = polynomial(np.multiply(t, t, out=larger), _ATAN)
    out *= t
    out = _turned(out, np.less(a, b), math.pi / 2)
    out = _turned(out, np.signbit(x), math.pi)
    return np.copysign(out, y, out=out)


def _turned(angle: Array, mask: Array, total: float) -> Array:
    """`total` minus the angle where the mask is true."""
    sign = mask * np.float32(-2)
    sign += 1
    angle *= sign
    angle += mask * np.float32(total)
    return angle


def _atanh(x: Array) -> Array:
    """log1p(2a / (1 - a)) / 2 of a = |x|, with the sign of x."""
    a = np.abs(x)
    z = 1 - a
    a += a
    a /= z
    out = _log1p(a)
    out *= 0.5
    return np.copysign(out, x, out=out)


def _hypot(x: Array, y: Array) -> Array:
    square = x * x
    square += y * y
    if not (np.min(square) > 1e-30 and np.max(square) < 1e37):  # where a square overflows, or loses digits
        return np.hypot(x, y)
    return np.sqrt(square, out=square)


# ------------------------------------------------------------------------------------------------ special functions

_I0 = (
    9.41644287e-20, 2.77311592e-17, 9.42456663e-15, 2.40207557e-12, 4.70959026e-10, 6.78167745e-08, 6.78168433e-06,
    0.000434027777, 0.015625, 0.25, 1.0,
)  # by powers of x², |x| <= 5  # fmt: skip
_I1 = (
    1.89201877e-18, 4.98398138e-16, 1.50818802e-13, 3.36286545e-11, 5.65151067e-09, 6.78167756e-07, 5.42534744e-05,
    0.00260416666, 0.0625, 0.5,
)  # I₁(x) / x likewise  # fmt: skip
_CENTRE = (
    2.85347896e-08, 3.43727059e-07, -3.52885954e-06, -4.39678125e-06, 0.000218602194, -0.00125370752, -0.00417770774,
    0.246640726, 1.50140942,
)  # erfinv(x) / x by powers of w - 2.5, w = -log(1 - x²) < 5  # fmt: skip


def i0(x: Array, usual: Callable[..., Any]) -> Array:
    """The modified Bessel function of order 0; `usual` computes what is far out."""
    square = x * x
    return _except_far(polynomial(square, _I0), x, square > 25, usual)


def i1(x: Array, usual: Callable[..., Any]) -> Array:
    """The modified Bessel function of order 1; `usual` computes what is far out."""
    square = x * x
    return _except_far(polynomial(square, _I1) * x, x, square > 25, usual)


def erfinv(x: Array, usual: Callable[..., Any]) -> Array:
    """The inverse of erf; `usual` computes what is close to ±1."""
    w = 1 - x
    w *= 1 + x
    np.log(w, out=w)
    w += 2.5
    np.negative(w, out=w)
    out = polynomial(w, _CENTRE)
    out *= x
    return _except_far(out, x, ~(w < 2.5), usual)


def digamma(x: Array, usual: Callable[..., Any]) -> Array:
    """ψ(x + 5) by its asymptotic series, less 1/x + … + 1/(x + 4); `usual` computes what is not positive."""
    far = x + 5
    r = np.reciprocal(far)
    square = r * r
    series = polynomial(square, (1 / 240, -1 / 252, 1 / 120, -1 / 12))
    series *= square
    r *= 0.5
    series -= r
    np.log(far, out=far)
    far += series
    for k in range(5):
        np.add(x, k, out=r)
        far -= np.reciprocal(r, out=r)
    return _except_far(far, x, ~(x > 0), usual)


def trigamma(x: Array, usual: Callable[..., Any]) -> Array:
    """ψ'(x + 5) by its asymptotic series, plus 1/x² + … + 1/(x + 4)²; `usual` computes what is not positive."""
    r = x + 5
    np.reciprocal(r, out=r)
    square = r * r
    out = polynomial(square, (-1 / 30, 1 / 42, -1 / 30, 1 / 6))
    out *= square
    out *= r
    out += r
    square *= 0.5
    out += square
    for k in range(5):
        np.add(x, k, out=r)
        np.reciprocal(r, out=r)
        out += np.multiply(r, r, out=r)
    return _except_far(out, x, ~(x > 0), usual)


def is_single(x: Any) -> bool:
    """Whether x is a float32 array large enough for the fast forms."""
    return type(x) is np.ndarray and x.dtype.char == "f" and x.size >= _LARGE


def _except_far(out: Array, x: Array, far: Array, usual: Callable[..., Any]) -> Array:
    """`out` with the elements of a mask computed the usual way."""
    if far.any():
        out[far] = usual(x[far])
    return out


# ------------------------------------------------------------------------------------------------ division

_QUOTIENT = 2.0**28  # below it, float64 holds the quotient's integer part exactly, and that times y too


def _quotient(x: Array, y: Array, rounded: Callable[..., Any]) -> tuple[Array, Array, Array] | None:
    """x and y in float64, and x / y rounded; None where that would not be exact."""
    wide_x, wide_y = x.astype(np.float64), y.astype(np.float64)
    q = wide_x / wide_y
    rounded(q, out=q)
    return (wide_x, wide_y, q) if np.min(q) > -_QUOTIENT and np.max(q) < _QUOTIENT else None


def _rest(x: Array, y: Array, rounded: Callable[..., Any]) -> Array | None:
    """What the rounded quotient leaves of x."""
    exact = _quotient(x, y, rounded)
    if exact is None:
        return None
    wide_x, wide_y, q = exact
    q *= wide_y
    wide_x -= q
    return wide_x.astype(np.float32)


def _fmod(x: Array, y: Array) -> Array:
    rest = _rest(x, y, np.trunc)
    return np.fmod(x, y) if rest is None else np.copysign(rest, x, out=rest)


def _remainder(x: Array, y: Array) -> Array:
    rest = _rest(x, y, np.floor)
    return np.remainder(x, y) if rest is None else np.copysign(rest, y, out=rest)


def _floor_divide(x: Array, y: Array) -> Array:
    exact = _quotient(x, y, np.floor)
    return np.floor_divide(x, y) if exact is None else exact[2].astype(np.float32)


# ------------------------------------------------------------------------------------------------ neighbours


def _nextafter(x: Array, y: Array) -> Array:
    """One more or one less in the bits, which are those of an integer beside a sign, but for zeros, equals and nan."""
    steps = ((x < y) == np.signbit(x)).astype(np.int32)  # 1 where it is towards 0
    steps *= -2
    steps += 1
    steps += x.view(np.int32)
    out = steps.view(np.float32)
    rare = x == y
    rare |= x == 0
    rare |= np.isnan(x)
    rare |= np.isnan(y)
    if rare.any():
        out[rare] = np.nextafter(x[rare], y[rare])
    return out


nextafter = fast(np.nextafter, _nextafter)
fmod, remainder = fast(np.fmod, _fmod), fast(np.remainder, _remainder)
floor_divide = fast(np.floor_divide, _floor_divide)
expm1, sinh, cosh, exp2 = (
    fast(np.expm1, _expm1),
    fast(np.sinh, _sinh),
    fast(np.cosh, _cosh),
    fast(np.exp2, _exp2),
)
log1p, log10, logaddexp = fast(np.log1p, _log1p), fast(np.log10, _log10), fast(_log_sum, _logaddexp)
tan, atan, asin, acos = (
    fast(np.tan, _tan),
    fast(np.arctan, _atan),
    fast(np.arcsin, _asin),
    fast(np.arccos, _acos),
)
atan2, atanh, hypot = fast(np.arctan2, _atan2), fast(np.arctanh, _atanh), fast(np.hypot, _hypot)
