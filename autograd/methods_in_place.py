"""The in-place operations as methods of a tensor: `x.add_(y)`, `x += y`, `x[i] = y`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import inplace, inplace_shape, ops, sampling
from autograd.errors import ArgumentError, DTypeError
from autograd.inplace import in_place
from autograd.on_use import OnUse
from autograd.ops import arithmetic

if TYPE_CHECKING:
    from autograd.tensor import Tensor


def _in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method `name` that overwrites its tensor with `function(tensor, …)`."""

    def method(self: Any, *args: Any, **named: Any) -> Tensor:
        return in_place(name, function, self, *args, **named)

    method.__name__ = name
    method.__doc__ = f"In-place version of `{function.__name__}`."
    return method


def _as_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A comparison's result, or logic's, as 0 and 1 in the dtype of its tensor; the derivative is 0."""

    def numbers(x: Any, *args: Any) -> Any:
        return ops.fill(x, 0) + function(x, *args)

    return numbers


class InPlaceOperations:
    """What overwrites a tensor."""

    __slots__ = ()

    __iadd__ = _in_place("add_", arithmetic.add)
    __isub__ = _in_place("sub_", arithmetic.sub)
    __imul__ = _in_place("mul_", arithmetic.mul)
    __itruediv__ = _in_place("div_", arithmetic.div)
    __ipow__ = _in_place("pow_", arithmetic.pow)
    __imatmul__ = _in_place("matmul_", ops.matmul)
    __ifloordiv__ = _in_place("floor_divide_", ops.floor_divide)
    __imod__ = _in_place("remainder_", ops.remainder)
    __iand__ = _in_place("bitwise_and_", ops.bitwise_and)
    __ior__ = _in_place("bitwise_or_", ops.bitwise_or)
    __ixor__ = _in_place("bitwise_xor_", ops.bitwise_xor)
    __ilshift__ = _in_place("bitwise_left_shift_", ops.bitwise_left_shift)
    __irshift__ = _in_place("bitwise_right_shift_", ops.bitwise_right_shift)
    __idiv__ = __itruediv__

    def __setitem__(self: Any, key: Any, value: Any) -> None:
        inplace.set_item(self, key, value)

    def __delitem__(self: Any, key: Any) -> None:
        raise ArgumentError(
            "del x[index]: a tensor has its size for good; index or mask the elements to keep"
        )

    # -- in place --------------------------------------------------------------------------------------------------

    add_ = _in_place("add_", ops.add)
    sub_ = subtract_ = _in_place("sub_", ops.sub)
    mul_ = multiply_ = _in_place("mul_", ops.mul)
    div_ = divide_ = true_divide_ = _in_place("div_", ops.div)
    floor_divide_ = _in_place("floor_divide_", ops.floor_divide)
    remainder_ = _in_place("remainder_", ops.remainder)
    fmod_ = _in_place("fmod_", ops.fmod)
    pow_ = _in_place("pow_", ops.pow)
    neg_ = negative_ = _in_place("neg_", ops.neg)
    abs_ = absolute_ = _in_place("abs_", ops.abs)
    sign_ = _in_place("sign_", ops.sign)
    sgn_ = _in_place("sgn_", ops.sgn)
    conj_physical_ = _in_place("conj_physical_", ops.conj_physical)
    square_ = _in_place("square_", ops.square)
    sqrt_ = _in_place("sqrt_", ops.sqrt)
    rsqrt_ = _in_place("rsqrt_", ops.rsqrt)
    reciprocal_ = _in_place("reciprocal_", ops.reciprocal)
    addmm_ = _in_place("addmm_", ops.addmm)
    addmv_ = _in_place("addmv_", ops.addmv)
    addr_ = _in_place("addr_", ops.addr)
    addbmm_ = _in_place("addbmm_", ops.addbmm)
    baddbmm_ = _in_place("baddbmm_", ops.baddbmm)
    renorm_ = _in_place("renorm_", OnUse("distances", "renorm"))
    cumsum_ = _in_place("cumsum_", ops.cumsum)
    cumprod_ = _in_place("cumprod_", ops.cumprod)
    lerp_ = _in_place("lerp_", ops.lerp)
    addcmul_ = _in_place("addcmul_", ops.addcmul)
    addcdiv_ = _in_place("addcdiv_", ops.addcdiv)
    hypot_ = _in_place("hypot_", ops.hypot)
    gcd_ = _in_place("gcd_", ops.gcd)
    lcm_ = _in_place("lcm_", ops.lcm)
    ldexp_ = _in_place("ldexp_", ops.ldexp)
    nextafter_ = _in_place("nextafter_", ops.nextafter)

    exp_ = _in_place("exp_", ops.exp)
    exp2_ = _in_place("exp2_", ops.exp2)
    expm1_ = _in_place("expm1_", ops.expm1)
    log_ = _in_place("log_", ops.log)
    log2_ = _in_place("log2_", ops.log2)
    log10_ = _in_place("log10_", ops.log10)
    log1p_ = _in_place("log1p_", ops.log1p)
    sin_ = _in_place("sin_", ops.sin)
    cos_ = _in_place("cos_", ops.cos)
    tan_ = _in_place("tan_", ops.tan)
    asin_ = arcsin_ = _in_place("asin_", ops.asin)
    acos_ = arccos_ = _in_place("acos_", ops.acos)
    atan_ = arctan_ = _in_place("atan_", ops.atan)
    atan2_ = arctan2_ = _in_place("atan2_", ops.atan2)
    sinh_ = _in_place("sinh_", ops.sinh)
    cosh_ = _in_place("cosh_", ops.cosh)
    tanh_ = _in_place("tanh_", ops.tanh)
    asinh_ = arcsinh_ = _in_place("asinh_", ops.asinh)
    acosh_ = arccosh_ = _in_place("acosh_", ops.acosh)
    atanh_ = arctanh_ = _in_place("atanh_", ops.atanh)
    deg2rad_ = _in_place("deg2rad_", ops.deg2rad)
    rad2deg_ = _in_place("rad2deg_", ops.rad2deg)
    sigmoid_ = _in_place("sigmoid_", ops.sigmoid)
    logit_ = _in_place("logit_", ops.logit)
    relu_ = _in_place("relu_", ops.relu)
    erf_ = _in_place("erf_", ops.erf)
    erfc_ = _in_place("erfc_", ops.erfc)
    erfinv_ = _in_place("erfinv_", ops.erfinv)
    lgamma_ = _in_place("lgamma_", ops.lgamma)
    digamma_ = _in_place("digamma_", ops.digamma)
    mvlgamma_ = _in_place("mvlgamma_", ops.mvlgamma)
    igamma_ = _in_place("igamma_", ops.igamma)
    igammac_ = _in_place("igammac_", ops.igammac)
    xlogy_ = _in_place("xlogy_", ops.xlogy)
    sinc_ = _in_place("sinc_", ops.sinc)
    i0_ = _in_place("i0_", ops.i0)

    floor_ = _in_place("floor_", ops.floor)
    ceil_ = _in_place("ceil_", ops.ceil)
    round_ = _in_place("round_", ops.round)
    trunc_ = fix_ = _in_place("trunc_", ops.trunc)
    frac_ = _in_place("frac_", ops.frac)
    clamp_ = clip_ = _in_place("clamp_", ops.clamp)
    clamp_min_ = _in_place("clamp_min_", ops.clamp_min)
    clamp_max_ = _in_place("clamp_max_", ops.clamp_max)
    nan_to_num_ = _in_place("nan_to_num_", ops.nan_to_num)
    copysign_ = _in_place("copysign_", ops.copysign)
    heaviside_ = _in_place("heaviside_", ops.heaviside)
    eq_ = _in_place("eq_", _as_numbers(ops.eq))
    ne_ = not_equal_ = _in_place("ne_", _as_numbers(ops.ne))
    lt_ = less_ = _in_place("lt_", _as_numbers(ops.lt))
    le_ = less_equal_ = _in_place("le_", _as_numbers(ops.le))
    gt_ = greater_ = _in_place("gt_", _as_numbers(ops.gt))
    ge_ = greater_equal_ = _in_place("ge_", _as_numbers(ops.ge))
    logical_and_ = _in_place("logical_and_", _as_numbers(ops.logical_and))
    logical_or_ = _in_place("logical_or_", _as_numbers(ops.logical_or))
    logical_xor_ = _in_place("logical_xor_", _as_numbers(ops.logical_xor))
    logical_not_ = _in_place("logical_not_", _as_numbers(ops.logical_not))
    bitwise_and_ = _in_place("bitwise_and_", ops.bitwise_and)
    bitwise_or_ = _in_place("bitwise_or_", ops.bitwise_or)
    bitwise_xor_ = _in_place("bitwise_xor_", ops.bitwise_xor)
    bitwise_not_ = _in_place("bitwise_not_", ops.bitwise_not)
    bitwise_left_shift_ = _in_place("bitwise_left_shift_", ops.bitwise_left_shift)
    bitwise_right_shift_ = _in_place("bitwise_right_shift_", ops.bitwise_right_shift)

    def float_power_(self: Any, exponent: Any) -> Tensor:
        """In-place version of `float_power`.

        Raises:
            DTypeError: unless the tensor is float64, which the result is.
        """
        if self.array.dtype != np.float64:
            raise DTypeError(
                f"float_power_: the result is float64, which a {self.array.dtype} tensor cannot hold; use float_power"
            )
        return in_place("float_power_", ops.float_power, self, exponent)

    def polygamma_(self: Any, n: int) -> Tensor:
        """In-place version of `polygamma`."""
        return in_place("polygamma_", lambda x: ops.polygamma(n, x), self)

    masked_fill_ = _in_place("masked_fill_", ops.masked_fill)
    masked_scatter_ = _in_place("masked_scatter_", ops.masked_scatter)
    put_ = _in_place("put_", ops.put)
    tril_ = _in_place("tril_", ops.tril)
    triu_ = _in_place("triu_", ops.triu)
    scatter_ = _in_place("scatter_", ops.scatter)
    scatter_add_ = _in_place("scatter_add_", ops.scatter_add)
    index_add_ = _in_place("index_add_", ops.index_add)
    index_copy_ = _in_place("index_copy_", ops.index_copy)
    index_fill_ = _in_place("index_fill_", ops.index_fill)
    index_put_ = _in_place("index_put_", ops.index_put)
    index_reduce_ = _in_place("index_reduce_", ops.index_reduce)
    scatter_reduce_ = _in_place("scatter_reduce_", ops.scatter_reduce)

    def fill_diagonal_(self: Any, fill_value: Any, wrap: Any = False) -> Tensor:
        """Overwrite the main diagonal with one number; with `wrap` it starts again in a tall matrix.

        Raises:
            ShapeError: if there are fewer than two dimensions, or more than two of different sizes.
        """
        return inplace.fill_diagonal_(self, fill_value, wrap)

    # -- the shape -------------------------------------------------------------------------------------------------

    squeeze_ = inplace_shape.squeeze_
    unsqueeze_ = inplace_shape.unsqueeze_
    t_ = inplace_shape.t_
    transpose_ = inplace_shape.transpose_
    swapaxes_ = inplace_shape.swapaxes_
    swapdims_ = inplace_shape.swapdims_
    as_strided_ = inplace_shape.as_strided_
    resize_ = inplace_shape.resize_
    resize_as_ = inplace_shape.resize_as_
    set_ = inplace_shape.set_

    # -- whole values ----------------------------------------------------------------------------------------------

    def copy_(self: Any, source: Any, non_blocking: Any = False) -> Tensor:
        """Overwrite with `source`, broadcast to this shape and converted to this dtype."""
        return inplace.copy_(self, source)

    def fill_(self: Any, value: Any) -> Tensor:
        """Overwrite every element with `value`."""
        return inplace.fill_("fill_", self, value)

    def zero_(self: Any) -> Tensor:
        """Overwrite every element with 0."""
        return inplace.fill_("zero_", self, 0)

    normal_ = sampling.normal_
    uniform_ = sampling.uniform_
    bernoulli_ = sampling.bernoulli_
    exponential_ = sampling.exponential_
    log_normal_ = sampling.log_normal_
    cauchy_ = sampling.cauchy_
    geometric_ = sampling.geometric_
    random_ = sampling.random_
