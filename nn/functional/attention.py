"""Attention of several heads as a function: projections, masks, `scaled_dot_product_attention`, a last projection."""

from __future__ import annotations

import math
import warnings
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor, ops, zeros_like
from autograd.errors import ArgumentError, AssertedError, ShapeError
from autograd.kernels.attention import scaled_dot_product_attention
from autograd.kernels.linear import linear
from nn.functional.dropout import dropout

_NAME = "multi_head_attention_forward"


class Projections(NamedTuple):
    """The parameters with which query, key and value are projected: one packed weight, or three.

    packed:  (3E, E), or None
    query, key, value:  (E, E), (E, kdim), (E, vdim), or None
    bias:  (3E), or None
    """

    packed: Tensor | None
    query: Tensor | None
    key: Tensor | None
    value: Tensor | None
    bias: Tensor | None


class Masks(NamedTuple):
    """Who may look at whom, as numbers to be added to the scores.

    attention:  (L, S) or (N·heads, L, S), or None
    padding:  (N, S), or None
    causal:  whether the first may be replaced by "no key after the query"
    """

    attention: Any
    padding: Any
    causal: bool


class Extras(NamedTuple):
    """Keys and values besides those that are projected.

    bias_k, bias_v:  (1, 1, E), one more at the end of every sequence, or None
    zero:  whether one of zeros comes after it
    static_k, static_v:  (N·heads, S, head_dim) in the place of those that are projected, or None
    """

    bias_k: Any = None
    bias_v: Any = None
    zero: bool = False
    static_k: Any = None
    static_v: Any = None


# ------------------------------------------------------------------------------------------ masks


def additive_mask(name: str, mask: Any, dtype: Any, other: Any = None, other_name: str = "") -> Any:
    """A mask as numbers to be added to scores: -inf where a bool mask is True.

    Warns if `other` is a mask of another dtype.

    Raises:
        AssertedError: if it is neither bool nor floating point.
    """
    if mask is None:
        return None
    kind = np.dtype(mask.dtype).kind
    if kind not in "bf":
        raise AssertedError(f"{name}: a mask is bool, or of floating-point numbers, not {mask.dtype}")
    if other is not None and other.dtype is not mask.dtype:
        warnings.warn(
            f"{name} is {mask.dtype} and {other_name} is {other.dtype}: give both the same type, which PyTorch will "
            "require",
            UserWarning,
            stacklevel=3,
        )
    if kind == "b":
        return ops.where(mask, -math.inf, 0.0).to(dtype)
    return mask


def _checked_shapes(query: Any, key: Any, value: Any, padding: Any, mask: Any, heads: int) -> bool:
    """Whether there is a batch dimension.

    Raises:
        AssertedError: if the numbers of dimensions do not fit.
    """
    n = query.ndim
    if n not in (2, 3):
        raise AssertedError(
            f"{_NAME}: query has 3 dimensions with a batch, or 2 without, got shape {tuple(query.shape)}"
        )
    for name, x, wanted in (("key", key, n), ("value", value, n), ("key_padding_mask", padding, n - 1)):
        if x is not None and x.ndim != wanted:
            raise AssertedError(
                f"{_NAME}: query of shape {tuple(query.shape)} needs a {name} of {wanted} dimensions, got shape "
                f"{tuple(x.shape)}"
            )
    if mask is not None and mask.ndim not in (2, 3):
        raise AssertedError(
            f"{_NAME}: attn_mask has 2 or 3 dimensions, (L, S) or (N·heads, L, S), got shape {tuple(mask.shape)}"
        )
    if n == 2 and mask is not None and mask.ndim == 3:
        wanted_shape = heads, query.shape[0], key.shape[0]
        if tuple(mask.shape) != wanted_shape:
            raise AssertedError(
                f"{_NAME}: attn_mask must have shape {wanted_shape}, (heads, L, S), got {tuple(mask.shape)}"
            )
    return bool(n == 3)


