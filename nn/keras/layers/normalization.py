"""Layers that bring numbers to mean 0 and variance 1."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.normalize import batch_norm_
from autograd.tape import bump
from nn import functional as F
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer
from nn.parameter import Buffer, Parameter


class BatchNormalization(Layer):
    """(x − mean) / √(variance + epsilon) · gamma + beta for each channel (Ioffe & Szegedy, 2015).

    In training, mean and variance are those of the batch, and the moving ones follow:
    moving ← momentum · moving + (1 − momentum) · batch. Otherwise, or with `trainable=False`, the moving ones are used.

    Args:
        axis: where the channels are.
        momentum: how much of the moving statistics stays.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer, beta_regularizer,
        gamma_regularizer, beta_constraint, gamma_constraint: see `Dense`.
        synchronized, renorm, renorm_clipping, renorm_momentum: only the defaults are taken.
        kwargs: see `Layer`.

    Attributes:
        gamma, beta: (C,), starting from 1 and 0, or None.
        moving_mean, moving_variance: buffers, starting from 0 and 1.

    >>> import autograd
    >>> from nn import keras
    >>> layer = keras.layers.BatchNormalization(epsilon=1e-6)
    >>> layer(autograd.tensor([[1.0], [3.0]]), training=True).tolist()
    [[-0.9999995231628418], [0.9999995231628418]]
    >>> layer.moving_mean
    tensor([0.0200])
    """

    floats_only = True
    supports_masking = True
    gamma: Parameter | None
    beta: Parameter | None
    moving_mean: Buffer
    moving_variance: Buffer

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if renorm or synchronized:
            raise ArgumentError("BatchNormalization: renorm and synchronized are not supported")
        self.axis = int(axis)
        self.momentum, self.epsilon = float(momentum), float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.set_rules("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.set_rules("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)
        self.set_rules("moving_mean", moving_mean_initializer)
        self.set_rules("moving_variance", moving_variance_initializer)
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping, renorm_momentum
        self.synchronized = synchronized

    def build(self, input_shape: Shape) -> None:
        """Make gamma, beta and the moving statistics, one number for each channel."""
        if not -len(input_shape) <= self.axis < len(input_shape) or input_shape[self.axis] is None:
            raise ShapeError(
                f"BatchNormalization {self.name!r}: needs a known size along axis {self.axis}, got shape {input_shape}"
            )
        shape = (input_shape[self.axis] or 0,)
        if self.scale:
            self.make_weight("gamma", shape)
        else:
            self.gamma = None
        if self.center:
            self.make_weight("beta", shape)
        else:
            self.beta = None
        rules = vars(self)
        for name in ("moving_mean", "moving_variance"):
            self.add_weight(shape, rules[f"{name}_initializer"], trainable=False, name=name)

    def call(self, x: Tensor, mask: Any = None) -> Any:
        """(…, C, …) → the same."""
        axis = self.axis % x.ndim
        moved = x if axis == 1 else x.movedim(axis, 1)
        if not (self.training and self.trainable):
            out = batch_norm_(
                moved, self.gamma, self.beta, self.moving_mean, self.moving_variance, self.epsilon, None
            )
        elif mask is None:
            noted: list[Any] = []
            out = batch_norm_(moved, self.gamma, self.beta, None, None, self.epsilon, noted)
            self._follow(*noted)
        else:
            out = self._masked_norm(moved, mask)
        return out if axis == 1 else out.movedim(1, axis)

    def _masked_norm(self, x: Any, mask: Any) -> Any:
        """Normalise by the mean and variance of the steps that count."""
        weight = mask.to(x.dtype).unsqueeze(1)
        axes = (0, *range(2, x.ndim))
        count = (weight + x.new_zeros(tuple(x.shape))).sum(axes, keepdim=True) + 1e-7
        mean = (x * weight).sum(axes, keepdim=True) / count
        variance = ((x - mean).square() * weight).sum(axes, keepdim=True) / count
        self._follow(mean.detach().array.reshape(-1), variance.detach().array.reshape(-1))
        out = (x - mean) * (variance + self.epsilon).rsqrt()
        shape = (1, -1, *(1,) * (x.ndim - 2))
        out = out if self.gamma is None else out * self.gamma.reshape(shape)
        return out if self.beta is None else out + self.beta.reshape(shape)

    def _follow(self, mean: Any, variance: Any) -> None:
        """Move the moving statistics, in place."""
        for moving, found in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.array *= self.momentum
            moving.array += (1 - self.momentum) * found
            bump(moving)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


class LayerNormalization(Layer):
    """(x − mean) / √(variance + epsilon) · gamma + beta over one or several axes of each example (Ba et al., 2016).

    Args:
        axis: over which axes, −1 for the last.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint:
        see `Dense`.
        kwargs: see `Layer`.

    Attributes:
        gamma, beta: of the sizes of the axes, or None.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.LayerNormalization(epsilon=1e-6)(autograd.tensor([[1.0, 3.0]])).tolist()
    [[-0.9999995231628418, 0.9999995231628418]]
    """

    floats_only = True
    supports_masking = True
    gamma: Parameter | None
    beta: Parameter | None

    def __init__(
        self,
        axis: Any = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("rms_scaling", None)
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)
        self.epsilon = float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.set_rules("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.set_rules("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, of the sizes of the axes."""
        axes = sorted(
            n % len(input_shape) for n in ([self.axis] if isinstance(self.axis, int) else self.axis)
        )
        shape = tuple(input_shape[n] for n in axes)
        known = tuple(n for n in shape if n is not None)
        if len(known) != len(shape):
            raise ShapeError(
                f"LayerNormalization {self.name!r}: needs known sizes along axes {axes}, got {input_shape}"
            )
        self.__dict__["_axes"] = tuple(axes)
        if isinstance(self.axis, int):
            self.axis = [self.axis]
        if self.scale:
            self.make_weight("gamma", known)
        else:
            self.gamma = None
        if self.center:
            self.make_weight("beta", known)
        else:
            self.beta = None

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        axes = self._axes
        last = tuple(range(x.ndim - len(axes), x.ndim))
        moved = x if axes == last else x.movedim(axes, last)
        shape = tuple(moved.shape[-len(axes) :])
        out = F.layer_norm(moved, shape, self.gamma, self.beta, self.epsilon)
        return out if axes == last else out.movedim(last, axes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


class GroupNormalization(Layer):
    """(x − mean) / √(variance + epsilon) · gamma + beta over groups of channels of each example (Wu & He, 2018).

    Args:
        groups: how many groups; −1 for one of each channel.
        axis: where the channels are.
        epsilon: added to the variance.
        center, scale: whether there are beta and gamma.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint:
        see `Dense`.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.GroupNormalization(2)(autograd.zeros(1, 3, 3, 4)).shape
    autograd.Size([1, 3, 3, 4])
    """

    floats_only = True
    supports_masking = True
    gamma: Parameter | None
    beta: Parameter | None

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.groups, self.axis, self.epsilon = int(groups), int(axis), float(epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.set_rules("beta", beta_initializer, beta_regularizer, beta_constraint)
        self.set_rules("gamma", gamma_initializer, gamma_regularizer, gamma_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, one number for each channel."""
        depth = input_shape[self.axis]
        if depth is None or (self.groups != -1 and depth % self.groups):
            raise ShapeError(
                f"GroupNormalization {self.name!r}: groups={self.groups} must divide the size of axis {self.axis}, got "
                f"shape {input_shape}"
            )
        if self.scale:
            self.make_weight("gamma", (depth,))
        else:
            self.gamma = None
        if self.center:
            self.make_weight("beta", (depth,))
        else:
            self.beta = None

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        axis = self.axis % x.ndim
        moved = x if axis == 1 else x.movedim(axis, 1)
        groups = moved.shape[1] if self.groups == -1 else self.groups
        out = F.group_norm(moved, groups, self.gamma, self.beta, self.epsilon)
        return out if axis == 1 else out.movedim(1, axis)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


class UnitNormalization(Layer):
    """x / |x| along an axis, of length 1.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.UnitNormalization()(autograd.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """

    floats_only = True
    supports_masking = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis if isinstance(axis, int) else list(axis)

    def call(self, x: Tensor) -> Any:
        """x → the same shape."""
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis)
        return x * x.square().sum(axis, keepdim=True).clamp(min=1e-12).rsqrt()

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape
