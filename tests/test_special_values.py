"""Values at the edges: zeros, infinities, nan, ties, nothing.

The expected numbers are PyTorch's unless a row says why not.

Each row is checked in float32 and float64 against the numbers written here, and, where PyTorch is installed, PyTorch
is checked against them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
import nn
from autograd import ops
from autograd.errors import AutogradError

inf, nan = np.inf, np.nan


class Row(NamedTuple):
    """`function(library, x)` at x is `value`; the gradient of its sum by x is `gradient`."""

    name: str
    function: Callable[[Any, Any], Any]
    x: Any
    value: Any
    gradient: Any = None  # None: not differentiable
    ours: str = ""  # why PyTorch differs, where it does


ROOT_2_PI = (2 * np.pi) ** 0.5

ROWS = [
    Row("sqrt", lambda t, x: t.sqrt(x), [0.0, 4.0], [0, 2], [inf, 0.25]),
    Row("rsqrt", lambda t, x: t.rsqrt(x), [0.0, 4.0], [inf, 0.5], [-inf, -0.0625]),
    Row("reciprocal", lambda t, x: t.reciprocal(x), [0.0, -0.0, 2.0], [inf, -inf, 0.5], [-inf, -inf, -0.25]),
    Row("log", lambda t, x: t.log(x), [0.0, -1.0], [-inf, nan], [inf, -1]),
    Row("x**0", lambda t, x: x**0, [0.0, 2.0, nan], [1, 1, 1], [0, 0, 0]),
    Row("x**1", lambda t, x: x**1, [0.0, -2.0], [0, -2], [1, 1]),
    Row("x**2", lambda t, x: x**2, [0.0, -inf], [0, inf], [0, -inf]),
    Row("x**-1", lambda t, x: x**-1, [0.0], [inf], [-inf]),
    Row("x**0.5", lambda t, x: x**0.5, [0.0], [0], [inf]),
    Row("x**1.5", lambda t, x: x**1.5, [-inf, -1.0, 0.0, inf], [inf, nan, 0, inf], [nan, nan, 0, inf]),
    Row("float_power 1.5", lambda t, x: t.float_power(x, 1.5), [-inf, -1.0, 4.0], [inf, nan, 8], [nan, nan, 3]),
    Row("x**2.5 below 0", lambda t, x: x**2.5, [-1.0], [nan], [nan]),
    Row("0**x", lambda t, x: 0.0**x, [0.0, 2.0, -1.0], [1, 0, inf], [0, 0, -inf]),
    Row("2**x", lambda t, x: 2.0**x, [0.0, 2000.0, -2000.0], [1, inf, 0], [np.log(2), inf, 0]),
    Row("x/0", lambda t, x: x / 0.0, [1.0, 0.0], [inf, nan], [inf, inf]),
    Row("abs", lambda t, x: t.abs(x), [0.0, -0.0, -inf], [0, 0, inf], [0, 0, -1]),
    Row("sign", lambda t, x: t.sign(x), [0.0, -inf, 3.0], [0, -1, 1], [0, 0, 0]),
    Row("sign of nan", lambda t, x: t.sign(x), [nan], [nan], [0], ours="PyTorch returns 0"),
    Row("relu", lambda t, x: t.relu(x), [0.0, -0.0, nan, -inf, inf], [0, 0, nan, 0, inf], [0, 0, 1, 0, 1]),
    Row("relu before sqrt", lambda t, x: t.sqrt(t.relu(x)), [-1.0, 4.0], [0, 2], [0, 0.25]),
    Row("clamp before sqrt", lambda t, x: t.sqrt(t.clamp(x, min=0)), [-1.0, 4.0], [0, 2], [0, 0.25]),
    Row("leaky_relu", lambda t, x: t.leaky_relu(x, 0.1), [0.0, -inf, nan], [0, -inf, nan], [0.1, 0.1, 0.1]),
    Row("elu", lambda t, x: t.elu(x), [0.0, -1000.0, 1000.0], [0, -1, 1000], [1, 0, 1]),
    Row("celu", lambda t, x: t.celu(x, 2.0), [0.0, -1000.0], [0, -2], [1, 0]),
    Row("hardtanh", lambda t, x: t.hardtanh(x), [-1.0, 1.0, 0.0], [-1, 1, 0], [0, 0, 1]),
    Row("relu6", lambda t, x: t.relu6(x), [0.0, 6.0, 3.0, nan], [0, 6, 3, nan], [0, 0, 1, 1]),
    Row("hardsigmoid", lambda t, x: t.hardsigmoid(x), [-3.0, 3.0, 0.0], [0, 1, 0.5], [0, 0, 1 / 6]),
    Row("hardswish", lambda t, x: t.hardswish(x), [-3.0, 3.0, 0.0], [0, 3, 0], [0, 1, 0.5]),
    Row("hardshrink", lambda t, x: t.hardshrink(x), [0.5, -0.5, nan], [0, 0, nan], [0, 0, 1]),
    Row("softshrink", lambda t, x: t.softshrink(x), [0.5, -0.5, 0.0], [0, 0, 0], [0, 0, 0]),
    Row("threshold", lambda t, x: t.threshold(x, 1.0, 7.0), [1.0, 2.0, nan], [7, 2, nan], [0, 1, 1]),
    Row("clamp", lambda t, x: t.clamp(x, -1, 1), [-1.0, 1.0, nan, 2.0], [-1, 1, nan, 1], [1, 1, 0, 0]),
    Row("clamp lo > hi", lambda t, x: t.clamp(x, 2, 1), [0.0, 1.5, 3.0], [1, 1, 1], [0, 0, 0]),
    Row("maximum tie", lambda t, x: t.maximum(x, x.detach()), [1.0, 2.0], [1, 2], [0.5, 0.5]),
    Row("maximum with nan", lambda t, x: t.maximum(x, 0 * x.detach()), [nan, 1.0], [nan, 1], [1, 1]),
    Row("minimum tie", lambda t, x: t.minimum(x, x.detach()), [1.0, 2.0], [1, 2], [0.5, 0.5]),
    Row("fmax", lambda t, x: t.fmax(x, 0 * x.detach() + 1), [1.0, 0.0], [1, 1], [1, 0]),
    Row("max tie", lambda t, x: t.max(x), [1.0, 3.0, 3.0], 3, [0, 0.5, 0.5]),
    Row("max of nan", lambda t, x: t.max(x), [1.0, nan, 3.0], nan, [0, 1, 0]),
    Row("min tie", lambda t, x: t.min(x), [1.0, 1.0, 3.0], 1, [0.5, 0.5, 0]),
    Row("amax tie", lambda t, x: t.amax(x, 0), [3.0, 3.0, 3.0, 1.0], 3, [1 / 3, 1 / 3, 1 / 3, 0]),
    Row("max before sqrt", lambda t, x: t.sqrt(t.max(x) - 3), [1.0, 2.0, 3.0], 0, [0, 0, inf]),
    Row("min before sqrt", lambda t, x: t.sqrt(t.min(x) - 1), [1.0, 2.0, 3.0], 0, [inf, 0, 0]),
    Row("max before nan", lambda t, x: t.sqrt(t.max(x) - 4), [1.0, 2.0, 3.0], nan, [0, 0, nan]),
    Row("amax before sqrt", lambda t, x: t.sqrt(t.amax(x, 0) - 3), [1.0, 3.0], 0, [0, inf], ours="nan, inf"),
    Row("amin before sqrt", lambda t, x: t.sqrt(t.amin(x, 0) - 1), [1.0, 3.0], 0, [inf, 0], ours="inf, nan"),
    Row("max(dim) tie", lambda t, x: t.max(x, 0).values, [1.0, 3.0, 3.0], 3, [0, 1, 0]),
    Row("max(dim) position", lambda t, x: t.max(x, 0).indices, [1.0, 3.0, 3.0], 1),
    Row("max(dim) of nan", lambda t, x: t.max(x, 0).values, [1.0, nan, 3.0], nan, [0, 1, 0]),
    Row("min(dim) tie", lambda t, x: t.min(x, 0).values, [1.0, 1.0, 3.0], 1, [1, 0, 0]),
    Row("argmax of nan", lambda t, x: t.argmax(x), [1.0, nan, 3.0], 1),
    Row("median of even", lambda t, x: t.median(x), [3.0, 1.0, 4.0, 2.0], 2, [0, 0, 0, 1]),
    Row("median with nan", lambda t, x: t.median(x), [3.0, nan, 4.0], nan, [0, 1, 0]),
    Row("median tie", lambda t, x: t.median(x), [2.0, 3.0, 1.0, 2.0], 2, [0.5, 0, 0, 0.5]),
    Row("median of nans", lambda t, x: t.median(x), [nan, 1.0, nan], nan, [0.5, 0, 0.5]),
    Row("median(dim) tie", lambda t, x: t.median(x, 0).values.sum(), [2.0, 3.0, 1.0], 2, [1, 0, 0]),
    Row("nanmedian tie", lambda t, x: t.nanmedian(x), [2.0, nan, 1.0, 2.0], 2, [0.5, 0, 0, 0.5]),
    Row("nanmedian of nans", lambda t, x: t.nanmedian(x), [nan, nan], nan, [0.5, 0.5]),
    Row("nanmedian", lambda t, x: t.nanmedian(x), [3.0, nan, 4.0], 3, [1, 0, 0]),
    Row("norm at 0", lambda t, x: t.norm(x), [0.0, 0.0], 0, [0, 0]),
    Row("1-norm at 0", lambda t, x: t.norm(x, 1), [0.0, -2.0], 2, [0, -1]),
    Row("3-norm at 0", lambda t, x: t.norm(x, 3), [0.0, 0.0], 0, [0, 0]),
    Row("1.5-norm at 0", lambda t, x: t.norm(x, 1.5), [0.0, 0.0], 0, [0, 0]),
    Row("inf-norm tie", lambda t, x: t.norm(x, inf), [-2.0, 2.0, 1.0], 2, [-0.5, 0.5, 0]),
    Row("0-norm", lambda t, x: t.linalg.vector_norm(x, 0), [0.0, 2.0, nan], 2, [0, 0, 0], ours="PyTorch has none"),
    Row("-inf-norm tie", lambda t, x: t.linalg.vector_norm(x, -inf), [-1.0, 1.0, 2.0], 1, [-0.5, 0.5, 0]),
    Row("1-norm of a matrix, tie", lambda t, x: t.linalg.matrix_norm(x.view(2, 2), 1), [1.0] * 4, 2, [0.5] * 4),
    Row("2-norm of a matrix at 0", lambda t, x: t.linalg.matrix_norm(x.view(2, 2), 2), [0.0] * 4, 0, [0.5, 0, 0, 0.5]),
    Row("dist at 0", lambda t, x: t.dist(x, x.detach()), [1.0, 2.0], 0, [0, 0]),
    Row("cdist at 0", lambda t, x: t.cdist(x.view(1, 2), x.detach().view(1, 2)), [1.0, 2.0], [[0]], [0, 0]),
    Row("renorm at 0", lambda t, x: t.renorm(x.view(1, 2), 2, 0, 1.0), [0.0, 0.0], [[0, 0]], [1, 1]),
    Row("det singular", lambda t, x: t.det(x.view(2, 2)), [1.0, 2.0, 2.0, 4.0], 0, [4, -2, -2, 1], ours="0"),
    Row("det of 0", lambda t, x: t.det(x.view(3, 3)), [0.0] * 9, 0, [0] * 9),
    Row("slogdet singular", lambda t, x: t.slogdet(x.view(2, 2))[1], [1.0] * 4, -inf, [inf, -inf, -inf, inf]),
    Row("logdet of a negative", lambda t, x: t.logdet(x.view(1, 1)), [-1.0], nan, [0]),
    Row("pinv of 0", lambda t, x: t.linalg.pinv(x.view(2, 2)), [0.0] * 4, [[0, 0], [0, 0]], [0] * 4),
    Row("matrix_exp of 0", lambda t, x: t.matrix_exp(x.view(2, 2)), [0.0] * 4, [[1, 0], [0, 1]], [1] * 4),
    Row("l1_loss equal", lambda t, x: t.l1_loss(x, x.detach()), [1.0, 2.0], 0, [0, 0]),
    Row("std of a constant", lambda t, x: t.std(x), [2.0, 2.0, 2.0], 0, [0, 0, 0]),
    Row("std of huge", lambda t, x: t.std(x), [0, 3e25, 3e25], 3**0.5 * 1e25, [-(3**-0.5), 12**-0.5, 12**-0.5]),
    Row("std of tiny", lambda t, x: t.std(x), [0, 3e-25, 3e-25], 3**0.5 * 1e-25, [-(3**-0.5), 12**-0.5, 12**-0.5]),
    Row("std of one", lambda t, x: t.std(x), [2.0], nan, [nan]),
    Row("var of one", lambda t, x: t.var(x), [2.0], nan, [nan]),
    Row("biased var of one", lambda t, x: t.var(x, unbiased=False), [2.0], 0, [0]),
    Row("biased std of one", lambda t, x: t.std(x, unbiased=False), [2.0], 0, [0]),
    Row("sum of nothing", lambda t, x: t.sum(x), [], 0, []),
    Row("prod of nothing", lambda t, x: t.prod(x), [], 1, []),
    Row("mean of nothing", lambda t, x: t.mean(x), [], nan, []),
    Row("logsumexp of nothing", lambda t, x: t.logsumexp(x, 0), [], -inf, []),
    Row("prod with a zero", lambda t, x: t.prod(x), [0.0, 2.0, 3.0], 0, [6, 0, 0]),
    Row("prod with two zeros", lambda t, x: t.prod(x), [0.0, 2.0, 0.0], 0, [0, 0, 0]),
    Row("prod of inf", lambda t, x: t.prod(x), [inf, 1.0, 2.0], inf, [2, inf, inf], ours="PyTorch: nan, inf, inf"),
    Row("prod of inf and 0", lambda t, x: t.prod(x), [-inf, 0.0, 1.0], nan, [0, -inf, nan]),
    Row("prod(dim) with a zero", lambda t, x: t.prod(x, 0), [3.0, 0.0], 0, [0, 3]),
    Row("cumprod with a zero", lambda t, x: t.cumprod(x, 0), [2.0, 0.0, 3.0], [2, 0, 0], [1, 8, 0]),
    Row("cumprod, two zeros", lambda t, x: t.cumprod(x, 0), [2.0, 0.0, 0.0], [2, 0, 0], [1, 2, 0]),
    Row("cumsum with inf", lambda t, x: t.cumsum(x, 0), [1.0, inf, -inf], [1, inf, nan], [3, 2, 1]),
    Row("cummax tie", lambda t, x: t.cummax(x, 0).values, [3.0, 3.0, 1.0], [3, 3, 3], [1, 2, 0]),
    Row("cummax tie position", lambda t, x: t.cummax(x, 0).indices, [3.0, 3.0, 1.0], [0, 1, 1]),
    Row("cummax of nan", lambda t, x: t.cummax(x, 0).values, [1.0, nan, 3.0, nan], [1, nan, nan, nan], [1, 2, 0, 1]),
    Row("cummin of nan", lambda t, x: t.cummin(x, 0).indices, [1.0, nan, 0.0], [0, 1, 1]),
    Row("logcumsumexp of -inf", lambda t, x: t.logcumsumexp(x, 0), [-inf, 0.0], [-inf, 0], [nan, 1]),
    Row("logcumsumexp with -inf", lambda t, x: t.logcumsumexp(x, 0), [0.0, -inf], [0, 0], [2, 0]),
    Row("logcumsumexp of inf", lambda t, x: t.logcumsumexp(x, 0), [0.0, inf, 1.0], [0, inf, inf], [1, nan, 0]),
    Row("logcumsumexp far up", lambda t, x: t.logcumsumexp(x, 0), [-500.0, 500.0], [-500, 500], [1, 1]),
    Row("kthvalue of nan", lambda t, x: t.kthvalue(x, 3).values, [nan, 2.0, 1.0], nan, [1, 0, 0]),
    Row("sort of nan", lambda t, x: t.sort(x).values, [nan, 2.0, inf], [2, inf, nan], [1, 1, 1]),
    Row("sort down of nan", lambda t, x: t.sort(x, descending=True).indices, [2.0, nan, inf, nan], [1, 3, 2, 0]),
    Row("topk of nan", lambda t, x: t.topk(x, 1).values, [nan, 2.0], [nan], [1, 0]),
    Row("quantile of nan", lambda t, x: t.quantile(x, 0.5), [1.0, nan, 3.0], nan, [0, 1, 0]),
    Row("nanquantile", lambda t, x: t.nanquantile(x, 0.25), [1.0, nan, 3.0], 1.5, [0.75, 0, 0.25]),
    Row("quantile at the ends", lambda t, x: t.quantile(x, 1.0), [1.0, 5.0, 3.0], 5, [0, 1, 0]),
    Row("diff of inf", lambda t, x: t.diff(x), [1.0, inf], [inf], [-1, 1]),
    Row("corrcoef of a constant", lambda t, x: t.corrcoef(t.stack([x, 0 * x])), [1.0, 2.0], [[1, nan], [nan, nan]]),
    Row("cov of one", lambda t, x: t.cov(x, correction=0), [2.0], 0, [0]),
    Row("dist of equals", lambda t, x: t.dist(x, x.detach()), [1.0, 2.0], 0, [0, 0]),
    Row("histc of nan", lambda t, x: t.histc(x, 2, 0, 4), [1.0, nan, inf, 4.0], [1, 1]),
    Row("histc of a constant", lambda t, x: t.histc(x, 4), [1.0, 1.0], [0, 0, 2, 0]),
    Row("aminmax of nan", lambda t, x: t.aminmax(x).min, [nan, 1.0], nan, [1, 0], ours="PyTorch: nan"),
    Row("nansum", lambda t, x: t.nansum(x), [nan, 2.0], 2, [0, 1]),
    Row("nanmean of nan", lambda t, x: t.nanmean(x), [nan], nan, [0], ours="PyTorch: nan"),
    Row("logsumexp of -inf", lambda t, x: t.logsumexp(x, 0), [-inf, -inf], -inf, [nan, nan]),
    Row("logsumexp with -inf", lambda t, x: t.logsumexp(x, 0), [-inf, 1.0], 1, [0, 1]),
    Row("logsumexp of inf", lambda t, x: t.logsumexp(x, 0), [inf, 1.0], inf, [nan, 0]),
    Row("logaddexp of -inf", lambda t, x: t.logaddexp(x, x.detach()), [-inf, 0.0], [-inf, np.log(2)], [nan, 0.5]),
    Row("softmax", lambda t, x: t.softmax(x, 0)[0], [1e4, 0.0], 1, [0, 0]),
    Row("softmax with -inf", lambda t, x: t.softmax(x, 0), [-inf, 0.0], [0, 1], [0, 0]),
    Row("log_softmax", lambda t, x: t.log_softmax(x, 0), [1e4, 0.0], [0, -1e4], [-1, 1]),
    Row("sigmoid", lambda t, x: t.sigmoid(x), [-1000.0, 1000.0, 0.0], [0, 1, 0.5], [0, 0, 0.25]),
    Row("tanh", lambda t, x: t.tanh(x), [100.0, -100.0, 0.0], [1, -1, 0], [0, 0, 1]),
    Row("softplus", lambda t, x: t.softplus(x), [-1000.0, 1000.0, 0.0], [0, 1000, np.log(2)], [0, 1, 0.5]),
    Row("logsigmoid", lambda t, x: t.logsigmoid(x), [-1000.0, 1000.0], [-1000, 0], [1, 0]),
    Row("silu", lambda t, x: t.silu(x), [-1000.0, 1000.0, 0.0], [0, 1000, 0], [0, 1, 0.5]),
    Row("gelu", lambda t, x: t.gelu(x), [-100.0, 100.0, 0.0], [0, 100, 0], [0, 1, 0.5]),
    Row("mish", lambda t, x: t.mish(x), [-1000.0, 1000.0], [0, 1000], [0, 1]),
    Row("remainder", lambda t, x: x % 3, [-5.0, 5.0], [1, 2], [1, 1]),
    Row("fmod", lambda t, x: t.fmod(x, 3), [-5.0, 5.0], [-2, 2], [1, 1]),
    Row("remainder by inf", lambda t, x: t.remainder(x, inf), [5.0, -5.0, 0.0], [5, inf, 0], [1, 1, 1]),
    Row("floor_divide", lambda t, x: x // 2, [-7.0, 7.0], [-4, 3]),
    Row("floor_divide by 0", lambda t, x: x // 0.0, [-7.0, 0.0], [-inf, nan]),
    Row("xlogy", lambda t, x: t.xlogy(x, x.detach()), [0.0, 1.0], [0, 0], [0, 0]),
    Row("xlogy by y", lambda t, x: t.xlogy(0 * x.detach(), x), [0.0, 2.0, nan], [0, 0, nan], [nan, 0, nan]),
    Row("round", lambda t, x: t.round(x), [0.5, 1.5, -0.5, 2.5], [0, 2, 0, 2], [0, 0, 0, 0]),
    Row("frac", lambda t, x: t.frac(x), [-1.5, 1.25], [-0.5, 0.25], [1, 1]),
    Row("hypot", lambda t, x: t.hypot(x, x.detach()), [0.0, 3e30], [0, 3e30 * 2**0.5], [0, 0.5**0.5], ours="nan"),
    Row("atan2", lambda t, x: t.atan2(x, x.detach()), [1.0, -1.0], [np.pi / 4, -3 * np.pi / 4], [0.5, -0.5]),
    Row("atan2 at the origin by x", lambda t, x: t.atan2(x, 0 * x.detach()), [0.0], [0], [0]),
    Row("atan2 at the origin by y", lambda t, x: t.atan2(0 * x.detach(), x), [0.0, 1.0], [0, 0], [0, 0]),
    Row("copysign", lambda t, x: t.copysign(x, -1.0), [0.0, 2.0], [0, -2], [0, -1]),
    Row("nan_to_num", lambda t, x: t.nan_to_num(x, 1.0, 2.0, 3.0), [nan, inf, -inf, 5.0], [1, 2, 3, 5], [0, 0, 0, 1]),
    Row("where", lambda t, x: t.where(x > 0, t.log(x), x), [0.0, 1.0], [0, 0], [nan, 1]),
    Row("masked_fill", lambda t, x: t.masked_fill(x, x < 0, -inf), [-1.0, 1.0], [-inf, 1], [0, 1]),
    Row("lerp at the ends", lambda t, x: t.lerp(x, x.detach() + 0.1, 1.0), [0.7], [0.8], [0]),
    Row("erfinv", lambda t, x: t.erfinv(x), [1.0, -1, 2, 0], [inf, -inf, nan, 0], [inf, inf, nan, np.pi**0.5 / 2]),
    Row("lgamma", lambda t, x: t.lgamma(x), [0.0, -1.0, 1.0], [inf, inf, 0], [-inf, nan, -np.euler_gamma]),
    Row("lgamma at infinity", lambda t, x: t.lgamma(x), [-inf, inf], [inf, inf], [nan, inf]),
    Row("digamma", lambda t, x: t.digamma(x), [0.0, -1.0, inf], [-inf, nan, inf]),
    Row("logit", lambda t, x: t.logit(x), [0.0, 1.0, 1.5], [-inf, inf, nan]),
    Row("sinc", lambda t, x: t.sinc(x), [0.0, 1.0], [1, 0], [0, -1]),
    Row("heaviside", lambda t, x: t.heaviside(x, x * 0 + 0.5), [-1.0, 0.0, 1.0, nan], [0, 0.5, 1, 0]),
    Row("silu far out", lambda t, x: t.silu(x), [1e20, -1e20], [1e20, 0], [1, 0]),
    Row("logit outside", lambda t, x: t.logit(x), [1.5, -1.0, 0.5], [nan, nan, 0], [nan, nan, 4]),
    Row("div, floor", lambda t, x: t.div(x, 2, rounding_mode="floor"), [-7.0, 7.0], [-4, 3], [0, 0]),
    Row("div, trunc", lambda t, x: t.div(x, 2, rounding_mode="trunc"), [-7.0, 7.0], [-3, 3], [0, 0]),
    Row("div by 0, trunc", lambda t, x: t.div(x, 0.0, rounding_mode="trunc"), [-7.0, 0.0], [-inf, nan], [0, 0]),
    Row("frexp", lambda t, x: t.frexp(x)[0], [0.0, inf, 6.0, nan], [0, inf, 0.75, nan], [1, 1, 0.125, 1]),
    Row("fill", lambda t, x: t.fill(x, 3.0), [nan, 1.0], [3, 3], [0, 0]),
    Row("entr", lambda t, x: t.entr(x), [0.0, -1.0, 1.0], [0, -inf, 0], [inf, nan, -1]),
    Row("xlog1py", lambda t, x: t.xlog1py(x, -1.0 + 0 * x.detach()), [0.0, 1.0], [0, -inf], [0, -inf]),
    Row("ndtr", lambda t, x: t.ndtr(x), [-inf, 0.0, inf], [0, 0.5, 1], [0, 1 / ROOT_2_PI, 0]),
    Row("ndtri", lambda t, x: t.ndtri(x), [0.0, 0.5, 1.0, 2.0], [-inf, 0, inf, nan], [inf, ROOT_2_PI, inf, nan]),
    Row("log_ndtr", lambda t, x: t.log_ndtr(x), [inf, 0.0], [0, -np.log(2)], [0, (2 / np.pi) ** 0.5]),
    Row("erfcx", lambda t, x: t.erfcx(x), [0.0, inf], [1, 0], [-2 / np.pi**0.5, nan]),
    Row("i0e far out", lambda t, x: t.i0e(x), [0.0, inf], [1, 0], [0, 0]),
    Row("i1 at 0", lambda t, x: t.i1(x), [0.0], [0], [0.5]),
    Row("igamma", lambda t, x: t.igamma(1.0 * (x.detach() >= 0), x), [0.0, inf], [0, 1], [1, 0], ours="nan"),
    Row("igamma of 0", lambda t, x: t.igamma(0.0 * (x.detach() >= 0), x), [0.0, 1.0, inf], [nan, 1, 1]),
    Row("zeta", lambda t, x: t.zeta(x, 1.0 + 0 * x.detach()), [1.0, 0.5, 2.0], [inf, nan, np.pi**2 / 6]),
    Row("bessel_y0", lambda t, x: t.bessel_y0(x), [0.0, -1.0], [-inf, nan]),
    Row("modified_bessel_k0", lambda t, x: t.modified_bessel_k0(x), [0.0, -1.0, 1e3], [inf, nan, 0]),
    Row("spherical_bessel_j0", lambda t, x: t.spherical_bessel_j0(x), [0.0, inf], [1, 0]),
    Row("airy_ai", lambda t, x: t.airy_ai(x), [200.0, 1e10], [0, 0]),
    Row("mvlgamma", lambda t, x: t.mvlgamma(x, 2), [0.5, 1.0], [inf, 1.5 * np.log(np.pi) - 0.5 * np.log(np.pi)]),
    Row(
        "smooth_l1_loss at its bend and at 0",
        lambda t, x: F(t).smooth_l1_loss(x, 0 * x.detach(), reduction="none"),
        [0.0, 1.0, -1.0], [0, 0.5, 0.5], [0, 1, -1],
    ),
    Row(
        "huber_loss at its bend and at 0",
        lambda t, x: F(t).huber_loss(x, 0 * x.detach(), reduction="none", delta=2.0),
        [0.0, 2.0, -2.0], [0, 2, 2], [0, 2, -2],
    ),
    Row(
        "cross_entropy, all ignored, mean",
        lambda t, x: t.cross_entropy(x, indices(t, [-100, -100])), [[1.0, 2.0], [3.0, 4.0]], nan, [[0, 0], [0, 0]],
    ),
    Row(
        "cross_entropy, all ignored, sum",
        lambda t, x: t.cross_entropy(x, indices(t, [-100, -100]), reduction="sum"),
        [[1.0, 2.0], [3.0, 4.0]], 0, [[0, 0], [0, 0]],
    ),
    Row(
        "cross_entropy of a certain mistake",
        lambda t, x: t.cross_entropy(x, indices(t, [1])), [[1e4, 0.0]], 1e4, [[1, -1]],
    ),
    Row(
        "cross_entropy of an impossible class",
        lambda t, x: t.cross_entropy(x, indices(t, [0])), [[0.0, -inf]], 0, [[0, 0]],
    ),
    Row(
        "binary_cross_entropy, wrong 0 and 1",
        lambda t, x: t.binary_cross_entropy(x, 1 - x.detach()), [0.0, 1.0], 100,
        [-0.5 / float(np.float32(1e-12)), 0.5 / float(np.float32(1e-12))],  # PyTorch keeps this number in float32
    ),
    Row(
        "binary_cross_entropy, right 0 and 1",
        lambda t, x: t.binary_cross_entropy(x, x.detach()), [0.0, 1.0], 0, [0, 0],
    ),
    Row(
        "binary_cross_entropy_with_logits",
        lambda t, x: t.binary_cross_entropy_with_logits(x, (x.detach() < 0) * x.detach() ** 0, reduction="none"),
        [-1000.0, 1000.0], [1000, 1000], [-1, 1],
    ),
]  # fmt: skip


def indices(library: Any, values: list[int]) -> Any:
    return library.tensor(values)


def F(library: Any) -> Any:
    """The library's nn.functional."""
    return library.torch.nn.functional if isinstance(library, Torch) else nn.functional


