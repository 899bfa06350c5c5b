"""Cells: one step of a recurrent layer, for loops of one's own."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.recurrent_gru import gru
from autograd.kernels.recurrent_lstm import lstm
from autograd.kernels.recurrent_rnn import rnn
from nn import init
from nn.functional.given import tensors, whole
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter


class RNNCellBase(Module):
    """What cells have in common: the weights of their input and of their state, uniform in ±1/√hidden_size at first.

    Args:
        input_size, hidden_size: how many numbers the input and the state have.
        bias: whether there are biases.
        num_chunks: how many gates there are, whose rows stand below each other in the weights.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih, weight_hh: (num_chunks hidden_size, input_size) and (num_chunks hidden_size, hidden_size).
        bias_ih, bias_hh: (num_chunks hidden_size,), or None.

    >>> import nn
    >>> nn.LSTMCell(3, 5).weight_ih.shape
    autograd.Size([20, 3])
    """

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        name = type(self).__name__
        whole(name, input_size=input_size, hidden_size=hidden_size)
        gates = num_chunks * hidden_size
        self.weight_ih = empty_parameter(name, (gates, input_size), device, dtype)
        self.weight_hh = empty_parameter(name, (gates, hidden_size), device, dtype)
        for b in ("bias_ih", "bias_hh"):
            self.register_parameter(b, empty_parameter(name, (gates,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0.0
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def extra_repr(self) -> str:
        """Its sizes."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")

    def _batch(self, input: Any, states: tuple[Any, ...] | None, count: int) -> tuple[Any, ...]:
        """The input as a sequence of one step, and the states, all with a dimension for the batch; checked.

        Raises:
            ShapeError: if a shape does not fit.
        """
        name = type(self).__name__
        tensors(name, input=input)
        if input.ndim not in (1, 2):
            raise ShapeError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        for i, state in enumerate(states or ()):
            what = f"hx[{i}]" if count > 1 else "hidden"
            if not isinstance(state, Tensor):
                raise ArgumentError(f"{name}: {what} is a tensor, got {type(state).__name__}")
            if state.ndim not in (1, 2):
                raise ShapeError(f"{name}: Expected {what} to be 1D or 2D, got {state.ndim}D instead")
        x = input if input.ndim == 2 else input.unsqueeze(0)
        if x.shape[1] != self.input_size:
            raise ShapeError(
                f"{name}: input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}"
            )
        if states is None:
            states = (x.new_zeros((x.shape[0], self.hidden_size)),) * count
        elif input.ndim == 1:
            states = tuple(state.unsqueeze(0) for state in states)
        for i, state in enumerate(states):
            if state.shape[0] != x.shape[0]:
                raise ShapeError(
                    f"{name}: Input batch size {x.shape[0]} doesn't match hidden{i} batch size {state.shape[0]}"
                )
            if state.ndim != 2 or state.shape[1] != self.hidden_size:
                raise ShapeError(
                    f"{name}: hidden{i} has inconsistent hidden_size: got {state.shape[-1]}, expected "
                    f"{self.hidden_size}"
                )
        return x.unsqueeze(0), *states

    def _weights(self) -> tuple[Any, Any, Any, Any]:
        return self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh


class RNNCell(RNNCellBase):
    """One step of a simple recurrent network: h' = tanh(W_ih x + b_ih + W_hh h + b_hh).

    Args:
        input_size, hidden_size: how many numbers the input and the state have.
        bias: whether there are biases.
        nonlinearity: "tanh" or "relu".
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih, weight_hh: (hidden_size, input_size) and (hidden_size, hidden_size).
        bias_ih, bias_hh: (hidden_size,), or None.

    >>> import autograd, nn
    >>> cell = nn.RNNCell(10, 20)
    >>> cell(autograd.zeros(3, 10)).shape
    autograd.Size([3, 20])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        """Its sizes, and its nonlinearity if it is not tanh."""
        shown = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}"
        return super().extra_repr() + shown

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Return h' for x (N, input_size) and h (N, hidden_size), or both without N; h is 0 if left out.

        Raises:
            ShapeError: if a shape does not fit.
            ArgumentError: if the nonlinearity is neither tanh nor relu.
        """
        if self.nonlinearity not in ("tanh", "relu"):
            raise ArgumentError(f"RNNCell: Unknown nonlinearity: {self.nonlinearity}")
        x, h = self._batch(input, None if hx is None else (hx,), 1)
        h = rnn(x, h, *self._weights(), nonlinearity=self.nonlinearity)[1]
        return h if input.ndim == 2 else h.squeeze(0)  # type: ignore[no-any-return]  # a tensor


class GRUCell(RNNCellBase):
    """One step of gated recurrent units (Cho et al., 2014).

        r, z = σ(W_ih x + b_ih + W_hh h + b_hh)
        n = tanh(W_in x + b_in + r (W_hn h + b_hn))
        h' = (1 - z) n + z h

    Args:
        input_size, hidden_size: how many numbers the input and the state have.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih, weight_hh: (3 hidden_size, input_size) and (3 hidden_size, hidden_size), with the rows of r, z and n.
        bias_ih, bias_hh: (3 hidden_size,), or None.

    >>> import autograd, nn
    >>> cell = nn.GRUCell(10, 20)
    >>> cell(autograd.zeros(3, 10)).shape
    autograd.Size([3, 20])
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """Return h' for x (N, input_size) and h (N, hidden_size), or both without N; h is 0 if left out.

        Raises:
            ShapeError: if a shape does not fit.
        """
        x, h = self._batch(input, None if hx is None else (hx,), 1)
        h = gru(x, h, *self._weights())[1]
        return h if input.ndim == 2 else h.squeeze(0)  # type: ignore[no-any-return]  # a tensor


class LSTMCell(RNNCellBase):
    """One step of long short-term memory (Hochreiter & Schmidhuber, 1997; forget gates Gers et al., 2000).

        i, f, g, o = σ, σ, tanh, σ (W_ih x + b_ih + W_hh h + b_hh)
        c' = f c + i g
        h' = o tanh(c')

    Args:
        input_size, hidden_size: how many numbers the input and the state have.
        bias: whether there are biases.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        weight_ih, weight_hh: (4 hidden_size, input_size) and (4 hidden_size, hidden_size), with the rows of i, f, g
            and o.
        bias_ih, bias_hh: (4 hidden_size,), or None.

    >>> import autograd, nn
    >>> cell = nn.LSTMCell(10, 20)
    >>> h, c = cell(autograd.zeros(3, 10))
    >>> h.shape, c.shape
    (autograd.Size([3, 20]), autograd.Size([3, 20]))
    """

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        """Return (h', c') for x (N, input_size), h and c (N, hidden_size), or all without N; 0 if left out.

        Raises:
            ShapeError: if a shape does not fit.
        """
        x, h, c = self._batch(input, None if hx is None else tuple(hx), 2)
        _, h, c = lstm(x, h, c, *self._weights())
        return (h, c) if input.ndim == 2 else (h.squeeze(0), c.squeeze(0))
