"""Attention of several heads, as a layer."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, AssertedError
from nn import init
from nn.functional.attention import Extras, Projections, attended
from nn.functional.given import tensors, whole
from nn.linear import Linear, empty_parameter
from nn.module import Module
from nn.parameter import Parameter


class NonDynamicallyQuantizableLinear(Linear):
    """`Linear`, under the name that PyTorch's attention has for its last projection."""


class MultiheadAttention(Module):
    """Attention of several heads (Vaswani et al., 2017): each looks for something else at the same places.

        headᵢ = softmax(qᵢ kᵢᵀ / √d + mask) vᵢ          with d = embed_dim / num_heads
        y = [head₁ … head_h] W_outᵀ + b_out

    where q, k and v are linear projections of query, key and value, cut into num_heads pieces.

    Args:
        embed_dim: the size E of the query's last dimension, and of the result's.
        num_heads: how many heads; it divides embed_dim.
        dropout: the probability with which an attention weight is dropped in training.
        bias: whether projections have a bias; they start from 0.
        add_bias_kv: learn a key and a value that are added to every sequence.
        add_zero_attn: add a key and a value of zeros to every sequence.
        kdim, vdim: the sizes of key's and value's last dimension; E if left out.
        batch_first: (N, L, E) in the place of (L, N, E).
        device: "cpu".
        dtype: of the parameters.

    Attributes:
        in_proj_weight: (3E, E), the projections of query, key and value in this order; or None, and in its place, if
            kdim or vdim differ from E,
        q_proj_weight, k_proj_weight, v_proj_weight: (E, E), (E, kdim), (E, vdim). These start Xavier-uniform.
        in_proj_bias: (3E), or None.
        out_proj: the last projection.
        bias_k, bias_v: (1, 1, E), or None. They start Xavier-normal.

    Raises:
        ArgumentError: if embed_dim or num_heads is not positive.
        AssertedError: if num_heads does not divide embed_dim.

    >>> import autograd, nn
    >>> layer = nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = autograd.zeros(5, 3, 8)
    >>> y, weights = layer(x, x, x)
    >>> y.shape, weights.shape, weights[0, 0].tolist()[0] == weights[0, 2].tolist()[1]
    (autograd.Size([5, 3, 8]), autograd.Size([5, 3, 3]), True)
    """

    in_proj_weight: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None
    out_proj: Linear

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        name = "MultiheadAttention"
        whole(name, embed_dim=embed_dim, num_heads=num_heads)
        if embed_dim <= 0 or num_heads <= 0:
            raise ArgumentError(
                f"{name}: embed_dim and num_heads must be positive, got {embed_dim} and {num_heads}"
            )
        if embed_dim % num_heads:
            raise AssertedError(
                f"{name}: embed_dim={embed_dim} cannot be divided among num_heads={num_heads}"
            )
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        shapes: dict[str, tuple[int, ...]] = {"in_proj_weight": (3 * embed_dim, embed_dim)}
        if not self._qkv_same_embed_dim:
            sizes = {"q": embed_dim, "k": self.kdim, "v": self.vdim}
            shapes = {f"{n}_proj_weight": (embed_dim, size) for n, size in sizes.items()}
        if bias:
            shapes["in_proj_bias"] = (3 * embed_dim,)
        if add_bias_kv:
            shapes["bias_k"] = shapes["bias_v"] = (1, 1, embed_dim)
        for parameter in (
            "in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "bias_k", "bias_v",
        ):  # fmt: skip
            shape = shapes.get(parameter)
            made = None if shape is None else empty_parameter(name, shape, device, dtype)
            self.register_parameter(parameter, made)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None and self.out_proj.bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """Let every query look at the keys.

        Args:
            query: (L, N, E), or (N, L, E) with batch_first, or (L, E).
            key, value: (S, N, kdim) and (S, N, vdim), likewise.
            key_padding_mask: (N, S), True where a key is to be ignored; or numbers to be added to the scores.
            need_weights: whether to return the weights; without them the result takes less time.
            attn_mask: (L, S) or (N·num_heads, L, S), True where a query must not look at a key; or numbers to be added.
            average_attn_weights: the mean of the weights over the heads.
            is_causal: a hint that attn_mask lets no query look at a later key.

        Returns:
            The result, of query's shape, and the weights: (N, L, S), (N, num_heads, L, S) for each head, or None.

        Raises:
            AssertedError, ShapeError: if shapes do not fit.
            ArgumentError: if is_causal is given without attn_mask.
        """
        tensors("MultiheadAttention", query=query, key=key, value=value)
        weights = Projections(
            self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight, self.in_proj_bias
        )
        return attended(
            query, key, value, self.embed_dim, self.num_heads, weights,
            Extras(self.bias_k, self.bias_v, self.add_zero_attn), (self.out_proj.weight, self.out_proj.bias),
            key_padding_mask, attn_mask, is_causal, self.dropout if self.training else 0.0, need_weights,
            average_attn_weights, self.batch_first,
        )  # fmt: skip

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """Both masks as one of shape (N, num_heads, L, L), and its kind.

        The kind is 2; 1 and the padding mask as it is if that is the only one; None if there is no mask. `query` is
        (N, L, E), and the masks are numbers to be added.
        """
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        batch, length, _ = query.shape
        if attn_mask.ndim == 3:
            merged = attn_mask.view(batch, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(batch, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            merged = merged + key_padding_mask.view(batch, 1, 1, length)
        return merged, 2