def _merged(masks: Masks, batch: int, heads: int, rows: int, columns: int, extra: int) -> Any:
    """Both masks as one that broadcasts to (N, heads, L, S + extra); the extra keys may be looked at.

    Raises:
        ShapeError: if the attention mask has another shape.
        AssertedError: if the padding mask has.
    """
    mask, padding = masks.attention, masks.padding
    if mask is not None:
        wanted = (rows, columns) if mask.ndim == 2 else (batch * heads, rows, columns)
        if tuple(mask.shape) != wanted:
            raise ShapeError(f"{_NAME}: attn_mask must have shape {wanted}, got {tuple(mask.shape)}")
        mask = mask[None, None] if mask.ndim == 2 else mask.reshape(batch, heads, rows, columns)
    if padding is not None:
        if tuple(padding.shape) != (batch, columns):
            raise AssertedError(
                f"{_NAME}: key_padding_mask must have shape {(batch, columns)}, (N, S), got {tuple(padding.shape)}"
            )
        padding = padding.reshape(batch, 1, 1, columns)
        mask = padding if mask is None else mask + padding
    if mask is not None and extra:
        mask = ops.cat([mask, zeros_like(mask[..., :1]).expand(*mask.shape[:-1], extra)], -1)
    return mask


# ------------------------------------------------------------------------------------------ projections


def _projected(query: Any, key: Any, value: Any, weights: Projections) -> tuple[Any, Any, Any]:
    """Query, key and value projected, each (…, E): one product for those that are the same tensor."""
    bias, packed = weights.bias, weights.packed
    width = query.shape[-1]
    if packed is not None and key is value:
        if query is key:
            return linear(query, packed, bias).split(width, -1)  # type: ignore[no-any-return]  # three pieces
        ours, theirs = packed.split([width, 2 * width])
        own, others = (None, None) if bias is None else bias.split([width, 2 * width])
        k, v = linear(key, theirs, others).split(width, -1)
        return linear(query, ours, own), k, v
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    matrices = (weights.query, weights.key, weights.value) if packed is None else packed.chunk(3)
    q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), matrices, biases, strict=True))
    return q, k, v


def _check_sizes(
    query: Any, key: Any, value: Any, embed_dim: int, num_heads: int, weights: Projections
) -> None:
    """Raise AssertedError unless the sizes fit."""
    width = query.shape[-1]
    if width != embed_dim:
        raise AssertedError(f"{_NAME}: the query's last dimension must be embed_dim={embed_dim}, got {width}")
    if width % num_heads:
        raise AssertedError(f"{_NAME}: embed_dim={width} cannot be divided among num_heads={num_heads}")
    same = slice(None) if weights.packed is not None else slice(0, 2)
    if key.shape[same] != value.shape[same]:
        raise AssertedError(
            f"{_NAME}: key and value must agree in shape{'' if same == slice(None) else ' but for the last dimension'}"
            f", got {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if weights.packed is None:
        given = weights.query, weights.key, weights.value
        for name, x, w in zip(("q", "k", "v"), (query, key, value), given, strict=True):
            shape = None if w is None else tuple(w.shape)
            if shape != (width, x.shape[-1]):
                raise AssertedError(
                    f"{_NAME}: {name}_proj_weight must have shape {(width, x.shape[-1])}, got {shape}"
                )


def _in_heads(x: Any, heads: int, batch_first: bool) -> Any:
    """(L, N, E), or (N, L, E), as (N, heads, L, E / heads), without a copy."""
    parts = x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads)
    return parts.transpose(1, 2) if batch_first else parts.permute(1, 2, 0, 3)


