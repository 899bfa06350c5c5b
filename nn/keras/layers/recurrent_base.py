"""What the recurrent layers share: options, states, masks, and the two ways to go through the steps.

The fused kernels of `autograd.kernels` compute the usual cells, also over sequences that end early, which are then
packed. Other cells, and masks with gaps, go step by step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import stack, where
from autograd.errors import ShapeError
from autograd.tape import wrap
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer
from nn.keras.layers.recurrent_rules import Rule


class Steps(Layer):
    """A layer over the steps of (N, L, …): what it returns of them, in which order, and the states that it keeps."""

    floats_only = True
    supports_masking = True
    return_sequences: bool
    return_state: bool
    go_backwards: bool

    def set_steps(
        self, return_sequences: bool, return_state: bool, go_backwards: bool, stateful: bool, unroll: bool,
        zero_output_for_mask: bool,
    ) -> None:  # fmt: skip
        """Keep the options."""
        self.return_sequences, self.return_state = bool(return_sequences), bool(return_state)
        self.go_backwards, self.stateful, self.unroll = bool(go_backwards), bool(stateful), bool(unroll)
        self.zero_output_for_mask = bool(zero_output_for_mask)
        self.__dict__["states"] = None

    def run(self, sequences: Any, initial_state: Any = None, mask: Any = None) -> tuple[Any, Any, list[Any]]:
        """Go through the steps: (all results in the order of the steps or None, the last result, the final states)."""
        raise NotImplementedError

    def result_size(self) -> int:
        """How many numbers a step returns."""
        raise NotImplementedError

    def state_shapes(self, n: Any) -> list[Any]:
        """The shapes of the states of n sequences."""
        raise NotImplementedError

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None) -> Any:
        """(N, L, C) → the last step's (N, units), or with return_sequences (N, L, units); then the final states.

        Args:
            sequences: (N, L, C).
            initial_state: one tensor (N, units), or a list of them; zeros if left out.
            mask: booleans (N, L): steps that are False are left out, and repeat what was before.
        """
        out, last, states = self.run(sequences, initial_state, mask)
        if self.return_sequences and self.go_backwards:
            out = out.flip(1)
        result = out if self.return_sequences else last
        return (result, *states) if self.return_state else result

    def reset_states(self) -> None:
        """Forget the states that a stateful layer keeps."""
        self.__dict__["states"] = None

    reset_state = reset_states

    # -- shapes and masks ------------------------------------------------------------------------------------------

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The input's mask, if all steps are returned."""
        mask = previous_mask if self.return_sequences else None
        return [mask, *[None] * len(self.state_shapes(1))] if self.return_state else mask

    def compute_output_shape(self, input_shape: Shape) -> Any:
        """(N, L, C) → (N, units) or (N, L, units), and the states'."""
        n, size = input_shape[0], self.result_size()
        shape = (n, input_shape[1], size) if self.return_sequences else (n, size)
        return (shape, *self.state_shapes(n)) if self.return_state else shape


