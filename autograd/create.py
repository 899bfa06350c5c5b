"""Creation: tensors from data, and tensors of zeros, ones, ranges and grids."""

from __future__ import annotations

import itertools
import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import Hidden
from autograd.modes import NUMPY_ERRORS, QUIET
from autograd.ops import join
from autograd.ops import shape as shapes
from autograd.ops.index import getitem
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "tensor", "as_tensor", "asarray", "from_numpy", "from_dlpack",
    "zeros", "ones", "full", "empty", "eye", "arange", "linspace", "logspace",
    "zeros_like", "ones_like", "full_like", "empty_like",
    "tril_indices", "triu_indices", "meshgrid", "cartesian_prod", "combinations",
]  # fmt: skip


# ------------------------------------------------------------------------------------------ from data


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested lists, an ndarray or a tensor.

    Python floats get the default dtype, ints int64, bools bool; arrays and tensors keep theirs.

    Raises:
        DTypeError: if the data are not real numbers, or a gradient is asked for of integers.
        ArgumentError: if nested lists have rows of different lengths.

    >>> tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    >>> tensor([1.0, 2.0], requires_grad=True)
    tensor([1., 2.], requires_grad=True)
    """
    devices.check(device)
    array = raw_array("tensor", data, dtype)
    source = data.array if isinstance(data, Variable) else data
    shared = array is source or (isinstance(source, np.ndarray) and np.may_share_memory(array, source))
    return made("tensor", array.copy() if shared else array, requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, sharing its memory where it can; a tensor of that dtype is returned as it is.

    Raises:
        DTypeError, ArgumentError: as for `tensor`.

    >>> import numpy
    >>> a = numpy.zeros(2)
    >>> as_tensor(a)[0] = 7
    >>> a
    array([7., 0.])
    """
    devices.check(device)
    if isinstance(data, Variable):
        return data if dtype is None else data.astype(dtype)  # type: ignore[return-value]  # every Variable is one
    return wrap(raw_array("as_tensor", data, dtype))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """`obj` as a tensor; `copy` says whether its memory must (True) or must not (False) be copied.

    Raises:
        ArgumentError: if copy=False and a copy is needed.
    """
    devices.check(device)
    array = raw_array("asarray", obj, dtype)
    source = obj.array if isinstance(obj, Variable) else obj
    shared = isinstance(source, np.ndarray) and np.may_share_memory(array, source)
    if copy is False and not shared and array.size:
        raise ArgumentError(
            f"asarray: {type(obj).__name__} cannot be made a tensor of {array.dtype} without a copy"
        )
    if not copy and isinstance(obj, Variable) and not requires_grad:
        return as_tensor(obj, dtype)
    return made("asarray", array.copy() if copy and shared else array, requires_grad)


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor that shares the ndarray's memory.

    Raises:
        ArgumentError: if it is not an ndarray.
        DTypeError: if it does not hold real numbers.
    """
    if not isinstance(ndarray, np.ndarray):
        raise ArgumentError(
            f"from_numpy: needs an ndarray, got {type(ndarray).__name__}; use autograd.tensor()"
        )
    return wrap(raw_array("from_numpy", ndarray))


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor that shares the memory of another library's array, by the DLPack protocol."""
    return wrap(raw_array("from_dlpack", np.from_dlpack(ext_tensor)))


def raw_array(op: str, data: Any, dtype: Any = None) -> Any:
    """`data` as an ndarray of `dtype`, or of the dtype that it has by itself; a copy only where it must be.

    Numbers too large for a floating-point dtype become inf, without a warning.
    """
    wanted = None if dtype is None else dtypes.numpy_dtype(dtype)
    errors = NUMPY_ERRORS.set(QUIET)
    try:
        return _converted(op, data, wanted)
    finally:
        NUMPY_ERRORS.reset(errors)


def _converted(op: str, data: Any, wanted: Any) -> Any:
    if isinstance(data, Variable):
        array: Any = data.array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    elif isinstance(data, (bool, int, float)):
        try:
            array = np.asarray(data, wanted or (dtypes.default_dtype() if isinstance(data, float) else None))
        except (OverflowError, ValueError) as error:
            raise ArgumentError(f"{op}: {data} is not a number that {wanted} can hold ({error})") from error
    else:
        array = _nested(op, data, wanted)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype not in _STORED:
        raise DTypeError(
            f"{op}: values of {array.dtype} are not supported; a tensor holds {', '.join(map(str, _STORED))}"
        )
    return array if wanted is None or array.dtype == wanted else array.astype(wanted)


_STORED = tuple(np.dtype(c) for c in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "?"))
_NUMBERS = {float, int, bool}


