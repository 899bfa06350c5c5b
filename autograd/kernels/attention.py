"""Scaled dot-product attention as a fused kernel: softmax(q kᵀ / √E) v, without keeping the probabilities.

The scores are computed block by block, small enough to stay in cache: a few heads, or some queries of one head. Of a
causal block, keys later than its last query are left out. Of the softmax only the logarithm of each row's sum is kept;
the backward pass computes the probabilities again from it (Dao et al., FlashAttention, 2022).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.constants import ones
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.kernels.softmax import softmax_
from autograd.ops import linalg, selection
from autograd.ops.forms import maximum_reduce, minimum_reduce
from autograd.ops.reduce import converted
from autograd.ops.shape import expand, matrix_transpose, reshape
from autograd.primitive import Array, primitive
from autograd.random import draw_uniform
from autograd.tape import raw

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["scaled_dot_product_attention"]

_NAME = "scaled_dot_product_attention"

_BLOCK = 131072
"""Scores computed at a time: two such arrays of float32 fit in the second-level cache."""

_CAUSAL_ROWS = 64
"""Queries of a causal block: the more, the more scores are computed in vain; the fewer, the smaller the products."""

_SAFE = 60.0
"""Exponentials of scores up to here cannot overflow, nor can their sum; they are taken without a shift."""

Part = tuple[slice, slice, slice]


def _blocks(batch: int, heads: int, rows: int, columns: int, causal: bool) -> Iterator[tuple[Part, int]]:
    """(some of the batch, of the heads, of the queries), and how many keys these look at; later queries first."""
    height = rows if rows * columns <= _BLOCK else max(16, _BLOCK // columns)
    if causal:
        height = min(height, _CAUSAL_ROWS if rows > 2 * _CAUSAL_ROWS else _CAUSAL_ROWS // 2)
    each = max(1, height * columns)
    some_heads = min(heads, max(1, _BLOCK // each))
    some = max(1, _BLOCK // (each * heads)) if some_heads == heads else 1
    for b in range(0, batch, some):
        for h in range(0, heads, some_heads):
            for last in range(rows, 0, -height):
                first = max(0, last - height)
                part = slice(b, b + some), slice(h, h + some_heads), slice(first, last)
                yield part, min(columns, last) if causal else columns


@functools.lru_cache(maxsize=16)
def _later(n: int, char: str) -> Array:
    """What is added to the scores of queries and keys at the same n positions: -inf where the key is the later one."""
    made = np.triu(np.full((n, n), -np.inf, char), 1)
    made.flags.writeable = False
    return made


def _mask_part(mask: Array, part: Part) -> Array:
    """The part of a mask with 4 dimensions, of which those of size 1 are repeated."""
    places = (p if n > 1 else slice(None) for p, n in zip(part, mask.shape, strict=False))
    return mask[tuple(places)]


def _scores(queries: Array, keys: Array, mask: Any, part: Part, causal: bool, out: Array) -> Array:
    """The products of queries, scaled already, and keys, with what the mask adds."""
    np.matmul(queries, keys.swapaxes(-1, -2), out=out)
    if mask is not None:
        m = _mask_part(mask, part)
        out += np.where(m, out.dtype.type(0), out.dtype.type(-np.inf)) if m.dtype.kind == "b" else m
    if causal:
        first, width = part[2].start, out.shape[-1]
        if first < width:
            rows = out.shape[-2]
            out[..., first:] += _later(rows, out.dtype.char)[:, : width - first]
    return out


def _exponentials(s: Array, again: Any) -> tuple[Array, Array, Array]:
    """exp(s - level) in place, the sum of each row, and its level; `again` computes the scores anew."""
    n = s.shape[-1]
    if s.size and maximum_reduce(s, None) < _SAFE:
        e = np.exp(s, out=s)
        total = e @ ones(n, e.dtype)
        if minimum_reduce(total, None) > 1e-20:  # no row has vanished
            return e, total, np.zeros((), e.dtype)
        s = again()
    level = maximum_reduce(s, -1, None, None, True, -np.inf)
    level[level == -np.inf] = 0  # a row in which all is masked
    s -= level
    e = np.exp(s, out=s)
    return e, e @ ones(n, e.dtype), level[..., 0]


def _room(batch: int, heads: int, rows: int, columns: int, causal: bool) -> int:
    """The size of the largest block."""
    part, width = next(_blocks(batch, heads, rows, columns, causal))
    b, h, r = (min(p.stop, n) - p.start for p, n in zip(part, (batch, heads, rows), strict=True))
    return int(b * h * r * width)


def _like(x: Array, shape: tuple[int, ...]) -> Array:
    """An empty array whose second and third dimension lie in memory in the order of those of x."""
    b, h, n, e = shape
    if x.shape[1] > 1 and x.shape[2] > 1 and abs(x.strides[1]) < abs(x.strides[2]):
        return np.empty((b, n, h, e), x.dtype).transpose(0, 2, 1, 3)
    return np.empty(shape, x.dtype)


def _gradients(
    g: Array, query: Array, key: Array, value: Array, mask: Any, kept: Any, causal: bool, scale: float, factor: float,
    out: Array, level: Array, needs: tuple[bool, ...],
) -> tuple[Any, ...]:  # fmt: skip
    """dv = pᵀ g; with ds = p (g vᵀ - Σ g out), dq = ds k · scale, dk = dsᵀ q · scale and dmask = ds.

    Where it can, g is divided by the sum of its row in the place of p: that is the smaller array.
    """
    kind = query.dtype
    batch, heads, rows, _ = query.shape
    columns = key.shape[2]
    for_query, for_key, for_value, for_mask = needs
    dq = _like(query, query.shape) if for_query else None
    dk, dv = (_like(x, x.shape) if need else None for x, need in ((key, for_key), (value, for_value)))
    dm = np.zeros(mask.shape, kind) if for_mask else None
    partial = causal and rows < columns  # then nothing is written for the last keys
    whole = (batch, heads, rows, columns, causal)
    room = _room(*whole) if g.size and columns else 0
    work, other = np.empty(room, kind), np.empty(room, kind)
    if not room or partial:
        for d in (dq, dk, dv):
            if d is not None:
                d.fill(0)
    if not room:
        return dq, dk, dv, dm
    dots = np.vecdot(g, out)[..., None]
    for part, width in _blocks(*whole):
        ours, theirs = part, (part[0], part[1], slice(0, width))
        first = part[2].stop >= rows and not partial  # the first block of these heads
        q = query[ours] * kind.type(scale)
        k, v, upstream = key[theirs], value[theirs], g[ours]
        shape = (*q.shape[:3], width)
        size = math.prod(shape)
        p = _scores(q, k, mask, part, causal, work[:size].reshape(shape))
        dot, logarithm = dots[ours], level[ours][..., None]
        if minimum_reduce(logarithm, None) > -_SAFE and (logarithm < _SAFE).all():
            share = np.exp(-logarithm)
            upstream, dot = upstream * share, dot * share
        else:
            p -= logarithm
        np.exp(p, out=p)
        ds = np.matmul(upstream, v.swapaxes(-1, -2), out=other[:size].reshape(shape))
        used = p
        if kept is not None:
            drop = kept[(*ours, theirs[2])] * kind.type(factor)
            used = p * drop
            ds *= drop
        if dv is not None:
            _put(dv[theirs], used.swapaxes(-1, -2), upstream, first)
        if not (for_query or for_key or for_mask):
            continue
        ds -= dot
        ds *= p
        if dm is not None:
            to = _mask_part(dm, part)[..., :width]
            to += ds.sum(tuple(i for i in range(4) if to.shape[i] == 1), keepdims=True)
        if dq is not None:
            np.multiply(ds @ k, kind.type(scale), out=dq[ours])
        if dk is not None:
            _put(dk[theirs], ds.swapaxes(-1, -2), q, first)
    return dq, dk, dv, dm


def _put(to: Array, x: Array, y: Array, first: bool) -> None:
    """Write x @ y, or add it to what is there."""
    if first:
        np.matmul(x, y, out=to)
    else:
        to += x @ y


def _composed(
    query: Any, key: Any, value: Any, mask: Any, kept: Any, causal: bool, scale: float, factor: float
) -> Any:
    """The same in small primitives; a row in which all is masked gives 0."""
    s = linalg.matmul(query * scale, matrix_transpose(key))
    if causal:
        s = s.masked_fill(np.tri(*s.shape[-2:]) == 0, -np.inf)
    if mask is not None:
        s = s + mask if raw(mask).dtype.kind == "f" else s.masked_fill(np.logical_not(raw(mask)), -np.inf)
    dead = (s == -np.inf).all(-1, keepdim=True)
    p = selection.where(dead, 0.0, softmax_(selection.where(dead, 0.0, s), -1))
    if kept is not None:
        p = p * np.multiply(raw(kept), factor, dtype=raw(query).dtype)
    return linalg.matmul(p, value)


@primitive(
    kept=None,
    cast=None,
    joint=_gradients,
    reference=_composed,
    residuals=("level",),
)
def attention(
    query: Array,
    key: Array,
    value: Array,
    mask: Array | None,
    kept: Array | None,
    causal: bool,
    scale: float,
    factor: float,
) -> Any:
    """softmax(scale q kᵀ + mask) v for arrays of 4 dimensions; see `scaled_dot_product_attention`.

    query (B, H, L, E), key (B, H, S, E), value (B, H, S, Ev), mask of 4 dimensions, each as in (B, H, L, S) or 1;
    kept, of that shape: the probabilities that are not dropped, which are multiplied by `factor`.
    """
    kind = query.dtype
    batch, heads, rows, _ = query.shape
    columns = key.shape[2]
    whole = (batch, heads, rows, columns, causal)
    out = _like(query, (batch, heads, rows, value.shape[3]))
    level = np.empty((batch, heads, rows), kind)
    if not out.size or not columns:
        out.fill(0)
        level.fill(np.inf)
        return out, level
    work = np.empty(_room(*whole), kind)
    for part, width in _blocks(*whole):
        theirs = (part[0], part[1], slice(0, width))
        q = query[part] * kind.type(scale)
        shape = (*q.shape[:3], width)
        block = work[: math.prod(shape)].reshape(shape)
        scores = functools.partial(_scores, q, key[theirs], mask, part, causal, block)
        e, total, shift = _exponentials(scores(), scores)
        o = np.matmul(e if kept is None else e * kept[(*part, theirs[2])], value[theirs], out=out[part])
        if kept is not None:
            o *= kind.type(factor)
        dead = total == 0
        if dead.any():
            total[dead] = 1
        o /= total[..., None]
        np.log(total, out=total)
        total += shift
        total[dead] = np.inf  # the backward pass then finds probabilities of 0
        level[part] = total
    return out, level


# ------------------------------------------------------------------------------------------ what users call


@composite
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Each query's mean of the values, weighted by how well the keys match it: softmax(scale · q kᵀ + mask) v.

    query (…, L, E), key (…, S, E), value (…, S, Ev) → (…, L, Ev); the other dimensions broadcast, and are usually the
    batch and the heads. float16 is computed in float32. (Vaswani et al., Attention Is All You Need, 2017)

    Args:
        query: what is looked for.
        key: what is looked at.
        value: what is found there.
        attn_mask: what broadcasts to (…, L, S): bools, True where a query looks at a key; or numbers to be added to the
            scores. A query that looks at no key at all gives 0.
        dropout_p: the probability with which a weight becomes 0, while the others are divided by 1 - dropout_p.
            Always applied: give 0.0 in evaluation.
        is_causal: query i looks at the keys up to i. Not together with attn_mask.
        scale: 1/√E if left out.
        enable_gqa: query may have a multiple of the heads (dimension -3) of key and value; each of these is then used
            by several heads in a row.

    Raises:
        ShapeError: if the shapes do not fit.
        DTypeError: if query, key and value are not of one floating-point dtype, or the mask is neither bool nor of it.
        ArgumentError: for a mask together with is_causal, or a dropout_p outside [0, 1].

    >>> import autograd
    >>> q = autograd.tensor([[0.0, 0.0], [0.0, 100.0]])
    >>> k = autograd.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> v = autograd.tensor([[10.0], [20.0]])
    >>> scaled_dot_product_attention(q, k, v)
    tensor([[15.],
            [20.]])
    >>> scaled_dot_product_attention(q, k, v, is_causal=True)
    tensor([[10.],
            [20.]])
    """
    if attn_mask is not None and is_causal:
        raise ArgumentError(
            f"{_NAME}: attn_mask is not to be given together with is_causal=True; leave one out"
        )
    if not 0 <= dropout_p <= 1:
        raise ArgumentError(
            f"{_NAME}: dropout_p, the probability of being dropped, is in [0, 1], got {dropout_p}"
        )
    kind = np.dtype(query.dtype)
    if query.dtype is not key.dtype or query.dtype is not value.dtype or kind.kind != "f":
        raise DTypeError(
            f"{_NAME}: query, key and value must be of one floating-point dtype, got {query.dtype}, {key.dtype} and "
            f"{value.dtype}"
        )
    batch = tuple(query.shape[:-2])
    if len(batch) != 2 or enable_gqa or not _fit(query, key, value):
        batch = _batch_shape(query, key, value, enable_gqa)
    rows, columns = query.shape[-2], key.shape[-2]
    two = _as_two(batch)
    grouped = enable_gqa and key.shape[-3] != batch[-1]
    if grouped:
        two = math.prod((*batch[:-1], key.shape[-3])), batch[-1] // key.shape[-3]
        own = (*batch[:-1], key.shape[-3])
        key, value = (_shaped(_shaped(x, own, (two[0], 1)), two, two) for x in (key, value))  # views
    mask = None if attn_mask is None else _checked_mask(attn_mask, kind, (*batch, rows, columns), two)
    own = two if grouped else batch
    q, k, v = _shaped(query, batch, two), _shaped(key, own, two), _shaped(value, own, two)
    if kind.char == "e":
        q, k, v = (converted(x, np.float32) for x in (q, k, v))
        mask = mask if mask is None or mask.dtype.kind == "b" else converted(mask, np.float32)
    kept, factor = None, 1.0
    if dropout_p > 0:
        kept = draw_uniform((*two, rows, columns), np.float32) >= dropout_p
        factor = 1 / (1 - dropout_p) if dropout_p < 1 else 0.0
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1]) if query.shape[-1] else 1.0
    out: Any = attention(q, k, v, mask, kept, is_causal, scale, factor)
    if kind.char == "e":
        out = converted(out, kind)
    return out if batch == two else reshape(out, (*batch, *out.shape[-2:])).contiguous()


