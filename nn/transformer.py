"""Transformers: stacks of layers of attention and of a small network (Vaswani et al., Attention Is All You Need, 2017).

In an encoder every position looks at every other; in a decoder also at what an encoder returned. The two are parts of
`Transformer`, and can be used alone.
"""

from __future__ import annotations

import copy
import math
from typing import Any

from autograd import Tensor, arange, full, is_grad_enabled, ops
from autograd.errors import ShapeError
from nn import functional as F
from nn import init
from nn.activation import GELU, ReLU
from nn.container import ModuleList
from nn.functional.attention import additive_mask
from nn.functional.given import tensors, whole
from nn.module import Module
from nn.normalization import LayerNorm
from nn.transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer


def causal_mask(size: int, device: Any = None, dtype: Any = None) -> Tensor:
    """(size, size): -inf where the column is later than the row, 0 elsewhere."""
    return ops.triu(full((size, size), -math.inf, dtype=dtype, device=device), 1)


def _is_causal(mask: Tensor | None, hint: bool | None, length: int) -> bool:
    """The hint; without one, whether the mask is `causal_mask`."""
    if hint is not None or mask is None:
        return hint is True
    if tuple(mask.shape) != (length, length) or not mask.is_floating_point():
        return False
    return bool((mask == causal_mask(length, dtype=mask.dtype)).all())


def _length(x: Tensor, batch_first: bool) -> int:
    return int(x.shape[0 if x.ndim == 2 or not batch_first else 1])


