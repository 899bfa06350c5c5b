"""Distinct values: which there are, how many, and whether an element is among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, PositionError, ShapeError
from autograd.hidden import Hidden, of_examples, only_values
from autograd.layout import in_c_order
from autograd.primitive import Array
from autograd.tape import raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["unique", "unique_consecutive", "isin", "one_hot"]


@composite
def unique(
    input: Any,
    sorted: bool = True,  # noqa: ARG001  # they always are
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements (or slices along `dim`), in order.

    With return_inverse also, for each element, which of them it is; with return_counts how often each occurs.

    >>> import autograd
    >>> unique(autograd.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    only_values("unique", input)
    x = raw(input)
    axis = None if dim is None else checked_dim("unique", dim, x.shape)
    if axis is not None:
        _whole("unique", x, axis)
        if x.ndim and not x.shape[axis]:
            nothing = np.zeros(0, np.int64)
            return _answers(x.copy(), (return_inverse, nothing), (return_counts, nothing))
    line = x if x.ndim or axis is None else x.reshape(1)
    if not (return_inverse or return_counts):
        return wrap(np.unique(line, axis=axis, equal_nan=False))
    values, inverse, counts = np.unique(
        line, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _answers(values, (return_inverse, inverse), (return_counts, counts))


def _whole(op: str, x: Array, dim: int) -> None:
    """Raise if there are slices without elements: no two of them differ."""
    if 0 in x.shape and x.shape[dim]:
        raise ShapeError(f"{op}: the slices along dim {dim} of shape {x.shape} have no elements to compare")


@composite
def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements (or slices along `dim`) that differ from the one before.

    >>> import autograd
    >>> unique_consecutive(autograd.tensor([1, 1, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 1, 1]))
    """
    only_values("unique_consecutive", input)
    x = raw(input)
    lines = x.reshape(-1)
    if dim is not None:
        dim = checked_dim("unique_consecutive", dim, x.shape)
        _whole("unique_consecutive", x, dim)
        lines = np.moveaxis(x, dim, 0) if x.ndim else lines
    n = len(lines)
    differs = lines[1:] != lines[:-1]
    if lines.ndim > 1:
        differs = differs.any(tuple(range(1, lines.ndim)))
    new = np.concatenate((np.ones(min(n, 1), bool), differs))
    values = np.moveaxis(lines[new], 0, dim or 0)
    if not (return_inverse or return_counts):
        return wrap(np.ascontiguousarray(values))
    inverse = (np.cumsum(new) - 1).reshape(x.shape if dim is None else -1)
    counts = np.diff(np.flatnonzero(new), append=n)
    return _answers(np.ascontiguousarray(values), (return_inverse, inverse), (return_counts, counts))


def _answers(values: Any, *others: tuple[bool, Any]) -> Any:
    """The values alone, or with those of the others that were asked for."""
    asked = [wrap(np.asarray(array, np.int64)) for wanted, array in others if wanted]
    return (wrap(values), *asked) if asked else wrap(values)


@composite
def isin(
    elements: Any,
    test_elements: Any = None,
    *,
    assume_unique: bool = False,
    invert: bool = False,
    test_element: Any = None,
) -> Tensor:
    """Whether each element is among the test elements; with invert=True whether it is not. nan equals nothing.

    One of the two may be a number. `assume_unique` says that neither repeats a value, which may be faster.

    Raises:
        ArgumentError: if neither is a tensor.
        DTypeError: for bools.

    >>> import autograd
    >>> isin(autograd.tensor([1, 2, 3]), autograd.tensor([2, 3, 4]))
    tensor([False,  True,  True])
    """
    other = test_element if test_elements is None else test_elements
    if isinstance(elements, Hidden) or isinstance(other, Hidden):
        return of_examples(isin, elements, other, invert)  # type: ignore[no-any-return]  # it has its methods
    plain = [isinstance(x, (bool, int, float)) for x in (elements, other)]
    if all(plain) or not all(p or hasattr(x, "shape") for p, x in zip(plain, (elements, other), strict=True)):
        raise ArgumentError(f"isin: needs a tensor, got {type(elements).__name__} and {type(other).__name__}")
    x, y = np.asarray(raw(elements)), np.asarray(raw(other))
    for a in (x, y):
        if a.dtype.kind == "b":
            raise DTypeError(f"isin: bools are not searched, got {a.dtype} of shape {a.shape}; use .int()")
    if x.size * y.size <= 1024 and x.dtype == y.dtype:  # np.isin takes longer to choose what to do
        found = np.equal(x[..., None], y.reshape(-1)).any(-1)
        return wrap(in_c_order(np.asarray(~found if invert else found)))
    found = np.isin(x, y, assume_unique=assume_unique and x.ndim == 1 == y.ndim, invert=invert)
    return wrap(np.asarray(found).reshape(x.shape))


@composite
def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """A vector for each class number, with 1 in its place and 0 elsewhere; by default as long as the largest needs.

    Raises:
        DTypeError: if the numbers are not integers.
        PositionError: if one is negative, or not below num_classes.

    >>> import autograd
    >>> one_hot(autograd.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if isinstance(tensor, Hidden):
        if num_classes < 0:
            only_values("one_hot without num_classes", tensor)
        return of_examples(one_hot, tensor, num_classes)  # type: ignore[no-any-return]  # it has a tensor's methods
    x = np.asarray(raw(tensor))
    if x.dtype.kind not in "iu":
        raise DTypeError(f"one_hot: class numbers are integers, got {x.dtype}; use .long()")
    if x.size == 0 and num_classes < 1:
        raise ArgumentError("one_hot: an empty tensor needs num_classes")
    n = int(x.max()) + 1 if num_classes < 0 else num_classes
    if x.size and (x.min() < 0 or x.max() >= n):
        raise PositionError(f"one_hot: class numbers must be in [0, {n}), got {x.min()} to {x.max()}")
    return wrap((in_c_order(x)[..., None] == np.arange(n)).astype(np.int64))