def _extended(k: Any, v: Any, extras: Extras, batch: int, heads: int, size: int) -> tuple[Any, Any]:
    """Keys and values with the extra ones at the end, (N, heads, S + extra, E / heads)."""
    if (extras.bias_k is None) != (extras.bias_v is None):
        raise AssertedError(f"{_NAME}: give both of bias_k and bias_v, or neither")
    if extras.bias_k is not None:
        if extras.static_k is not None or extras.static_v is not None:
            raise AssertedError(f"{_NAME}: bias_k and bias_v cannot be added to static keys and values")
        k, v = (
            ops.cat(
                [x, b.reshape(1, heads, 1, x.shape[-1]).expand(batch, heads, 1, x.shape[-1])],
                2,
            )
            for x, b in ((k, extras.bias_k), (v, extras.bias_v))
        )
    for name, fixed in (("static_k", extras.static_k), ("static_v", extras.static_v)):
        if fixed is not None and (fixed.shape[0] != batch * heads or fixed.shape[2] != size):
            raise AssertedError(
                f"{_NAME}: {name} must have shape ({batch * heads}, S, {size}), (N·heads, S, head_dim), got "
                f"{tuple(fixed.shape)}"
            )
    if extras.static_k is not None:
        k = extras.static_k.reshape(batch, heads, *extras.static_k.shape[1:])
    if extras.static_v is not None:
        v = extras.static_v.reshape(batch, heads, *extras.static_v.shape[1:])
    if extras.zero:
        k, v = (ops.cat([x, zeros_like(x[:, :, :1])], 2) for x in (k, v))
    return k, v


# ------------------------------------------------------------------------------------------ the function


def attended(
    query: Any,
    key: Any,
    value: Any,
    embed_dim: int,
    num_heads: int,
    weights: Projections,
    extras: Extras,
    out_proj: tuple[Any, Any],
    key_padding_mask: Any,
    attn_mask: Any,
    is_causal: bool,
    dropout_p: float,
    need_weights: bool,
    average: bool,
    batch_first: bool,
) -> tuple[Tensor, Tensor | None]:
    """`multi_head_attention_forward` for (N, L, E) as well; out_proj is the weight and the bias of the last layer."""
    batched = _checked_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    masks = _checked_masks(attn_mask, key_padding_mask, is_causal, need_weights, query.dtype)
    if not batched:
        query, key, value = _unsqueezed(query, key, value, 0 if batch_first else 1)
        masks = masks._replace(padding=None if masks.padding is None else masks.padding[None])
    _check_sizes(query, key, value, embed_dim, num_heads, weights)
    out, chosen = _attended(
        query, key, value, num_heads, weights, masks, extras, dropout_p, need_weights, average, batch_first
    )
    out = linear(out, *out_proj)
    if not batched:
        out, chosen = out.squeeze(0 if batch_first else 1), None if chosen is None else chosen.squeeze(0)
    return out, chosen