def _nested(op: str, data: Any, wanted: Any) -> Any:
    """Nested sequences of numbers, arrays and tensors as an ndarray of the dtype that PyTorch infers.

    Where a dtype is wanted, Python floats keep all their digits: what converts them there is yet to come.
    """
    if hasattr(data, "__array__"):
        return np.asarray(data)
    leaves: list[Any] = []
    values = _plain(data, leaves)
    for leaf in leaves:
        if not isinstance(leaf, (float, int, range, np.ndarray, np.generic)):
            error = DTypeError if isinstance(leaf, complex) else ArgumentError
            raise error(
                f"{op}: cannot make a tensor of {type(leaf).__name__} {leaf!r}; a tensor holds real numbers"
            )
    try:
        array = np.array(values)
    except ValueError as error:
        raise ArgumentError(
            f"{op}: the nested lists do not form a regular array: all rows must have the same length ({error})"
        ) from error
    inferred = wanted is None and array.dtype.kind == "f"
    if inferred and not any(isinstance(leaf, (np.ndarray, np.generic)) for leaf in leaves):
        return array.astype(dtypes.default_dtype())  # Python floats, or an empty list
    return array


def _plain(value: Any, leaves: list[Any]) -> Any:
    """The same nesting with ndarrays for tensors. What is not in a list of plain numbers is added to `leaves`."""
    if isinstance(value, (list, tuple)):
        return value if _NUMBERS.issuperset(map(type, value)) else [_plain(v, leaves) for v in value]
    leaves.append(value.array if isinstance(value, Variable) else value)
    return leaves[-1]


def made(op: str, array: Any, requires_grad: bool = False) -> Tensor:
    """A tensor on `array`."""
    result = wrap(array)
    if requires_grad:
        if array.dtype.kind != "f":
            raise DTypeError(
                f"{op}: only floating-point tensors can require gradients, got {array.dtype} of shape {array.shape}; "
                "convert it with .float(), or pass dtype=autograd.float32"
            )
        result.requires_grad_()
    return result


# ------------------------------------------------------------------------------------------ filled


def checked_shape(op: str, size: tuple[Any, ...]) -> tuple[int, ...]:
    """`f(2, 3)` and `f((2, 3))` mean the same.

    Raises:
        ArgumentError: if a size is not a non-negative integer.
    """
    given = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    try:
        shape = tuple(operator.index(n) for n in given)
    except TypeError:
        raise ArgumentError(f"{op}: sizes must be integers, got {given}") from None
    if any(n < 0 for n in shape):
        raise ArgumentError(f"{op}: sizes must not be negative, got {shape}")
    return shape


def checked_dtype(dtype: Any) -> Any:
    return dtypes.default_dtype() if dtype is None else dtypes.numpy_dtype(dtype)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of a shape, `zeros(2, 3)` or `zeros((2, 3))`.

    >>> zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    devices.check(device)
    return made("zeros", np.zeros(checked_shape("zeros", size), checked_dtype(dtype)), requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of a shape.

    >>> ones(2, dtype="int64")
    tensor([1, 1])
    """
    devices.check(device)
    return made("ones", np.ones(checked_shape("ones", size), checked_dtype(dtype)), requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Whatever is in memory, of a shape: to be written over."""
    devices.check(device)
    return made("empty", np.empty(checked_shape("empty", size), checked_dtype(dtype)), requires_grad)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One number everywhere; its kind decides the dtype if none is given.

    >>> full((2,), 7), full((2,), 7.0)
    (tensor([7, 7]), tensor([7., 7.]))
    """
    devices.check(device)
    value = raw_array("full", fill_value, dtype)
    if value.ndim:
        raise ShapeError(f"full: fill_value must be a number, got shape {value.shape}")
    return made("full", np.full(checked_shape("full", (size,)), value, value.dtype), requires_grad)


def zeros_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and dtype of `input`.

    >>> zeros_like(tensor([1, 2]))
    tensor([0, 0])
    """
    if isinstance(input, Hidden):
        return _like_hidden(input, 0, dtype, requires_grad)
    return zeros(np.shape(_raw(input)), dtype=_like(input, dtype), device=device, requires_grad=requires_grad)


def ones_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and dtype of `input`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, 1, dtype, requires_grad)
    return ones(np.shape(_raw(input)), dtype=_like(input, dtype), device=device, requires_grad=requires_grad)


def empty_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Whatever is in memory, of the shape and dtype of `input`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, 0, dtype, requires_grad)
    return empty(np.shape(_raw(input)), dtype=_like(input, dtype), device=device, requires_grad=requires_grad)