def _fit(query: Any, key: Any, value: Any) -> bool:
    """Whether there is nothing to broadcast and nothing to complain about."""
    *lead, _, inner = query.shape
    return bool([*lead, inner] == [*key.shape[:-2], key.shape[-1]] and key.shape[:-1] == value.shape[:-1])


def _batch_shape(query: Any, key: Any, value: Any, enable_gqa: bool) -> tuple[int, ...]:
    """The dimensions before the last two, broadcast.

    Raises:
        ShapeError: if the shapes do not fit.
    """
    shapes = [tuple(x.shape) for x in (query, key, value)]
    got = f"got query {shapes[0]}, key {shapes[1]} and value {shapes[2]}"
    if min(map(len, shapes)) < 2:
        raise ShapeError(f"{_NAME}: query, key and value have at least 2 dimensions; {got}")
    if shapes[0][-1] != shapes[1][-1] or shapes[1][-2] != shapes[2][-2]:
        raise ShapeError(
            f"{_NAME}: query (…, L, E) and key (…, S, E) must agree in E, key and value (…, S, Ev) in S; {got}"
        )
    leads = [shape[:-2] for shape in shapes]
    if enable_gqa:
        if min(map(len, shapes)) < 3 or leads[1][-1] != leads[2][-1] or leads[0][-1] % leads[1][-1]:
            raise ShapeError(
                f"{_NAME}: with enable_gqa, key and value have equally many heads (dimension -3), and query a multiple "
                f"of them; {got}"
            )
        leads[1:] = [(*lead[:-1], leads[0][-1]) for lead in leads[1:]]
    try:
        return np.broadcast_shapes(*leads)
    except ValueError:
        raise ShapeError(f"{_NAME}: the dimensions before the last two do not broadcast; {got}") from None


