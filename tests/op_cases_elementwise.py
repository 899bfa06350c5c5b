"""Rows of the elementwise operations: arithmetic, functions of one number, choosing, comparing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sp

from autograd.ops import (
    arithmetic,
    compare,
    distinct,
    elementwise,
    identity,
    number,
    options,
    rounding,
    selection,
    special,
)
from tests.case import Case, Given, Mask, Real, Whole, on

INTEGERS = ("bool", "uint8", "int8", "int32", "int64")
NO_BOOL = INTEGERS[1:]


def one(op: Callable[..., Any], domain: Real, **row: Any) -> Case:
    """An elementwise function of one array. Its name is PyTorch's unless `torch=` says otherwise."""
    row.setdefault("torch", op.__name__.rstrip("_"))
    row.setdefault("integers", INTEGERS)
    return Case(op, on(domain), elementwise=True, **row)


def two(op: Callable[..., Any], x: Real, y: Real, **row: Any) -> Case:
    """An elementwise function of two arrays."""
    row.setdefault("torch", op.__name__.rstrip("_"))
    row.setdefault("integers", INTEGERS)
    return Case(op, on(x, y), elementwise=True, **row)


ANY = Real(3, 4)
POSITIVE = Real(3, 4, low=0.3, high=3)
NONZERO = Real(3, 4, low=-3, high=3, avoid=(0.0,))
INSIDE = Real(3, 4, low=-0.9, high=0.9)

ARITHMETIC = [
    two(arithmetic.add, ANY, ANY, numpy=np.add),
    two(arithmetic.sub, ANY, ANY, numpy=np.subtract),
    two(arithmetic.mul, ANY, ANY, numpy=np.multiply),
    two(arithmetic.div, ANY, NONZERO, numpy=np.divide),
    one(arithmetic.neg, ANY, numpy=np.negative),
    Case(
        arithmetic.pow,
        on(POSITIVE, ANY),
        numpy=np.power,
        torch="pow",
        elementwise=True,
        covers=("pow",),
    ),
    Case(
        arithmetic.pow,
        *(on(POSITIVE, n) for n in (0, 1, 2, 3, 4, 5, -1, -2, -3, 0.5, 1.5, -0.5, 2.7, -1.3)),
        *(on(Real(3, 4, avoid=(0.0,)), n) for n in (0, 1, 2, 3, 4, 5, 7, -1, -2, -3)),
        on(2.0, ANY),
        on(3, Real(3)),
        numpy=np.power,
        torch="pow",
        name="pow_of_numbers",
    ),
    Case(
        arithmetic.pow,
        on(Real(2, 3), 2),
        on(Real(2, 3), 3),
        on(Real(2, 3), 0),
        on(Real(2, 3), 2.0),
        on(Real(2, 3), 0.5),
        on(Whole(4, low=1), Whole(4, high=4)),
        on(Given([0, 1, -1, -1, 2, -3]), Given([-1, -2, -3, -2, -4, 3])),
        torch="pow",
        integers=("uint8", "int32", "int64"),
        differentiable=False,
        name="pow_of_integers",
    ),
    one(arithmetic.abs, NONZERO, numpy=np.abs),
    one(arithmetic.sign, NONZERO, numpy=np.sign),
    one(arithmetic.square, ANY, numpy=np.square, integers=NO_BOOL),
    one(arithmetic.sqrt, POSITIVE, numpy=np.sqrt),
    one(arithmetic.rsqrt, POSITIVE, numpy=lambda x: 1 / np.sqrt(x)),
    one(arithmetic.reciprocal, NONZERO, numpy=lambda x: 1 / x),
    Case(options.add, on(ANY, ANY, alpha=2.5), on(ANY, 3.0), on(ANY, ANY, alpha=-1), torch="add"),
    Case(
        options.sub,
        on(ANY, ANY, alpha=2.5),
        on(ANY, 3.0),
        on(2.0, ANY),
        torch=lambda t, x, y, alpha=1: x - alpha * y,
    ),
    Case(
        options.div,
        on(ANY, NONZERO),
        on(ANY, 2),
        on(Real(3, 4, low=-7, high=7, grad=False), Given(2.0), rounding_mode="floor"),
        on(Real(3, 4, low=-7, high=7, grad=False), Given(2.0), rounding_mode="trunc"),
        on(Whole(5, low=-9, high=9), Given(4), rounding_mode="trunc"),
        on(Whole(5, low=-9, high=9), Given(-4), rounding_mode="floor"),
        torch="div",
        differentiable=False,
    ),
    Case(options.rsub, on(ANY, ANY, alpha=2.5), on(ANY, 3.0), torch="rsub"),
    Case(options.true_divide, on(ANY, NONZERO), torch="true_divide"),
    Case(options.float_power, on(POSITIVE, ANY), on(POSITIVE, 3), torch="float_power", integers=("int64",)),
    Case(options.ldexp, on(ANY, Given([1.0, 2.0, -1.0, 0.0])), torch="ldexp"),
    Case(
        options.ldexp,
        *(on(Real(*shape), Whole(4, low=-4)) for shape in ((3, 4), (2, 1))),
        on(Real(0, 4), Whole(4)),
        on(Real(), 3),
        numpy=np.ldexp,
        torch=lambda t, x, n: x * 2.0**n,  # its ldexp resizes the shorter argument instead of broadcasting
        covers=("shifted_exponent",),
        name="ldexp_by_integers",
    ),
    Case(options.addcmul, on(ANY, ANY, Real(4), value=0.3), on(Real(), Real(), Real()), torch="addcmul"),
    Case(options.addcdiv, on(ANY, ANY, NONZERO.resized(4), value=0.3), torch="addcdiv"),
    Case(
        options.lerp,
        on(ANY, ANY, Real(3, 4, low=0, high=1)),
        torch="lerp",
        elementwise=True,
        covers=("lerp",),
    ),
    Case(
        options.lerp,
        on(ANY, ANY, 0.3),
        on(ANY, ANY, 0.8),
        on(ANY, Real(4), 1.5),
        torch="lerp",
        name="lerp_number",
    ),
    Case(options.positive, on(ANY), torch="positive"),
    Case(elementwise.cast, on(ANY, "float64"), numpy=lambda x, d: x.astype(d)),
    one(identity.alias, ANY, numpy=lambda x: x, torch="clone"),
    one(identity.clone, ANY, numpy=lambda x: x),
    one(identity.contiguous, ANY, numpy=lambda x: x, torch="clone", covers=()),
    Case(
        lambda x: identity.contiguous(x.T),
        *(on(Real(*shape)) for shape in ((3, 4), (0, 3))),
        numpy=lambda x: x.T,
        torch=lambda t, x: x.T,
        covers=("copy_in_c_order",),
        name="contiguous_of_transposed",
    ),
]

