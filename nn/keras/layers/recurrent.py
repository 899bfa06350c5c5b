"""Simple recurrent layers, LSTMs and gated recurrent units, with Keras' weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.recurrent_gru import gru
from autograd.kernels.recurrent_lstm import lstm
from autograd.kernels.recurrent_rnn import rnn
from nn.keras import activations
from nn.keras.layers.recurrent_base import Recurrent
from nn.keras.layers.recurrent_rules import GRURule, LSTMRule, SimpleRule


class SimpleRNN(SimpleRule, Recurrent):
    """h' = activation(x · kernel + h · recurrent_kernel + bias) from step to step (Elman, 1990).

    Args:
        units: the size of the state.
        activation: a name or a function.
        use_bias: whether there is a bias.
        kernel_initializer, recurrent_initializer, bias_initializer: what the weights start from.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: see `Dense`.
        dropout, recurrent_dropout: shares of the inputs and of the state that are dropped in training, the same ones at
            all steps.
        seed: draw them from a generator of its own.
        return_sequences: return all steps, not the last.
        return_state: return the final states as well.
        go_backwards: go from the last step to the first, and return them in that order.
        stateful: begin each batch with the states in which the last one ended.
        unroll: accepted.
        kwargs: see `Layer`.

    Attributes:
        kernel: (C, units).
        recurrent_kernel: (units, units).
        bias: (units,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.SimpleRNN(4)(autograd.zeros(2, 7, 3)).shape
    autograd.Size([2, 4])
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: int | None = None,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(
            units, activation, use_bias, dropout, recurrent_dropout, seed, return_sequences, return_state,
            go_backwards, stateful, unroll, zero_output_for_mask,
        )  # fmt: skip
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def can_fuse(self) -> bool:
        """Whether the activation is tanh or relu."""
        return self.activation in (activations.tanh, activations.relu)

    def fused(self, x: Any, states: list[Any], sizes: Any, reverse: bool) -> tuple[Any, list[Any]]:
        """All steps by the kernel."""
        name = "tanh" if self.activation is activations.tanh else "relu"
        weights = self.kernel.T, self.recurrent_kernel.T, self.bias, None
        out, h = rnn(x, states[0], *weights, name, sizes, reverse)
        return out, [h]


class LSTM(LSTMRule, Recurrent):
    """Long short-term memory (Hochreiter & Schmidhuber, 1997), with forget gates (Gers et al., 2000).

        i, f, g, o = σ, σ, tanh, σ (x · kernel + h · recurrent_kernel + bias)
        c' = f c + i g
        h' = o tanh(c')

    σ is `recurrent_activation`, tanh `activation`.

    Args:
        units: the size of the states h and c.
        activation, recurrent_activation: names or functions; only "tanh" and "sigmoid" have a fused kernel.
        unit_forget_bias: let the forget gate's bias start from 1.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, recurrent_constraint,
        bias_constraint, dropout, recurrent_dropout, seed, return_sequences, return_state, go_backwards, stateful,
        unroll, kwargs: see `SimpleRNN`.
        use_cudnn: accepted.

    Attributes:
        kernel: (C, 4 units), with the columns of i, f, g and o.
        recurrent_kernel: (units, 4 units).
        bias: (4 units,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> out, h, c = keras.layers.LSTM(4, return_sequences=True, return_state=True)(autograd.zeros(2, 7, 3))
    >>> out.shape, h.shape, c.shape
    (autograd.Size([2, 7, 4]), autograd.Size([2, 4]), autograd.Size([2, 4]))
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        use_cudnn: Any = "auto",
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(
            units, activation, use_bias, dropout, recurrent_dropout, seed, return_sequences, return_state,
            go_backwards, stateful, unroll, zero_output_for_mask,
        )  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)
        self.use_cudnn = use_cudnn
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def can_fuse(self) -> bool:
        """Whether the activations are tanh and sigmoid."""
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def fused(self, x: Any, states: list[Any], sizes: Any, reverse: bool) -> tuple[Any, list[Any]]:
        """All steps by the kernel."""
        w_ih, w_hh = self.kernel.T, self.recurrent_kernel.T
        out, h, c = lstm(x, states[0], states[1], w_ih, w_hh, self.bias, None, None, sizes, reverse)
        return out, [h, c]


class GRU(GRURule, Recurrent):
    """Gated recurrent units (Cho et al., 2014).

        z, r = σ(x · kernel + b + h · recurrent_kernel + b')      what of the state is kept, and used
        n = tanh(x · kernel_n + b_n + r (h · recurrent_kernel_n + b'_n))
        h' = z h + (1 − z) n

    With `reset_after=False` n is tanh(x · kernel_n + b_n + (r h) · recurrent_kernel_n), and there is no b'.

    Args:
        units: the size of the state.
        activation, recurrent_activation: names or functions; only "tanh" and "sigmoid" have a fused kernel.
        reset_after: where r is applied; False has no fused kernel.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, activity_regularizer, kernel_constraint, recurrent_constraint,
        bias_constraint, dropout, recurrent_dropout, seed, return_sequences, return_state, go_backwards, stateful,
        unroll, kwargs: see `SimpleRNN`.
        use_cudnn: accepted.

    Attributes:
        kernel: (C, 3 units), with the columns of z, r and n.
        recurrent_kernel: (units, 3 units).
        bias: b and b', (2, 3 units); (3 units,) with reset_after=False; or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.GRU(4, return_sequences=True)(autograd.zeros(2, 7, 3)).shape
    autograd.Size([2, 7, 4])
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.set_options(
            units, activation, use_bias, dropout, recurrent_dropout, seed, return_sequences, return_state,
            go_backwards, stateful, unroll, zero_output_for_mask,
        )  # fmt: skip
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = bool(reset_after)
        self.use_cudnn = use_cudnn
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def can_fuse(self) -> bool:
        """Whether the activations are tanh and sigmoid, with reset_after."""
        usual = self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid
        return usual and self.reset_after

    def fused(self, x: Any, states: list[Any], sizes: Any, reverse: bool) -> tuple[Any, list[Any]]:
        """All steps by the kernel, which has the gates in the order r, z, n."""
        u = self.units
        order = np.concatenate([np.arange(u, 2 * u), np.arange(u), np.arange(2 * u, 3 * u)])
        w_ih, w_hh = self.kernel[:, order].T, self.recurrent_kernel[:, order].T
        b_ih, b_hh = (None, None) if self.bias is None else (self.bias[0][order], self.bias[1][order])
        out, h = gru(x, states[0], w_ih, w_hh, b_ih, b_hh, sizes, reverse)
        return out, [h]
