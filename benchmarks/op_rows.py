"""The operations that `ops.py` times: how each is called, in the words that PyTorch and this library share.

A row is a function of `t` (the library), `F` (its nn.functional) and tensors, whose kinds `op_inputs.py` describes by a
letter each.
"""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Call = Callable[..., Any]


class Row:
    """One operation: `call(t, F, *tensors)` on inputs of these kinds."""

    def __init__(self, name: str, inputs: str, call: Call, largest: int = 1024) -> None:
        self.name = name
        self.inputs = inputs
        self.call = call
        self.largest = largest  # the largest size that is timed: a decomposition takes n³


def _named(inputs: str, names: str) -> list[Row]:
    """Rows of functions called with nothing but their inputs."""
    return [Row(n, inputs, lambda t, F, *x, n=n: getattr(t, n)(*x)) for n in names.split()]


def _functional(inputs: str, names: str) -> list[Row]:
    return [Row(n, inputs, lambda t, F, *x, n=n: getattr(F, n)(*x)) for n in names.split()]


def _reductions(names: str) -> list[Row]:
    """Each over everything, over the first and over the last dimension."""
    rows = []
    for n in names.split():
        rows += [
            Row(n, "r", lambda t, F, x, n=n: getattr(t, n)(x)),
            Row(f"{n}(dim=0)", "r", lambda t, F, x, n=n: first(getattr(t, n)(x, 0))),
            Row(f"{n}(dim=-1)", "r", lambda t, F, x, n=n: first(getattr(t, n)(x, -1))),
        ]
    return rows


def first(result: Any) -> Any:
    """The values of a result that has indices as well."""
    return result[0] if isinstance(result, tuple) else result


def total(results: Any) -> Any:
    """Several results as one, so that a gradient flows into each."""
    return sum(r.sum() for r in results)


def blocks(x: Any) -> Any:
    """64 numbers or more as a batch of square matrices."""
    side = 8 if x.ndim == 1 else 32
    return x.reshape(-1, side, side)