# ------------------------------------------------------------------------------------------ functions of one number

FUNCTIONS = [
    one(elementwise.exp, ANY, numpy=np.exp),
    one(elementwise.exp2, ANY, numpy=np.exp2),
    one(elementwise.expm1, ANY, numpy=np.expm1),
    one(elementwise.log, POSITIVE, numpy=np.log),
    one(elementwise.log2, POSITIVE, numpy=np.log2),
    one(elementwise.log10, POSITIVE, numpy=np.log10),
    one(elementwise.log1p, Real(3, 4, low=-0.7, high=3), numpy=np.log1p),
    two(elementwise.logaddexp, ANY, ANY, numpy=np.logaddexp, integers=()),
    two(elementwise.logaddexp2, ANY, ANY, numpy=np.logaddexp2, integers=()),
    one(elementwise.sin, ANY, numpy=np.sin),
    one(elementwise.cos, ANY, numpy=np.cos),
    one(elementwise.tan, Real(3, 4, low=-1.2, high=1.2), numpy=np.tan),
    one(elementwise.asin, INSIDE, numpy=np.arcsin),
    one(elementwise.acos, INSIDE, numpy=np.arccos),
    one(elementwise.atan, ANY, numpy=np.arctan),
    two(elementwise.atan2, ANY, NONZERO, numpy=np.arctan2),
    two(elementwise.hypot, NONZERO, NONZERO, numpy=np.hypot, integers=()),
    one(elementwise.sinh, ANY, numpy=np.sinh),
    one(elementwise.cosh, ANY, numpy=np.cosh),
    one(elementwise.tanh, ANY, numpy=np.tanh),
    one(elementwise.asinh, ANY, numpy=np.arcsinh),
    one(elementwise.acosh, Real(3, 4, low=1.2, high=4), numpy=np.arccosh),
    one(elementwise.atanh, INSIDE, numpy=np.arctanh),
    one(elementwise.deg2rad, Real(3, 4, low=-360, high=360), numpy=np.deg2rad, tolerance=1e-5),
    one(elementwise.rad2deg, ANY, numpy=np.rad2deg),
    one(special.erf, ANY, numpy=sp.erf),
    one(special.erfc, ANY, numpy=sp.erfc),
    one(special.erfinv, INSIDE, numpy=sp.erfinv),
    Case(
        special.logit,
        on(Real(3, 4, low=0.1, high=0.9)),
        on(Real(3, 4, low=0.1, high=0.9), eps=1e-3),
        on(Real(low=0.1, high=0.9)),
        on(Real(0, 3)),
        numpy=lambda p, eps=None: np.log(p / (1 - p)),
        torch="logit",
        covers=("logit",),
    ),
    two(special.xlogy, NONZERO, POSITIVE, numpy=sp.xlogy),
    one(special.sinc, NONZERO, numpy=np.sinc),
    one(
        special.sinc_slope,
        NONZERO,
        numpy=lambda x: (np.cos(np.pi * x) - np.sinc(x)) / x,
        torch=None,
        integers=(),
    ),
]

