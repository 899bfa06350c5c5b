"""Activations as layers."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn.keras import activations
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer
from nn.parameter import Parameter


class _Elementwise(Layer):
    floats_only = True
    supports_masking = True

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


class ReLU(_Elementwise):
    """max(x, 0), or with the options of `activations.relu`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.ReLU(max_value=1.0)(autograd.tensor([-1.0, 0.5, 2.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0.0,
        threshold: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (max_value is not None and max_value < 0) or negative_slope < 0 or threshold < 0:
            raise ArgumentError(
                "ReLU: max_value, negative_slope and threshold are 0 or more, got "
                f"{max_value}, {negative_slope} and {threshold}"
            )
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, x: Tensor) -> Any:
        """Elementwise."""
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(_Elementwise):
    """x where it is positive, else negative_slope · x.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.LeakyReLU()(autograd.tensor([-1.0, 2.0]))
    tensor([-0.3000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.pop("alpha", negative_slope)  # its name until Keras 3
        super().__init__(**kwargs)
        self.negative_slope = float(negative_slope)

    def call(self, x: Tensor) -> Any:
        """Elementwise."""
        return F.leaky_relu(x, self.negative_slope)


class PReLU(_Elementwise):
    """x where it is positive, else alpha · x with a learnt alpha of the shape of an example (He et al., 2015).

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: see `Dense`.
        shared_axes: axes along which alpha is the same.
        kwargs: see `Layer`.
    """

    alpha: Parameter

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.set_rules("alpha", alpha_initializer, alpha_regularizer, alpha_constraint)
        self.shared_axes = (
            None
            if shared_axes is None
            else [shared_axes]
            if isinstance(shared_axes, int)
            else list(shared_axes)
        )

    def build(self, input_shape: Shape) -> None:
        """Make alpha."""
        shape = [n or 1 for n in input_shape[1:]]
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.make_weight("alpha", shape)

    def call(self, x: Tensor) -> Any:
        """Elementwise."""
        return F.relu(x) - self.alpha * F.relu(-x)


class ELU(_Elementwise):
    """x where it is positive, else alpha · (eˣ − 1)."""

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, x: Tensor) -> Any:
        """Elementwise."""
        return F.elu(x, self.alpha)


class Softmax(_Elementwise):
    """eˣ / Σ eˣ along one or several axes.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Softmax()(autograd.zeros(1, 2))
    tensor([[0.5000, 0.5000]])
    """

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)

    def call(self, x: Tensor, mask: Any = None) -> Any:
        """Along the axes; where a mask is False, 0."""
        if mask is not None:
            x = x + (1.0 - mask.to(x.dtype)) * -1e9
        if isinstance(self.axis, int):
            return activations.softmax(x, self.axis)
        if len(self.axis) == 1:
            return activations.softmax(x, self.axis[0])
        axes = tuple(self.axis)
        return (x - x.logsumexp(axes, keepdim=True)).exp()