class Torch:
    """PyTorch's functions under one roof."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        inner = self.torch.nn.functional if "entropy" in name else self.torch
        functional, special = self.torch.nn.functional, self.torch.special
        return getattr(inner, name, None) or getattr(special, name, None) or getattr(functional, name)

    def masked_fill(self, x: Any, mask: Any, value: float) -> Any:
        return x.masked_fill(mask, value)

    def copysign(self, x: Any, y: float) -> Any:
        return self.torch.copysign(x, self.torch.tensor(y, dtype=x.dtype))


class Ours:
    """Our functions under one roof."""

    tensor = staticmethod(autograd.tensor)

    def __getattr__(self, name: str) -> Any:
        return getattr(autograd, name, None) or getattr(ops, name)


def agree(found: Any, expected: Any, rtol: float) -> None:
    np.testing.assert_allclose(found, np.asarray(expected, dtype=np.float64), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_special_value(row: Row, kind: str) -> None:
    rtol = 1e-6 if kind == "float32" else 1e-12
    x = autograd.tensor(np.asarray(row.x, kind), requires_grad=True)
    y = row.function(Ours(), x)
    agree(y.detach().numpy(), row.value, rtol)
    if row.gradient is not None:
        y.sum().backward()
        assert x.grad.dtype == x.dtype
        agree(x.grad.numpy(), row.gradient, rtol)


@pytest.mark.filterwarnings("ignore:.*degrees of freedom:UserWarning")
@pytest.mark.parametrize("row", [row for row in ROWS if not row.ours], ids=lambda row: row.name)
def test_special_value_is_pytorchs(row: Row) -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor(np.asarray(row.x, np.float64), requires_grad=True)
    y = row.function(Torch(torch), x)
    agree(y.detach().numpy(), row.value, 1e-7)
    if row.gradient is not None:
        y.sum().backward()
        agree(x.grad.numpy(), row.gradient, 1e-7)


def test_logsumexp_of_large_float32_has_exact_gradients() -> None:
    """PyTorch's are 0.4998779, because it takes the exponential of a rounded difference."""
    x = autograd.tensor([1e4, 1e4], requires_grad=True)
    ops.logsumexp(x, 0).backward()
    assert x.grad.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("x", [0.0, 1e-30, 1e-4, -1e-4])
