"""In-place writes: new values in the same memory, with the graph kept right.

An in-place operation is the ordinary one, computed on a copy of what it will overwrite, written back. Then the
tensor's node is the result's node. If the tensor is a view, its base gets a node as well, "the base with this part
replaced" (the primitive `put`), and every other view of that base reads the base anew (the primitive `take`) when it
is next used: `current_node` sees that the storage's version has moved on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.lib.stride_tricks import as_strided

from autograd import dtypes
from autograd.batching import writing
from autograd.dtypes import Array
from autograd.errors import DTypeError, InPlaceError, ShapeError
from autograd.hidden import Hidden
from autograd.modes import MODE, NUMPY_ERRORS, QUIET
from autograd.ops import index as index_ops
from autograd.record import make_node
from autograd.storage import LastWrite, written_since
from autograd.table import Primitive
from autograd.tape import AccumulateGrad, AnyNode, Node, Variable, bump, extras_of, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

_TAKE: Primitive = index_ops.take.primitive  # type: ignore[attr-defined]  # lifted functions carry theirs
_PUT: Primitive = index_ops.put.primitive  # type: ignore[attr-defined]
_SETITEM: Primitive = index_ops.setitem.primitive  # type: ignore[attr-defined]


def in_place(name: str, function: Callable[..., Any], x: Tensor, *args: Any, **named: Any) -> Tensor:
    """Overwrite `x` with `function(x, *args, **named)`."""
    if isinstance(x, Hidden):
        return writing.in_place(name, function, x, *args, **named)  # type: ignore[no-any-return]  # it has its methods
    check_writable(name, x)
    involved = (x, *args, *named.values())
    if MODE.get().grad and any(map(_needs_gradient, involved)):
        before = wrap(x.array.copy(), x.current_node())  # formulas may have saved what is overwritten
        kept = {k: before if a is x else a for k, a in named.items()}
        result = function(before, *(before if a is x else a for a in args), **kept)
    else:
        result = function(x, *args, **named)
    return write(name, x, result)


def _needs_gradient(value: Any) -> bool:
    """Whether it is a tensor, or a value under vmap, that requires a gradient."""
    if isinstance(value, Variable):
        return value.current_node() is not None
    return isinstance(value, Hidden) and _needs_gradient(value.value)


def write(name: str, x: Tensor, result: Variable) -> Tensor:
    """Write the result of an operation over `x`, and make `x` that result in the graph."""
    if isinstance(result, Hidden):
        raise writing.unfit(name, 0, result.level.depth)
    new = result.array
    if new.shape != x.array.shape:
        raise ShapeError(
            f"{name}: the result has shape {new.shape}, which does not fit in place into shape {x.array.shape}; "
            f"use the out-of-place operation"
        )
    if not dtypes.can_cast(new.dtype, x.array.dtype):
        raise DTypeError(
            f"{name}: the result is {new.dtype}, which cannot be stored in a {x.array.dtype} tensor; "
            f"use the out-of-place operation, or convert the tensor first with .to({dtypes.of(new.dtype)})"
        )
    x.array[...] = new
    if MODE.get().grad:
        node = result.node
        if node is not None and new.dtype != x.array.dtype:
            node = result.astype(x.array.dtype).node
        _rebase(x, node)
    else:
        _wrote(x)
    return x


def set_item(x: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value`."""
    check_writable("x[index] = value", x)
    given = value if isinstance(value, Variable) else None
    raw = _converted("x[index] = value", value, x.array.dtype) if given is None else given.array
    key = index_ops.raw_index(x.array, index)
    old = x.current_node()
    new = None if given is None else given.current_node()
    record = MODE.get().grad and (old is not None or new is not None)
    if record and new is not None and raw.dtype != x.array.dtype:
        given = given.astype(x.array.dtype)  # type: ignore[union-attr]  # it has a node
        raw, new = given.array, given.node
    index_ops.write_item(x.array, key, raw)
    if record:
        _rebase(x, _written_node(_SETITEM, (x.array, raw, key), old, new))
    else:
        _wrote(x)


