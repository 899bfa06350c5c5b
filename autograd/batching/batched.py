"""`Batched`: a value under vmap, which looks like one example and has a tensor's methods.

It holds a value for each example. What an operation does with it is in the batching rules; here is what it says about
itself, which is about one example, and what it refuses: anything that would need the numbers of all examples to be
one number in Python.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import devices, dtypes, numpy_protocol, ops
from autograd.batching import writing
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, BatchingError, GradientError
from autograd.hidden import Hidden
from autograd.methods import Operations, flat
from autograd.methods_conversion import Conversions
from autograd.methods_in_place import InPlaceOperations
from autograd.numpy_functions import OF_ARRAYS
from autograd.size import Size


def _refused(what: str, instead: str) -> BatchingError:
    return BatchingError(f"vmap: {what} under vmap has a value for each example, not one; {instead}")


class Batched(Operations, InPlaceOperations, Conversions, Hidden):
    """A value for each example of a running vmap.

    >>> import autograd
    >>> def show(x):
    ...     print(x.shape, x.dtype)
    ...     return x
    >>> autograd.vmap(show)(autograd.zeros(3, 2)).shape
    autograd.Size([2]) autograd.float32
    autograd.Size([3, 2])
    """

    __slots__ = ()

    # -- what one example is ---------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions of one example."""
        return Size(self.value.shape[1:])

    @property
    def ndim(self) -> int:
        """The number of dimensions of one example."""
        return int(self.value.ndim - 1)

    @property
    def dtype(self) -> dtypes.dtype:  # type: ignore[override]  # read-only
        """The element type."""
        return self.value.dtype  # type: ignore[no-any-return]  # of a tensor

    @property
    def device(self) -> devices.device:
        """Where it lives: the CPU."""
        return devices.CPU

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self.dtype.itemsize

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient will be computed for it."""
        return bool(self.value.requires_grad)

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return bool(self.value.is_leaf)

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that made it; None for a leaf."""
        return self.value.grad_fn

    is_cuda = False
    is_sparse = False
    is_quantized = False

    def dim(self) -> int:
        """Return the number of dimensions of one example."""
        return self.ndim

    ndimension = dim

    def size(self, dim: int | None = None) -> Any:
        """Return the shape of one example, or the size of one of its dimensions."""
        shape = self.shape
        return shape if dim is None else shape[checked_dim("size", dim, shape)]

    def numel(self) -> int:
        """Return the number of elements of one example."""
        return math.prod(self.shape)

    nelement = numel

    def element_size(self) -> int:
        """Return the bytes of one element."""
        return self.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Return how many elements lie between neighbours along each dimension, or along one."""
        strides = tuple(self.value.stride()[1:])
        return strides if dim is None else strides[dim]

    def is_contiguous(self) -> bool:
        """Return whether the elements of all examples lie in memory in C order."""
        return bool(self.value.is_contiguous())

    def is_floating_point(self) -> bool:
        """Return whether the dtype is a floating-point type."""
        return self.dtype.is_floating_point

    def is_complex(self) -> bool:
        """Return False: there are no complex tensors."""
        return False

    def is_signed(self) -> bool:
        """Return whether the dtype has negative numbers."""
        return self.dtype.is_signed

    def is_same_size(self, other: Any) -> bool:
        """Return whether both have the same shape."""
        return self.shape == tuple(other.shape)

    # -- what is made from it --------------------------------------------------------------------------------------

    def astype(self, dtype: Any) -> Any:
        """Return it in another dtype; itself if it has that dtype."""
        kind = dtypes.numpy_dtype(dtype)
        return self if self.dtype == kind else ops.cast(self, kind)

    def detach(self) -> Any:
        """Return the same values, cut off from the graph."""
        return type(self)(self.value.detach(), self.level)

    @property
    def data(self) -> Any:
        """The same values, outside the graph."""
        return self.detach()

    def new_tensor(self, data: Any, **options: Any) -> Any:
        """Return `data` for each example, of this dtype unless another is given."""
        return self._repeated(super().new_tensor(data, **options))

    def new_zeros(self, *size: Any, **options: Any) -> Any:
        """Return zeros for each example, which may be written to in place."""
        return self.new_full(flat(size), 0, **options)

    def new_ones(self, *size: Any, **options: Any) -> Any:
        """Return ones for each example, which may be written to in place."""
        return self.new_full(flat(size), 1, **options)

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Any:
        """Return a tensor filled with a value for each example, which may be written to in place."""
        return self._repeated(super().new_full(size, fill_value, **options))

    new_empty = new_zeros

    def _repeated(self, tensor: Any) -> Any:
        """The tensor for each example, in memory of its own."""
        whole: Any = ops.clone(ops.expand(tensor, (self.level.size, *tensor.shape)).contiguous())
        return type(self)(whole, self.level)

    # -- in place --------------------------------------------------------------------------------------------------

    def __setitem__(self, key: Any, value: Any) -> None:
        writing.set_item(self, key, value)

    def copy_(self, source: Any, non_blocking: Any = False) -> Any:  # PyTorch's
        """Overwrite with `source`, broadcast to this shape and converted to this dtype."""
        return writing.copy_(self, source)

    def fill_(self, value: Any) -> Any:
        """Overwrite every element with `value`."""
        return writing.copy_(self, value)

    def zero_(self) -> Any:
        """Overwrite every element with 0."""
        return writing.copy_(self, 0)

    # -- NumPy's protocols -----------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        return numpy_protocol.array_ufunc(ufunc, method, *inputs, **named)

    def __array_function__(self, function: Any, types: Any, args: Any, named: Any) -> Any:
        if function is np.shape:
            return self.shape
        if function is np.ndim:
            return self.ndim
        if function is np.size:
            return self.numel()
        if function in OF_ARRAYS:
            raise _refused("a tensor", f"so np.{function.__name__} has no answer")
        return numpy_protocol.array_function(function, types, args, named)

    # -- what only one example could answer ------------------------------------------------------------------------

    @property
    def array(self) -> Any:
        """Refused: there is an array for each example."""
        raise _refused("a tensor", "this operation reads an ndarray: use operations of autograd on it")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise _refused(
            "a tensor",
            "so it cannot become an ndarray, nor be written into a tensor that is the same for all examples; "
            "x.new_zeros() makes one for each",
        )

    def numpy(self, *, force: bool = False) -> Any:  # PyTorch's
        """Refused: there is an array for each example."""
        raise _refused("a tensor", "call .numpy() on the result of vmap")

    def item(self) -> Any:
        """Refused: there is a number for each example."""
        raise _refused("a tensor", ".item() is not supported; go on with the tensor itself")

    def tolist(self) -> Any:
        """Refused: there is a list for each example."""
        raise _refused("a tensor", ".tolist() is not supported; call it on the result of vmap")

    def __float__(self) -> float:
        raise _refused("a tensor", "float() is not supported; go on with the tensor itself")

    def __int__(self) -> int:
        raise _refused("a tensor", "int() is not supported; go on with the tensor itself")

    def __index__(self) -> int:
        raise _refused("a tensor", "it can be an index x[i], but not a size or the bound of a slice")

    def __bool__(self) -> bool:
        raise _refused(
            "a tensor", "control flow that depends on it (if, while, and, or) is not possible; use where()"
        )

    def __contains__(self, value: Any) -> bool:
        raise _refused("a tensor", "use (x == value).any() and where()")

    def requires_grad_(self, requires_grad: bool = True) -> Any:  # PyTorch's
        """Refused: gradients of one example are what `autograd.func.grad` gives."""
        raise GradientError(
            "requires_grad_: not inside a function that vmap maps; use autograd.func.grad, or require the gradient "
            "before vmap"
        )

    def backward(self, *_: Any, **__: Any) -> None:
        """Refused: gradients of one example are what `autograd.func.grad` gives."""
        raise GradientError(
            "backward: not inside a function that vmap maps; use autograd.func.grad there, or backward() on the result"
        )

    # -- as a sequence, as text ------------------------------------------------------------------------------------

    def __len__(self) -> int:
        if not self.ndim:
            raise ArgumentError("len: a 0-d tensor has no length")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise ArgumentError("iter: a 0-d tensor cannot be iterated over")
        return iter(ops.unbind(self))

    def __repr__(self) -> str:
        return f"Batched(level={self.level.depth}, value={self.value!r})"

    __hash__ = object.__hash__