def _as_two(batch: tuple[int, ...]) -> tuple[int, ...]:
    """The dimensions before the last two as two: batch and heads."""
    if len(batch) == 2:
        return batch
    return (math.prod(batch[:-1]), batch[-1]) if len(batch) > 2 else (*batch, 1, 1)[:2]


def _shaped(x: Any, batch: tuple[int, ...], two: tuple[int, ...]) -> Any:
    """Broadcast to the dimensions `batch` before the last two, and these reshaped to `two`."""
    if tuple(x.shape[:-2]) != batch:
        x = expand(x, (*batch, *x.shape[-2:]))
    return x if batch == two else reshape(x, (*two, *x.shape[-2:]))


def _checked_mask(mask: Any, kind: np.dtype[Any], full: tuple[int, ...], two: tuple[int, ...]) -> Any:
    """The mask with 4 dimensions, each as in (*two, L, S) or 1.

    Raises:
        DTypeError: for other numbers than bools and floats.
        ShapeError: if it does not broadcast to the scores' shape.
    """
    dtype = np.dtype(mask.dtype)
    if dtype.kind != "b" and dtype != kind and dtype.char != "f":
        raise DTypeError(f"{_NAME}: attn_mask must be of dtype bool or {kind}, got {mask.dtype}")
    if dtype.kind != "b" and dtype != kind:
        mask = converted(mask, kind)
    shape = (*(1,) * (len(full) - mask.ndim), *mask.shape)
    if len(shape) != len(full) or any(n not in (1, m) for n, m in zip(shape, full, strict=True)):
        raise ShapeError(
            f"{_NAME}: attn_mask of shape {tuple(mask.shape)} does not broadcast to the scores' shape {full}"
        )
    batch = full[:-2]
    if math.prod(shape[:-2]) == 1:
        return reshape(mask, (1, 1, *shape[-2:]))
    if batch == two:
        return mask if mask.ndim == 4 else reshape(mask, shape)
    return _shaped(reshape(mask, shape), batch, two)