def test_second_derivative_of_sinc_at_and_near_0(x: float, kind: str) -> None:
    """It is -π²/3; PyTorch's is nan at 0, and cancels near it."""
    t = autograd.tensor(x, dtype=kind, requires_grad=True)
    (first,) = autograd.autograd.grad(autograd.sinc(t), t, create_graph=True)
    np.testing.assert_allclose(first.item(), -(np.pi**2) / 3 * x, 1e-6)
    (second,) = autograd.autograd.grad(first, t)
    np.testing.assert_allclose(second.item(), -(np.pi**2) / 3, 1e-6)


PIECEWISE_LINEAR = {
    "relu": lambda t, x: t.relu(x),
    "relu6": lambda t, x: t.nn.functional.relu6(x),
    "leaky_relu": lambda t, x: t.nn.functional.leaky_relu(x, 0.1),
    "hardtanh": lambda t, x: t.nn.functional.hardtanh(x),
    "threshold": lambda t, x: t.nn.functional.threshold(x, 0.1, 0.2),
    "softshrink": lambda t, x: t.nn.functional.softshrink(x),
    "hardshrink": lambda t, x: t.nn.functional.hardshrink(x),
}


@pytest.mark.parametrize("library", ["tapegrad", "torch"])
@pytest.mark.parametrize("function", PIECEWISE_LINEAR.values(), ids=PIECEWISE_LINEAR)
def test_higher_derivatives_of_what_is_piecewise_linear_are_0(function: Any, library: str) -> None:
    """Also beside nan, and of infinite gradients."""
    t = pytest.importorskip(library)
    x = t.tensor([-2.0, -0.3, 0.0, 0.7, inf, nan], requires_grad=True)
    upstream = t.tensor([inf, 1.0, 2.0, -inf, 1.0, 1.0])
    y = function(t, x)
    (first,) = t.autograd.grad(y, x, upstream, create_graph=True)
    (plain,) = t.autograd.grad(function(t, x), x, upstream)
    np.testing.assert_array_equal(first.detach().numpy(), plain.numpy())
    (second,) = t.autograd.grad(first, x, t.ones(6), create_graph=True)
    assert second.tolist() == [0.0] * 6
    (of_a_product,) = t.autograd.grad((first[1:3] * x[1:3]).sum(), x)
    np.testing.assert_array_equal(of_a_product.numpy(), np.where([0, 1, 1, 0, 0, 0], plain.numpy(), 0))


