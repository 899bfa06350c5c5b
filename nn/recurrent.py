"""Recurrent layers: simple ones, LSTMs and gated recurrent units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.recurrent_gru import gru
from autograd.kernels.recurrent_lstm import lstm
from autograd.kernels.recurrent_rnn import rnn
from nn.recurrent_base import RNNBase


class _OneState(RNNBase):
    """Layers whose state is one tensor."""

    def forward(self, input: Any, hx: Tensor | None = None) -> tuple[Any, Tensor]:
        """Return (out, h_n): the last layer's states at all steps, and the final states of all layers.

        input (L, N, in), (N, L, in) with batch_first, (L, in) for a single sequence, or a `PackedSequence`;
        hx (layers * directions, N, hidden), without N for a single sequence, zeros if left out
        → out like the input, with directions * hidden numbers, and h_n like hx.

        Raises:
            ShapeError, ArgumentError: if a shape, or the input's dtype, does not fit.
        """
        out, (h,) = self._forward(input, hx)
        return out, h


class RNN(_OneState):
    """A simple recurrent network (Elman, 1990): h' = tanh(W_ih x + b_ih + W_hh h + b_hh) from element to element.

    Args:
        input_size, hidden_size: how many numbers an element of a sequence has, and the state.
        num_layers: how many layers stand on each other; each gets the states of the one below.
        nonlinearity: "tanh" or "relu".
        bias: whether there are biases.
        batch_first: whether input and output are (N, L, *), not (L, N, *).
        dropout: the probability with which, in training, the states between two layers are dropped.
        bidirectional: whether each layer also goes through the sequence from its end.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih_l{k}, weight_hh_l{k}: of layer k, (hidden_size, its input's size) and (hidden_size, hidden_size).
        bias_ih_l{k}, bias_hh_l{k}: (hidden_size,). Those of the second direction end in _reverse.

    Raises:
        ArgumentError: if an argument is of another type or out of its range.

    >>> import autograd, nn
    >>> layer = nn.RNN(10, 20, num_layers=2, nonlinearity="relu")
    >>> out, h = layer(autograd.zeros(5, 3, 10))
    >>> out.shape, h.shape
    (autograd.Size([5, 3, 20]), autograd.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **named: Any,
    ) -> None:
        _refuse("RNN", named)
        if nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f"Unknown nonlinearity {nonlinearity!r}. Select from 'tanh' or 'relu'.")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(
            mode,
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            0,
            device,
            dtype,
        )
        self.nonlinearity = nonlinearity

    def _direction(
        self, x: Any, state: tuple[Any, ...], weights: Sequence[Any], sizes: Any, reverse: bool
    ) -> Any:
        w_ih, w_hh, b_ih, b_hh = weights
        return rnn(x, state[0], w_ih, w_hh, b_ih, b_hh, self.nonlinearity, sizes, reverse)