def full_like(
    input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """One number everywhere, of the shape and dtype of `input`."""
    if isinstance(input, Hidden):
        return _like_hidden(input, fill_value, dtype, requires_grad)
    kind = _like(input, dtype)
    return full(np.shape(_raw(input)), fill_value, dtype=kind, device=device, requires_grad=requires_grad)


def _like_hidden(input: Any, fill_value: Any, dtype: Any, requires_grad: bool) -> Tensor:
    """A tensor for each example of a value under vmap."""
    kind = input.dtype if dtype is None else dtype
    made: Tensor = input.new_full(input.shape, fill_value, dtype=kind, requires_grad=requires_grad)
    return made  # it has a tensor's methods


def _raw(value: Any) -> Any:
    return value.array if isinstance(value, Variable) else value


def _like(input: Any, dtype: Any) -> Any:
    return _raw(input).dtype if dtype is None else dtype


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix, zeros elsewhere; m defaults to n.

    >>> eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    devices.check(device)
    shape = checked_shape("eye", (n, n if m is None else m))
    return made("eye", np.eye(*shape, dtype=checked_dtype(dtype)), requires_grad)


# ------------------------------------------------------------------------------------------ ranges


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … up to but without end; `arange(end)` starts at 0. int64 if all three are integers.

    Raises:
        ArgumentError: if the step is 0 or leads away from the end.

    >>> arange(3), arange(1.0, 2.0, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    devices.check(device)
    first, last, by = (
        v.item() if hasattr(v, "item") else v for v in ((0, start) if end is None else (start, end)) + (step,)
    )
    if by == 0 or (last - first) * by < 0 or not all(map(math.isfinite, (first, last, by))):
        raise ArgumentError(f"arange: a step of {by} does not lead from {first} to {last}")
    if dtype is None:
        dtype = (
            np.dtype("int64")
            if all(isinstance(v, int) for v in (first, last, by))
            else dtypes.default_dtype()
        )
    count = (
        -((first - last) // by)
        if all(isinstance(v, int) for v in (first, last, by))
        else math.ceil((last - first) / by)
    )
    values = first + np.arange(count) * by
    return made("arange", raw_array("arange", values, dtype), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` evenly spaced numbers from start to end, both included.

    >>> linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    devices.check(device)
    (count,) = checked_shape("linspace", (steps,))
    first, last = (float(v) for v in (start, end))
    values = np.linspace(first, last, count)
    return made("linspace", raw_array("linspace", values, checked_dtype(dtype)), requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """base**start to base**end in `steps` numbers, evenly spaced on a logarithmic scale.

    >>> logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    devices.check(device)
    (count,) = checked_shape("logspace", (steps,))
    values = np.logspace(float(start), float(end), count, base=base)
    return made("logspace", raw_array("logspace", values, checked_dtype(dtype)), requires_grad)


# ------------------------------------------------------------------------------------------ grids


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = "int64", device: Any = None) -> Tensor:
    """The positions on and below a diagonal of a (row, col) matrix, row by row: shape (2, N).

    >>> tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    devices.check(device)
    return wrap(np.array(np.tril_indices(row, offset, col), dtypes.numpy_dtype(dtype)))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = "int64", device: Any = None) -> Tensor:
    """The positions on and above a diagonal of a (row, col) matrix, row by row: shape (2, N)."""
    devices.check(device)
    return wrap(np.array(np.triu_indices(row, offset, col), dtypes.numpy_dtype(dtype)))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of a grid: tensor i repeated along all dimensions but i.

    With indexing="xy" the first two dimensions are exchanged, as for the columns and rows of a picture.

    >>> x, y = meshgrid(tensor([1, 2]), tensor([3, 4, 5]))
    >>> y
    tensor([[3, 4, 5],
            [3, 4, 5]])
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    if indexing not in ("ij", "xy"):
        raise ArgumentError(f"meshgrid: indexing is 'ij' or 'xy', got {indexing!r}")
    if any(len(x.shape) > 1 for x in given):
        raise ShapeError(f"meshgrid: needs vectors or numbers, got shapes {[tuple(x.shape) for x in given]}")
    order = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        order[:2] = 1, 0
    sizes = tuple(math.prod(given[i].shape) for i in order)
    return tuple(
        shapes.expand(shapes.reshape(x, tuple(-1 if i == d else 1 for d in order)), sizes)
        for i, x in enumerate(given)
    )


def cartesian_prod(*tensors: Any) -> Tensor:
    """Every combination of one element from each vector: shape (N, number of vectors).

    >>> cartesian_prod(tensor([1, 2]), tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    if any(len(x.shape) != 1 for x in tensors):
        raise ShapeError(f"cartesian_prod: needs vectors, got shapes {[tuple(x.shape) for x in tensors]}")
    if len(tensors) == 1:
        return tensors[0]  # type: ignore[no-any-return]  # the tensor it got
    return join.stack([shapes.flatten(x) for x in meshgrid(*tensors)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of r elements of a vector, in order: shape (N, r).

    >>> combinations(tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    if len(input.shape) != 1 or r < 0:
        raise ShapeError(f"combinations: needs a vector and r >= 0, got shape {tuple(input.shape)} and r={r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    chosen = np.array(list(choose(range(len(input)), r)), np.intp)
    return getitem(input, chosen.reshape(-1, r) if r else np.zeros(0, np.intp))
