"""Linear and normalisation layers that learn the number of features from their first input."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, no_grad, zeros
from autograd.errors import AssertedError, DimensionError
from nn.batchnorm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    Normalization,
)
from nn.lazy import LazyModuleMixin
from nn.linear import Linear
from nn.parameter import Buffer, UninitializedBuffer, UninitializedParameter, is_lazy


class LazyLinear(LazyModuleMixin, Linear):
    """`Linear` whose in_features is the last size of the first input; it then is a `Linear`.

    Args:
        out_features: the size of the last dimension of the result.
        bias: whether there is a bias.

    Attributes:
        weight, bias: `UninitializedParameter` until the first call.

    Raises:
        AssertedError: if a loaded weight does not fit the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyLinear(3)
    >>> layer
    LazyLinear(in_features=0, out_features=3, bias=True)
    >>> layer(autograd.zeros(5, 4)).shape, layer
    (autograd.Size([5, 3]), Linear(in_features=4, out_features=3, bias=True))
    """

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw both anew, once they have a shape."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take in_features from the input.

        Raises:
            DimensionError: if it has no dimensions.
        """
        if not input.ndim:
            raise DimensionError("LazyLinear: the input needs a dimension of features, got a number")
        size = input.shape[-1]
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = size
                _materialize(self.weight, (self.out_features, size))
                _materialize(self.bias, (self.out_features,))
                self.reset_parameters()
        if self.in_features == 0:
            if size != self.weight.shape[-1]:
                raise AssertedError(
                    f"LazyLinear: The in_features inferred from input: {size} is not equal to in_features from "
                    f"self.weight: {self.weight.shape[-1]}"
                )
            self.in_features = size


def _materialize(value: Any, shape: tuple[int, ...]) -> None:
    if is_lazy(value):
        value.materialize(shape)


class _LazyNormalization(LazyModuleMixin, Normalization):
    """What the lazy ones share: num_features is the second size of the first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = Buffer(zeros((), dtype="int64"))

    def reset_parameters(self) -> None:
        """Start again, once there are shapes."""
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take num_features from the input."""
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            with no_grad():
                for value in (self.weight, self.bias, self.running_mean, self.running_var):
                    _materialize(value, (self.num_features,))
                self.reset_parameters()


class LazyBatchNorm1d(_LazyNormalization, BatchNorm1d):
    """`BatchNorm1d` whose num_features is the second size of the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyBatchNorm1d()
    >>> layer(autograd.randn(5, 3)).shape, layer.num_features
    (autograd.Size([5, 3]), 3)
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNormalization, BatchNorm2d):
    """`BatchNorm2d` whose num_features is the second size of the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyBatchNorm2d()
    >>> out = layer(autograd.zeros(2, 3, 4, 4))
    >>> layer.num_features
    3
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNormalization, BatchNorm3d):
    """`BatchNorm3d` whose num_features is the second size of the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyBatchNorm3d()
    >>> out = layer(autograd.zeros(2, 3, 4, 4, 4))
    >>> layer.num_features
    3
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNormalization, InstanceNorm1d):
    """`InstanceNorm1d` whose num_features is the second size of the first input, with weights and running statistics.

    >>> import autograd, nn
    >>> layer = nn.LazyInstanceNorm1d()
    >>> layer(autograd.randn(5, 3, 4)).shape, layer.num_features
    (autograd.Size([5, 3, 4]), 3)
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNormalization, InstanceNorm2d):
    """`InstanceNorm2d` whose num_features is the second size of the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyInstanceNorm2d(affine=True)
    >>> out = layer(autograd.zeros(2, 3, 4, 4))
    >>> layer.weight.shape
    autograd.Size([3])
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNormalization, InstanceNorm3d):
    """`InstanceNorm3d` whose num_features is the second size of the first input.

    >>> import autograd, nn
    >>> layer = nn.LazyInstanceNorm3d(affine=True)
    >>> out = layer(autograd.zeros(2, 3, 4, 4, 4))
    >>> layer.weight.shape
    autograd.Size([3])
    """

    cls_to_become = InstanceNorm3d
