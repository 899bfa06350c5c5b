"""In-place writes: new values in the same memory, with the graph kept right.

An in-place operation is the ordinary one, computed on a copy of what it will overwrite, written back. Then the
tensor's node is the result's node. If the tensor is a view, its base gets a node as well, "the base with this part
replaced" (the primitive `put`), and every other view of that base reads the base anew (the primitive `take`) when it
is next used: `current_node` sees that the storage's version has moved on.
"""

from __future__ import annotations

import math
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
from autograd.modes import QUIET, current_mode, reset_errors, set_errors
from autograd.ops import index as index_ops
from autograd.ops import shape as shape_ops
from autograd.record import CONSTANT, PASSED, make_node
from autograd.settling import is_copied
from autograd.storage import last_write, written_since
from autograd.storing import stored
from autograd.table import Primitive
from autograd.tape import AccumulateGrad, AnyNode, Node, Variable, bump, counted, extras_of, wrap
from autograd.watch import watch_write

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
    if current_mode().grad and any(map(_needs_gradient, involved)):
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


def write(name: str, x: Tensor, result: Variable, overwrites: bool = False) -> Tensor:
    """Write the result of an operation over `x`, and make `x` that result in the graph.

    overwrites: that the result was not computed from `x`, whose gradient is then zeros
    """
    if isinstance(result, Hidden):
        raise writing.unfit(name, 0, result.level.depth)
    new = result.array
    check_part_of_graph(name, x, result.node)
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
    if current_mode().grad:
        node = result.node
        if node is not None and new.dtype != x.array.dtype:
            node = result.astype(x.array.dtype).node
        if (node is None or overwrites) and (old := x.current_node()) is not None:
            node = _written_node(_SETITEM, (x.array, new, (...,)), old, node)
        _rebase(x, node)
    else:
        bump(x)
    return x


def set_item(x: Tensor, index: Any, value: Any) -> None:
    """`x[index] = value`."""
    given = value if isinstance(value, Variable) else None
    raw = _converted("x[index] = value", value, x.array.dtype) if given is None else given.array
    if raw.ndim > 1 and raw.shape[0] == 1:  # x[index] may have fewer dimensions: leading ones broadcast away
        raw = value = raw.reshape(_without_leading_ones(raw.shape))
        if given is not None:
            given = value = shape_ops.reshape(given, raw.shape)
    key = index_ops.raw_index(x.array, index)
    if 0 in x.array.strides and _is_basic(key):
        copy_(index_ops.getitem_(x, key), value)  # elements may share memory, but not those of x[index]
        return
    check_writable("x[index] = value", x)
    old = x.current_node()
    new = None if given is None else given.current_node()
    record = current_mode().grad and (old is not None or new is not None)
    if record and new is not None and raw.dtype != x.array.dtype:
        given = given.astype(x.array.dtype)  # type: ignore[union-attr]  # it has a node
        raw, new = given.array, given.node
    if x.base is not None:
        check_part_of_graph("x[index] = value", x, new)
    index_ops.write_item(x.array, key, raw)
    if record:
        _rebase(x, _written_node(_SETITEM, (x.array, raw, key), old, new))
    else:
        bump(x)


def _without_leading_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[next((i for i, n in enumerate(shape) if n != 1), len(shape)) :]


def _converted(name: str, value: Any, dtype: np.dtype[Any]) -> Array:
    """A number or an array in the tensor's dtype.

    Raises:
        DTypeError: if it cannot be stored there.
    """
    if isinstance(value, Hidden):
        raise writing.unfit(name, 0, value.level.depth)
    if isinstance(value, (bool, int, float)):
        return stored(name, value, dtype, half=True)
    errors = set_errors(QUIET)
    try:
        if np.asarray(value).dtype.kind not in "fiub":
            raise DTypeError(f"{name}: needs numbers for a {dtype} tensor, got {value!r:.80}")
        return np.asarray(value, dtype)
    except (ValueError, OverflowError, TypeError) as error:
        raise DTypeError(f"{name}: {value!r} cannot be stored in a {dtype} tensor ({error})") from error
    finally:
        reset_errors(errors)


def copy_(x: Tensor, source: Any) -> Tensor:
    """Overwrite `x` with `source`, broadcast and converted."""
    check_writable("copy_", x)
    if not isinstance(source, Variable):
        source = wrap(_converted("copy_", source, x.array.dtype))
    if source.array.dtype != x.array.dtype:
        source = source.astype(x.array.dtype)
    if source.array.shape != x.array.shape:
        source = source.expand(x.array.shape)
    elif source.current_node() is not None:
        source = source.alias()  # a node of its own
    return write("copy_", x, source, overwrites=True)