def test_float16_sums_accumulate_wider() -> None:
    x = autograd.ones(5000, dtype=autograd.float16)
    assert ops.sum(x).item() == 5000.0
    assert ops.mean(x).item() == 1.0
    assert ops.var(x * 300).item() == 0.0


@pytest.mark.parametrize("function", [ops.max, ops.min, ops.amax, ops.amin, ops.argmax, ops.argmin])
def test_there_is_no_largest_of_nothing(function: Callable[..., Any]) -> None:
    with pytest.raises(AutogradError, match=r"none among no elements, for shape \(0, 3\)"):
        function(autograd.zeros(0, 3))


def test_integer_division_by_zero_is_an_error() -> None:
    x = autograd.tensor([1, 2])
    for divide in (ops.floor_divide, ops.remainder, ops.fmod, ops.trunc_divide):
        with pytest.raises(AutogradError, match="integer division by zero"):
            divide(x, autograd.tensor([1, 0]))
    with pytest.raises(AutogradError, match="negative integer powers"):
        x**-1


@pytest.mark.parametrize(
    ("function", "values", "expected", "kind"),
    [
        (ops.square, [True, False], [1, 0], "int64"),
        (ops.square, [3, -4], [9, 16], "int64"),
        (lambda x: ops.logsumexp(x, 0), [0, 0], np.log(2), "float32"),
        (lambda x: ops.logsumexp(x, 0), [True, True], 1 + np.log(2), "float32"),
        (ops.hardtanh, [-3, 0, 5], [-1, 0, 1], "int64"),
        (lambda x: ops.hardtanh(x, -2.5, 2.5), [-3, 0, 5], [-2, 0, 2], "int64"),
        (lambda x: ops.hardtanh(x.to(autograd.uint8), -1, inf), [0, 5], [0, 5], "uint8"),
        (ops.median, [2, 1, 2], 2, "int64"),
    ],
)
def test_dtypes_of_integers_and_bools(
    function: Callable[..., Any], values: list[Any], expected: Any, kind: str
) -> None:
    y = function(autograd.tensor(values))
    assert y.dtype == getattr(autograd, kind)
    agree(y.numpy(), expected, 1e-6)


