"""Many parameters as one vector, and back."""

from __future__ import annotations

from collections.abc import Iterable

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.ops import cat
from autograd.tape import Variable

__all__ = ["parameters_to_vector", "vector_to_parameters"]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements, parameter by parameter, in one vector; gradients flow through it.

    >>> import autograd, nn
    >>> parameters_to_vector([autograd.ones(2, 1), autograd.zeros(2)])
    tensor([1., 1., 0., 0.])
    """
    return cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters the vector's elements, in their order: each `.data` becomes a part of the vector's memory.

    Raises:
        ArgumentError: if `vec` is not a tensor.
        ShapeError: if it has not one dimension, or not as many elements as the parameters; nothing has been changed.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> vector_to_parameters(autograd.tensor([1.0, 2.0, 3.0]), layer.parameters())
    >>> layer.weight.tolist(), layer.bias.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    if not isinstance(vec, Variable):
        raise ArgumentError(f"vector_to_parameters: needs a tensor, got {type(vec).__name__}")
    listed = list(parameters)
    count = sum(p.numel() for p in listed)
    if vec.shape != (count,):
        raise ShapeError(
            f"vector_to_parameters: the parameters have {count} elements, the vector has shape {vec.shape}"
        )
    start = 0
    for p in listed:
        p.data = vec.detach()[start : start + p.numel()].reshape(p.shape)
        start += p.numel()
