"""Batch norm and instance norm layers, which may keep running means and variances."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import Tensor, zeros
from autograd.errors import ShapeError
from nn import functional as F
from nn import init
from nn.functional import given
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Buffer, Parameter


class Normalization(Module):
    """What batch and instance norm share: a factor and a summand for each channel, and running statistics."""

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    dims: tuple[int, ...] = ()  # how many dimensions an input may have
    _version = 2  # since 2 a state dict has num_batches_tracked

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        self._make(device, dtype, bias)

    def _make(self, device: Any, dtype: Any, bias: bool) -> None:
        """Make parameters and buffers for `num_features` channels."""
        name, shape = type(self).__name__, (self.num_features,)
        self.register_parameter(
            "weight", empty_parameter(name, shape, device, dtype) if self.affine else None
        )
        self.register_parameter(
            "bias", empty_parameter(name, shape, device, dtype) if self.affine and bias else None
        )
        if self.track_running_stats:
            self.running_mean = Buffer(zeros(*shape, dtype=dtype))
            self.running_var = Buffer(zeros(*shape, dtype=dtype))
            self.num_batches_tracked = Buffer(zeros((), dtype="int64"))
        else:
            for buffer in ("running_mean", "running_var", "num_batches_tracked"):
                self.register_buffer(buffer, None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Start again with running mean 0, running variance 1 and no batches seen."""
        if self.running_mean is not None and self.running_var is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Start again with weight 1 and bias 0, and with the running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, local_metadata: dict[str, Any], *rest: Any
    ) -> None:
        """Load; a state dict from before version 2, or that does not say, may lack num_batches_tracked."""
        key = f"{prefix}num_batches_tracked"
        if local_metadata.get("version", 1) < 2 and self.track_running_stats and key not in state_dict:
            held = self.num_batches_tracked
            state_dict[key] = zeros((), dtype="int64") if held is None else held
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    def _check_dims(self, input: Tensor) -> None:
        given.tensors(type(self).__name__, input=input)
        if input.ndim not in self.dims:
            wanted = " or ".join(f"{d}D" for d in self.dims)
            raise ShapeError(
                f"{type(self).__name__}: expected {wanted} input (got {input.ndim}D input: {tuple(input.shape)})"
            )

    def extra_repr(self) -> str:
        """Its options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(Normalization):
    def forward(self, input: Tensor) -> Tensor:
        """Normalise, and in training move the running statistics."""
        self._check_dims(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        counted = self.num_batches_tracked if self.training and self.track_running_stats else None
        if counted is not None and self.momentum is None:  # the average over all batches, with this one
            momentum = 1.0 / (float(counted) + 1.0)
        own = self.training or (self.running_mean is None and self.running_var is None)
        kept = not self.training or self.track_running_stats
        mean, variance = (self.running_mean, self.running_var) if kept else (None, None)
        out = F.batch_norm(input, mean, variance, self.weight, self.bias, own, momentum, self.eps)
        if counted is not None:
            counted.add_(1)
        return out


class BatchNorm1d(_BatchNorm):
    """(x − mean) / √(variance + eps) · weight + bias for each channel: (N, C) or (N, C, L) → the same.

    In training, mean and variance are those of the batch, and the running ones move towards them; in evaluation the
    running ones are used (Ioffe & Szegedy, 2015). See `functional.batch_norm`.

    Args:
        num_features: C.
        eps: added to the variance.
        momentum: how far the running statistics move, or None for their average over all batches.
        affine: whether there are weight and bias.
        track_running_stats: whether there are running statistics; without, the batch's own are always used.
        bias: whether there is a bias beside the weight.

    Attributes:
        weight, bias: (C), starting from 1 and 0, or None.
        running_mean, running_var, num_batches_tracked: buffers, starting from 0, 1 and 0, or None.

    >>> import autograd, nn
    >>> layer = nn.BatchNorm1d(2)
    >>> layer(autograd.tensor([[1.0, 5.0], [3.0, 5.0]])).tolist()[0][1], layer.running_mean
    (0.0, tensor([0.2000, 0.5000]))
    """

    dims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """(x − mean) / √(variance + eps) · weight + bias for each channel: (N, C, H, W) → the same. See `BatchNorm1d`.

    >>> import autograd, nn
    >>> nn.BatchNorm2d(3)(autograd.randn(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    dims = (4,)


class BatchNorm3d(_BatchNorm):
    """(x − mean) / √(variance + eps) · weight + bias for each channel: (N, C, D, H, W) → the same. See `BatchNorm1d`.

    >>> import autograd, nn
    >>> nn.BatchNorm3d(3)(autograd.randn(2, 3, 4, 4, 4)).shape
    autograd.Size([2, 3, 4, 4, 4])
    """

    dims = (5,)


class _InstanceNorm(Normalization):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalise, and in training move the running statistics."""
        self._check_dims(input)
        dim = input.ndim - self.dims[0]
        if input.shape[dim] != self.num_features:
            problem = (
                f"expected input's size at dim={dim} to match num_features ({self.num_features}), but got: "
                f"{input.shape[dim]}"
            )
            if self.affine:
                raise ShapeError(f"{type(self).__name__}: {problem}, an input of shape {tuple(input.shape)}")
            warnings.warn(
                f"{type(self).__name__}: {problem}; num_features is not used, because affine=False",
                UserWarning,
                stacklevel=2,
            )
        if dim == 0:
            return self._normalized(input.unsqueeze(0)).squeeze(0)
        return self._normalized(input)

    def _normalized(self, input: Tensor) -> Tensor:
        own = self.training or not self.track_running_stats
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            own,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )


class InstanceNorm1d(_InstanceNorm):
    """(x − mean) / √(variance + eps) · weight + bias for each channel of each example: (N, C, L) or (C, L) → the same.

    (Ulyanov et al., 2016.) See `functional.instance_norm`.

    Args:
        num_features: C.
        eps: added to the variance.
        momentum: how far the running statistics move.
        affine: whether there are weight and bias.
        track_running_stats: whether there are running statistics, which are then used in evaluation.
        bias: whether there is a bias beside the weight.

    Attributes:
        weight, bias: (C), starting from 1 and 0, or None.
        running_mean, running_var, num_batches_tracked: buffers, or None.

    >>> import autograd, nn
    >>> nn.InstanceNorm1d(1)(autograd.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """The same for (N, C, H, W) or (C, H, W). See `InstanceNorm1d`.

    >>> import autograd, nn
    >>> nn.InstanceNorm2d(3)(autograd.randn(2, 3, 4, 4)).shape
    autograd.Size([2, 3, 4, 4])
    """

    dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """The same for (N, C, D, H, W) or (C, D, H, W). See `InstanceNorm1d`.

    >>> import autograd, nn
    >>> nn.InstanceNorm3d(3)(autograd.randn(2, 3, 2, 2, 2)).shape
    autograd.Size([2, 3, 2, 2, 2])
    """

    dims = (4, 5)