def test_sigmoid_has_all_its_digits() -> None:
    x = np.linspace(-87, 30, 1001, dtype=np.float32)
    exact = 1 / (1 + np.exp(-x.astype(np.float64)))
    np.testing.assert_allclose(ops.sigmoid(autograd.tensor(x)).numpy(), exact, rtol=3e-7)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: ops.sum(x, 2), r"sum: dim 2 is out of range for shape \(2, 3\) \(expected .* range of \[-2, 1\]\)"),
        (lambda x: ops.amax(x, -3), r"amax: dim -3 is out of range for shape \(2, 3\)"),
        (lambda x: ops.view(x, (4, -1)), r"^view: the shapes do not fit: float32 \(2, 3\), \(4, -1\)"),
        (lambda x: ops.view(x, (1.5,)), r"^view: not defined for float32 \(2, 3\), \(1.5,\)"),
        (lambda x: ops.reshape(x, (4, -1)), r"^reshape: the shapes do not fit"),
        (lambda x: ops.softmax(x, 5), r"softmax: dim 5 is out of range for shape \(2, 3\)"),
        (lambda x: ops.cumsum(x, 2), r"cumsum: dim 2 is out of range for shape \(2, 3\)"),
        (lambda x: ops.max(x, 2), r"max: dim 2 is out of range for shape \(2, 3\)"),
        (lambda x: ops.var(x, (0, 0)), r"var: dim \(0, 0\) names a dimension twice"),
        (lambda x: ops.mean(x.long()), r"mean: needs a floating-point tensor, got int64 of shape \(2, 3\)"),
        (lambda x: ops.softmax(x.long(), 1), r"softmax: needs a floating-point tensor, got int64"),
        (lambda x: ops.where(x, x, x), r"where: the condition must be bool, got float32"),
        (lambda x: ops.clamp(x), r"clamp: at least one of min and max"),
        (lambda x: ops.div(x, x, rounding_mode="up"), r"div: rounding_mode is None, 'floor' or 'trunc', got 'up'"),
        (
            lambda x: ops.cross_entropy(x, autograd.tensor([0, 3])),
            r"cross_entropy: target 3 is out of range for 3 classes \(expected to be in range of \[0, 2\]\)",
        ),
        (
            lambda x: ops.cross_entropy(x, autograd.tensor([0, -1])),
            r"cross_entropy: target -1 is out of range for 3 classes",
        ),
        (
            lambda x: ops.cross_entropy(x, autograd.tensor([0, 1, 2])),
            r"cross_entropy: the input has shape \(2, 3\), so the target must have shape \(2,\), got \(3,\)",
        ),
        (lambda x: ops.cross_entropy(x, autograd.tensor([True, False])), r"must hold class indices .* got bool"),
        (lambda x: ops.nll_loss(x, autograd.tensor([0, 7])), r"nll_loss: target 7 is out of range for 3 classes"),
        (lambda x: ops.binary_cross_entropy(x + 5, x), r"the input must be probabilities in \[0, 1\]"),
        (lambda x: ops.mse_loss(x, x, "average"), r"mse_loss: reduction is 'mean', 'sum' or 'none', got 'average'"),
        (lambda x: ops.gelu(x, "sigmoid"), r"gelu: approximate is 'none' or 'tanh', got 'sigmoid'"),
    ],
)  # fmt: skip
def test_mistakes_name_the_operation(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(AutogradError, match=message):
        function(autograd.zeros(2, 3))


@pytest.mark.parametrize("name", ["gelu", "silu", "hardswish"])
def test_large_float32_arrays_have_the_values_of_float64(name: str) -> None:
    """They are computed in another way: from tables, or over their own temporaries."""
    rng = np.random.default_rng(0)
    numbers = np.concatenate(
        [rng.standard_normal(3000) * 3, [nan, inf, -inf, 3, -3, 0, 6, -6, 1e30, -1e30, -13000]]
    )
    numbers = numbers.astype(np.float32)
    cotangent = rng.standard_normal(numbers.shape).astype(np.float32)
    found = []
    for dtype in (np.float32, np.float64):
        x = autograd.tensor(numbers.astype(dtype), requires_grad=True)
        y = getattr(nn.functional, name)(x)
        (dx,) = autograd.grad(y, x, autograd.tensor(cotangent.astype(dtype)), create_graph=True)
        dxx = autograd.grad(dx.nan_to_num(0, 0, 0).sum(), x)[0]
        unrecorded = autograd.grad(
            getattr(nn.functional, name)(x), x, autograd.tensor(cotangent.astype(dtype))
        )[0]
        found.append([y.detach().numpy(), dx.detach().numpy(), dxx.numpy(), unrecorded.numpy()])
    for single, double in zip(*found, strict=True):
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, double, rtol=2e-6, atol=1e-6)


