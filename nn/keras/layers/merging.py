"""Layers that make one tensor of several."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, cat
from autograd import maximum as larger
from autograd import minimum as smaller
from autograd.errors import ArgumentError, ShapeError
from nn.functional import normalize
from nn.keras.graph import Shape
from nn.keras.layers.layer import Layer


class _Merge(Layer):
    """Elementwise layers of a list of tensors, which broadcast behind the batch."""

    supports_masking = True
    floats_only = True

    def call(self, inputs: Any) -> Any:
        """One tensor of the list."""
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ArgumentError(
                f"{type(self).__name__} {self.name!r}: takes a list of tensors, got {type(inputs).__name__}"
            )
        return self._merged(self._aligned(list(inputs)))

    def _aligned(self, inputs: list[Any]) -> list[Any]:
        """The tensors with as many dimensions as the largest has; new ones stand behind the batch."""
        most = max(x.ndim for x in inputs)
        return [
            x if x.ndim == most else x.reshape(len(x), *(1,) * (most - x.ndim), *x.shape[1:]) for x in inputs
        ]

    def _merged(self, inputs: list[Any]) -> Any:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """The broadcast shape.

        Raises:
            ShapeError: if the shapes do not broadcast.
        """
        most = max(len(shape) for shape in input_shape)
        aligned = [(shape[0], *(1,) * (most - len(shape)), *shape[1:]) for shape in input_shape]
        found: list[int | None] = []
        for axis in range(most):
            options = {shape[axis] for shape in aligned}
            known = options - {None} if axis == 0 else options - {None, 1}
            if len(known) > 1:
                raise ShapeError(
                    f"{type(self).__name__} {self.name!r}: shapes {input_shape} do not broadcast"
                )
            found.append(known.pop() if known else None if None in options else 1)
        return tuple(found)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Steps that count in any of the tensors."""
        if previous_mask is None or any(mask is None for mask in previous_mask):
            return None
        found = previous_mask[0]
        for mask in previous_mask[1:]:
            found = found | mask
        return found


class Add(_Merge):
    """The sum of a list of tensors.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Add()([autograd.ones(1, 2), autograd.ones(1, 2)])
    tensor([[2., 2.]])
    """

    def _merged(self, inputs: list[Any]) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total


class Subtract(_Merge):
    """The first of two tensors less the second."""

    def _merged(self, inputs: list[Any]) -> Any:
        if len(inputs) != 2:
            raise ArgumentError(f"Subtract: takes two tensors, got {len(inputs)}")
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product of a list of tensors."""

    def _merged(self, inputs: list[Any]) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = total * x
        return total


class Average(_Merge):
    """The mean of a list of tensors."""

    def _merged(self, inputs: list[Any]) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total / len(inputs)


class Maximum(_Merge):
    """The largest of a list of tensors, elementwise."""

    def _merged(self, inputs: list[Any]) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = larger(total, x)
        return total


class Minimum(_Merge):
    """The smallest of a list of tensors, elementwise."""

    def _merged(self, inputs: list[Any]) -> Any:
        total = inputs[0]
        for x in inputs[1:]:
            total = smaller(total, x)
        return total


class Concatenate(_Merge):
    """A list of tensors one after the other, along an axis.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Concatenate()([autograd.ones(1, 2), autograd.zeros(1, 1)])
    tensor([[1., 1., 0.]])
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def _aligned(self, inputs: list[Any]) -> list[Any]:
        return inputs

    def _merged(self, inputs: list[Any]) -> Any:
        return cat(inputs, self.axis)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """The sizes along the axis added up."""
        axis = self.axis % len(input_shape[0])
        found = list(input_shape[0])
        for shape in input_shape[1:]:
            if len(shape) != len(found) or any(
                i != axis and None not in (n, m) and n != m
                for i, (n, m) in enumerate(zip(found, shape, strict=True))
            ):
                raise ShapeError(
                    f"Concatenate {self.name!r}: shapes {list(input_shape)} differ in more than axis {self.axis}"
                )
            a, b = found[axis], shape[axis]
            found[axis] = None if a is None or b is None else a + b
        return tuple(found)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The masks one after the other, or those steps that count in all."""
        if previous_mask is None:
            return None
        axis = self.axis % inputs[0].ndim
        masks = [
            x.new_ones(tuple(x.shape[:2]), dtype=bool) if mask is None else mask
            for x, mask in zip(inputs, previous_mask, strict=True)
        ]
        if axis == 1:
            return cat(masks, 1)
        found = masks[0]
        for mask in masks[1:]:
            found = found & mask
        return found


class Dot(Layer):
    """Dot products of two tensors, example by example, along one axis of each.

    Args:
        axes: which axis of both, or a pair.
        normalize: scale both to length 1 first, which gives cosines.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Dot(axes=1)([autograd.tensor([[1.0, 2.0]]), autograd.tensor([[3.0, 4.0]])])
    tensor([[11.]])
    """

    floats_only = True

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
        if len(pair) != 2:
            raise ArgumentError(f"Dot: axes is a number or two, got {axes!r}")
        self.axes = axes
        self.normalize = bool(normalize)
        self.__dict__["_pair"] = pair

    def call(self, inputs: Any) -> Any:
        """(N, …, k, …) and (N, …, k, …) → (N, …, …)."""
        x, y = inputs
        a, b = self._pair[0] % x.ndim, self._pair[1] % y.ndim
        if self.normalize:
            x, y = normalize(x, dim=a), normalize(y, dim=b)
        left, right = x.movedim(a, -1), y.movedim(b, 1)
        n, k = x.shape[0], x.shape[a]
        product: Tensor = left.reshape(n, -1, k) @ right.reshape(n, k, -1)
        shape = (*left.shape[1:-1], *right.shape[2:])
        return product.reshape(n, *(shape or (1,)))

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """(N, …, k, …) and (N, …, k, …) → (N, …, …)."""
        first, second = input_shape
        a, b = self._pair[0] % len(first), self._pair[1] % len(second)
        inner = [n for i, n in enumerate(first) if i not in (0, a)] + [
            n for i, n in enumerate(second) if i not in (0, b)
        ]
        return (first[0], *(inner or (1,)))


def add(inputs: Any, **kwargs: Any) -> Any:
    """`Add` of a list of tensors, also symbolic ones."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """`Subtract` of two tensors."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """`Multiply` of a list of tensors."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """`Average` of a list of tensors."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """`Maximum` of a list of tensors."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """`Minimum` of a list of tensors."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """`Concatenate` of a list of tensors."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """`Dot` of two tensors."""
    return Dot(axes=axes, **kwargs)(inputs)