# ------------------------------------------------------------------------------------------ rounding

UNEVEN = Real(3, 4, low=-3, high=3, avoid=tuple(k / 2 for k in range(-6, 7)))

ROUNDING = [
    one(rounding.floor, UNEVEN, numpy=np.floor, integers=NO_BOOL),
    one(rounding.ceil, UNEVEN, numpy=np.ceil, integers=NO_BOOL),
    one(rounding.trunc, UNEVEN, numpy=np.trunc, integers=NO_BOOL),
    one(rounding.round, UNEVEN, numpy=np.round, integers=NO_BOOL),
    Case(
        rounding.round,
        on(Given([123.456, -0.0449, 2.5]), decimals=1),
        on(Given([1234.5, 55.0]), decimals=-2),
        torch="round",
        differentiable=False,
        name="round_decimals",
    ),
    one(rounding.frac, UNEVEN, numpy=lambda x: x - np.trunc(x), integers=()),
    two(
        rounding.floor_divide,
        Real(3, 4, low=-9, high=9),
        NONZERO,
        numpy=np.floor_divide,
        differentiable=False,
    ),
    two(
        rounding.trunc_divide,
        Real(3, 4, low=-9, high=9),
        NONZERO,
        numpy=lambda x, y: np.trunc(x / y),
        torch=lambda t, x, y: t.div(x, y, rounding_mode="trunc"),
        differentiable=False,
        integers=NO_BOOL,
    ),
    two(
        rounding.remainder, Real(3, 4, low=-2.9, high=-2.2), Real(3, 4, low=1, high=1.05), numpy=np.remainder
    ),
    two(rounding.fmod, Real(3, 4, low=2.1, high=2.9), Real(3, 4, low=-1.05, high=-1), numpy=np.fmod),
]

# ------------------------------------------------------------------------------------------ choosing


def np_clamp(x: Any, *bounds: Any, **named: Any) -> Any:
    return np.clip(x, *bounds, **named) if named or len(bounds) == 2 else np.maximum(x, *bounds)


EVEN, ODD = Real(3, 4, grid=0.5), Real(3, 4, low=-1.75, grid=0.5)  # nowhere equal, so there are no ties

