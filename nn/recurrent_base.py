"""What recurrent layers have in common: their weights, layers on layers, two directions, packed and padded input."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from autograd import Tensor, cat, stack
from autograd.errors import ArgumentError, ShapeError
from autograd.hidden import Hidden
from autograd.tape import wrap
from nn import init
from nn.functional.dropout import dropout as drop
from nn.functional.given import tensors, whole
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter
from nn.utils.rnn import PackedSequence

GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What recurrent layers have in common: their weights, layer by layer and direction by direction.

    It has no `forward`; use `RNN`, `LSTM` or `GRU`. The weights of a layer are called weight_ih_l{layer} (of its
    input), weight_hh_l{layer} (of its own state), bias_ih_l{layer}, bias_hh_l{layer} and, with a projection,
    weight_hr_l{layer}; those of the second direction end in _reverse. All start uniform in ±1/√hidden_size.

    Args:
        mode: "LSTM", "GRU", "RNN_TANH" or "RNN_RELU".
        input_size, hidden_size: how many numbers an element of a sequence has, and the state.
        num_layers: how many layers stand on each other; each gets the states of the one below.
        bias: whether there are biases.
        batch_first: whether input and output are (N, L, *), not (L, N, *).
        dropout: the probability with which, in training, the states between two layers are dropped.
        bidirectional: whether each layer also goes through the sequence from its end.
        proj_size: if positive, the size of a projection of the LSTM's state.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ArgumentError: if an argument is of another type or out of its range.

    >>> import nn
    >>> [name for name, _ in nn.GRU(3, 5, bidirectional=True).named_parameters()][:2]
    ['weight_ih_l0', 'weight_hh_l0']
    """

    mode: str
    input_size: int
    hidden_size: int
    proj_size: int
    num_layers: int
    bias: bool
    batch_first: bool
    dropout: float
    bidirectional: bool
    _names: list[list[str]]

    def __init__(
        self,
        mode: str,
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
        super().__init__()
        probability: Any = dropout
        if isinstance(probability, bool) or not isinstance(probability, Real) or not 0 <= dropout <= 1:
            raise ArgumentError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed, "
                f"got {dropout!r}"
            )
        _check_type("bias", bias, bool)
        _check_type("batch_first", batch_first, bool)
        _check_type("input_size", input_size, int)
        _check_type("hidden_size", hidden_size, int)
        whole(mode, num_layers=num_layers, proj_size=proj_size)
        for name, value in (
            ("input_size", input_size),
            ("hidden_size", hidden_size),
            ("num_layers", num_layers),
        ):
            if value <= 0:
                raise ArgumentError(f"{name} must be greater than zero, got {value}")
        if proj_size < 0:
            raise ArgumentError(
                f"proj_size should be a positive integer or zero to disable projections, got {proj_size}"
            )
        if proj_size >= hidden_size:
            raise ArgumentError(
                f"proj_size has to be smaller than hidden_size, got {proj_size} and {hidden_size}"
            )
        if mode not in GATES:
            raise ArgumentError(f"Unrecognized RNN mode: {mode}; it is one of {', '.join(GATES)}")
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                stacklevel=2,
            )
        self.mode = mode
        self.input_size, self.hidden_size, self.proj_size = input_size, hidden_size, proj_size
        self.num_layers, self.bidirectional = num_layers, bidirectional
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self._names = [
            self._make_weights(layer, suffix, device, dtype)
            for layer in range(num_layers)
            for suffix in (("", "_reverse") if bidirectional else ("",))
        ]
        self.reset_parameters()

    def _make_weights(self, layer: int, suffix: str, device: Any, dtype: Any) -> list[str]:
        """The weights of one direction of a layer become attributes; returns their names."""
        width, gates = self._width, GATES[self.mode] * self.hidden_size
        below = self.input_size if layer == 0 else width * self._directions
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, below), "weight_hh": (gates, width)}
        if self.bias:
            shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        names = []
        for kind, shape in shapes.items():
            names.append(f"{kind}_l{layer}{suffix}")
            setattr(self, names[-1], empty_parameter(type(self).__name__, shape, device, dtype))
        return names

    @property
    def _width(self) -> int:
        """How many numbers a layer returns for each direction."""
        return self.proj_size or self.hidden_size

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each direction of each layer."""
        return [[getattr(self, name) for name in names] for names in self._names]

    @property
    def _flat_weights_names(
        self,
    ) -> list[str]:  # by PyTorch's name, which weight dropout in other libraries reads
        return [name for names in self._names for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name, None) for name in self._flat_weights_names]

    def flatten_parameters(self) -> None:
        """Do nothing: it is for GPUs, whose library wants all weights in one piece of memory."""

    def reset_parameters(self) -> None:
        """Draw new weights."""
        bound = 1 / math.sqrt(self.hidden_size)
        for p in self.parameters():
            init.uniform_(p, -bound, bound)

    def extra_repr(self) -> str:
        """Its sizes, and what differs from the defaults."""
        defaults: dict[str, Any] = {
            "proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False
        }  # fmt: skip
        given = {name: getattr(self, name) for name in defaults}
        shown = [f"{name}={value}" for name, value in given.items() if value != defaults[name]]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *shown])

    # -- what an input must be -------------------------------------------------------------------------------------

    def check_input(self, input: Tensor, batch_sizes: Tensor | None) -> None:
        """Raise unless the layer can take the input.

        Raises:
            ArgumentError: if its dtype is not that of the weights.
            ShapeError: if its shape does not fit.
        """
        weight = getattr(self, self._names[0][0])
        if input.dtype != weight.dtype:
            raise ArgumentError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        expected = 2 if batch_sizes is not None else 3
        if input.ndim != expected:
            raise ShapeError(
                f"input must have {expected} dimensions, got {input.ndim}: shape {tuple(input.shape)}"
            )
        if input.shape[-1] != self.input_size:
            raise ShapeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def get_expected_hidden_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape of the initial state for an input."""
        n = int(input.shape[not self.batch_first] if batch_sizes is None else batch_sizes[0])
        return self.num_layers * self._directions, n, self._width

    def get_expected_cell_size(self, input: Tensor, batch_sizes: Tensor | None) -> tuple[int, int, int]:
        """The shape of the initial cell state of an LSTM for an input."""
        return *self.get_expected_hidden_size(input, batch_sizes)[:2], self.hidden_size

    def check_hidden_size(
        self, hx: Tensor, expected_hidden_size: tuple[int, ...], msg: str = "Expected hidden size {}, got {}"
    ) -> None:
        """Raise unless a state has the expected shape.

        Raises:
            ShapeError: if it has not.
        """
        if tuple(hx.shape) != tuple(expected_hidden_size):
            raise ShapeError(msg.format(tuple(expected_hidden_size), list(hx.shape)))

    def check_forward_args(self, input: Tensor, hidden: Any, batch_sizes: Tensor | None) -> None:
        """Raise unless the layer can take the input and the initial state."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    # -- computing -------------------------------------------------------------------------------------------------

    def _direction(
        self, x: Any, state: tuple[Any, ...], weights: Sequence[Any], sizes: Any, reverse: bool
    ) -> Any:
        """One direction of one layer: (the states of all steps, *the final state)."""
        raise NotImplementedError(f"{type(self).__name__} has no forward(): define it")

    def _weights(self, names: Sequence[str]) -> tuple[Any, ...]:
        """The weights of one direction: w_ih, w_hh, b_ih, b_hh, and w_hr if there is a projection."""
        found = [getattr(self, name) for name in names]
        if not self.bias:
            found[2:2] = (None, None)
        return tuple(found)

    def _states(self, x: Any, hx: Any, batch_sizes: Any) -> tuple[Any, ...]:
        """The parts of the initial state, each (layers * directions, sequences, numbers), checked."""
        n = 2 if self.mode == "LSTM" else 1
        if hx is None:
            self.check_input(x, batch_sizes)
            kind = np.dtype(x.dtype)
            shapes = (
                self.get_expected_hidden_size(x, batch_sizes),
                self.get_expected_cell_size(x, batch_sizes),
            )
            return tuple(wrap(np.broadcast_to(np.zeros((), kind), shape)) for shape in shapes[:n])
        states = tuple(hx) if n == 2 else (hx,)
        self.check_forward_args(x, states if n == 2 else hx, batch_sizes)
        return states

    def _run(self, x: Any, initial: tuple[Any, ...], batch_sizes: Any) -> tuple[Any, tuple[Any, ...]]:
        """All layers: the states of the last one at all steps, and the final states of all."""
        sizes = None if batch_sizes is None else tuple(batch_sizes.tolist())
        if sizes is None and self.batch_first:
            x = x.transpose(0, 1)
        finals: list[tuple[Any, ...]] = []
        for layer in range(self.num_layers):
            outs = []
            for direction in range(self._directions):
                i = layer * self._directions + direction
                state = tuple(s[i] for s in initial)
                out, *final = self._direction(x, state, self._weights(self._names[i]), sizes, direction == 1)
                outs.append(out)
                finals.append(tuple(final))
            x = outs[0] if len(outs) == 1 else cat(outs, -1)
            if self.dropout and layer < self.num_layers - 1:
                x = drop(x, self.dropout, self.training)
        if len(outs) == 1 and x.requires_grad and (self.mode != "LSTM" or self.proj_size):
            x = (
                x.clone()
            )  # the kernel needs its states again: what is done to the result in place is not to reach them
        if sizes is None and self.batch_first:
            x = x.transpose(0, 1)
        return x, tuple(stack(parts) for parts in zip(*finals, strict=True))

    def _forward(self, input: Any, hx: Any) -> tuple[Any, tuple[Any, ...]]:
        """What `forward` of the layers has in common."""
        if isinstance(input, PackedSequence):
            order, back = input.sorted_indices, input.unsorted_indices
            if hx is not None:
                hx = self.permute_hidden(hx, order)
            states = self._states(input.data, hx, input.batch_sizes)
            out, finals = self._run(input.data, states, input.batch_sizes)
            packed = PackedSequence(out, input.batch_sizes, order, back)
            return packed, finals if back is None else tuple(f.index_select(1, back) for f in finals)
        name = "RNN" if self.mode.startswith("RNN") else self.mode
        tensors(name, input=input)
        if input.ndim not in (2, 3):
            raise ShapeError(f"{name}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        batched = input.ndim == 3
        if hx is not None:
            parts = hx if name == "LSTM" else (hx,)
            if any(not isinstance(part, (Tensor, Hidden)) for part in parts):
                raise ArgumentError(
                    f"{name}: the initial state is {'a pair of tensors (h, c)' if name == 'LSTM' else 'a tensor'}, got "
                    f"{hx if hx is parts else type(hx).__name__}"
                )
            if any(part.ndim != input.ndim for part in parts):
                kind = "batched 3-D" if batched else "unbatched 2-D"
                also = f"also be {input.ndim}-D but got"
                found = ", ".join(f"{part.ndim}-D" for part in parts)
                raise ShapeError(
                    f"For {kind} input, hx and cx should {also} ({found}) tensors"
                    if name == "LSTM"
                    else f"For {kind} input, hx should {also} {found} tensor"
                )
            if not batched:
                hx = tuple(part.unsqueeze(1) for part in parts)
                hx = hx if name == "LSTM" else hx[0]
        x = input if batched else input.unsqueeze(not self.batch_first)
        out, finals = self._run(x, self._states(x, hx, None), None)
        if not batched:
            out, finals = out.squeeze(not self.batch_first), tuple(f.squeeze(1) for f in finals)
        return out, finals

    def permute_hidden(self, hx: Any, permutation: Tensor | None) -> Any:
        """A state, or an LSTM's two, with the sequences in another order."""
        if permutation is None:
            return hx
        if self.mode == "LSTM":
            return tuple(part.index_select(1, permutation) for part in hx)
        return hx.index_select(1, permutation)


def _check_type(name: str, value: Any, kind: type) -> None:
    if not isinstance(value, kind):
        raise ArgumentError(f"{name} should be of type {kind.__name__}, got: {type(value).__name__}")
