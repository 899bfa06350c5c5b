"""Cells: one step of a recurrent layer, for `RNN` or for loops of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np

from autograd.errors import ArgumentError, ShapeError
from autograd.tape import wrap
from nn.keras import activations
from nn.keras.graph import Shape
from nn.keras.layers.known import layer_from
from nn.keras.layers.layer import Layer
from nn.keras.layers.recurrent_rules import GRURule, LSTMRule, Rule, SimpleRule
from nn.module import Module


class Cell(Rule):
    """What the cells of this package share: (inputs, states) → (output, next states)."""

    state_size: Any
    output_size: int

    def set_cell(
        self, units: int, activation: Any, use_bias: bool, dropout: float, recurrent_dropout: float, seed: int | None
    ) -> None:  # fmt: skip
        """Check and keep the options.

        Raises:
            ArgumentError: if one is out of its range.
        """
        self.set_rule(units, activation, use_bias, dropout, recurrent_dropout, seed)
        self.state_size = self.units if self.states_held == 1 else [self.units] * self.states_held
        self.output_size = self.units
        self.__dict__["_dropped"] = {}

    def build(self, input_shape: Shape) -> None:
        """Make kernel (in, gates · units), recurrent_kernel (units, gates · units) and bias."""
        if len(input_shape) != 2 or input_shape[-1] is None:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: takes a step (N, features) with a known number of features, got "
                f"shape {tuple(input_shape)}"
            )
        self.make_weights(input_shape[-1])

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """A step (N, C) and the states (N, units) → what it returns (N, units), and the next states.

        Args:
            inputs: (N, C).
            states: the state, or a list of the states; the next ones are returned in the same way.
            training: whether what is to be dropped is dropped: the same at each step, until it is reset.
        """
        held = list(states) if isinstance(states, (list, tuple)) else [states]
        shape = (len(inputs), self.units)
        if len(held) != self.states_held or any(tuple(state.shape) != shape for state in held):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: takes {self.states_held} states of shape {shape}, got "
                f"{[tuple(state.shape) for state in held]}"
            )
        h = held[0]
        if training and self.dropout:
            inputs = inputs * self._kept("dropout", self.dropout, inputs)
        if training and self.recurrent_dropout:
            h = h * self._kept("recurrent_dropout", self.recurrent_dropout, h)
        new = self.step(self.projected(inputs), held, h)
        return new[0], (new if isinstance(states, (list, tuple)) else new[0])

    def _kept(self, what: str, rate: float, x: Any) -> Any:
        masks = self._dropped
        if what not in masks or masks[what].shape != x.shape:
            masks[what] = self.dropout_mask(rate, tuple(x.shape), x)
        return masks[what]

    def reset_dropout_mask(self) -> None:
        """Draw anew, at the next step, what is dropped of the inputs."""
        self._dropped.pop("dropout", None)

    def reset_recurrent_dropout_mask(self) -> None:
        """Draw anew, at the next step, what is dropped of the state."""
        self._dropped.pop("recurrent_dropout", None)

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """Zeros, for so many sequences."""
        return [wrap(np.zeros((batch_size or 1, self.units), self.dtype)) for _ in range(self.states_held)]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of what it returns, and those of the states."""
        n = input_shape[0]
        states = [(n, self.units)] * self.states_held
        return (n, self.units), (states[0] if isinstance(self.state_size, int) else states)


class SimpleRNNCell(SimpleRule, Cell):
    """A step of `SimpleRNN`: h' = activation(x · kernel + h · recurrent_kernel + bias).

    Args:
        units, activation, use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
        recurrent_dropout, seed, kwargs: see `SimpleRNN`.

    Attributes:
        state_size, output_size: units.

    Raises:
        ShapeError: if a state has another shape.

    >>> import autograd
    >>> from nn import keras
    >>> out, state = keras.layers.SimpleRNNCell(4)(autograd.zeros(2, 3), autograd.zeros(2, 4))
    >>> out.shape, state.shape
    (autograd.Size([2, 4]), autograd.Size([2, 4]))
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.set_cell(units, activation, use_bias, dropout, recurrent_dropout, seed)
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)


class LSTMCell(LSTMRule, Cell):
    """A step of `LSTM`.

    Args:
        units, activation, recurrent_activation, unit_forget_bias: see `LSTM`.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
        recurrent_dropout, seed, kwargs: see `SimpleRNN`.

    Attributes:
        state_size: [units, units], of h and c.
        output_size: units.

    Raises:
        ShapeError: if a state has another shape.

    >>> import autograd
    >>> from nn import keras
    >>> cell = keras.layers.LSTMCell(4)
    >>> out, (h, c) = cell(autograd.zeros(2, 3), cell.get_initial_state(2))
    >>> out.shape, c.shape
    (autograd.Size([2, 4]), autograd.Size([2, 4]))
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.set_cell(units, activation, use_bias, dropout, recurrent_dropout, seed)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = bool(unit_forget_bias)
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)


