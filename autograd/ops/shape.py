"""Shape: the same elements under another shape. Each result is a view wherever NumPy can make one."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd import dtypes
from autograd.composite import composite
from autograd.dims import checked_dim, checked_dims
from autograd.errors import (
    ArgumentError,
    AutogradError,
    DimensionError,
    DTypeError,
    PositionError,
    ShapeError,
)
from autograd.hidden import Hidden
from autograd.ops.identity import contiguous
from autograd.ops.index import getitem
from autograd.primitive import Array, primitive
from autograd.settling import can_be_seen_as, settle, stands_for_view, was_made_so
from autograd.size import Size
from autograd.storage import owner
from autograd.sweep import unbroadcast
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "reshape", "view", "view_as", "reshape_as", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze",
    "transpose", "swapaxes", "swapdims", "permute", "movedim", "moveaxis", "t", "matrix_transpose", "reverse_dims",
    "unbind", "select", "narrow",
    "expand", "expand_as", "broadcast_to", "broadcast_tensors", "broadcast_shapes",
    "atleast_1d", "atleast_2d", "atleast_3d",
]  # fmt: skip

Shape = int | Sequence[int]


# ------------------------------------------------------------------------------------------ the derivative table


@primitive(
    view=True,
    x=lambda g, x_shape: g.reshape(x_shape),
    hint="The number of elements must stay the same; one size may be -1, to be worked out from the others.",
)
def reshape(x: Array, shape: Shape) -> Array:
    """The elements in C order under another shape; one size may be -1.  dx = g.reshape(x.shape).

    A view where the memory allows it, else a copy.

    Raises:
        ShapeError: if the number of elements differs.

    >>> import autograd
    >>> reshape(autograd.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return x.reshape(shape)


@primitive(view=True, x=lambda g, x_shape: g.reshape(x_shape))
def squeeze(x: Array, dim: Shape | None = None) -> Array:
    """Without the dimensions of size 1: all of them, or those of `dim` that have size 1.  dx = g.reshape(x.shape).

    >>> import autograd
    >>> squeeze(autograd.zeros(1, 2, 1), 0).shape
    autograd.Size([2, 1])
    """
    if dim is None:
        return np.squeeze(x)
    return np.squeeze(
        x, tuple(d for d in checked_dims("squeeze", dim, x.shape) if x.ndim and x.shape[d] == 1)
    )


@primitive(view=True, x=lambda g, x_shape: g.reshape(x_shape))
def unsqueeze(x: Array, dim: int) -> Array:
    """With a dimension of size 1 inserted at `dim`.  dx = g.reshape(x.shape).

    >>> import autograd
    >>> unsqueeze(autograd.zeros(2, 3), -1).shape
    autograd.Size([2, 3, 1])
    """
    d = checked_dim("unsqueeze", dim, x.shape, 1)
    return x.reshape((*x.shape[:d], 1, *x.shape[d:]))


@primitive(view=True, x=lambda g, dim0, dim1: np.swapaxes(g, dim0, dim1) if g.ndim else g)
def transpose(x: Array, dim0: int, dim1: int) -> Array:
    """With two dimensions exchanged: a view.  dx = swapaxes(g, dim0, dim1).

    >>> import autograd
    >>> transpose(autograd.tensor([[1, 2], [3, 4]]), 0, 1)
    tensor([[1, 3],
            [2, 4]])
    """
    if x.ndim == 2 and {dim0, dim1} <= {0, 1, -1, -2}:  # nearly every transpose
        return x.T if dim0 % 2 != dim1 % 2 else x.view()
    a, b = (checked_dim("transpose", d, x.shape) for d in (dim0, dim1))
    return np.swapaxes(x, a, b) if x.ndim else x.view()


@primitive(view=True, x=lambda g, dims: np.transpose(g, _inverse(dims)))
def permute(x: Array, dims: Sequence[int]) -> Array:
    """With the dimensions in the order `dims`: a view.  dx = transpose(g, the inverse order).

    Raises:
        ShapeError: if `dims` does not name each dimension.
        DimensionError: if a dimension is out of range.

    >>> import autograd
    >>> permute(autograd.zeros(2, 3, 5), (2, 0, 1)).shape
    autograd.Size([5, 2, 3])
    """
    try:
        return x.transpose(dims)
    except ValueError:
        checked_dims("permute", dims, x.shape)
        raise ShapeError(
            f"permute: dims {tuple(dims)} must name each of the {x.ndim} dimensions of shape {x.shape} once"
        ) from None


def _inverse(dims: Sequence[int]) -> tuple[int, ...]:
    """The order that undoes the order `dims`."""
    n = len(dims)
    inverse = [0] * n
    for i, d in enumerate(dims):
        inverse[d % n] = i
    return tuple(inverse)


@primitive(view=True, x=lambda g, x_shape: g if g.shape == x_shape else unbroadcast(g, x_shape))
def expand(x: Array, shape: Sequence[int]) -> Array:
    """Repeated along dimensions of size 1, and along new ones in front, without a copy; -1 keeps a size.

    dx = g summed over the repeated dimensions. Elements of the result share memory, so it is not written in place.

    Raises:
        ShapeError: if a size other than 1 would change.

    >>> import autograd
    >>> expand(autograd.tensor([[1], [2]]), (2, 3))
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    lead = len(shape) - x.ndim
    sizes = tuple(shape)
    if -1 in sizes:
        if -1 in sizes[: max(lead, 0)]:
            raise ShapeError(
                f"expand: -1 is not allowed for the new leading dimensions: {x.shape} to {sizes}"
            )
        sizes = tuple(x.shape[i - lead] if n == -1 else n for i, n in enumerate(sizes))
    strides = (0,) * lead
    fits = lead >= 0
    for n, size, stride in zip(x.shape, sizes[max(lead, 0) :], x.strides, strict=False):
        fits = fits and n in (1, size)
        strides += (stride if n == size else 0,)
    if not fits:
        raise ShapeError(
            f"expand: shape {x.shape} cannot be expanded to {sizes}: counted from the last dimension, each size must "
            "be equal or 1. Use reshape or unsqueeze to line them up."
        )
    if not x.flags.c_contiguous:
        return as_strided(x, sizes, strides, writeable=x.flags.writeable)
    return np.ndarray(sizes, x.dtype, x, 0, strides)  # a third of broadcast_to's time


@primitive(view=True, several=True, x=lambda g, dim: np.stack(g, dim))
def unbind(x: Array, dim: int = 0) -> tuple[Array, ...]:
    """The slices along `dim`, without it: a tuple of views.  dx = stack of the gradients.

    >>> import autograd
    >>> unbind(autograd.tensor([[1, 2], [3, 4]]), 1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    if not x.ndim:
        raise DimensionError("unbind: a 0-d tensor has no dimension to take apart")
    d = checked_dim("unbind", dim, x.shape)
    slices = x if d == 0 else np.moveaxis(x, d, 0)
    return tuple([slices[i, ...] for i in range(len(slices))])


# ------------------------------------------------------------------------------------------ composed of these


@composite
def view(input: Any, shape: Any) -> Tensor:
    """The elements under another shape, without a copy; or, given a dtype, the bytes as that type (no gradient).

    What a convolution or a pool returned is brought into C order first (see `autograd.settling`). If something else
    looks at its memory, so that it cannot be, or this is a slice of it, the result is a copy: while it lives,
    neither can be written in place.

    Raises:
        ShapeError: if the number of elements differs, or the memory's layout does not allow it.

    >>> import autograd
    >>> view(autograd.arange(4), (2, 2)).shape
    autograd.Size([2, 2])
    """
    given = shape[0] if isinstance(shape, tuple) and len(shape) == 1 else shape
    if isinstance(given, (dtypes.dtype, np.dtype, type)):
        if isinstance(input, Hidden):
            return type(input)(view(input.value, given), input.level)  # type: ignore[return-value]  # it has its methods
        return wrap(input.array.view(dtypes.numpy_dtype(given)))
    if isinstance(input, Variable) and not input.array.flags.c_contiguous:
        settle(input, any_order=True)
    try:
        result = reshape(input, shape)
    except AutogradError as error:
        raise type(error)(str(error).replace("reshape", "view", 1)) from error
    if isinstance(input, Hidden):
        return result  # how the examples lie in memory is not theirs to know
    if result.array.size and not np.may_share_memory(result.array, input.array):
        made_so = input.base is None and was_made_so(input.array, any_order=True)
        if made_so or can_be_seen_as(input.array, _root(input), result.array.shape):
            stands_for_view(result.array, input.array)
            return result
        raise ShapeError(
            f"view: shape {tuple(input.shape)} with strides {tuple(input.stride())} cannot be seen as shape {shape} "
            "without a copy; use reshape(), or contiguous() before view()"
        )
    return result


def _root(input: Any) -> Any:
    """The array that a tensor is a view of, with the shape it was made in."""
    if input.base is not None and input.base[0] is not None:
        return input.base[0].array
    memory = owner(input.array)
    return memory if isinstance(memory, np.ndarray) else input.array


@composite
def view_as(input: Any, other: Any) -> Tensor:
    """`input` under the shape of `other`, without a copy (see `view`)."""
    return view(input, tuple(other.shape))


@composite
def reshape_as(input: Any, other: Any) -> Tensor:
    """`input` under the shape of `other`."""
    return reshape(input, tuple(other.shape))


@composite
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim made one. A 0-d tensor becomes 1-d.

    >>> import autograd
    >>> flatten(autograd.zeros(2, 3, 5), 1).shape
    autograd.Size([2, 15])
    """
    shape = tuple(input.shape)
    first, last = (checked_dim("flatten", d, shape) for d in (start_dim, end_dim))
    if first > last:
        raise DimensionError(
            f"flatten: start_dim {start_dim} comes after end_dim {end_dim} for shape {shape}"
        )
    if first == last and shape:
        return input  # type: ignore[no-any-return]  # the tensor it got
    if isinstance(input, Variable) and not input.array.flags.c_contiguous:
        settle(input)  # the copy that is needed anyway: so the result is a view, as in PyTorch
    return reshape(input, (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :]))


@composite
def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension split into `sizes`, one of which may be -1.

    >>> import autograd
    >>> unflatten(autograd.zeros(2, 6), 1, (3, -1)).shape
    autograd.Size([2, 3, 2])
    """
    shape = tuple(input.shape)
    d = checked_dim("unflatten", dim, shape)
    known = math.prod(n for n in sizes if n != -1)
    parts = tuple(shape[d] // known if n == -1 and known else n for n in sizes)
    if math.prod(parts) != shape[d] or sum(n == -1 for n in sizes) > 1:
        raise ShapeError(
            f"unflatten: sizes {tuple(sizes)} do not multiply to size {shape[d]} of dim {dim} of {shape}"
        )
    return reshape(input, (*shape[:d], *parts, *shape[d + 1 :]))


@composite
def ravel(input: Any) -> Tensor:
    """All elements in one dimension: a view of a contiguous tensor, else a copy."""
    return reshape(contiguous(input), (-1,))


@composite
def movedim(input: Any, source: Shape, destination: Shape) -> Tensor:
    """With dimensions moved to other places, the rest in their order.

    >>> import autograd
    >>> movedim(autograd.zeros(2, 3, 5), 0, -1).shape
    autograd.Size([3, 5, 2])
    """
    ndim = len(input.shape)
    sources = checked_dims("movedim", source, input.shape)
    places = checked_dims("movedim", destination, input.shape)
    if len(sources) != len(places):
        raise ArgumentError(
            f"movedim: {len(sources)} dimensions to move but {len(places)} places: {source}, {destination}"
        )
    order = [d for d in range(ndim) if d not in sources]
    for place, d in sorted(zip(places, sources, strict=True)):
        order.insert(place, d)
    return permute(input, tuple(order[:ndim]))


@composite
def t(input: Any) -> Tensor:
    """The transpose of a matrix; a vector or a number as it is.

    Raises:
        DimensionError: if there are more than two dimensions.
    """
    ndim = len(input.shape)
    if ndim > 2:
        raise ShapeError(
            f"t: needs at most 2 dimensions, got shape {tuple(input.shape)}; use transpose(dim0, dim1), mT or permute"
        )
    return transpose(input, 0, ndim - 1 if ndim else 0)


@composite
def matrix_transpose(input: Any) -> Tensor:
    """The last two dimensions exchanged: what `x.mT` is. A number stays as it is."""
    if not input.shape:
        return reshape(input, ())
    if len(input.shape) < 2:
        raise ShapeError(f"mT: needs at least 2 dimensions, got shape {tuple(input.shape)}")
    return transpose(input, -2, -1)


@composite
def reverse_dims(input: Any) -> Tensor:
    """All dimensions in reverse order: what `x.T` is."""
    return permute(input, tuple(range(len(input.shape)))[::-1])


def divided(op: str, input: Any, dim: int) -> tuple[int, int]:
    """The dimension that is divided, and its size."""
    shape = tuple(input.shape)
    if not shape:
        raise DimensionError(f"{op}: a 0-d tensor has no dimension to divide")
    d = checked_dim(op, dim, shape)
    return d, shape[d]


@composite
def select(input: Any, dim: int, index: int) -> Tensor:
    """The slice at `index` along `dim`, without that dimension: a view.

    >>> import autograd
    >>> select(autograd.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    d, _ = divided("select", input, dim)
    return getitem(input, (*(slice(None),) * d, operator.index(index)))


@composite
def narrow(input: Any, dim: int, start: int, length: int) -> Tensor:
    """The part from `start` of `length` along `dim`: a view.

    Raises:
        DimensionError: if it reaches over the end.

    >>> import autograd
    >>> narrow(autograd.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    if not len(input.shape):
        raise ShapeError("narrow: a 0-d tensor has no dimension to narrow")
    d, n = divided("narrow", input, dim)
    if str(getattr(start, "dtype", "int64")).rpartition(".")[2] == "bool":
        raise DTypeError("narrow: start must be an integer or a 0-d tensor of an integer dtype, got bool")
    first = operator.index(start) + (n if start < 0 else 0)
    if length < 0 or not 0 <= first <= n - length:
        raise PositionError(f"narrow: start {start} and length {length} reach outside dim {dim} of size {n}")
    return getitem(input, (*(slice(None),) * d, slice(first, first + length)))


@composite
def expand_as(input: Any, other: Any) -> Tensor:
    """`input` expanded to the shape of `other`."""
    return expand(input, tuple(other.shape))


@composite
def broadcast_to(input: Any, size: Sequence[int]) -> Tensor:
    """`input` expanded to `size` (see `expand`)."""
    return expand(input, size)


@composite
def broadcast_shapes(*shapes: Shape) -> Size:
    """The shape that all of `shapes` broadcast to.

    >>> broadcast_shapes((2, 1), (3,))
    autograd.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*shapes))
    except ValueError as error:
        raise ShapeError(
            f"broadcast_tensors: shapes {', '.join(map(str, shapes))} do not broadcast: counted from the last "
            "dimension, sizes must be equal or 1"
        ) from error


@composite
def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """Each tensor expanded to the shape that all broadcast to.

    Raises:
        ShapeError: if they do not broadcast.
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    shape = broadcast_shapes(*(tuple(x.shape) for x in given))
    return tuple(expand(x, shape) for x in given)


@composite
def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with at least one dimension; one tensor for one, a tuple for several."""
    return _each(tensors, lambda x: reshape(x, (1,)) if not x.shape else x)


@composite
def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions, new ones in front."""
    return _each(
        tensors, lambda x: reshape(x, (1,) * (2 - len(x.shape)) + tuple(x.shape)) if len(x.shape) < 2 else x
    )


@composite
def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions: a vector (N) becomes (1, N, 1), a matrix (M, N) becomes (M, N, 1)."""

    def grown(x: Any) -> Any:
        shape = tuple(x.shape)
        return reshape(x, ((1, 1, 1), (1, *shape, 1), (*shape, 1))[len(shape)]) if len(shape) < 3 else x

    return _each(tensors, grown)


def _each(tensors: tuple[Any, ...], function: Any) -> Any:
    if len(tensors) == 1 and not isinstance(tensors[0], (list, tuple)):
        return function(tensors[0])
    given = tensors[0] if len(tensors) == 1 else tensors
    return tuple(function(x) for x in given)


swapaxes = swapdims = transpose
moveaxis = movedim
