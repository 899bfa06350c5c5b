"""Batch norm folded into the layer before it: one layer less, with the same outputs in evaluation mode.

W' = W · γ / √(σ² + ε) for each output, b' = (b - μ) · γ / √(σ² + ε) + β.
"""

from __future__ import annotations

import copy
from typing import Any

from autograd import ones_like, rsqrt, zeros_like
from autograd.errors import ArgumentError
from nn.parameter import Parameter


def fuse_conv_bn_weights(
    conv_w: Any,
    conv_b: Any,
    bn_rm: Any,
    bn_rv: Any,
    bn_eps: float,
    bn_w: Any,
    bn_b: Any,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a convolution with batch norm folded into them.

    Args:
        conv_w, conv_b: the convolution's weight and bias; the bias may be None.
        bn_rm, bn_rv, bn_eps: the running mean and variance, and ε.
        bn_w, bn_b: γ and β, or None.
        transpose: whether the outputs are counted by the weight's second dimension, as in transposed convolutions.

    >>> import autograd, nn
    >>> conv, bn = nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3)
    >>> norm = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    >>> w, b = fuse_conv_bn_weights(conv.weight, conv.bias, *norm)
    >>> bool(autograd.allclose(w, conv.weight / (1 + 1e-5) ** 0.5))
    True
    """
    shape = [1, -1] if transpose else [-1, 1]
    return _folded(conv_w, conv_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), shape + [1] * (conv_w.dim() - 2))


def fuse_linear_bn_weights(
    linear_w: Any, linear_b: Any, bn_rm: Any, bn_rv: Any, bn_eps: float, bn_w: Any, bn_b: Any
) -> tuple[Parameter, Parameter]:
    """The weight and bias of a linear layer with batch norm folded into them; see `fuse_conv_bn_weights`.

    >>> import autograd, nn
    >>> linear, bn = nn.Linear(2, 3), nn.BatchNorm1d(3)
    >>> norm = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    >>> w, b = fuse_linear_bn_weights(linear.weight, linear.bias, *norm)
    >>> bool(autograd.allclose(w, linear.weight / (1 + 1e-5) ** 0.5))
    True
    """
    return _folded(linear_w, linear_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), [-1, 1])


def _folded(w: Any, b: Any, norm: tuple[Any, ...], shape: list[int]) -> tuple[Parameter, Parameter]:
    mean, variance, eps, gamma, beta = norm
    b = zeros_like(mean) if b is None else b
    gamma = ones_like(mean) if gamma is None else gamma
    beta = zeros_like(mean) if beta is None else beta
    scale = rsqrt(variance + eps)
    weight = (w * (gamma * scale).reshape(shape)).to(w.dtype).detach()
    bias = ((b - mean) * scale * gamma + beta).to(b.dtype).detach()
    return Parameter(weight, w.requires_grad), Parameter(bias, b.requires_grad)


def _fused(layer: Any, bn: Any, fuse: Any, *options: Any) -> Any:
    """A copy of a layer with batch norm folded into it.

    Raises:
        ArgumentError: if one of them is in training mode, or the norm keeps no running statistics.
    """
    if layer.training or bn.training:
        raise ArgumentError("Fusion only for eval!: call eval() on both layers")
    if bn.running_mean is None or bn.running_var is None:
        raise ArgumentError("fusion: the batch norm keeps no running_mean and running_var")
    fused = copy.deepcopy(layer)
    fused.weight, fused.bias = fuse(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, *options
    )
    return fused


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """Return a convolution that does what `conv` and then `bn` do in evaluation mode.

    Args:
        conv: the convolution.
        bn: the batch norm after it.
        transpose: whether it is a transposed convolution.

    Raises:
        ArgumentError: if one of them is in training mode, or the norm keeps no running statistics.

    >>> import autograd, nn
    >>> conv, bn = nn.Conv2d(2, 3, 3).eval(), nn.BatchNorm2d(3).eval()
    >>> x = autograd.randn(1, 2, 5, 5)
    >>> bool(autograd.allclose(fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)), atol=1e-5))
    True
    """
    return _fused(conv, bn, fuse_conv_bn_weights, transpose)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """Return a linear layer that does what `linear` and then `bn` do in evaluation mode.

    Raises:
        ArgumentError: if one of them is in training mode, the norm keeps no running statistics, or the sizes differ.

    >>> import autograd, nn
    >>> linear, bn = nn.Linear(2, 3).eval(), nn.BatchNorm1d(3).eval()
    >>> x = autograd.randn(4, 2)
    >>> bool(autograd.allclose(fuse_linear_bn_eval(linear, bn)(x), bn(linear(x)), atol=1e-5))
    True
    """
    if bn.num_features not in (linear.out_features, 1):
        raise ArgumentError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    return _fused(linear, bn, fuse_linear_bn_weights)