class GRUCell(GRURule, Cell):
    """A step of `GRU`.

    Args:
        units, activation, recurrent_activation, reset_after: see `GRU`.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint, dropout,
        recurrent_dropout, seed, kwargs: see `SimpleRNN`.

    Attributes:
        state_size, output_size: units.

    Raises:
        ShapeError: if a state has another shape.

    >>> import autograd
    >>> from nn import keras
    >>> out, state = keras.layers.GRUCell(4)(autograd.zeros(2, 3), autograd.zeros(2, 4))
    >>> out.shape, state.shape
    (autograd.Size([2, 4]), autograd.Size([2, 4]))
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = True,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.set_cell(units, activation, use_bias, dropout, recurrent_dropout, seed)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = bool(reset_after)
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("recurrent", recurrent_initializer, recurrent_regularizer, recurrent_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)


class StackedRNNCells(Layer):
    """Cells one above the other: each gets what the one below returns.

    Args:
        cells: the cells, the lowest first.
        kwargs: see `Layer`.

    Attributes:
        cells: the cells.
        state_size: a list of theirs.
        output_size: that of the last.

    Raises:
        ArgumentError: if one is no cell.

    >>> import autograd
    >>> from nn import keras
    >>> cell = keras.layers.StackedRNNCells([keras.layers.GRUCell(4), keras.layers.LSTMCell(5)])
    >>> keras.layers.RNN(cell)(autograd.zeros(2, 7, 3)).shape
    autograd.Size([2, 5])
    """

    floats_only = True

    def __init__(self, cells: Iterable[Any], **kwargs: Any) -> None:
        listed = list(cells)
        if not listed:
            raise ArgumentError("StackedRNNCells: needs one cell or more")
        for cell in listed:
            check_cell("StackedRNNCells", cell)
        super().__init__(**kwargs)
        self.cells = listed

    @property
    def state_size(self) -> list[Any]:
        """A list of the cells' sizes."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """The last cell's."""
        return size_of(self.cells[-1])

    def get_initial_state(self, batch_size: int | None = None) -> list[Any]:
        """The initial states of each."""
        return [initial_state(cell, batch_size or 1, self.dtype) for cell in self.cells]

    def build(self, input_shape: Shape) -> None:
        """Make the weights of all."""
        for cell in self.cells:
            if isinstance(cell, Layer):
                cell._ensure_built(tuple(input_shape))  # noqa: SLF001  # a part of this layer
            input_shape = (input_shape[0], size_of(cell))

    def call(self, inputs: Any, states: Any) -> Any:
        """Make a step of each."""
        new = []
        for cell, own in zip(self.cells, states, strict=True):
            nested = isinstance(own, (list, tuple))
            inputs, after = cell(inputs, list(own) if nested else [own])
            several = isinstance(after, (list, tuple))
            new.append(after[0] if several and len(after) == 1 and not nested else after)
        return inputs, (new[0] if len(new) == 1 else new)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make one from what `get_config` returned."""
        cells = [layer_from(cell, custom_objects) for cell in config["cells"]]
        return cls(**{**config, "cells": cells})


def check_cell(who: str, cell: Any) -> None:
    """Raise unless it is a cell.

    Raises:
        ArgumentError: if it is not.
    """
    if isinstance(cell, Module) and hasattr(cell, "state_size"):
        return
    lacks = "it has no state_size" if isinstance(cell, Module) else "it is no layer"
    raise ArgumentError(
        f"{who}: a cell is a layer with a state_size and call(inputs, states), which returns (output, states); "
        f"{lacks}: {type(cell).__name__}. For an LSTM give LSTMCell(units)"
    )


def size_of(cell: Any) -> int:
    """How many numbers a cell returns."""
    size = getattr(cell, "output_size", None)
    if size is None:
        size = cell.state_size
        while isinstance(size, (list, tuple)):
            size = size[0]
    return int(size)


def initial_state(cell: Any, n: int, dtype: Any) -> Any:
    """The states that a cell begins with: its own, or zeros."""
    if hasattr(cell, "get_initial_state"):
        found = cell.get_initial_state(batch_size=n)
        return list(found) if isinstance(found, (list, tuple)) else [found]

    def zeros(size: Any) -> Any:
        if isinstance(size, (list, tuple)):
            return [zeros(part) for part in size]
        return wrap(np.zeros((n, int(size)), dtype))

    found = zeros(cell.state_size)
    return found if isinstance(found, list) else [found]
