"""Questions about a tensor, and its detachment from the graph, as functions."""

from __future__ import annotations

from typing import Any

from autograd import dtypes
from autograd.errors import ArgumentError
from autograd.tape import Variable


def is_tensor(obj: Any) -> bool:
    """Return whether `obj` is a tensor.

    >>> import autograd
    >>> is_tensor(autograd.ones(2)), is_tensor([1.0])
    (True, False)
    """
    return isinstance(obj, Variable)


def is_floating_point(input: Any) -> bool:
    """Return whether the tensor's dtype is a floating-point type."""
    return bool(input.array.dtype.kind == "f")


def numel(input: Any) -> int:
    """Return the number of elements of a tensor."""
    return int(input.array.size)


def result_type(tensor1: Any, tensor2: Any) -> dtypes.dtype:
    """Return the dtype that arithmetic on the two, tensors or numbers, results in.

    >>> import autograd
    >>> result_type(autograd.tensor([1, 2]), 1.0)
    autograd.float32
    """
    values = [t.array if isinstance(t, Variable) else t for t in (tensor1, tensor2)]
    return dtypes.of(dtypes.common_dtype(values))


def is_complex(input: Any) -> bool:
    """Return False: there are no complex tensors."""
    if not isinstance(input, Variable):
        raise ArgumentError(f"is_complex: needs a tensor, got {type(input).__name__}")
    return False


def is_signed(input: Any) -> bool:
    """Return whether the tensor's dtype has negative numbers."""
    return bool(input.is_signed())


def is_conj(input: Any) -> bool:
    """Return False: there is nothing to conjugate."""
    return bool(input.is_conj())


def is_neg(input: Any) -> bool:
    """Return False: values are stored as they are."""
    return bool(input.is_neg())


def is_inference(input: Any) -> bool:
    """Return False: a tensor made in inference mode is like any other."""
    return bool(input.is_inference())


def is_nonzero(input: Any) -> bool:
    """Return whether the only element of a tensor is not 0.

    Raises:
        ShapeError: if there is not exactly one element.

    >>> import autograd
    >>> is_nonzero(autograd.tensor([0.0])), is_nonzero(autograd.tensor(3))
    (False, True)
    """
    return bool(input)


def is_same_size(input: Any, other: Any) -> bool:
    """Return whether two tensors have the same shape."""
    return bool(input.array.shape == other.array.shape)


def get_device(input: Any) -> int:
    """Return -1, which stands for the CPU."""
    return int(input.get_device())