SELECTION = [
    Case(
        selection.where,
        on(Mask(3, 4), ANY, ANY),
        on(Mask(4), ANY, 2.0),
        on(Mask(3, 1), Real(4), Real(2, 1, 1)),
        on(Mask(), Real(), Real()),
        on(Mask(0, 3), Real(0, 3), Real(3)),
        on(Mask(50, 60), Real(50, 60, grad=False), Real(60, grad=False)),
        on(Mask(4), 1, 0),
        on(Mask(4), 1.0, 0.0),
        on(Mask(3), Whole(3), 0.5),
        numpy=None,
        torch="where",
        covers=("where",),
    ),
    Case(
        selection.masked_fill,
        on(ANY, Mask(3, 4), -1.5),
        on(ANY, Mask(4), Real()),
        on(Real(), Mask(), 2.0),
        on(Real(0, 3), Mask(3), 2.0),
        on(Whole(4), Mask(4), 7),
        torch="masked_fill",
    ),
    two(selection.maximum, EVEN, ODD, numpy=np.maximum),
    two(selection.minimum, EVEN, ODD, numpy=np.minimum),
    two(selection.fmax, EVEN, ODD, numpy=np.fmax),
    two(selection.fmin, EVEN, ODD, numpy=np.fmin),
    two(selection.clamp_min, EVEN, ODD, numpy=np.maximum),
    two(selection.clamp_max, EVEN, ODD, numpy=np.minimum),
    Case(
        selection.clamp,
        on(Real(3, 4, avoid=(-1.0, 0.5)), -1, 0.5),
        on(Real(3, 4, avoid=(-1.0,)), -1.0),
        on(Real(3, 4, avoid=(0.5,)), max=0.5),
        on(Real(3, 4), -1.0, -3.0),
        on(Real(avoid=(-1.0, 0.5)), -1, 0.5),
        on(Real(0, 3), -1, 0.5),
        on(Whole(5, low=-4), -1, 2),
        on(Whole(5, low=-4), -1.5, 2),
        numpy=np_clamp,
        torch="clamp",
        covers=("clamp",),
    ),
    Case(
        selection.clamp,
        on(Real(3, 4, low=-0.5, high=0.5), Real(4, low=-2, high=-1), Real(3, 1, low=1, high=2)),
        on(Real(3, 4, low=3, high=4), Real(4, low=-2, high=-1), Real(3, 1, low=1, high=2)),
        on(Real(3, 4, low=-4, high=-3), Real(4, low=-2, high=-1)),
        torch="clamp",
        name="clamp_by_tensors",
    ),
    one(selection.nan_to_num, ANY, numpy=np.nan_to_num),
    two(selection.copysign, NONZERO, NONZERO, numpy=np.copysign),
    two(selection.heaviside, NONZERO, ANY, numpy=np.heaviside, differentiable=False),
]

# ------------------------------------------------------------------------------------------ comparing: no derivatives


def compared(op: Callable[..., Any], ufunc: Any) -> Case:
    ties = Given([[1.0, -2.0], [0.5, 0.0]])
    numbers = () if op.__name__.startswith("logical") else (on(ties, 0.5), on(Whole(6, high=3), 1.5))
    return Case(
        op,
        on(ties, Given([[1.0, 2.0], [0.0, 0.0]])),
        *numbers,
        on(Real(3, 1), Real(4)),
        on(Real(0, 3), Real(3)),
        on(Real(), Real()),
        on(Whole(6, high=3), Whole(6, high=3)),
        numpy=ufunc,
        torch=op.__name__,
        integers=INTEGERS,
        differentiable=False,
    )


def tested(op: Callable[..., Any], numpy: Any) -> Case:
    odd = Given([1.0, -0.0, 0.0, np.nan, np.inf, -np.inf, -3.0])
    return Case(
        op,
        on(odd),
        on(Real()),
        on(Real(0, 3)),
        numpy=numpy,
        torch=op.__name__,
        integers=INTEGERS,
        differentiable=False,
    )


def bitwise(op: Callable[..., Any], numpy: Any, *samples: Any) -> Case:
    given = samples or (
        on(Whole(6), Whole(6)),
        on(Mask(6), Mask(6)),
        on(Whole(2, 1), Whole(3)),
        on(Whole(), Whole()),
    )
    return Case(op, *given, on(Whole(0, 3), Whole(3)), numpy=numpy, torch=op.__name__, differentiable=False)


