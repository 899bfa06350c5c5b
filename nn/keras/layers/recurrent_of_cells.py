"""`RNN`: a layer over the steps made of any cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from autograd import stack, where
from autograd.errors import ShapeError
from autograd.tape import wrap
from nn.keras.graph import Shape, leaves_of, replaced
from nn.keras.layers.known import layer_from
from nn.keras.layers.layer import Layer
from nn.keras.layers.recurrent_base import Steps
from nn.keras.layers.recurrent_cells import Cell, StackedRNNCells, check_cell, initial_state, size_of


class RNN(Steps):
    """Goes through the steps with a cell: one of `LSTMCell` and its like, several, or one of your own.

    A cell is a layer with `state_size` (a number, or a list of them) and `call(inputs, states)`, which returns
    (output, next states); it may have `output_size` and `get_initial_state(batch_size)`. `LSTM`, `GRU` and `SimpleRNN`
    compute the same as with their cells, by kernels over all steps.

    Args:
        cell: the cell, or a list of cells, one above the other.
        return_sequences: return all steps, not the last.
        return_state: return the final states as well.
        go_backwards: go from the last step to the first, and return them in that order.
        stateful: begin each batch with the states in which the last one ended.
        unroll: accepted.
        zero_output_for_mask: whether a step that is left out returns zeros, not what the step before it did.
        kwargs: see `Layer`.

    Raises:
        ArgumentError: if it is no cell.

    >>> import autograd
    >>> from nn import keras
    >>> class Sum(keras.layers.Layer):
    ...     state_size = 3
    ...
    ...     def call(self, inputs, states):
    ...         total = states[0] + inputs
    ...         return total, [total]
    >>> keras.layers.RNN(Sum())(autograd.ones(2, 7, 3))
    tensor([[7., 7., 7.],
            [7., 7., 7.]])
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        check_cell("RNN", cell)
        super().__init__(**kwargs)
        self.cell = cell
        self.set_steps(return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask)

    def build(self, input_shape: Shape) -> None:
        """Make the cell's weights."""
        self._check(input_shape)
        if isinstance(self.cell, Layer):
            self.cell._ensure_built((input_shape[0], *input_shape[2:]))  # noqa: SLF001  # a part of this layer

    def _check(self, shape: Any) -> None:
        if len(shape) < 3:
            raise ShapeError(f"RNN {self.name!r}: takes (N, steps, features), got shape {tuple(shape)}")

    def run(self, sequences: Any, initial_state: Any = None, mask: Any = None) -> tuple[Any, Any, list[Any]]:
        """Go through the steps: (all results in the order of the steps or None, the last result, the final states)."""
        self._check(sequences.shape)
        states = self._initial(sequences, initial_state)
        self._draw_anew()
        found: list[Any] = []
        last: Any = wrap(np.zeros((len(sequences), self.result_size()), np.dtype(sequences.dtype)))
        steps = range(sequences.shape[1])
        for t in reversed(steps) if self.go_backwards else steps:
            out, new = self.cell(sequences[:, t], states)
            new = list(new) if isinstance(new, (list, tuple)) else [new]
            if mask is not None:
                new = _kept(mask[:, t], new, states)
                before = last if found and not self.zero_output_for_mask else out * 0.0
                out = where(_beside(mask[:, t], out), out, before)
            states, last = new, out
            found.append(out)
        self._draw_anew()
        if self.stateful:
            self.__dict__["states"] = replaced(states, lambda state: state.detach())
        if not self.return_sequences or not found:
            return None, last, states
        return stack(found[::-1] if self.go_backwards else found, 1), last, states

    def _draw_anew(self) -> None:
        """Let dropout draw what it drops anew, and then keep it for all steps."""
        for part in self.modules():
            if isinstance(part, Cell):
                part.reset_dropout_mask()
                part.reset_recurrent_dropout_mask()

    def _initial(self, x: Any, given: Any) -> list[Any]:
        if given is None and self.stateful and self.states is not None:
            held = len(leaves_of(self.states)[0])
            if held != len(x):
                raise ShapeError(
                    f"RNN {self.name!r}: is stateful and keeps states of {held} sequences, got {len(x)}; use one batch "
                    "size, or call reset_states()"
                )
            return list(self.states)
        zeros: list[Any] = initial_state(self.cell, len(x), np.dtype(x.dtype))
        if given is None:
            return [replaced(state, lambda leaf: leaf.to(x.dtype)) for state in zeros]
        many = list(given) if isinstance(given, (list, tuple)) else [given]
        wanted = [tuple(state.shape) for state in leaves_of(zeros)]
        shapes = [tuple(state.shape) for state in leaves_of(many)]
        if shapes != wanted:
            raise ShapeError(f"RNN {self.name!r}: takes initial states of shapes {wanted}, got {shapes}")
        return many

    def result_size(self) -> int:
        """The cell's output_size."""
        return size_of(self.cell)

    def state_shapes(self, n: Any) -> list[Any]:
        """(n, size), in the structure of the cell's state_size."""

        def shapes(size: Any) -> Any:
            return [shapes(part) for part in size] if isinstance(size, (list, tuple)) else (n, int(size))

        if isinstance(self.cell, StackedRNNCells):  # a list for each cell
            found = [shapes(cell.state_size) for cell in self.cell.cells]
            return [part if isinstance(part, list) else [part] for part in found]
        found = shapes(self.cell.state_size)
        return found if isinstance(found, list) else [found]

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make one from what `get_config` returned; a cell of your own is looked up in `custom_objects`."""
        return cls(**{**config, "cell": layer_from(config["cell"], custom_objects)})


def _kept(counts: Any, new: Any, old: Any) -> Any:
    """The new states of the sequences that count, and the old ones of the others, in their structure."""
    if isinstance(new, (list, tuple)):
        return [_kept(counts, a, b) for a, b in zip(new, old, strict=True)]
    return where(_beside(counts, new), new, old)


def _beside(counts: Any, value: Any) -> Any:
    """A flag for each sequence, in as many dimensions as the value has."""
    return counts.reshape((len(counts),) + (1,) * (value.ndim - 1))