class GRU(_OneState):
    """Gated recurrent units (Cho et al., 2014).

        r, z = σ(W_ih x + b_ih + W_hh h + b_hh)          what of the state is used, and kept
        n = tanh(W_in x + b_in + r (W_hn h + b_hn))
        h' = (1 - z) n + z h

    Args:
        input_size, hidden_size: how many numbers an element of a sequence has, and the state.
        num_layers: how many layers stand on each other; each gets the states of the one below.
        bias: whether there are biases.
        batch_first: whether input and output are (N, L, *), not (L, N, *).
        dropout: the probability with which, in training, the states between two layers are dropped.
        bidirectional: whether each layer also goes through the sequence from its end.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih_l{k}, weight_hh_l{k}: of layer k, (3 hidden_size, its input's size) and (3 hidden_size, hidden_size),
            with the rows of r, z and n.
        bias_ih_l{k}, bias_hh_l{k}: (3 hidden_size,). Those of the second direction end in _reverse.

    Raises:
        ArgumentError: if an argument is of another type or out of its range.

    >>> import autograd, nn
    >>> layer = nn.GRU(10, 20, batch_first=True, bidirectional=True)
    >>> out, h = layer(autograd.zeros(3, 5, 10))
    >>> out.shape, h.shape
    (autograd.Size([3, 5, 40]), autograd.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
        **named: Any,
    ) -> None:
        _refuse("GRU", named)
        super().__init__(
            "GRU",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            0,
            device,
            dtype,
        )

    def _direction(
        self, x: Any, state: tuple[Any, ...], weights: Sequence[Any], sizes: Any, reverse: bool
    ) -> Any:
        w_ih, w_hh, b_ih, b_hh = weights
        return gru(x, state[0], w_ih, w_hh, b_ih, b_hh, sizes, reverse)


class LSTM(RNNBase):
    """Long short-term memory (Hochreiter & Schmidhuber, 1997), with forget gates (Gers et al., 2000).

        i, f, g, o = σ, σ, tanh, σ (W_ih x + b_ih + W_hh h + b_hh)
        c' = f c + i g          what the cell remembers
        h' = o tanh(c')

    With a projection, h' = W_hr (o tanh(c')) (Sak et al., 2014).

    Args:
        input_size, hidden_size: how many numbers an element of a sequence has, and the cell.
        num_layers: how many layers stand on each other; each gets the states of the one below.
        bias: whether there are biases.
        batch_first: whether input and output are (N, L, *), not (L, N, *).
        dropout: the probability with which, in training, the states between two layers are dropped.
        bidirectional: whether each layer also goes through the sequence from its end.
        proj_size: the size of the projection; 0 for none. `width` below is it, or else hidden_size.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih_l{k}, weight_hh_l{k}: of layer k, (4 hidden_size, its input's size) and (4 hidden_size, width), with
            the rows of i, f, g and o.
        bias_ih_l{k}, bias_hh_l{k}: (4 hidden_size,).
        weight_hr_l{k}: (proj_size, hidden_size). Those of the second direction end in _reverse.

    Raises:
        ArgumentError: if an argument is of another type or out of its range.

    >>> import autograd, nn
    >>> layer = nn.LSTM(10, 20, num_layers=2)
    >>> out, (h, c) = layer(autograd.zeros(5, 3, 10))
    >>> out.shape, h.shape, c.shape
    (autograd.Size([5, 3, 20]), autograd.Size([2, 3, 20]), autograd.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            "LSTM",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )

    def _direction(
        self, x: Any, state: tuple[Any, ...], weights: Sequence[Any], sizes: Any, reverse: bool
    ) -> Any:
        w_ih, w_hh, b_ih, b_hh, *w_hr = weights
        h, c = state
        return lstm(x, h, c, w_ih, w_hh, b_ih, b_hh, w_hr[0] if w_hr else None, sizes, reverse)

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Raise unless the layer can take the input and the initial state (h, c)."""
        if len(hidden) != 2:
            raise ShapeError(f"LSTM: the initial state is a pair (h, c), got {len(hidden)} tensors")
        self.check_input(input, batch_sizes)
        self.check_hidden_size(
            hidden[0],
            self.get_expected_hidden_size(input, batch_sizes),
            "Expected hidden[0] size {}, got {}",
        )
        self.check_hidden_size(
            hidden[1], self.get_expected_cell_size(input, batch_sizes), "Expected hidden[1] size {}, got {}"
        )

    def forward(
        self, input: Any, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Any, tuple[Tensor, Tensor]]:
        """Return (out, (h_n, c_n)): the last layer's states at all steps, and the final states of all layers.

        input (L, N, in), (N, L, in) with batch_first, (L, in) for a single sequence, or a `PackedSequence`;
        hx: h (layers * directions, N, width) and c (layers * directions, N, hidden), without N for a single sequence,
        zeros if left out → out like the input, with directions * width numbers, h_n and c_n like hx.

        Raises:
            ShapeError, ArgumentError: if a shape, or the input's dtype, does not fit.
        """
        out, (h, c) = self._forward(input, hx)
        return out, (h, c)


def _refuse(layer: str, named: dict[str, Any]) -> None:
    """Raise on arguments that the layer does not have."""
    if "proj_size" in named:
        raise ArgumentError(f"{layer}: proj_size argument is only supported for LSTM, not RNN or GRU")
    if named:
        raise ArgumentError(f"{layer}: got unexpected arguments {sorted(named)}")
