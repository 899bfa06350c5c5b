"""The layers that encoders and decoders of a transformer are stacks of (Vaswani et al., 2017)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.attention import MultiheadAttention
from nn.dropout import Dropout
from nn.functional import given
from nn.functional.attention import additive_mask
from nn.linear import Linear
from nn.module import Module
from nn.normalization import LayerNorm

Activation = str | Callable[[Tensor], Tensor]


def _activation(activation: Activation) -> Callable[[Tensor], Tensor]:
    """An activation by its name.

    Raises:
        ArgumentError: if it is neither a function nor "relu" or "gelu".
    """
    if callable(activation):
        return activation
    named: dict[Any, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}
    if activation not in tuple(named):
        raise ArgumentError(f"activation is 'relu', 'gelu' or a function, got {activation!r}")
    return named[activation]


class TransformerEncoderLayer(Module):
    """A layer of an encoder: attention to the own sequence, then a network of two linear layers for each position.

        x ← norm1(x + attention(x))             or with norm_first     x ← x + attention(norm1(x))
        x ← norm2(x + linear2(f(linear1(x))))                          x ← x + linear2(f(linear1(norm2(x))))

    with dropout behind the attention, f and linear2.

    Args:
        d_model: the size E of each position.
        nhead: the number of heads.
        dim_feedforward: the size of the layer between linear1 and linear2.
        dropout: the probability of being dropped.
        activation: f: "relu", "gelu" or a function.
        layer_norm_eps: eps of the norms.
        batch_first: (N, S, E) in the place of (S, N, E).
        norm_first: whether norms come first (Xiong et al., 2020).
        bias: whether linear layers and norms have a bias.
        device: "cpu".
        dtype: of the parameters.

    Raises:
        ArgumentError: for an activation of another name.

    >>> import autograd, nn
    >>> layer = nn.TransformerEncoderLayer(d_model=8, nhead=2)
    >>> layer(autograd.zeros(10, 3, 8)).shape
    autograd.Size([10, 3, 8])
    """

    activation: Callable[[Tensor], Tensor]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        place = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **place)
        self.linear1 = Linear(d_model, dim_feedforward, bias, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **place)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return the sequence after this layer.

        Args:
            src: (S, N, E), (N, S, E) with batch_first, or (S, E).
            src_mask: (S, S) or (N·nhead, S, S), as `attn_mask` of `MultiheadAttention`.
            src_key_padding_mask: (N, S) or (S), True for positions to be ignored; or numbers to be added.
            is_causal: a hint that src_mask is causal.
        """
        given.tensors("TransformerEncoderLayer", src=src)
        padding = additive_mask("src_key_padding_mask", src_key_padding_mask, src.dtype, src_mask, "src_mask")
        mask = additive_mask("src_mask", src_mask, src.dtype)
        if self.norm_first:
            x: Tensor = src + self._attend(self.norm1(src), mask, padding, is_causal)
            out: Tensor = x + self._feed_forward(self.norm2(x))
            return out
        x = self.norm1(src + self._attend(src, mask, padding, is_causal))
        return self.norm2(x + self._feed_forward(x))  # type: ignore[no-any-return]  # a tensor

    def _attend(self, x: Tensor, mask: Any, padding: Any, is_causal: bool) -> Any:
        out = self.self_attn(x, x, x, padding, False, mask, is_causal=is_causal)[0]
        return self.dropout1(out)

    def _feed_forward(self, x: Tensor) -> Any:
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerDecoderLayer(Module):
    """A layer of a decoder: attention to the own sequence, attention to the encoder's, and a small network.

        x ← norm1(x + attention(x, x))          or with norm_first     x ← x + attention(norm1(x), norm1(x))
        x ← norm2(x + attention(x, memory))                            x ← x + attention(norm2(x), memory)
        x ← norm3(x + linear2(f(linear1(x))))                          x ← x + linear2(f(linear1(norm3(x))))

    with dropout behind each attention, f and linear2. A copy keeps the activation: PyTorch's copies, and so the layers
    of its `TransformerDecoder` and `Transformer`, fall back to relu where it is a module, as in `activation=nn.SiLU()`.

    Args:
        d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, device,
            dtype: as for `TransformerEncoderLayer`.

    Raises:
        ArgumentError: for an activation of another name.

    >>> import autograd, nn
    >>> layer = nn.TransformerDecoderLayer(d_model=8, nhead=2)
    >>> layer(autograd.zeros(5, 3, 8), memory=autograd.zeros(10, 3, 8)).shape
    autograd.Size([5, 3, 8])
    """

    activation: Callable[[Tensor], Tensor]

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        place = {"device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, **place)
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, **place
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, **place)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias, **place)
        self.norm_first = norm_first
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.norm3 = LayerNorm(d_model, layer_norm_eps, bias=bias, **place)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)
        self.dropout3 = Dropout(dropout)
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Return the sequence after this layer.

        Args:
            tgt: (T, N, E), (N, T, E) with batch_first, or (T, E).
            memory: what the encoder returned, (S, N, E) likewise.
            tgt_mask, tgt_key_padding_mask, tgt_is_causal: for the attention to the own sequence.
            memory_mask, memory_key_padding_mask, memory_is_causal: for that to memory.
        """
        given.tensors("TransformerDecoderLayer", tgt=tgt, memory=memory)
        own = tgt_mask, tgt_key_padding_mask, tgt_is_causal
        other = memory_mask, memory_key_padding_mask, memory_is_causal
        x: Any = tgt
        if self.norm_first:
            y = self.norm1(x)
            x = x + self.dropout1(_attended(self.self_attn, y, y, *own))
            x = x + self.dropout2(_attended(self.multihead_attn, self.norm2(x), memory, *other))
            return x + self._feed_forward(self.norm3(x))  # type: ignore[no-any-return]  # a tensor
        x = self.norm1(x + self.dropout1(_attended(self.self_attn, x, x, *own)))
        x = self.norm2(x + self.dropout2(_attended(self.multihead_attn, x, memory, *other)))
        out: Tensor = self.norm3(x + self._feed_forward(x))
        return out

    def _feed_forward(self, x: Tensor) -> Any:
        return self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x)))))


def _attended(layer: Any, x: Any, other: Any, mask: Any, padding: Any, is_causal: bool) -> Any:
    """What a layer of attention returns for x looking at another sequence, without the weights."""
    return layer(x, other, other, padding, False, mask, is_causal=is_causal)[0]
