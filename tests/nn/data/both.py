"""The same done with `nn.data` and with PyTorch, for comparison: what a namespace `T` of either has."""

from collections.abc import Mapping

import numpy as np

import autograd
import nn.data


class Ours:
    """tapegrad's names as programs use PyTorch's."""

    tensor = staticmethod(autograd.tensor)
    ones = staticmethod(autograd.ones)
    zeros = staticmethod(autograd.zeros)
    arange = staticmethod(autograd.arange)
    Generator = autograd.Generator
    data = nn.data


def theirs(torch):
    """PyTorch's."""

    class Theirs:
        tensor = staticmethod(torch.tensor)
        ones = staticmethod(torch.ones)
        zeros = staticmethod(torch.zeros)
        arange = staticmethod(torch.arange)
        Generator = torch.Generator
        data = torch.utils.data

    return Theirs


def plain(value):
    """A batch as plain Python: tensors as (dtype, list)."""
    if type(value).__name__ == "Tensor":
        return str(value.dtype).split(".")[-1], value.tolist()
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return (type(value).__name__, *map(plain, value))
    if isinstance(value, (list, tuple)):
        return type(value)(map(plain, value))
    if isinstance(value, np.ndarray):
        return "ndarray", value.tolist()
    return value


def outcome(do, T):
    """What comes of it: the result as plain Python, or the error."""
    try:
        return plain(do(T))
    except Exception as error:  # noqa: BLE001  # any error is an outcome
        return error


def agree(do, torch):
    """The same result with both, or errors of which ours is a kind of theirs; return theirs."""
    ours, other = outcome(do, Ours), outcome(do, theirs(torch))
    if isinstance(other, Exception):
        assert isinstance(ours, type(other)), f"ours: {ours!r}, PyTorch's: {other!r}"
    else:
        assert ours == other
    return other
