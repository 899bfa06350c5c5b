"""Simple recurrent layers, LSTMs and gated recurrent units, with Keras' weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import cat
from autograd.kernels.recurrent_gru import gru
from autograd.kernels.recurrent_lstm import lstm
from autograd.kernels.recurrent_rnn import rnn
from nn.keras import activations, initializers
from nn.keras.layers.recurrent_base import Recurrent


class SimpleRNN(Recurrent):
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

    gates = 1

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

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """One step."""
        return [self.activation(z + h @ self.recurrent_kernel)]


class LSTM(Recurrent):
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

    gates = 4
    states_held = 2

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

    def make_bias(self, width: int) -> None:
        """Make the bias, with ones for the forget gate."""
        if not self.unit_forget_bias:
            self.make_weight("bias", (width,))
            return
        one, units = initializers.Ones(), self.units

        def values(shape: Any, dtype: Any = None) -> Any:  # noqa: ARG001  # an initializer
            parts = [self.bias_initializer((n,), dtype=dtype) for n in (units, 2 * units)]
            return cat([parts[0], one((units,), dtype=dtype), parts[1]])

        self.make_weight("bias", (width,), initializer=values)

    def can_fuse(self) -> bool:
        """Whether the activations are tanh and sigmoid."""
        return self.activation is activations.tanh and self.recurrent_activation is activations.sigmoid

    def fused(self, x: Any, states: list[Any], sizes: Any, reverse: bool) -> tuple[Any, list[Any]]:
        """All steps by the kernel."""
        w_ih, w_hh = self.kernel.T, self.recurrent_kernel.T
        out, h, c = lstm(x, states[0], states[1], w_ih, w_hh, self.bias, None, None, sizes, reverse)
        return out, [h, c]

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """One step."""
        z = z + h @ self.recurrent_kernel
        i, f, g, o = (z[:, k * self.units : (k + 1) * self.units] for k in range(4))
        gate = self.recurrent_activation
        c = gate(f) * states[1] + gate(i) * self.activation(g)
        return [gate(o) * self.activation(c), c]


class GRU(Recurrent):
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

    gates = 3

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

    def make_bias(self, width: int) -> None:
        """Make the bias, of two rows with reset_after."""
        self.make_weight("bias", (2, width) if self.reset_after else (width,))

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

    def projected(self, x: Any) -> Any:
        """x · kernel + b, of all steps."""
        z = x @ self.kernel
        if self.bias is None:
            return z
        return z + (self.bias[0] if self.reset_after else self.bias)

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """One step."""
        u, gate = self.units, self.recurrent_activation
        if self.reset_after:
            inner = h @ self.recurrent_kernel
            if self.bias is not None:
                inner = inner + self.bias[1]
            keep, use = gate(z[:, :u] + inner[:, :u]), gate(z[:, u : 2 * u] + inner[:, u : 2 * u])
            new = self.activation(z[:, 2 * u :] + use * inner[:, 2 * u :])
        else:
            inner = h @ self.recurrent_kernel[:, : 2 * u]
            keep, use = gate(z[:, :u] + inner[:, :u]), gate(z[:, u : 2 * u] + inner[:, u:])
            new = self.activation(z[:, 2 * u :] + (use * h) @ self.recurrent_kernel[:, 2 * u :])
        return [keep * states[0] + (1 - keep) * new]
