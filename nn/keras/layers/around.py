"""Layers around another layer or function: both directions, every step, any function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from autograd import Tensor, cat
from autograd.errors import ArgumentError
from nn.keras.configuration import described
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer, mask_of
from nn.keras.layers.recurrent_base import Steps

_MERGES = ("sum", "mul", "ave", "concat", None)


class Bidirectional(Layer):
    """A recurrent layer that goes through the steps in both directions (Schuster & Paliwal, 1997).

    Args:
        layer: an LSTM, GRU, SimpleRNN or RNN; two like it are made.
        merge_mode: how the results of the two are put together: "concat", "sum", "mul", "ave", or None for both.
        weights: accepted; use set_weights.
        backward_layer: the layer for the other direction, with go_backwards; made like `layer` if left out.
        kwargs: see `Layer`.

    Attributes:
        forward_layer, backward_layer: the two.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Bidirectional(keras.layers.LSTM(4))(autograd.zeros(2, 7, 3)).shape
    autograd.Size([2, 8])
    """

    floats_only = True
    supports_masking = True

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        for part in (layer, backward_layer) if backward_layer is not None else (layer,):
            if not isinstance(part, Steps):
                raise ArgumentError(f"Bidirectional: needs an LSTM, GRU, SimpleRNN or RNN, got {part!r}")
        if merge_mode not in _MERGES:
            raise ArgumentError(f"Bidirectional: merge_mode is one of {_MERGES}, got {merge_mode!r}")
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        self.__dict__["_given"] = (
            described(layer),
            None if backward_layer is None else described(backward_layer),
        )
        config = layer.get_config()
        name = layer.name.removeprefix("forward_")
        self.forward_layer = type(layer).from_config({**config, "name": f"forward_{name}"})
        if backward_layer is None:
            other = {**config, "name": f"backward_{name}", "go_backwards": not layer.go_backwards}
            self.backward_layer = type(layer).from_config(other)
        else:
            self.backward_layer = backward_layer
        for what in ("return_sequences", "return_state", "stateful"):
            ours = getattr(self.forward_layer, what)
            if ours != getattr(self.backward_layer, what):
                raise ArgumentError(f"Bidirectional: both layers need the same {what}")
            setattr(self, what, ours)
        if self.forward_layer.go_backwards == self.backward_layer.go_backwards:
            raise ArgumentError("Bidirectional: one of the layers, and only one, has go_backwards=True")
        for part in (self.forward_layer, self.backward_layer):
            part.zero_output_for_mask = part.return_sequences

    def build(self, input_shape: Shape) -> None:
        """Make the weights of both."""
        for part in (self.forward_layer, self.backward_layer):
            part._ensure_built(input_shape)  # noqa: SLF001  # a part of this layer

    def call(self, sequences: Any, initial_state: Any = None, mask: Any = None) -> Any:
        """(N, L, C) → both results put together; then the final states of both."""
        if mask is None:
            mask = mask_of(sequences)
        half = None if initial_state is None else len(initial_state) // 2
        first = None if half is None else initial_state[:half]
        second = None if half is None else initial_state[half:]
        ours, last, states = self.forward_layer.run(sequences, first, mask)
        theirs, other_last, other_states = self.backward_layer.run(sequences, second, mask)
        a, b = (ours, theirs) if self.return_sequences else (last, other_last)
        made = self._merged(a, b)
        if not self.return_state:
            return made
        return (*(made if self.merge_mode is None else (made,)), *states, *other_states)

    def _merged(self, a: Any, b: Any) -> Any:
        if self.merge_mode == "concat":
            return cat([a, b], -1)
        if self.merge_mode == "sum":
            return a + b
        if self.merge_mode == "ave":
            return (a + b) / 2
        return a * b if self.merge_mode == "mul" else (a, b)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The input's mask, if all steps are returned."""
        mask = previous_mask if self.return_sequences else None
        results = 2 if self.merge_mode is None else 1
        states = 2 * len(self.forward_layer.state_shapes(1)) if self.return_state else 0
        return mask if results + states == 1 else [mask] * results + [None] * states

    def compute_output_shape(self, input_shape: Shape) -> Any:
        """The shape of both results put together, and the states'."""
        n, units = input_shape[0], self.forward_layer.result_size()
        width = 2 * units if self.merge_mode == "concat" else units
        shape = (n, input_shape[1], width) if self.return_sequences else (n, width)
        results = (shape, shape) if self.merge_mode is None else (shape,)
        states = 2 * tuple(self.forward_layer.state_shapes(n)) if self.return_state else ()
        return (*results, *states) if len(results) + len(states) > 1 else shape

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        config = super().get_config()
        layer, backward = self._given
        config.pop("weights")
        config.update(layer=layer, backward_layer=backward)
        if backward is None:
            config.pop("backward_layer")
        return config

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Self:
        """Make one from what `get_config` returned."""
        return cls(**_with_layers(config, custom_objects))