def _attended(
    query: Any, key: Any, value: Any, heads: int, weights: Projections, masks: Masks, extras: Extras, dropout_p: float,
    need_weights: bool, average: bool, batch_first: bool,
) -> tuple[Any, Any]:  # fmt: skip
    """What the heads find, joined, and the weights if they are wanted."""
    first, second = query.shape[:2]
    batch, rows = (first, second) if batch_first else (second, first)
    q, k, v = (_in_heads(x, heads, batch_first) for x in _projected(query, key, value, weights))
    size, columns = q.shape[-1], k.shape[2]
    if (k.shape[0], v.shape[0]) != (batch, batch):
        raise ShapeError(
            f"{_NAME}: query, key and value must have the same batch size, got shapes {tuple(query.shape)}, "
            f"{tuple(key.shape)} and {tuple(value.shape)}"
        )
    k, v = _extended(k, v, extras, batch, heads, size)
    if extras.static_k is not None:
        columns = extras.static_k.shape[1]
    mask = _merged(masks, batch, heads, rows, columns, k.shape[2] - columns)
    chosen = None
    if need_weights:
        scores = (q * math.sqrt(1.0 / size)) @ k.transpose(-2, -1)
        chosen = dropout((scores if mask is None else scores + mask).softmax(-1), dropout_p)
        out = chosen @ v
        chosen = chosen.mean(1) if average else chosen
    else:
        out = scaled_dot_product_attention(q, k, v, mask, dropout_p, masks.causal)
    out = out.transpose(1, 2) if batch_first else out.permute(2, 0, 1, 3)
    return out.reshape(first, second, heads * size), chosen


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention of several heads: headᵢ = softmax(qᵢ kᵢᵀ / √d + mask) vᵢ, joined and projected (Vaswani et al., 2017).

    q, k and v are projections of query, key and value, cut into `num_heads` pieces of d = E / num_heads numbers.

    Args:
        query: (L, N, E), or (L, E) without a batch.
        key, value: (S, N, E), or (S, E). With separate weights the last dimension may be another one.
        embed_dim_to_check: E.
        num_heads: how many heads.
        in_proj_weight, in_proj_bias: (3E, E) and (3E), for q, k and v in this order; the bias may be None.
        bias_k, bias_v: (1, 1, E), a key and a value at the end of each sequence; or None.
        add_zero_attn: whether a key and a value of zeros come last.
        dropout_p: the probability with which a weight is dropped, in training.
        out_proj_weight, out_proj_bias: (E, E) and (E), of the last projection.
        training: whether to drop.
        key_padding_mask: (N, S): keys to be ignored, True; or numbers to be added to the scores.
        need_weights: whether to return the attention weights, (N, L, S); without them the result takes less time.
        attn_mask: (L, S) or (N·num_heads, L, S): True where a query must not look at a key; or numbers to be added.
        use_separate_proj_weight: take q_proj_weight, k_proj_weight and v_proj_weight in the place of in_proj_weight.
        q_proj_weight, k_proj_weight, v_proj_weight: (E, E), (E, last of key), (E, last of value).
        static_k, static_v: (N·num_heads, S, d) in the place of the projected keys and values.
        average_attn_weights: the mean of the weights over the heads; else (N, num_heads, L, S).
        is_causal: a hint that attn_mask is causal. The mask need not be read then, so the hint must be right.

    Returns:
        (L, N, E), and the weights or None. A query that may look at no key gives 0, or nan if need_weights.

    Raises:
        AssertedError, ShapeError: if shapes do not fit.
        ArgumentError: if is_causal is given without attn_mask.

    >>> import autograd
    >>> x, w, out = autograd.ones(3, 4), autograd.ones(12, 4), autograd.eye(4)
    >>> y, weights = multi_head_attention_forward(x, x, x, 4, 2, w, None, None, None, False, 0.0, out, None)
    >>> y.shape, weights[0]
    (autograd.Size([3, 4]), tensor([0.3333, 0.3333, 0.3333]))
    """
    packed = None if use_separate_proj_weight else in_proj_weight
    if packed is None and not use_separate_proj_weight:
        raise AssertedError(f"{_NAME}: use_separate_proj_weight is False, so it needs in_proj_weight")
    weights = Projections(packed, q_proj_weight, k_proj_weight, v_proj_weight, in_proj_bias)
    extras = Extras(bias_k, bias_v, add_zero_attn, static_k, static_v)
    out_proj = out_proj_weight, out_proj_bias
    return attended(
        query, key, value, embed_dim_to_check, num_heads, weights, extras, out_proj, key_padding_mask, attn_mask,
        is_causal, dropout_p if training else 0.0, need_weights, average_attn_weights, False,
    )  # fmt: skip


def _checked_masks(mask: Any, padding: Any, causal: bool, need_weights: bool, dtype: Any) -> Masks:
    """Both masks as numbers; the attention mask is left out where the hint that it is causal will do.

    Raises:
        ArgumentError: for the hint without a mask.
    """
    if causal and mask is None:
        raise ArgumentError(
            f"{_NAME}: is_causal is a hint about attn_mask, so it needs that as well; "
            "nn.Transformer.generate_square_subsequent_mask(L) makes one"
        )
    padding = additive_mask("key_padding_mask", padding, dtype, mask, "attn_mask")
    if causal and padding is None and not need_weights:
        return Masks(None, None, True)
    return Masks(additive_mask("attn_mask", mask, dtype), padding, False)


def _unsqueezed(query: Any, key: Any, value: Any, dim: int) -> tuple[Any, Any, Any]:
    """All three with a batch of one; what was one tensor stays one."""
    q = query.unsqueeze(dim)
    k = q if key is query else key.unsqueeze(dim)
    v = q if value is query else k if value is key else value.unsqueeze(dim)
    return q, k, v
