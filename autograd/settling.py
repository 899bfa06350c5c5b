"""Bringing a tensor's memory into C order, unseen.

Convolutions and pools return tensors whose numbers lie in memory in the order H, C, W, N, which is what makes them fast
(see `kernels.image_layout`). A PyTorch program expects C order of them: it takes a `view`, or asks for strides. So
whatever looks at a tensor's memory settles it first: if nothing else looks at the same memory, the tensor moves into C
order, and everything it says about its memory from then on is true, and what PyTorch says.

Where something else does (a view, a graph that saved it for another operation's gradient) the memory stays as it is.
"""

from __future__ import annotations

import math
import sys
import weakref
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from autograd.layout import copied
from autograd.storage import moved, owner
from autograd.tape import Node, Variable

_ORDERS = {3: (1, 2, 0), 4: (2, 1, 3, 0), 5: (2, 3, 1, 4, 0)}


def lies_as_images(x: Any) -> bool:
    """Whether an array lies densely in the order of images (see `kernels.image_layout`), and not in C order."""
    order = _ORDERS.get(x.ndim)
    return order is not None and not x.flags.c_contiguous and x.transpose(order).flags.c_contiguous


def lies_densely(x: Any) -> bool:
    """Whether an array lies in memory without gaps, its dimensions in any order."""
    order = sorted(range(x.ndim), key=lambda d: -x.strides[d])
    return bool(x.transpose(order).flags.c_contiguous)


def settle(x: Variable, any_order: bool = False) -> bool:
    """Bring a tensor in the order of images into C order, unless others see its memory. Whether it lies so now.

    any_order:  of another order as well, which pools and normalisations keep, and PyTorch's do not; for `view`, where
        elementwise operations, which keep it in PyTorch too, then are more lenient than PyTorch's
    """
    array = x.array
    if array.flags.c_contiguous:
        return True
    if x.base is not None or not array.flags.writeable or not was_made_so(array, any_order):
        return False
    node = x.node
    values = node.values if isinstance(node, Node) else None
    held = 0 if values is None else _count(values, array, set())
    # the tensor, `array` here, and the argument of getrefcount; what the node holds moves with the tensor
    if sys.getrefcount(array) > 3 + held:
        return False
    memory = array.base
    if memory is not None and sys.getrefcount(memory) > 3:  # `memory` here, the array, and the argument
        return False
    settled = copied(array)
    moved(array, settled)
    if held and isinstance(node, Node):
        node.values = _with(values, array, settled)
    x.array = settled
    return True


def was_made_so(array: Any, any_order: bool = False) -> bool:
    """Whether an array lies in its order because an operation made it so: it is all of its memory.

    A kernel makes an array by its dimensions in some order; one that was placed in a plain buffer is a user's.
    """
    if not (lies_densely(array) if any_order else lies_as_images(array)):
        return False
    memory = array.base
    return memory is None or (
        type(memory) is np.ndarray and memory.base is None and memory.size == array.size and memory.ndim > 1
    )


def can_be_seen_as(view: Any, root: Any, shape: tuple[int, ...]) -> bool:
    """Whether a view could be seen under another shape, if the array it is a view of lay in C order.

    root:  that array, which an operation made in another order; in it no two dimensions' steps have a multiple in
        common that both take, so each step of the view tells which dimension of the root it goes along

    >>> images = np.zeros((5, 6, 7, 8)).transpose(3, 1, 0, 2)  # (8, 6, 5, 7)
    >>> (
    ...     can_be_seen_as(images[:, 2:4], images, (8, -1)),
    ...     can_be_seen_as(images.swapaxes(1, 2), images, (8, -1)),
    ... )
    (True, False)
    """
    if root.flags.c_contiguous or not was_made_so(root, any_order=True):
        return False
    along = sorted((d for d in range(root.ndim) if root.shape[d] > 1), key=lambda d: -root.strides[d])
    plain = [math.prod(root.shape[d + 1 :]) * root.itemsize for d in range(root.ndim)]
    steps = []
    for size, step in zip(view.shape, view.strides, strict=True):
        found = next((d for d in along if root.strides[d] <= step), None) if size > 1 and step else None
        if size > 1 and step and (found is None or step % root.strides[found]):
            return False  # backwards, or along several dimensions at once
        steps.append(0 if found is None else step // root.strides[found] * plain[found])
    stand_in = np.empty(root.shape, root.dtype)
    return np.may_share_memory(as_strided(stand_in, view.shape, steps).reshape(shape), stand_in)


_COPIES: dict[int, tuple[weakref.ref[Any], weakref.ref[Any]]] = {}
"""Copies that stand for views while they live, and the memory that they were copied from."""


def stands_for_view(copy: Any, source: Any) -> None:
    """Make a copy of an array, taken because no view of it could be, refuse writes; and note it (see `is_copied`)."""
    copy.flags.writeable = False  # a write would not reach the source
    memory = owner(copy)  # which whatever is made of the copy keeps alive
    key = id(memory)
    _COPIES[key] = weakref.ref(memory, lambda _: _COPIES.pop(key, None)), weakref.ref(owner(source))


def is_copied(array: Any) -> bool:
    """Whether a copy stands for a view of the same memory, so that a write to it would not be seen there."""
    if not _COPIES:
        return False
    memory = owner(array)
    return any(source() is memory for _, source in tuple(_COPIES.values()))


def _count(values: Any, array: Any, seen: set[int]) -> int:
    """How often what a node holds refers to an array."""
    found = 0
    for value in values:
        if value is array:
            found += 1
        elif type(value) is tuple and id(value) not in seen:
            seen.add(id(value))
            found += _count(value, array, seen)
    return found


def _with(values: Any, old: Any, new: Any) -> Any:
    """What a node holds, with one array in the place of another."""
    return tuple(
        new if value is old else _with(value, old, new) if type(value) is tuple else value for value in values
    )
