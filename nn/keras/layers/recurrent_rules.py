"""The rules of recurrent cells: their weights, and what a step computes; for layers over all steps and for cells."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, cat, random
from autograd.errors import ArgumentError
from autograd.tape import wrap
from nn.keras import activations, initializers
from nn.keras.layers.core import positive
from nn.keras.layers.layer import Layer
from nn.keras.layers.seeded import Seeded
from nn.parameter import Parameter


class Rule(Seeded, Layer):
    """What a cell of a kind has: gates, weights, and a step from one or two states (N, units) to the next."""

    floats_only = True
    gates: int
    states_held: int = 1
    kernel: Parameter
    recurrent_kernel: Parameter
    units: int
    bias: Parameter | None

    def set_rule(
        self, units: int, activation: Any, use_bias: bool, dropout: float, recurrent_dropout: float, seed: int | None
    ) -> None:  # fmt: skip
        """Check and keep the options.

        Raises:
            ArgumentError: if one is out of its range.
        """
        name = type(self).__name__
        self.units = positive(name, "units", units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        for what, rate in (("dropout", dropout), ("recurrent_dropout", recurrent_dropout)):
            if not 0 <= rate <= 1:
                raise ArgumentError(f"{name}: {what} lies between 0 and 1, got {rate!r}")
        self.dropout, self.recurrent_dropout, self.seed = float(dropout), float(recurrent_dropout), seed

    def make_weights(self, features: int) -> None:
        """Make kernel (in, gates · units), recurrent_kernel (units, gates · units) and bias."""
        width = self.gates * self.units
        self.make_weight("kernel", (features, width))
        self.make_weight("recurrent_kernel", (self.units, width), kind="recurrent")
        if self.use_bias:
            self.make_bias(width)
        else:
            self.bias = None

    def make_bias(self, width: int) -> None:
        """Make the bias."""
        self.make_weight("bias", (width,))

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """The next states, from x · kernel + bias of a step; h is the state as dropout leaves it."""
        raise NotImplementedError

    def projected(self, x: Any) -> Any:
        """x · kernel + bias, of all steps."""
        z = x @ self.kernel
        return z if self.bias is None else z + self.bias

    def dropout_mask(self, rate: float, shape: tuple[int, ...], x: Any) -> Tensor:
        """0 for what is dropped, and for the rest the factor that keeps the mean, of the dtype of x."""
        kept = random.draw_uniform(shape, x.array.dtype, self.source()) >= rate
        return wrap(kept.astype(x.array.dtype) / max(1 - rate, 1e-30))


class SimpleRule(Rule):
    """h' = activation(x · kernel + h · recurrent_kernel + bias)."""

    gates = 1

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """One step."""
        return [self.activation(z + h @ self.recurrent_kernel)]


class LSTMRule(Rule):
    """c' = f c + i g and h' = o activation(c'), with the gates i, f, o and g, which is new."""

    gates = 4
    states_held = 2
    unit_forget_bias: bool
    recurrent_activation: Any
    bias_initializer: Any

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

    def step(self, z: Any, states: list[Any], h: Any) -> list[Any]:
        """One step."""
        z = z + h @ self.recurrent_kernel
        i, f, g, o = (z[:, k * self.units : (k + 1) * self.units] for k in range(4))
        gate = self.recurrent_activation
        c = gate(f) * states[1] + gate(i) * self.activation(g)
        return [gate(o) * self.activation(c), c]


class GRURule(Rule):
    """h' = z h + (1 − z) n, with the gates z and r, and n, which is new."""

    gates = 3
    reset_after: bool
    recurrent_activation: Any

    def make_bias(self, width: int) -> None:
        """Make the bias, of two rows with reset_after."""
        self.make_weight("bias", (2, width) if self.reset_after else (width,))

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