def _converted(name: str, value: Any, dtype: np.dtype[Any]) -> Array:
    """A number or an array in the tensor's dtype.

    Raises:
        DTypeError: if it cannot be stored there.
    """
    errors = NUMPY_ERRORS.set(QUIET)
    try:
        return np.asarray(value, dtype)
    except (ValueError, OverflowError, TypeError) as error:
        raise DTypeError(f"{name}: {value!r} cannot be stored in a {dtype} tensor ({error})") from error
    finally:
        NUMPY_ERRORS.reset(errors)


def copy_(x: Tensor, source: Any) -> Tensor:
    """Overwrite `x` with `source`, broadcast and converted."""
    check_writable("copy_", x)
    if not isinstance(source, Variable):
        source = wrap(_converted("copy_", source, x.array.dtype))
    if source.array.dtype != x.array.dtype:
        source = source.astype(x.array.dtype)
    if source.array.shape != x.array.shape:
        source = source.expand(x.array.shape)
    return write("copy_", x, source)


def check_writable(name: str, x: Variable) -> None:
    """Raise unless `x` may be written in place now."""
    if MODE.get().grad:
        root = x if x.base is None else x.base[0]
        if root is not None and isinstance(root.node, AccumulateGrad):
            which = "a leaf" if root is x else "a view of a leaf"
            raise InPlaceError(
                f"{name}: {which} that requires a gradient, of shape {x.array.shape}, cannot be written in place: its "
                "gradient would be lost. Write to it inside no_grad(), or use the out-of-place operation."
            )
    if not x.array.flags.writeable:
        raise InPlaceError(
            f"{name}: the tensor of shape {x.array.shape} is read-only (expanded, or made from a read-only array); "
            "clone() it first"
        )


def _rebase(x: Variable, node: AnyNode | None) -> None:
    """Make `node` what computed `x`, after a write."""
    set_node(x, node)
    _wrote(x)


def set_node(x: Variable, node: AnyNode | None) -> None:
    """Make `node` what computed `x`, and carry that over to the base `x` is a view of."""
    root = None if x.base is None else x.base[0]
    if root is not None:
        old = root.node
        if old is not None or node is not None:
            positions = view_index(root.array, x.array)
            _replace_node(root, _written_node(_PUT, (root.array, positions, x.array), old, node))
        x.base = (root, LastWrite.time)
    _replace_node(x, node)


def _written_node(p: Primitive, raw: tuple[Any, ...], x: AnyNode | None, value: AnyNode | None) -> Node:
    """The node of a write of `value` into `x` (the first of `raw`), either of which may need no gradient."""
    inputs = ((x, "x", None), (value, "value", None))
    return make_node(p, raw, [(node, name, i) for node, name, i in inputs if node is not None], raw[0])


def _replace_node(x: Variable, node: AnyNode | None) -> None:
    """Put another node in the place of the old one, with the gradient that `retain_grad` asked for."""
    old = x.node
    if isinstance(old, Node) and old.extras is not None and old.extras.retained is not None:
        if isinstance(node, Node):
            extras_of(node).retained = old.extras.retained
        old.extras.retained = None
    x.node = node


def _wrote(x: Variable) -> None:
    bump(x)
    if x.base is not None:
        x.base = (x.base[0], LastWrite.time)


def current_node(x: Variable) -> AnyNode | None:
    """The node of `x`; for a view of a storage written to since, a new one that reads the base as it is now."""
    if x.base is not None and x.base[1] != LastWrite.time:
        root, time = x.base
        x.base = (root, LastWrite.time)
        if root is not None and written_since(root.array, time):
            x.node = None
            if root.node is not None:
                positions = view_index(root.array, x.array)
                x.node = make_node(_TAKE, (root.array, positions), [(root.node, "x", None)], x.array)
    return x.node


def view_index(base: Array, view: Array) -> Array:
    """The position in `base`, counted in C order, of each element of its view."""
    low, high = byte_bounds(base)
    item = base.itemsize
    memory = np.zeros((high - low) // item, np.intp)

    def labels(a: Array) -> Array:
        offset = (a.__array_interface__["data"][0] - low) // item
        return as_strided(memory[offset:], a.shape, [s // item * memory.itemsize for s in a.strides])

    labels(base)[...] = np.arange(base.size).reshape(base.shape)
    return labels(view).copy()