class TimeDistributed(Layer):
    """A layer applied to every step: (N, L, …) → (N, L, …).

    Args:
        layer: any layer.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.TimeDistributed(keras.layers.Dense(3))(autograd.zeros(2, 7, 5)).shape
    autograd.Size([2, 7, 3])
    """

    supports_masking = True

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(f"TimeDistributed: needs a layer, got {layer!r}")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        """Make the layer's weights."""
        self.layer._ensure_built((input_shape[0], *input_shape[2:]))  # noqa: SLF001  # a part of this layer

    def call(self, x: Tensor) -> Any:
        """(N, L, …) → (N, L, …)."""
        n, steps = x.shape[:2]
        out = self.layer(x.reshape(n * steps, *x.shape[2:]))
        return out.reshape(n, steps, *out.shape[1:])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, L, …) → (N, L, …)."""
        inner = self.layer.compute_output_shape((input_shape[0], *input_shape[2:]))
        return (inner[0], input_shape[1], *inner[1:])

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Self:
        """Make one from what `get_config` returned."""
        return cls(**_with_layers(config, custom_objects))


def _with_layers(config: Mapping[str, Any], custom_objects: Any) -> dict[str, Any]:
    """A configuration with its layers made."""
    from nn.keras.layers.known import layer_from

    made = dict(config)
    for key in ("layer", "backward_layer"):
        if isinstance(made.get(key), dict):
            made[key] = layer_from(made[key], custom_objects)
    return made


class Lambda(Layer):
    """Any function of a tensor as a layer. To be saved it must be a named function, given on loading.

    Args:
        function: takes what the layer is called on.
        output_shape: the shape of its result, without the batch; found by a call on zeros if left out.
        mask: accepted.
        arguments: further keyword arguments of the function.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Lambda(lambda x: x**2)(autograd.tensor([3.0]))
    tensor([9.])
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.arguments = dict(arguments or {})
        self.__dict__["mask"] = mask
        self.__dict__["_shape"] = output_shape

    def call(self, x: Any) -> Any:
        """The function's value."""
        return self.function(x, **self.arguments)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the result."""
        if self._shape is not None:
            return (input_shape[0], *self._shape)
        return super().compute_output_shape(input_shape)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], custom_objects: Any = None) -> Self:
        """Make one from what `get_config` returned; the function must be among the custom objects or registered."""
        from nn.keras.configuration import deserialize

        return cls(**{**config, "function": deserialize(config["function"], custom_objects)})


class Rescaling(Layer):
    """x · scale + offset, such as pixels / 255.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Rescaling(1 / 255)(autograd.tensor([[255]]))
    tensor([[1.]])
    """

    floats_only = True
    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale, self.offset = scale, offset

    def call(self, x: Tensor) -> Any:
        """x · scale + offset."""
        scale = x.new_tensor(self.scale) if isinstance(self.scale, (list, tuple)) else self.scale
        offset = x.new_tensor(self.offset) if isinstance(self.offset, (list, tuple)) else self.offset
        return x * scale + offset

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape
