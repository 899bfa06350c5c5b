"""Ways to choose what is pruned: at random, the smallest elements, the channels of the smallest norm, a given mask."""

from __future__ import annotations

import numbers
from typing import Any

from autograd import linalg, rand, rand_like, topk, zeros_like
from autograd.errors import ArgumentError, DimensionError, ShapeError
from nn.functional.given import whole
from nn.utils.prune.method import BasePruningMethod


def _check_amount(amount: Any) -> None:
    """Raise unless it is a number of elements or a part of them.

    Raises:
        ArgumentError: if not.
    """
    if not isinstance(amount, numbers.Real):
        raise ArgumentError(f"Invalid type for amount: {amount}. Must be int or float.")
    if float(amount) < 0 or (not isinstance(amount, numbers.Integral) and float(amount) > 1):
        raise ArgumentError(
            f"amount={amount} should either be a float in the range [0, 1] or a non-negative integer"
        )


def _count(amount: Any, size: int) -> int:
    """How many of `size` are to be pruned.

    Raises:
        ArgumentError: if there are not that many.
    """
    count = int(amount) if isinstance(amount, numbers.Integral) else round(amount * size)
    if count > size:
        raise ArgumentError(f"amount={count} should be smaller than the number of parameters to prune={size}")
    return count


def _check_channels(t: Any, dim: int) -> None:
    """Raise unless a tensor has channels along a dimension.

    Raises:
        ArgumentError: if it has fewer than two dimensions.
        DimensionError: if it does not have that one.
    """
    if t.dim() <= 1:
        raise ArgumentError(
            "Structured pruning can only be applied to multidimensional tensors. Found tensor of shape "
            f"{tuple(t.shape)} with {t.dim()} dims"
        )
    whole("structured pruning", dim=dim)
    if dim >= t.dim():
        raise DimensionError(f"Invalid index {dim} for tensor of size {tuple(t.shape)}")


class Identity(BasePruningMethod):
    """Prunes nothing, but puts the mask in place.

    >>> import autograd
    >>> Identity().compute_mask(autograd.tensor([1.0, -2.0]), autograd.ones(2))
    tensor([1., 1.])
    """

    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t: Any, default_mask: Any) -> Any:  # the signature of all
        """Return the mask so far."""
        return default_mask


class _Unstructured(BasePruningMethod):
    """Prunes a number of single elements."""

    PRUNING_TYPE = "unstructured"

    def __init__(self, amount: Any) -> None:
        _check_amount(amount)
        self.amount = amount

    def _chosen(self, t: Any, count: int) -> Any:
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Return the mask so far, with 0 at the chosen elements."""
        count = _count(self.amount, t.numel())
        mask = default_mask.clone()
        if count:
            flat = mask.reshape(-1)
            flat[self._chosen(t, count)] = 0
            mask = flat.reshape(mask.shape)
        return mask


class RandomUnstructured(_Unstructured):
    """Prunes elements at random.

    Args:
        amount: how many, or as a float which part of them.

    >>> import autograd
    >>> RandomUnstructured(3).compute_mask(autograd.rand(8), autograd.ones(8)).sum()
    tensor(5.)
    """

    def _chosen(self, t: Any, count: int) -> Any:
        return topk(rand_like(t).reshape(-1), count).indices


class L1Unstructured(_Unstructured):
    """Prunes the elements of the smallest absolute value.

    Args:
        amount: how many, or as a float which part of them.

    >>> import autograd
    >>> L1Unstructured(amount=1).prune(autograd.tensor([1.0, -2.0, -0.5]))
    tensor([ 1., -2., -0.])
    """

    def _chosen(self, t: Any, count: int) -> Any:
        return topk(t.detach().abs().reshape(-1), count, largest=False).indices


class _Structured(BasePruningMethod):
    """Prunes a number of whole channels along a dimension."""

    PRUNING_TYPE = "structured"

    def __init__(self, amount: Any, dim: int = -1) -> None:
        _check_amount(amount)
        self.amount = amount
        self.dim = dim

    def _kept(self, t: Any, size: int, count: int) -> Any:
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Return the mask so far, with 0 in all but the kept channels."""
        _check_channels(t, self.dim)
        size = t.shape[self.dim]
        count = _count(self.amount, size)
        if not count:
            return default_mask
        mask = zeros_like(t)
        index: list[Any] = [slice(None)] * t.dim()
        index[self.dim] = self._kept(t.detach(), size, count)
        mask[tuple(index)] = 1
        return mask * default_mask.to(mask.dtype)


class RandomStructured(_Structured):
    """Prunes channels at random.

    Args:
        amount: how many, or as a float which part of them.
        dim: the dimension that counts the channels.

    >>> import autograd
    >>> RandomStructured(1, dim=1).compute_mask(autograd.rand(2, 3), autograd.ones(2, 3)).all(0).sum()
    tensor(2)
    """

    def _kept(self, t: Any, size: int, count: int) -> Any:  # the signature of all
        return topk(rand(size), size - count).indices


class LnStructured(_Structured):
    """Prunes the channels of the smallest norm.

    Args:
        amount: how many, or as a float which part of them.
        n: the p of the p-norm, or "fro" or "nuc".
        dim: the dimension that counts the channels.

    >>> import autograd
    >>> LnStructured(1, n=1, dim=0).prune(autograd.tensor([[1.0, 2.0], [0.5, -1.0]]))
    tensor([[1., 2.],
            [0., -0.]])
    """

    def __init__(self, amount: Any, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def _kept(self, t: Any, size: int, count: int) -> Any:
        dims = list(range(t.dim()))
        dims.remove(dims[self.dim])
        norm = linalg.matrix_norm(t, "nuc", dims) if self.n == "nuc" else self._norm(t, dims)
        return topk(norm, size - count).indices

    def _norm(self, t: Any, dims: list[int]) -> Any:
        return linalg.vector_norm(t, 2 if self.n == "fro" else self.n, dims)


class CustomFromMask(BasePruningMethod):
    """Prunes what a mask says.

    Args:
        mask: 0 where the parameter is to be 0, and 1 elsewhere.

    >>> import autograd
    >>> CustomFromMask(autograd.tensor([1, 0])).prune(autograd.tensor([1.0, 2.0]))
    tensor([1., 0.])
    """

    PRUNING_TYPE = "global"

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:  # the signature of all
        """Return the mask so far times the given one."""
        if default_mask.shape != self.mask.shape:
            raise ShapeError(
                f"CustomFromMask: the mask has shape {tuple(self.mask.shape)}, the parameter has "
                f"{tuple(default_mask.shape)}"
            )
        return default_mask * self.mask.to(default_mask.dtype)
