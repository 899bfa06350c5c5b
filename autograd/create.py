"""Creation: tensors from data, and tensors of zeros, ones and other numbers."""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes
from autograd.dims import MOST_DIMENSIONS
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import Hidden
from autograd.modes import QUIET, reset_errors, set_errors
from autograd.storing import stored
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "tensor", "as_tensor", "asarray", "from_numpy", "from_dlpack",
    "scalar_tensor", "zeros", "ones", "full", "empty", "eye",
]  # fmt: skip

MOST_ELEMENTS = sys.maxsize // 8  # of an ndarray of the widest dtype


# ------------------------------------------------------------------------------------------ from data


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
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
    devices.check(device, "tensor", **place)
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
    errors = set_errors(QUIET)
    try:
        return _converted(op, data, wanted)
    finally:
        reset_errors(errors)


def _converted(op: str, data: Any, wanted: Any) -> Any:
    if isinstance(data, Variable):
        array: Any = data.array
    elif isinstance(data, (np.ndarray, np.generic)):
        array = np.asarray(data)
    elif isinstance(data, (bool, int, float)):
        if wanted is not None and wanted.kind in "iu":
            return stored(op, data, wanted)
        array = np.asarray(data, wanted or (dtypes.default_dtype() if isinstance(data, float) else None))
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
_SEQUENCES = (list, tuple, deque)


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
    if wanted is not None and wanted.kind in "iu" and array.size and not leaves:
        for end in (array.max(), array.min()):  # nan is both
            stored(op, end, wanted)
    if wanted is None and leaves and array.size:
        return array.astype(functools.reduce(dtypes.promote, _kinds(data)))
    if wanted is None and array.dtype.kind == "f":
        return array.astype(dtypes.default_dtype())  # Python floats, or an empty list
    return array


def _plain(value: Any, leaves: list[Any]) -> Any:
    """The same nesting with ndarrays for tensors, and numbers for tensors of one element, which stand for it.

    What is not in a list of plain numbers is added to `leaves`.
    """
    if isinstance(value, _SEQUENCES):
        return value if _NUMBERS.issuperset(map(type, value)) else [_plain(v, leaves) for v in value]
    if isinstance(value, Variable):
        value = value.array.reshape(()) if value.array.size == 1 else value.array
    leaves.append(value)
    return value


def _kinds(value: Any) -> Iterator[np.dtype[Any]]:
    """The dtype of every element: of an array or a tensor its own, of a Python number the one it gets."""
    if isinstance(value, (*_SEQUENCES, range)):
        for v in value:
            yield from _kinds(v)
    elif isinstance(value, Variable):
        yield value.array.dtype
    elif isinstance(value, (np.ndarray, np.generic)):
        yield value.dtype
    else:
        yield dtypes.of_number(value)


def made(op: str, array: Any, requires_grad: bool = False) -> Tensor:
    """A tensor on `array`; random numbers under vmap are a value for each example already."""
    if isinstance(array, Hidden):
        if requires_grad:
            array.requires_grad_()  # says that this is not possible
        made_already: Any = array
        return made_already  # type: ignore[no-any-return]  # it has a tensor's methods
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


def checked_shape(op: str, sizes: tuple[Any, ...], size: Any = None) -> tuple[int, ...]:
    """`f(2, 3)`, `f((2, 3))` and `f(size=(2, 3))` mean the same.

    Raises:
        ArgumentError: if a size is not a non-negative integer.
        ShapeError: if the shape is too large for an array.
    """
    given: Any = sizes if size is None else (*sizes, size)
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        (given,) = given
    try:
        shape = tuple(operator.index(n) for n in given)
    except TypeError:
        raise ArgumentError(f"{op}: sizes must be integers, got {given}") from None
    if any(n < 0 for n in shape):
        raise ArgumentError(f"{op}: sizes must not be negative, got {shape}")
    elements = math.prod(shape)
    if elements > MOST_ELEMENTS or (not elements and math.prod(filter(None, shape)) > MOST_ELEMENTS):
        raise ShapeError(f"{op}: shape {shape} has more elements than memory can have; choose a smaller one")
    if len(shape) > MOST_DIMENSIONS:
        raise ShapeError(f"{op}: a tensor has at most {MOST_DIMENSIONS} dimensions, got {len(shape)}")
    return shape


def checked_dtype(dtype: Any) -> Any:
    return dtypes.default_dtype() if dtype is None else dtypes.numpy_dtype(dtype)


def scalar_tensor(
    s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """One number as a 0-d tensor, of the default dtype unless another is given.

    Raises:
        ArgumentError: if it is not a number.

    >>> scalar_tensor(1)
    tensor(1.)
    """
    devices.check(device, "scalar_tensor", **place)
    value = raw_array("scalar_tensor", np.asarray(number("scalar_tensor", s)), checked_dtype(dtype))
    return made("scalar_tensor", value, requires_grad)


def number(op: str, value: Any) -> Any:
    """A number: as it is, or that of a 0-d tensor.

    Raises:
        ArgumentError: if it is not one number.

    >>> number("arange", tensor(3))
    3
    """
    array = value.array if isinstance(value, Variable) else value
    if isinstance(array, (np.ndarray, np.generic)) and not array.ndim:
        return array.item()
    if not isinstance(array, (bool, int, float)):
        shown = f"a tensor of shape {array.shape}" if isinstance(array, np.ndarray) else f"{value!r:.80}"
        raise ArgumentError(f"{op}: needs a number or a 0-d tensor, got {shown}")
    return array


def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Zeros of a shape, `zeros(2, 3)` or `zeros((2, 3))`.

    >>> zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    devices.check(device, "zeros", **place)
    return made(
        "zeros",
        np.zeros(checked_shape("zeros", sizes, size), checked_dtype(dtype)),
        requires_grad,
    )


def ones(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Ones of a shape.

    >>> ones(2, dtype="int64")
    tensor([1, 1])
    """
    devices.check(device, "ones", **place)
    return made(
        "ones",
        np.ones(checked_shape("ones", sizes, size), checked_dtype(dtype)),
        requires_grad,
    )


def empty(
    *sizes: Any,
    size: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Whatever is in memory, of a shape: to be written over."""
    devices.check(device, "empty", **place)
    return made(
        "empty",
        np.empty(checked_shape("empty", sizes, size), checked_dtype(dtype)),
        requires_grad,
    )


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """One number everywhere; its kind decides the dtype if none is given. uint8 wraps a negative number around.

    >>> full((2,), 7), full((2,), 7.0)
    (tensor([7, 7]), tensor([7., 7.]))
    """
    devices.check(device, "full", **place)
    value = number("full", fill_value)
    value = (
        raw_array("full", value)
        if dtype is None
        else stored("full", value, dtypes.numpy_dtype(dtype), half=True)
    )
    if not isinstance(size, (tuple, list)):
        raise ArgumentError(f"full: size is a tuple of integers, got {size!r}")
    return made("full", np.full(checked_shape("full", (size,)), value, value.dtype), requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix, zeros elsewhere; m defaults to n.

    >>> eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    devices.check(device, "eye", **place)
    shape = checked_shape("eye", (n, n if m is None else m))
    return made("eye", np.eye(*shape, dtype=checked_dtype(dtype)), requires_grad)