def test_hardswish_drops_an_infinite_gradient_of_large_arrays() -> None:
    x = autograd.full((1000,), -4.0, requires_grad=True)
    nn.functional.hardswish(x).backward(autograd.full((1000,), inf))
    assert not x.grad.any()


def test_nextafter_of_large_arrays() -> None:
    """They are counted up in their bits; zeros, equal numbers and nan are not."""
    rng = np.random.default_rng(0)
    edges = np.array([0.0, -0.0, 1e-45, -1e-45, 1.0, -1.0, 3.4028235e38, -3.4028235e38, inf, -inf, nan])
    x = np.concatenate([np.repeat(edges, edges.size), rng.standard_normal(1000)]).astype(np.float32)
    y = np.concatenate([np.tile(edges, edges.size), rng.standard_normal(1000)]).astype(np.float32)
    with np.errstate(all="ignore"):
        expected = np.nextafter(x, y)
    found = autograd.nextafter(autograd.tensor(x), autograd.tensor(y)).numpy()
    np.testing.assert_array_equal(found, expected)
    assert (np.signbit(found) == np.signbit(expected))[~np.isnan(expected)].all()


@pytest.mark.parametrize("n", [3, 5000])
def test_relu_takes_numbers_alone(n: int) -> None:
    assert autograd.relu(autograd.full((n,), -2, dtype="int32")).dtype == autograd.int32
    with pytest.raises(AutogradError, match="relu: needs numbers, got bool"):
        autograd.relu(autograd.ones(n).bool())


@pytest.mark.parametrize("library", ["tapegrad", "torch"])
@pytest.mark.parametrize(("reduction", "value"), [("mean", nan), ("sum", 0.0), ("none", [0.0] * 3)])
def test_cross_entropy_without_classes_of_targets_that_are_ignored(
    library: str, reduction: str, value: Any
) -> None:
    t = pytest.importorskip(library)
    x = t.zeros(3, 0, requires_grad=True)
    y = t.nn.functional.cross_entropy(x, t.full((3,), -100, dtype=t.int64), reduction=reduction)
    np.testing.assert_array_equal(y.detach().numpy(), value)
    y.sum().backward()
    assert tuple(x.grad.shape) == (3, 0)