COMPARISON = [
    compared(compare.eq, np.equal),
    compared(compare.ne, np.not_equal),
    compared(compare.lt, np.less),
    compared(compare.le, np.less_equal),
    compared(compare.gt, np.greater),
    compared(compare.ge, np.greater_equal),
    compared(compare.logical_and, np.logical_and),
    compared(compare.logical_or, np.logical_or),
    compared(compare.logical_xor, np.logical_xor),
    Case(
        compare.isclose,
        on(Given([1.0, 1.0, np.nan, np.inf]), Given([1.000001, 1.1, np.nan, np.inf])),
        on(Given([1.0, 1.0, np.nan, np.inf]), Given([1.000001, 1.1, np.nan, np.inf]), equal_nan=True),
        on(Given([1.0, 1.0]), Given([1.000001, 1.1]), rtol=0.2),
        on(Real(), Real()),
        on(Real(0, 3), Real(3)),
        numpy=np.isclose,
        torch="isclose",
        differentiable=False,
    ),
    tested(compare.isnan, np.isnan),
    tested(compare.isinf, np.isinf),
    tested(compare.isfinite, np.isfinite),
    tested(compare.isposinf, np.isposinf),
    tested(compare.isneginf, np.isneginf),
    tested(compare.isreal, np.isreal),
    tested(compare.signbit, np.signbit),
    tested(compare.logical_not, np.logical_not),
    bitwise(compare.bitwise_and, np.bitwise_and),
    bitwise(compare.bitwise_or, np.bitwise_or),
    bitwise(compare.bitwise_xor, np.bitwise_xor),
    Case(
        compare.bitwise_not,
        on(Whole(6)),
        on(Mask(6)),
        on(Whole()),
        on(Whole(0, 3)),
        numpy=np.invert,
        torch="bitwise_not",
        differentiable=False,
    ),
    bitwise(compare.bitwise_left_shift, np.left_shift, on(Whole(6), Whole(6)), on(Whole(2, 1), 2)),
    bitwise(compare.bitwise_right_shift, np.right_shift, on(Whole(6, high=99), Whole(6)), on(Whole(2, 1), 2)),
]

# ------------------------------------------------------------------------------------------ numbers as they are stored

NUMBERS = [
    Case(number.sgn, on(NONZERO), on(Whole(4, low=-2)), torch="sgn", covers=()),
    Case(number.angle, on(NONZERO), on(Given([0.0, -0.0, np.nan], grad=False)), torch="angle", covers=()),
    Case(
        number.frexp,
        *(on(Real(*shape, low=1.1, high=1.9)) for shape in ((3, 4), (), (0, 3))),
        on(Given([-0.3, 5.0, 1e9])),
        on(Given([0.0, -0.0], grad=False)),
        numpy=np.frexp,
        torch="frexp",
        covers=("frexp",),
    ),
    two(
        number.nextafter,
        EVEN,
        ODD,
        numpy=np.nextafter,
        torch=lambda t, x, y: x + (t.nextafter(x, y) - x).detach() + 0 * y,  # PyTorch has no derivative
    ),
    Case(
        number.gcd,
        on(Whole(6, low=-9, high=9), Whole(6, low=-9, high=9)),
        on(Whole(2, 1, high=9), Whole(3)),
        on(Whole(0, 3), Whole(3)),
        on(Whole(), Whole()),
        numpy=np.gcd,
        torch="gcd",
        differentiable=False,
    ),
    Case(
        number.lcm,
        on(Whole(6, low=-9, high=9), Whole(6, low=-9, high=9)),
        on(Whole(2, 1, high=9), Whole(3)),
        on(Whole(0, 3), Whole(3)),
        on(Whole(), Whole()),
        numpy=np.lcm,
        torch="lcm",
        differentiable=False,
    ),
    Case(
        number.fill,
        on(ANY, 2.5),
        on(ANY, Real()),
        on(Real(), -1),
        on(Real(0, 3), 1.0),
        on(Whole(4), 3),
        on(Whole(4), 3.7),
        torch="fill",
    ),
    Case(
        distinct.isin,
        on(Whole(3, 4), Whole(2)),
        on(Whole(3, 4), Whole(2), invert=True),
        on(Whole(4), 2),
        on(1, Whole(4)),
        on(Whole(0, 3), Whole(2)),
        numpy=np.isin,
        torch="isin",
        differentiable=False,
    ),
]

CASES = [*ARITHMETIC, *FUNCTIONS, *ROUNDING, *SELECTION, *COMPARISON, *NUMBERS]