class Recurrent(Steps, Rule):
    """A layer over the steps of (N, L, C), with a state of one or two tensors (N, units)."""

    def set_options(
        self, units: int, activation: Any, use_bias: bool, dropout: float, recurrent_dropout: float, seed: int | None,
        return_sequences: bool, return_state: bool, go_backwards: bool, stateful: bool, unroll: bool,
        zero_output_for_mask: bool = False,
    ) -> None:  # fmt: skip
        """Check and keep what all recurrent layers have.

        Raises:
            ArgumentError: if one is out of its range.
        """
        self.set_rule(units, activation, use_bias, dropout, recurrent_dropout, seed)
        self.set_steps(return_sequences, return_state, go_backwards, stateful, unroll, zero_output_for_mask)

    def build(self, input_shape: Shape) -> None:
        """Make kernel (in, gates · units), recurrent_kernel (units, gates · units) and bias."""
        if len(input_shape) != 3 or input_shape[-1] is None:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: needs inputs (N, steps, features) with a known number of "
                f"features, got shape {tuple(input_shape)}"
            )
        self.make_weights(input_shape[-1])

    def result_size(self) -> int:
        """The number of units."""
        return self.units

    def state_shapes(self, n: Any) -> list[Any]:
        """(n, units), of each state."""
        return [(n, self.units)] * self.states_held

    # -- what a kind of cell defines -----------------------------------------------------------------------------

    def fused(self, x: Any, states: list[Any], sizes: Any, reverse: bool) -> tuple[Any, list[Any]]:
        """All steps of x (L, N, C), or of packed rows, by a kernel: (what each step returns, the final states)."""
        raise NotImplementedError

    def can_fuse(self) -> bool:
        """Whether there is a kernel for the cell as it is set."""
        raise NotImplementedError

    # -- calls -----------------------------------------------------------------------------------------------------

    def run(self, sequences: Any, initial_state: Any = None, mask: Any = None) -> tuple[Any, Any, list[Any]]:
        """Go through the steps: (all results in the order of the steps or None, the last result, the final states)."""
        if sequences.ndim != 3:
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: takes (N, steps, features), got shape {tuple(sequences.shape)}"
            )
        states = self._initial(sequences, initial_state)
        if self.training and self.dropout:
            sequences = sequences * self.dropout_mask(
                self.dropout, (len(sequences), 1, sequences.shape[2]), sequences
            )
        fits = self.can_fuse() and not (self.training and self.recurrent_dropout) and sequences.shape[1]
        if not fits:
            out, last, states = self._stepwise(sequences, states, mask)
        elif mask is None or bool(mask.all()):
            out, states = self.fused(sequences.transpose(0, 1), states, None, self.go_backwards)
            out, last = out.transpose(0, 1), states[0]
        else:
            lengths = _lengths(np.asarray(mask))
            if lengths is None or (self.return_sequences and self.go_backwards):
                out, last, states = self._stepwise(sequences, states, mask)
            else:
                out, last, states = self._packed(sequences, states, lengths)
        if self.stateful:
            self.__dict__["states"] = [state.detach() for state in states]
        return out, last, states

    def _initial(self, x: Any, given: Any) -> list[Any]:
        if given is None and self.stateful and self.states is not None:
            if len(self.states[0]) != len(x):
                raise ShapeError(
                    f"{type(self).__name__} {self.name!r}: is stateful and keeps states of {len(self.states[0])} "
                    f"sequences, got {len(x)}; use one batch size, or call reset_states()"
                )
            return list(self.states)
        if given is None:
            return [wrap(np.zeros((len(x), self.units), np.dtype(x.dtype))) for _ in range(self.states_held)]
        many = list(given) if isinstance(given, (list, tuple)) else [given]
        shape = (len(x), self.units)
        if len(many) != self.states_held or any(tuple(state.shape) != shape for state in many):
            raise ShapeError(
                f"{type(self).__name__} {self.name!r}: takes {self.states_held} initial states of shape {shape}, got "
                f"{[tuple(state.shape) for state in many]}"
            )
        return many

    def _packed(self, x: Any, states: list[Any], lengths: Any) -> tuple[Any, Any, list[Any]]:
        """Sequences that end early, by the kernel: their steps in rows, the longest sequence first."""
        n, steps = x.shape[0], x.shape[1]
        order = np.argsort(-lengths, kind="stable")
        sizes = tuple(int((lengths > t).sum()) for t in range(int(lengths.max())))
        rows = np.concatenate([order[:size] * steps + t for t, size in enumerate(sizes)])
        packed = x.reshape(n * steps, x.shape[2])[rows]
        back = np.argsort(order)
        out, final = self.fused(packed, [state[order] for state in states], sizes, self.go_backwards)
        final = [state[back] for state in final]
        if not self.return_sequences:
            return None, final[0], final
        starts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
        at = np.minimum(
            np.arange(steps)[None, :], lengths[:, None] - 1
        )  # the last step that counts, from there on
        spread = out[starts[at] + back[:, None]]
        if self.zero_output_for_mask:
            counts = np.arange(steps)[None, :] < lengths[:, None]
            spread = spread * wrap(counts.astype(x.array.dtype)[..., None])
        return spread, final[0], final

    def _stepwise(self, x: Any, states: list[Any], mask: Any) -> tuple[Any, Any, list[Any]]:
        z = self.projected(x)
        dropped = None
        if self.training and self.recurrent_dropout:
            dropped = self.dropout_mask(self.recurrent_dropout, tuple(states[0].shape), x)
        steps = range(x.shape[1])
        found: list[Any] = []
        last: Any = wrap(np.zeros((len(x), self.units), np.dtype(x.dtype)))
        for t in reversed(steps) if self.go_backwards else steps:
            h = states[0] if dropped is None else states[0] * dropped
            new = self.step(z[:, t], states, h)
            out = new[0]
            if mask is not None:
                counts = mask[:, t].unsqueeze(1)
                new = [where(counts, a, b) for a, b in zip(new, states, strict=True)]
                out = where(counts, out, last * 0.0 if self.zero_output_for_mask else last)
            states, last = new, out
            found.append(out)
        if not self.return_sequences or not found:
            return None, last, states
        return stack(found[::-1] if self.go_backwards else found, 1), last, states


def _lengths(mask: Any) -> Any:
    """How many steps each sequence has, if the mask only leaves out steps at the end, and none is empty; else None."""
    lengths = mask.sum(1)
    if not lengths.all():
        return None
    return lengths if (mask == (np.arange(mask.shape[1])[None, :] < lengths[:, None])).all() else None
