"""Layer norm and root mean square norm as fused kernels: each row brought to mean 0 and variance 1, or to length √n.

Rows are worked on in blocks that stay in the cache, and what is added up of a row, or for a weight, is a product of a
matrix and a vector. From Σx and Σx² the variance loses digits where the mean is much larger than the deviation; a
block in which that is so has its means subtracted first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.constants import ones
from autograd.layout import in_c_order
from autograd.ops import arithmetic, reduce
from autograd.ops.arithmetic import rsqrt
from autograd.ops.forms import floating
from autograd.primitive import Array, primitive

__all__ = ["layer_norm_", "rms_norm_"]

BLOCK = 1 << 16  # elements that are worked on at a time
_SHORT = 256  # elements of a row below which NumPy multiplies a block by a row slowly


def _rows(x: Array, dims: int) -> Array:
    """All but the last `dims` dimensions as one, and those as another; float16 in float32."""
    size = math.prod(x.shape[x.ndim - dims :])
    x = in_c_order(x)
    rows = x.reshape(math.prod(x.shape[: x.ndim - dims]), size)
    return rows.astype(np.float32) if x.dtype.char == "e" else rows


def _blocks(rows: Array) -> Iterator[slice]:
    count, length = rows.shape
    step = max(1, BLOCK // max(length, 1))
    for i in range(0, count, step):
        yield slice(i, min(i + step, count))


class _Row:
    """A factor or a summand for each element of a row, in the shape in which it meets a block fastest."""

    def __init__(self, given: Any, rows: Array) -> None:
        self.flat = None if given is None else given.reshape(-1).astype(rows.dtype, copy=False)
        length = rows.shape[1]
        step = max(1, BLOCK // max(length, 1))
        self.tiled = self.flat
        if self.flat is not None and length < _SHORT and len(rows) > 2 * step:
            self.tiled = np.tile(self.flat, (step, 1))

    def of(self, part: Array) -> Any:
        """For a block."""
        return self.tiled if self.tiled is self.flat else self.tiled[: len(part)]  # type: ignore[index]  # an array


def _moments(part: Array) -> tuple[Array, Array, Array | None]:
    """The mean and the variance of each row; and if a mean is so large that it is to be subtracted first, the rows less
    their means.
    """
    n = part.shape[1]
    mean = part @ ones(n, part.dtype)
    mean /= n
    variance = np.vecdot(part, part)
    variance /= n
    square = mean * mean
    variance -= square
    if np.any(square > variance):
        centred = part - mean[:, None]
        rest = centred @ ones(n, part.dtype) / n
        return (
            mean + rest,
            np.maximum(np.vecdot(centred, centred) / n - rest * rest, 0),
            centred - rest[:, None],
        )
    return mean, variance, None


# ------------------------------------------------------------------------------------------------ layer norm


def _layer_norm_composed(x: Any, weight: Any, bias: Any, dims: int, eps: float) -> Any:
    """The same in small primitives."""
    last = tuple(range(-dims, 0))
    centred = arithmetic.sub(x, reduce.mean_(x, last, True))
    variance = reduce.mean_(arithmetic.mul(centred, centred), last, True)
    out = arithmetic.mul(centred, rsqrt(arithmetic.add(variance, eps)))
    if weight is not None:
        out = arithmetic.mul(out, weight)
    return out if bias is None else arithmetic.add(out, bias)


def _layer_norm_gradients(
    g: Array, x: Array, weight: Any, dims: int, mean: Array, r: Array, needs: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    """With m = mean, and row by row  s = Σ g w (x - m) r² / n,  t = Σ g w / n:  dx = r (g w - t - s (x - m))."""
    rows_x, rows_g = _rows(x, dims), _rows(g, dims)
    n = rows_x.shape[1]
    w = _Row(weight, rows_x)
    over_rows = ones(n, rows_x.dtype) if w.flat is None else w.flat
    dx = np.empty(rows_x.shape, rows_x.dtype) if needs[0] else None
    dweight, dbias = (np.zeros(n, rows_x.dtype) if need else None for need in needs[1:])
    far = (mean * mean) * (r * r) > 64
    for rows in _blocks(rows_x):
        xs, gs, m, s = rows_x[rows], rows_g[rows], mean[rows], r[rows]
        if np.any(far[rows]):
            xs = xs - m[:, None]
            m = xs @ ones(n, xs.dtype) / n  # what rounding the mean left
        product = gs * xs
        if dweight is not None:
            dweight += s @ product
            dweight -= (m * s) @ gs
        if dbias is not None:
            dbias += ones(len(gs), gs.dtype) @ gs
        if dx is None:
            continue
        t = gs @ over_rows
        c = product @ over_rows
        c -= m * t
        c *= s  # three times: the cube alone may be too small for the dtype
        c *= s
        c *= s
        c /= -n
        t *= s
        t /= -n
        t -= c * m
        out = dx[rows]
        if w.flat is None:
            np.multiply(gs, s[:, None], out=out)
        else:
            np.multiply(gs, w.of(gs), out=out)
            out *= s[:, None]
        np.multiply(xs, c[:, None], out=product)
        product += t[:, None]
        out += product
    return _shaped(dx, x, x.dtype), _shaped(dweight, weight, x.dtype), _of_last(dbias, x, dims, weight)


def _shaped(found: Any, like: Any, kind: Any) -> Any:
    if found is None:
        return None
    return found.reshape(like.shape).astype(kind if like is None else like.dtype, copy=False)


def _of_last(found: Any, x: Array, dims: int, weight: Any) -> Any:
    """A sum over all rows in the shape of one."""
    if found is None:
        return None
    return found.reshape(x.shape[x.ndim - dims :]).astype(
        x.dtype if weight is None else weight.dtype, copy=False
    )


@primitive(joint=_layer_norm_gradients, reference=_layer_norm_composed, residuals=("mean", "r"))
def layer_norm_(x: Array, weight: Array | None, bias: Array | None, dims: int, eps: float) -> Any:
    """(x - mean) / √(variance + eps) · weight + bias, over the last `dims` dimensions.

    dx = r (g w - Σ(g w)/n - x̂ Σ(g w x̂)/n) with w = weight, r = 1 / √(variance + eps), x̂ = (x - mean) r;
    dweight = Σ g x̂, dbias = Σ g, over the rows.
    """
    floating("layer_norm", x)
    rows_x = _rows(x, dims)
    count, _ = rows_x.shape
    out = np.empty(rows_x.shape, rows_x.dtype)
    mean, r = np.empty(count, rows_x.dtype), np.empty(count, rows_x.dtype)
    w, b = _Row(weight, rows_x), _Row(bias, rows_x)
    for rows in _blocks(rows_x):
        part, result = rows_x[rows], out[rows]
        m, variance, centred = _moments(part)
        variance += eps
        s = 1 / np.sqrt(variance)
        mean[rows], r[rows] = m, s
        if centred is not None:
            np.multiply(centred, s[:, None], out=result)
        else:
            np.multiply(part, s[:, None], out=result)
            result -= (m * s)[:, None]
        if w.flat is not None:
            result *= w.of(part)
        if b.flat is not None:
            result += b.of(part)
    return out.reshape(x.shape).astype(x.dtype, copy=False), mean, r


# ------------------------------------------------------------------------------------------------ root mean square


def _rms_norm_composed(x: Any, weight: Any, dims: int, eps: float) -> Any:
    """The same in small primitives."""
    last = tuple(range(-dims, 0))
    square = reduce.mean_(arithmetic.mul(x, x), last, True)
    out = arithmetic.mul(x, rsqrt(arithmetic.add(square, eps)))
    return out if weight is None else arithmetic.mul(out, weight)


def _rms_norm_gradients(
    g: Array, x: Array, weight: Any, dims: int, r: Array, needs: tuple[bool, ...]
) -> tuple[Any, Any]:
    """dx = r (g w - x r² Σ(g w x)/n), dweight = Σ g x r over the rows."""
    rows_x, rows_g = _rows(x, dims), _rows(g, dims)
    n = rows_x.shape[1]
    w = _Row(weight, rows_x)
    over_rows = ones(n, rows_x.dtype) if w.flat is None else w.flat
    dx = np.empty(rows_x.shape, rows_x.dtype) if needs[0] else None
    dweight = np.zeros(n, rows_x.dtype) if needs[1] else None
    for rows in _blocks(rows_x):
        xs, gs, s = rows_x[rows], rows_g[rows], r[rows]
        product = gs * xs
        if dweight is not None:
            dweight += s @ product
        if dx is None:
            continue
        c = product @ over_rows
        c *= s  # twice: the square alone may be too small for the dtype
        c *= s
        c /= -n
        out = dx[rows]
        if w.flat is None:
            np.multiply(xs, c[:, None], out=out)
            out += gs
        else:
            np.multiply(gs, w.of(gs), out=out)
            np.multiply(xs, c[:, None], out=product)
            out += product
        out *= s[:, None]
    return _shaped(dx, x, x.dtype), _shaped(dweight, weight, x.dtype)


@primitive(joint=_rms_norm_gradients, reference=_rms_norm_composed, residuals=("r",))
def rms_norm_(x: Array, weight: Array | None, dims: int, eps: float) -> Any:
    """x / √(mean of x² + eps) · weight, over the last `dims` dimensions.

    dx = r (g w - x r² Σ(g w x)/n) with w = weight, r = 1 / √(mean of x² + eps); dweight = Σ g x r over the rows.
    """
    floating("rms_norm", x)
    rows_x = _rows(x, dims)
    n = rows_x.shape[1]
    out = np.empty(rows_x.shape, rows_x.dtype)
    r = np.empty(len(rows_x), rows_x.dtype)
    w = _Row(weight, rows_x)
    for rows in _blocks(rows_x):
        part, result = rows_x[rows], out[rows]
        square = np.vecdot(part, part)
        square /= n
        square += eps
        r[rows] = s = 1 / np.sqrt(square)
        np.multiply(part, s[:, None], out=result)
        if w.flat is not None:
            result *= w.of(part)
    return out.reshape(x.shape).astype(x.dtype, copy=False), r
