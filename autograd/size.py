"""`Size`: the shape of a tensor, a tuple that knows how many elements it stands for."""

from __future__ import annotations

import math
from typing import Any


class Size(tuple[int, ...]):
    """A shape: a tuple of ints, with `numel()`. Slices and sums of shapes are shapes.

    >>> import autograd
    >>> autograd.zeros(2, 3).shape
    autograd.Size([2, 3])
    >>> autograd.zeros(2, 3).shape[1:] + (4,), autograd.Size([2, 3]) == (2, 3), autograd.Size((2, 3)).numel()
    (autograd.Size([3, 4]), True, 6)
    """

    __slots__ = ()

    def numel(self) -> int:
        """Return the number of elements of a tensor of this shape."""
        return math.prod(self)

    def __getitem__(self, key: Any, get: Any = tuple.__getitem__) -> Any:
        return Size(get(self, key)) if type(key) is slice else get(self, key)

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + other)

    def __radd__(self, other: Any) -> Size:
        return Size(other + tuple(self))

    def __mul__(self, times: Any) -> Size:
        return Size(tuple(self) * times)

    __rmul__ = __mul__

    def __repr__(self) -> str:
        return f"autograd.Size([{', '.join(map(str, self))}])"