def fill_(name: str, x: Tensor, value: Any) -> Tensor:
    """Overwrite every element of `x` with one number; also where several elements share memory."""
    number = value if isinstance(value, Variable) else wrap(_converted(name, value, x.array.dtype))
    if number.array.ndim:
        raise ShapeError(
            f"{name}: the value must be a number or a 0-d tensor, got shape {number.array.shape}"
        )
    check_writable(name, x, overlap=number.current_node() is None)
    if number.array.dtype != x.array.dtype:
        number = number.astype(x.array.dtype)
    return write(name, x, shape_ops.expand(number, x.array.shape))


def fill_diagonal_(x: Tensor, fill_value: Any, wrapped: bool) -> Tensor:
    """Overwrite the main diagonal of a matrix, or of a tensor with equal sizes, with one number."""
    shape = x.array.shape
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ShapeError(
            f"fill_diagonal_: needs a matrix, or more dimensions of equal sizes, got shape {shape}"
        )
    step = sum(math.prod(shape[d + 1 :]) for d in range(len(shape)))
    n = x.array.size if wrapped and len(shape) == 2 else min(shape) * step
    positions = np.arange(0, min(n, x.array.size), step)
    set_item(x, np.unravel_index(positions, shape), fill_value)
    return x


def check_writable(name: str, x: Variable, overlap: bool = False) -> None:
    """Raise unless `x` may be written in place now; `overlap` says that its elements may share memory."""
    if current_mode().grad:
        root = x if x.base is None else x.base[0]
        if root is not None and isinstance(root.node, AccumulateGrad):
            which = "a leaf" if root is x else "a view of a leaf"
            raise InPlaceError(
                f"{name}: {which} that requires a gradient, of shape {x.array.shape}, cannot be written in place: its "
                "gradient would be lost. Write to it inside no_grad(), or use the out-of-place operation."
            )
    if not x.array.flags.writeable:
        raise InPlaceError(
            f"{name}: the tensor of shape {x.array.shape} is read-only (made from a read-only array, or by a "
            "view() that had to copy); clone() it first"
        )
    if is_copied(x.array):
        raise InPlaceError(
            f"{name}: a view() of the memory of the tensor of shape {x.array.shape} is in use that had to be a copy, "
            "so it would not see what is written; take the view before anything else, or use contiguous() before it"
        )
    if 0 in x.array.strides and not overlap:
        _check_overlap(name, x.array)


def _check_overlap(name: str, array: Array) -> None:
    """Raise if elements of the array share memory, as those of an expanded tensor do."""
    if any(n > 1 and not step for n, step in zip(array.shape, array.strides, strict=True)) and array.size:
        raise InPlaceError(
            f"{name}: elements of the tensor of shape {array.shape} share memory (it was expanded), so one write would "
            "reach several of them; clone() it first"
        )


def _is_basic(key: Any) -> bool:
    """Whether x[key] is a view."""
    return type(key) is tuple and not any(isinstance(k, (np.ndarray, bool)) for k in key)


def check_part_of_graph(name: str, x: Variable, node: AnyNode | None) -> None:
    """Raise if `x` is a view made inside no_grad(), and the write of what `node` computed would have to be recorded.

    Nor can it be if `x` is not where its base is. What a Function returned as it came is not to be written at all.
    """
    if x.base is None or not current_mode().grad:
        return
    root = x.base[0]
    if x.base[1] == PASSED:
        raise InPlaceError(
            f"{name}: the tensor of shape {x.array.shape} is what a Function returned as it came, or a view of it, so "
            "a write would bypass the Function's backward; modules with backward hooks pass their inputs and outputs "
            "through such a Function. Use an out-of-place operation, or clone() it first"
        )
    if node is None and (root is None or root.current_node() is None):
        return
    if x.base[1] == CONSTANT:
        raise InPlaceError(
            f"{name}: the view of shape {x.array.shape} was made inside no_grad() and is written outside of it, so "
            "it is not clear whether the write has a gradient. Make the view outside no_grad(), write inside it, "
            "or detach()"
        )
    if root is not None and _reaches_out(root.array, x.array):
        raise _not_its_view(name, root.array, x.array)


def _rebase(x: Variable, node: AnyNode | None) -> None:
    """Make `node` what computed `x`, after a write."""
    bump(x)
    set_node(x, node)