class TransformerEncoder(Module):
    """A stack of encoder layers, copies of one: they start from the same weights.

    Args:
        encoder_layer: the layer to be copied.
        num_layers: how many copies.
        norm: a layer behind the last one.
        enable_nested_tensor: as in PyTorch: whether padded positions, at the end of a sequence, give 0 in evaluation,
            with batch_first, if nothing is recorded. They are computed here as all others.
        mask_check: whether the padding is looked at first; where it is not at the ends, positions keep their values.

    >>> import autograd, nn
    >>> encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(d_model=8, nhead=2), num_layers=2)
    >>> encoder(autograd.zeros(10, 3, 8)).shape
    autograd.Size([10, 3, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        whole("TransformerEncoder", num_layers=num_layers)
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.use_nested_tensor = enable_nested_tensor and _can_be_nested(encoder_layer)
        self.mask_check = mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """Return the sequence after all layers.

        Args:
            src: (S, N, E), (N, S, E) with batch_first, or (S, E).
            mask: (S, S) or (N·nhead, S, S), as `attn_mask` of `MultiheadAttention`.
            src_key_padding_mask: (N, S) or (S), True for positions to be ignored; or numbers to be added.
            is_causal: a hint that mask is causal; if left out, the mask is compared with a causal one.
        """
        tensors("TransformerEncoder", src=src)
        padding = additive_mask("src_key_padding_mask", src_key_padding_mask, src.dtype, mask, "mask")
        mask = additive_mask("mask", mask, src.dtype)
        length = _length(src, _batch_first(self.layers))
        causal = _is_causal(mask, is_causal, length)
        out: Any = src
        for layer in self.layers:
            out = layer(out, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if mask is None and padding is not None and self._is_nested(src):
            out = out.masked_fill(self._left_out(padding).unsqueeze(-1), 0.0)
        return out if self.norm is None else self.norm(out)  # type: ignore[no-any-return]  # a tensor

    def _is_nested(self, src: Tensor) -> bool:
        """Whether PyTorch may leave padded positions out of its computation, and fill them with 0 at the end."""
        first: Any = self.layers[0]
        if not self.use_nested_tensor or first.training or src.ndim != 3:
            return False
        return not (
            is_grad_enabled() and (src.requires_grad or any(p.requires_grad for p in first.parameters()))
        )

    def _left_out(self, padding: Tensor) -> Tensor:
        """The positions that PyTorch then leaves out: the padded ones, if they are at the end or need not be."""
        kept: Any = padding == 0
        if not self.mask_check:
            return ~kept  # type: ignore[no-any-return]  # a tensor
        at_the_end = kept == (arange(padding.shape[-1]) < kept.sum(-1, keepdim=True))
        return ~kept & at_the_end.all()  # type: ignore[no-any-return]  # a tensor


def _can_be_nested(layer: Any) -> bool:
    """Whether PyTorch has a form of this layer for sequences of different lengths."""
    if not isinstance(layer, TransformerEncoderLayer) or layer.norm_first:
        return False
    attention, activation = layer.self_attn, layer.activation
    known = activation in (F.relu, F.gelu) or isinstance(activation, (ReLU, GELU))
    return (
        attention.batch_first
        and attention._qkv_same_embed_dim  # noqa: SLF001  # PyTorch's name for it
        and attention.in_proj_bias is not None
        and known
        and layer.norm1.eps == layer.norm2.eps
        and attention.num_heads % 2 == 0
    )


def _batch_first(layers: Any) -> bool:
    """Whether the first layer takes (N, S, E)."""
    return bool(layers[0].self_attn.batch_first)


class TransformerDecoder(Module):
    """A stack of decoder layers, copies of one: they start from the same weights.

    Args:
        decoder_layer: the layer to be copied.
        num_layers: how many copies.
        norm: a layer behind the last one.

    >>> import autograd, nn
    >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(d_model=8, nhead=2), num_layers=2)
    >>> decoder(autograd.zeros(5, 3, 8), autograd.zeros(10, 3, 8)).shape
    autograd.Size([5, 3, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        whole("TransformerDecoder", num_layers=num_layers)
        self.layers = ModuleList([copy.deepcopy(decoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return the sequence after all layers; see `TransformerDecoderLayer`.

        Args:
            tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, memory_is_causal: as
                there.
            tgt_is_causal: a hint that tgt_mask is causal; if left out, the mask is compared with a causal one.
        """
        tensors("TransformerDecoder", tgt=tgt, memory=memory)
        causal = _is_causal(tgt_mask, tgt_is_causal, _length(tgt, _batch_first(self.layers)))
        out: Any = tgt
        for layer in self.layers:
            out = layer(
                out,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return out if self.norm is None else self.norm(out)  # type: ignore[no-any-return]  # a tensor


class Transformer(Module):
    """An encoder and a decoder, each with a norm behind it, as for translation (Vaswani et al., 2017).

    Args:
        d_model: the size E of each position.
        nhead: the number of heads.
        num_encoder_layers, num_decoder_layers: how many layers.
        dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, device, dtype: as for
            `TransformerEncoderLayer`.
        custom_encoder, custom_decoder: modules in the place of the encoder and the decoder.

    All weights of two dimensions and more start Xavier-uniform.

    >>> import autograd, nn
    >>> model = nn.Transformer(
    ...     d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16
    ... )
    >>> model(src=autograd.zeros(10, 3, 8), tgt=autograd.zeros(5, 3, 8)).shape
    autograd.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        place = {"device": device, "dtype": dtype}
        options = (
            d_model,
            nhead,
            dim_feedforward,
            dropout,
            activation,
            layer_norm_eps,
            batch_first,
            norm_first,
            bias,
        )
        if custom_encoder is None:
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
            layer: Module = TransformerEncoderLayer(*options, **place)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            norm = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
            layer = TransformerDecoderLayer(*options, **place)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Encode src, and return tgt as the decoder sees it.

        Args:
            src: (S, N, E), (N, S, E) with batch_first, or (S, E).
            tgt: (T, N, E) likewise.
            src_mask, src_key_padding_mask, src_is_causal: for the encoder, see there.
            tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, tgt_is_causal, memory_is_causal: for
                the decoder.

        Raises:
            ShapeError: if batch sizes differ, or a last dimension is not d_model.
        """
        tensors("Transformer", src=src, tgt=tgt)
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.shape[batch] != tgt.shape[batch]:
            raise ShapeError(
                f"Transformer: src and tgt must have the same batch size, got shapes {tuple(src.shape)} and "
                f"{tuple(tgt.shape)}"
            )
        if {src.shape[-1], tgt.shape[-1]} != {self.d_model}:
            raise ShapeError(
                f"Transformer: the last dimension must be d_model={self.d_model}, got src {tuple(src.shape)} and tgt "
                f"{tuple(tgt.shape)}"
            )
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        out: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
        return out

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask with which a position sees itself and earlier ones: -inf above the diagonal, 0 elsewhere.

        >>> import nn
        >>> nn.Transformer.generate_square_subsequent_mask(3)
        tensor([[0., -inf, -inf],
                [0., 0., -inf],
                [0., 0., 0.]])
        """
        return causal_mask(sz, device, dtype)

    def _reset_parameters(self) -> None:
        for p in self.parameters():
            if p.ndim > 1:
                init.xavier_uniform_(p)
