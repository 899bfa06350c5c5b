"""The order in which the weights of convolutions lie in memory."""

from __future__ import annotations

from typing import Any, TypeVar

from nn.conv import Conv2d, Conv3d
from nn.conv_transpose import ConvTranspose2d, ConvTranspose3d
from nn.module import Module

AnyModule = TypeVar("AnyModule", bound=Module)


def convert_conv2d_weight_memory_format(module: AnyModule, memory_format: Any) -> AnyModule:
    """Put the weights of all 2-d convolutions in a module in a memory format, such as `autograd.channels_last`.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())
    >>> model = convert_conv2d_weight_memory_format(model, autograd.channels_last)
    >>> model[0].weight.is_contiguous(memory_format=autograd.channels_last)
    True
    """
    return _converted(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module: AnyModule, memory_format: Any) -> AnyModule:
    """Put the weights of all 3-d convolutions in a module in a memory format, such as `autograd.channels_last_3d`.

    >>> import autograd, nn
    >>> layer = convert_conv3d_weight_memory_format(nn.Conv3d(3, 8, 3), autograd.channels_last_3d)
    >>> layer.weight.is_contiguous(memory_format=autograd.channels_last_3d)
    True
    """
    return _converted(module, (Conv3d, ConvTranspose3d), memory_format)


def _converted(module: AnyModule, kinds: tuple[type[Module], ...], memory_format: Any) -> AnyModule:
    for part in module.modules():
        if isinstance(part, kinds):
            weight: Any = part.weight
            weight.data = weight.detach().clone(memory_format=memory_format)
    return module
