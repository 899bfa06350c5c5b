"""The in-place functions: most are methods too, `relu_(x)` is `x.relu_()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd.basics import TensorBasics
from autograd.inplace import in_place
from autograd.methods_in_place import InPlaceOperations

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "abs_", "acos_", "acosh_", "addmv_", "arccos_", "arccosh_", "arcsin_", "arcsinh_", "arctan_",
    "arctanh_", "as_strided_", "asin_", "asinh_", "atan_", "atanh_", "ceil_", "celu_", "clamp_", "clamp_max_",
    "clamp_min_", "clip_", "cos_", "cosh_", "deg2rad_", "detach_", "erf_", "erfc_", "exp2_", "exp_", "expm1_",
    "fill_", "fix_",
    "floor_", "frac_", "gcd_", "i0_", "index_put_", "lcm_", "ldexp_", "log10_", "log1p_", "log2_", "log_",
    "logit_", "nan_to_num_", "neg_", "negative_", "rad2deg_", "reciprocal_", "relu_", "resize_as_", "round_",
    "rsqrt_", "selu_", "sigmoid_", "sin_", "sinc_", "sinh_", "sqrt_", "square_", "tan_", "tanh_", "threshold_",
    "trunc_", "xlogy_", "zero_",
]  # fmt: skip

abs_ = InPlaceOperations.abs_
acos_ = InPlaceOperations.acos_
acosh_ = InPlaceOperations.acosh_
addmv_ = InPlaceOperations.addmv_
arccos_ = InPlaceOperations.arccos_
arccosh_ = InPlaceOperations.arccosh_
arcsin_ = InPlaceOperations.arcsin_
arcsinh_ = InPlaceOperations.arcsinh_
arctan_ = InPlaceOperations.arctan_
arctanh_ = InPlaceOperations.arctanh_
asin_ = InPlaceOperations.asin_
asinh_ = InPlaceOperations.asinh_
atan_ = InPlaceOperations.atan_
atanh_ = InPlaceOperations.atanh_
ceil_ = InPlaceOperations.ceil_
clamp_ = InPlaceOperations.clamp_
clamp_max_ = InPlaceOperations.clamp_max_
clamp_min_ = InPlaceOperations.clamp_min_
clip_ = InPlaceOperations.clip_
cos_ = InPlaceOperations.cos_
cosh_ = InPlaceOperations.cosh_
deg2rad_ = InPlaceOperations.deg2rad_
detach_ = TensorBasics.detach_
erf_ = InPlaceOperations.erf_
erfc_ = InPlaceOperations.erfc_
exp2_ = InPlaceOperations.exp2_
exp_ = InPlaceOperations.exp_
expm1_ = InPlaceOperations.expm1_
fill_ = InPlaceOperations.fill_
fix_ = InPlaceOperations.fix_
floor_ = InPlaceOperations.floor_
frac_ = InPlaceOperations.frac_
gcd_ = InPlaceOperations.gcd_
i0_ = InPlaceOperations.i0_
index_put_ = InPlaceOperations.index_put_
lcm_ = InPlaceOperations.lcm_
ldexp_ = InPlaceOperations.ldexp_
log10_ = InPlaceOperations.log10_
log1p_ = InPlaceOperations.log1p_
log2_ = InPlaceOperations.log2_
log_ = InPlaceOperations.log_
logit_ = InPlaceOperations.logit_
nan_to_num_ = InPlaceOperations.nan_to_num_
neg_ = InPlaceOperations.neg_
negative_ = InPlaceOperations.negative_
rad2deg_ = InPlaceOperations.rad2deg_
reciprocal_ = InPlaceOperations.reciprocal_
relu_ = InPlaceOperations.relu_
round_ = InPlaceOperations.round_
rsqrt_ = InPlaceOperations.rsqrt_
sigmoid_ = InPlaceOperations.sigmoid_
sin_ = InPlaceOperations.sin_
sinc_ = InPlaceOperations.sinc_
sinh_ = InPlaceOperations.sinh_
sqrt_ = InPlaceOperations.sqrt_
square_ = InPlaceOperations.square_
tan_ = InPlaceOperations.tan_
tanh_ = InPlaceOperations.tanh_
trunc_ = InPlaceOperations.trunc_
xlogy_ = InPlaceOperations.xlogy_
zero_ = InPlaceOperations.zero_
as_strided_ = InPlaceOperations.as_strided_
resize_as_ = InPlaceOperations.resize_as_


def celu_(input: Any, alpha: float = 1.0) -> Tensor:
    """In-place version of `celu`."""
    return in_place("celu_", ops.celu, input, alpha)


def selu_(input: Any) -> Tensor:
    """In-place version of `selu`."""
    return in_place("selu_", ops.selu, input)


def threshold_(input: Any, threshold: float, value: float) -> Tensor:
    """In-place version of `threshold`."""
    return in_place("threshold_", ops.threshold, input, threshold, value)