ROWS: list[Row] = [
    # arithmetic
    *_named("rr", "add sub mul maximum minimum fmax fmin hypot logaddexp logaddexp2 copysign"),
    *_named("rn", "div true_divide atan2"),
    Row("add(number)", "r", lambda t, F, x: x + 2.0),
    Row("mul(number)", "r", lambda t, F, x: x * 2.0),
    Row("div(number)", "r", lambda t, F, x: x / 3.0),
    Row("rsub(number)", "r", lambda t, F, x: 1.0 - x),
    Row("rdiv(number)", "n", lambda t, F, x: 1.0 / x),
    Row("add(row)", "mv", lambda t, F, x, y: x + y),
    Row("mul(row)", "mv", lambda t, F, x, y: x * y),
    Row("mul(column)", "mv", lambda t, F, x, y: x * y[:, None]),
    Row("pow", "pr", lambda t, F, x, y: x**y),
    Row("pow(2)", "r", lambda t, F, x: x**2),
    Row("pow(3)", "r", lambda t, F, x: x**3),
    Row("pow(0.5)", "p", lambda t, F, x: x**0.5),
    Row("pow(-1)", "n", lambda t, F, x: x**-1),
    Row("pow(2.7)", "p", lambda t, F, x: x**2.7),
    Row("rpow(2)", "r", lambda t, F, x: 2.0**x),
    *_named("pp", "float_power xlogy"),
    Row("addcmul", "rrr", lambda t, F, x, y, z: t.addcmul(x, y, z, value=0.5)),
    Row("addcdiv", "rrn", lambda t, F, x, y, z: t.addcdiv(x, y, z, value=0.5)),
    Row("lerp", "rrr", lambda t, F, x, y, w: t.lerp(x, y, w)),
    Row("lerp(number)", "rr", lambda t, F, x, y: t.lerp(x, y, 0.3)),
    Row("ldexp", "ri", lambda t, F, x, n: t.ldexp(x, n)),
    *_named("rn", "remainder fmod"),
    Row("floor_divide", "rn", lambda t, F, x, y: t.floor_divide(x.detach(), y.detach())),
    Row("trunc_divide", "rn", lambda t, F, x, y: t.div(x, y, rounding_mode="trunc")),
    # functions of one number
    *_named("r", "neg abs sign square exp exp2 expm1 sin cos sinh cosh tanh asinh atan erf erfc sigmoid sinc i0"),
    *_named("r", "deg2rad rad2deg floor ceil round trunc frac nan_to_num positive clone"),
    *_named("p", "sqrt rsqrt log log2 log10 log1p lgamma digamma"),
    *_named("u", "tan asin acos atanh erfinv"),
    *_named("n", "reciprocal"),
    Row("acosh", "p", lambda t, F, x: t.acosh(x + 1.5)),
    Row("logit", "p", lambda t, F, x: t.logit(x / 4)),
    Row("polygamma", "p", lambda t, F, x: t.polygamma(1, x)),
    # choosing
    Row("where", "brr", lambda t, F, c, x, y: t.where(c, x, y)),
    Row("where(number)", "br", lambda t, F, c, x: t.where(c, x, 0.0)),
    Row("masked_fill", "rb", lambda t, F, x, c: x.masked_fill(c, -1.0)),
    Row("clamp", "r", lambda t, F, x: x.clamp(-0.5, 0.5)),
    Row("clamp_min", "r", lambda t, F, x: x.clamp(min=0.1)),
    Row("clamp_max", "r", lambda t, F, x: x.clamp(max=0.1)),
    Row("clamp(tensors)", "rrp", lambda t, F, x, lo, hi: t.clamp(x, lo, hi)),
    Row("heaviside", "rr", lambda t, F, x, y: t.heaviside(x.detach(), y.detach())),
    # comparing: no gradient
    *_named("rr", "eq ne lt le gt ge isclose"),
    Row("allclose", "r", lambda t, F, x: t.allclose(x, x + 0)),
    Row("equal", "r", lambda t, F, x: t.equal(x, x + 0)),
    *_named("r", "isreal isnan isinf isfinite isposinf isneginf signbit"),
    *_named("bb", "logical_and logical_or logical_xor"),
    *_named("b", "logical_not"),
    *_named("ii", "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift"),
    *_named("i", "bitwise_not"),
    # activations
    *_functional("r", "relu relu6 leaky_relu elu selu celu gelu silu mish logsigmoid softplus softsign tanhshrink"),
    *_functional("r", "hardshrink softshrink hardtanh hardsigmoid hardswish"),
    Row("gelu(tanh)", "r", lambda t, F, x: F.gelu(x, approximate="tanh")),
    Row("threshold", "r", lambda t, F, x: F.threshold(x, 0.1, -1.0)),
    Row("glu", "r", lambda t, F, x: F.glu(x, -1)),
    Row("prelu", "r", lambda t, F, x: F.prelu(x, t.full((1,), 0.25))),
    Row("softmax", "r", lambda t, F, x: t.softmax(x, -1)),
    Row("softmax(dim=0)", "r", lambda t, F, x: t.softmax(x, 0)),
    Row("softmin", "r", lambda t, F, x: F.softmin(x, -1)),
    Row("log_softmax", "r", lambda t, F, x: t.log_softmax(x, -1)),
    # losses
    Row("cross_entropy", "ml", lambda t, F, x, y: F.cross_entropy(x, y)),
    Row("nll_loss", "ml", lambda t, F, x, y: F.nll_loss(x, y)),
    *_functional("rr", "mse_loss l1_loss"),
    Row("binary_cross_entropy", "pb", lambda t, F, x, y: F.binary_cross_entropy(x / 4, y.to(x.dtype))),
    Row(
        "binary_cross_entropy_with_logits",
        "rb",
        lambda t, F, x, y: F.binary_cross_entropy_with_logits(x, y.to(x.dtype)),
    ),
    # reductions
    *_reductions("sum mean prod amax amin std var norm nansum nanmean"),
    *_reductions("max min median argmax argmin all any count_nonzero nanmedian"),
    Row("var_mean", "r", lambda t, F, x: total(t.var_mean(x, -1))),
    Row("std_mean", "r", lambda t, F, x: total(t.std_mean(x, -1))),
    Row("aminmax", "r", lambda t, F, x: total(t.aminmax(x, dim=-1))),
    Row("logsumexp", "r", lambda t, F, x: t.logsumexp(x, tuple(range(x.ndim)))),
    Row("logsumexp(dim=0)", "r", lambda t, F, x: t.logsumexp(x, 0)),
    Row("logsumexp(dim=-1)", "r", lambda t, F, x: t.logsumexp(x, -1)),
    Row("norm(1)", "r", lambda t, F, x: t.norm(x, 1)),
    Row("norm(3)", "r", lambda t, F, x: t.norm(x, 3)),
    # scans
    Row("cumsum", "r", lambda t, F, x: t.cumsum(x, -1)),
    Row("cumsum(dim=0)", "r", lambda t, F, x: t.cumsum(x, 0)),
    Row("cumprod", "o", lambda t, F, x: t.cumprod(x, -1)),
    Row("cumprod(dim=0)", "o", lambda t, F, x: t.cumprod(x, 0)),
    Row("cummax", "r", lambda t, F, x: t.cummax(x, -1)[0]),
    Row("cummin(dim=0)", "r", lambda t, F, x: t.cummin(x, 0)[0]),
    Row("logcumsumexp", "r", lambda t, F, x: t.logcumsumexp(x, -1)),
    Row("kthvalue", "D", lambda t, F, x: t.kthvalue(x, 5, -1)[0]),
    Row("mode", "i", lambda t, F, x: t.mode(x, -1)[0]),
    Row("quantile", "r", lambda t, F, x: t.quantile(x, 0.3, -1)),
    Row("nanquantile", "D", lambda t, F, x: t.nanquantile(x, 0.3, -1)),
    Row("diff", "r", lambda t, F, x: t.diff(x)),
    Row("trapezoid", "r", lambda t, F, x: t.trapezoid(x)),
    Row("trapz", "rv", lambda t, F, x, v: t.trapz(x, v) if x.ndim > 1 else t.trapz(x)),
    Row("cumulative_trapezoid", "r", lambda t, F, x: t.cumulative_trapezoid(x)),
    Row("gradient", "r", lambda t, F, x: total(t.gradient(x))),
    Row("cov", "r", lambda t, F, x: t.cov(x)),
    Row("corrcoef", "r", lambda t, F, x: t.corrcoef(x)),
    Row("sum_to_size", "r", lambda t, F, x: x.sum_to_size(1)),
    Row("bincount", "i", lambda t, F, x: t.bincount(x.reshape(-1))),
    Row("histc", "r", lambda t, F, x: t.histc(x.detach(), 50, -2, 2)),
    Row("histogram", "r", lambda t, F, x: t.histogram(x.detach(), 50)[0]),
    Row("histogramdd", "r", lambda t, F, x: t.histogramdd(x.detach().reshape(-1, 2), 8)[0]),
    # shape
    Row("reshape", "r", lambda t, F, x: x.reshape(-1, 8)),
    Row("view", "r", lambda t, F, x: x.view(-1, 8)),
    Row("flatten", "r", lambda t, F, x: x.flatten()),
    Row("ravel", "m", lambda t, F, x: x.ravel()),
    Row("view_as", "r", lambda t, F, x: x.view_as(x)),
    Row("reshape_as", "r", lambda t, F, x: x.reshape_as(x)),
    Row("atleast_1d", "r", lambda t, F, x: t.atleast_1d(x)),
    Row("atleast_2d", "r", lambda t, F, x: t.atleast_2d(x)),
    Row("atleast_3d", "r", lambda t, F, x: t.atleast_3d(x)),
    Row("unflatten", "r", lambda t, F, x: x.unflatten(-1, (8, -1))),
    Row("squeeze", "r", lambda t, F, x: x.unsqueeze(0).squeeze(0)),
    Row("unsqueeze", "r", lambda t, F, x: x.unsqueeze(-1)),
    Row("transpose", "m", lambda t, F, x: x.transpose(0, 1)),
    Row("t", "m", lambda t, F, x: x.t()),
    Row("permute", "r", lambda t, F, x: x.reshape(-1, 2, 8).permute(2, 0, 1)),
    Row("mT", "m", lambda t, F, x: x.mT),
    Row("movedim", "m", lambda t, F, x: x.movedim(0, 1)),
    Row("contiguous(transposed)", "m", lambda t, F, x: x.t().contiguous()),
    Row("expand", "v", lambda t, F, x: x.expand(16, -1)),
    Row("broadcast_to", "v", lambda t, F, x: t.broadcast_to(x, (16, *x.shape))),
    Row("expand_as", "vm", lambda t, F, x, y: x.expand_as(y.detach())),
    Row("broadcast_tensors", "vm", lambda t, F, x, y: total(t.broadcast_tensors(x, y))),
    Row("repeat", "r", lambda t, F, x: x.repeat(2, 2)),
    Row("tile", "r", lambda t, F, x: x.tile((2,))),
    Row("repeat_interleave", "r", lambda t, F, x: x.repeat_interleave(2, 0)),
    Row("flip", "r", lambda t, F, x: x.flip(0)),
    Row("fliplr", "m", lambda t, F, x: x.fliplr()),
    Row("flipud", "m", lambda t, F, x: x.flipud()),
    Row("roll", "r", lambda t, F, x: x.roll(3, 0)),
    Row("rot90", "m", lambda t, F, x: x.rot90()),
    Row("cat", "rr", lambda t, F, x, y: t.cat([x, y])),
    Row("stack", "rr", lambda t, F, x, y: t.stack([x, y])),
    Row("hstack", "rr", lambda t, F, x, y: t.hstack([x, y])),
    *(Row(n, "rr", lambda t, F, x, y, n=n: getattr(t, n)([x, y])) for n in ["vstack", "dstack", "column_stack"]),
    Row("block_diag", "mm", lambda t, F, x, y: t.block_diag(x, y)),
    Row("tensor_split", "r", lambda t, F, x: total(x.tensor_split(4))),
    Row("hsplit", "m", lambda t, F, x: total(t.hsplit(x, 4))),
    Row("vsplit", "m", lambda t, F, x: total(t.vsplit(x, 4))),
    Row("dsplit", "r", lambda t, F, x: total(t.dsplit(x.reshape(-1, 2, 8), 4))),
    Row("split", "r", lambda t, F, x: total(x.split(x.shape[0] // 4))),
    Row("chunk", "r", lambda t, F, x: total(x.chunk(4))),
    Row("unbind", "r", lambda t, F, x: total(x.reshape(4, -1).unbind(0))),
    Row("diagonal", "m", lambda t, F, x: x.diagonal()),
    Row("diag", "m", lambda t, F, x: x.diag()),
    Row("diag(vector)", "v", lambda t, F, x: x.diag()),
    Row("diagflat", "v", lambda t, F, x: t.diagflat(x)),
    Row("diag_embed", "v", lambda t, F, x: x.diag_embed()),
    Row("tril", "m", lambda t, F, x: x.tril()),
    Row("triu", "m", lambda t, F, x: x.triu()),
    Row("unfold", "r", lambda t, F, x: x.unfold(0, 8, 4)),
    # indexing
    Row("getitem(slice)", "r", lambda t, F, x: x[1:-1]),
    Row("getitem(column)", "m", lambda t, F, x: x[:, 3]),
    Row("getitem(step)", "r", lambda t, F, x: x[::2]),
    Row("getitem(indices)", "rk", lambda t, F, x, k: x[k]),
    Row("getitem(mask)", "rb", lambda t, F, x, c: x[c]),
    Row("index_select", "rk", lambda t, F, x, k: x.index_select(0, k)),
    Row("narrow", "r", lambda t, F, x: x.narrow(0, 1, x.shape[0] - 2)),
    Row("select", "r", lambda t, F, x: x.select(0, 3)),
    Row("take", "rk", lambda t, F, x, k: x.take(k)),
    Row("gather", "mK", lambda t, F, x, k: x.gather(1, k)),
    Row("take_along_dim", "mK", lambda t, F, x, k: t.take_along_dim(x, k, 1)),
    Row("scatter", "mKm", lambda t, F, x, k, y: x.scatter(1, k, y)),
    Row("scatter_add", "mKm", lambda t, F, x, k, y: x.scatter_add(1, k, y)),
    Row("index_add", "rkr", lambda t, F, x, k, y: x.index_add(0, k, y)),
    Row("index_copy", "rPr", lambda t, F, x, k, y: x.index_copy(0, k, y)),
    Row("index_fill", "rk", lambda t, F, x, k: x.index_fill(0, k, 1.0)),
    Row("index_put", "rkr", lambda t, F, x, k, y: x.index_put((k,), y)),
    Row("index_put(accumulate)", "rkr", lambda t, F, x, k, y: x.index_put((k,), y, accumulate=True)),
    Row("masked_select", "rb", lambda t, F, x, c: x.masked_select(c)),
    Row("masked_scatter", "rbr", lambda t, F, x, c, y: t.masked_scatter(x, c, y)),
    Row("put", "rkr", lambda t, F, x, k, y: t.put(x, k, y.flatten()[: len(k)])),
    Row("setitem", "rr", lambda t, F, x, y: _set(x.clone(), y)),
    # order
    Row("sort", "D", lambda t, F, x: t.sort(x, -1)[0]),
    Row("msort", "D", lambda t, F, x: t.msort(x.T)),
    Row("argwhere", "b", lambda t, F, c: t.argwhere(c)),
    Row("argsort", "D", lambda t, F, x: t.argsort(x, -1)),
    Row("topk", "r", lambda t, F, x: t.topk(x, 8, -1)[0]),
    Row("nonzero", "b", lambda t, F, c: t.nonzero(c)),
    Row("searchsorted", "vr", lambda t, F, v, x: t.searchsorted(v.detach().sort()[0], x.detach())),
    Row("bucketize", "rv", lambda t, F, x, v: t.bucketize(x.detach(), v.detach().sort()[0])),
    Row("unique", "i", lambda t, F, x: t.unique(x)),
    Row("unique_consecutive", "i", lambda t, F, x: t.unique_consecutive(x)),
    # matrices
    Row("matmul", "mm", lambda t, F, x, y: x @ y),
    Row("mm", "mm", lambda t, F, x, y: t.mm(x, y)),
    Row("chain_matmul", "mmm", lambda t, F, x, y, z: t.chain_matmul(x, y, z)),
    Row(
        "addbmm",
        "rr",
        lambda t, F, y, z: t.addbmm(blocks(y)[0], blocks(y), blocks(z)),
    ),
    Row("baddbmm", "rr", lambda t, F, x, y: t.baddbmm(blocks(x), blocks(x), blocks(y))),
    Row("matmul(vector)", "mv", lambda t, F, x, y: x @ y),
    Row("bmm", "rr", lambda t, F, x, y: t.bmm(blocks(x), blocks(y))),
    Row("mv", "mv", lambda t, F, x, y: t.mv(x, y)),
    Row("dot", "vv", lambda t, F, x, y: t.dot(x, y)),
    Row("vdot", "vv", lambda t, F, x, y: t.vdot(x, y)),
    Row("outer", "vv", lambda t, F, x, y: t.outer(x, y)),
    Row("inner", "rr", lambda t, F, x, y: t.inner(x, y)),
    Row("addmm", "mmm", lambda t, F, x, y, z: t.addmm(x, y, z)),
    Row("addmv", "vmv", lambda t, F, x, y, z: t.addmv(x, y, z)),
    Row("addr", "mvv", lambda t, F, x, y, z: t.addr(x, y, z)),
    Row("linear", "mmv", lambda t, F, x, w, b: F.linear(x, w, b)),
    Row("einsum", "mm", lambda t, F, x, y: t.einsum("ij,jk->ik", x, y)),
    Row("einsum(batch)", "rr", lambda t, F, x, y: t.einsum("bij,bkj->bik", blocks(x), blocks(y))),
    Row("tensordot", "mm", lambda t, F, x, y: t.tensordot(x, y, 1)),
    Row("kron", "vv", lambda t, F, x, y: t.kron(x, y)),
    Row("trace", "m", lambda t, F, x: t.trace(x)),
    Row("cross", "r", lambda t, F, x: t.cross(x.flatten()[:60].reshape(-1, 3), x.flatten()[1:61].reshape(-1, 3), 1)),
    Row("matrix_power", "m", lambda t, F, x: t.matrix_power(x / 8, 3)),
    # conversion
    Row("cast", "r", lambda t, F, x: x.double()),
]  # fmt: skip
"""Every operation that is timed."""


def _set(x: Any, y: Any) -> Any:
    """x with its second half overwritten."""
    half = x.shape[0] // 2
    x[half:] = y[half:]
    return x