def set_node(x: Variable, node: AnyNode | None) -> None:
    """Make `node` what computed `x`, and carry that over to the base `x` is a view of."""
    root = None if x.base is None else x.base[0]
    if root is not None:
        old = root.current_node()
        if old is not None or node is not None:
            positions = view_index(root.array, x.array)
            replace_node(root, _written_node(_PUT, (root.array, positions, x.array), old, node))
            if x.leaf is None:
                return  # it is read from the root when it is next used
            node = _read(root, x)
        if x.base[1] >= 0:  # type: ignore[index]  # it has a root
            x.base = (root, last_write.time)
    replace_node(x, node)


def _written_node(p: Primitive, raw: tuple[Any, ...], x: AnyNode | None, value: AnyNode | None) -> Node:
    """The node of a write of `value` into `x` (the first of `raw`), either of which may need no gradient."""
    inputs = ((x, "x", None), (value, "value", None))
    return _made(p, raw, [(node, name, i) for node, name, i in inputs if node is not None], raw[0])


def _made(
    p: Primitive, raw: tuple[Any, ...], active: list[tuple[AnyNode, str, int | None]], out: Array
) -> Node:
    """A new node, which is watched where others are."""
    node = make_node(p, raw, active, out)
    mode = current_mode()
    if mode.watched:
        watch_write(node, mode, out, raw)
    return node


def replace_node(x: Variable, node: AnyNode | None) -> None:
    """Put another node in the place of the old one, with the gradient that `retain_grad` asked for."""
    old = x.node
    if x.leaf is not None and isinstance(old, Node):
        if old.extras is not None:
            old.extras.retained = None
        if isinstance(node, Node):
            extras_of(node).retained = x.leaf
    x.node = node
    recorder = current_mode().recorder
    if recorder is not None and node is not None:
        recorder.written(x.array, node)


def current_node(x: Variable) -> AnyNode | None:
    """The node of `x`; for a view of a storage written to since, a new one that reads the base as it is now."""
    if x.base is not None and x.base[1] != last_write.time and x.base[1] >= 0:
        root, time = x.base
        if root is not None and written_since(counted(root), time):
            replace_node(x, None if root.node is None else _read(root, x))
        x.base = (root, last_write.time)
    return x.node


def _read(root: Variable, x: Variable) -> Node:
    """A node of `x` that reads its root as it is now."""
    assert root.node is not None
    return _made(_TAKE, (root.array, view_index(root.array, x.array)), [(root.node, "x", None)], x.array)


def view_index(base: Array, view: Array) -> Array:
    """The position in `base`, counted in C order, of each element of its view.

    Raises:
        InPlaceError: if the view has elements that are not the base's.
    """
    if _reaches_out(base, view):
        raise _not_its_view("in place", base, view)
    low, high = _bounds(base)
    start = _address(view) - low if view.size else 0
    item = math.gcd(base.itemsize, start, *base.strides, *view.strides)
    slots = (high - low) // item

    def labels(memory: Array, a: Array, offset: int) -> Array:
        return as_strided(memory[offset:], a.shape, [s // item * memory.itemsize for s in a.strides])

    if base.flags.c_contiguous and item == base.itemsize:
        return labels(np.arange(slots), view, start // item).copy()
    memory = np.full(slots, -1)
    labels(memory, base, (_address(base) - low) // item)[...] = np.arange(base.size).reshape(base.shape)
    found = labels(memory, view, start // item).copy()
    if found.min(initial=0) < 0:
        raise _not_its_view("in place", base, view)
    return found


def _address(a: Array) -> int:
    return int(a.__array_interface__["data"][0])


def _bounds(a: Array) -> tuple[int, int]:
    """Where the array's memory begins and ends."""
    if a.flags.c_contiguous:
        low = _address(a)
        return low, low + a.nbytes
    return byte_bounds(a)


def _reaches_out(base: Array, view: Array) -> bool:
    """Whether a view has memory outside of its base's: one of them was moved since, or as_strided reached further."""
    if view.base is base or not view.size:
        return False
    (low, high), (first, last) = _bounds(base), _bounds(view)
    return not low <= first <= last <= high


def _not_its_view(name: str, base: Array, view: Array) -> InPlaceError:
    return InPlaceError(
        f"{name}: the view of shape {view.shape} has elements that the tensor of shape {base.shape} does not have that "
        "it is a view of, so a write has no gradient there: as_strided, resize_, set_ or .data changed one of them; "
        "clone() the view first"
    )
