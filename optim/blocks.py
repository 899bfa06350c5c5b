"""How a step goes through the parameters: in blocks that stay in cache, each updated by one call of the rule.

Large parameters are cut into blocks. Small ones are packed: gradients and values are gathered into one block, the rule
runs once for all of them, and the new values are written back. What is kept for them lives in the packed arrays for
good; each parameter's state is a view of its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, Protocol

import numpy as np
from numpy.lib.array_utils import byte_bounds

from autograd.errors import InPlaceError, ShapeError
from autograd.tape import wrap

Array = Any
Group = dict[str, Any]
Kept = dict[str, Any]


class Rule(Protocol):
    """What an optimizer says about its rule; see `Optimizer`."""

    whole: bool

    def numbers(self, group: Group) -> dict[str, float]:
        """The numbers kept for each parameter, with what they are at first."""

    def kept_for(self, p: Array, group: Group) -> tuple[str, ...]:
        """The names of the arrays kept for a parameter."""

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """What is kept for a parameter before its first step."""

    def advance(self, state: dict[str, Any], group: Group) -> None:
        """Change the numbers, once for each parameter and step."""

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""


BLOCK = 262144
"""Elements of a block: with gradient, state and work arrays it fits in the last-level cache; a call pays for more."""

SMALL = 4096
"""Elements up to which a parameter is packed: moving them costs less than calling NumPy for them."""


class Scratch:
    """Work arrays, the same memory for all blocks."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._whole: dict[Any, list[Array]] = {}

    def views(self, size: int, dtype: Any) -> list[Array]:
        """Work arrays of a block."""
        if dtype not in self._whole:
            self._whole[dtype] = [np.empty(BLOCK, dtype) for _ in range(self._count)]
        return [whole[:size] for whole in self._whole[dtype]]


class _Single:
    """One parameter, cut into blocks; or whole, if its memory has gaps or the rule is not elementwise."""

    def __init__(
        self, p: Any, kept: Kept, names: tuple[str, ...], rule: Rule, group: Group, scratch: Scratch
    ) -> None:
        self.p = p
        self.first = _complete([(p, kept)], names, rule, group)
        self.numbers = {name: kept[name].array for name in rule.numbers(group)}
        a = p.array
        arrays = {name: kept[name].array for name in names}
        self.blocks: list[tuple[Any, Array, dict[str, Any], list[Array]]] = []
        if rule.whole or not all(x.flags.c_contiguous for x in (a, *arrays.values())):
            works = [np.empty(a.shape, a.dtype) for _ in scratch.views(0, a.dtype)]
            self.blocks.append((None, a, arrays, works))
            return
        flat, state = a.reshape(-1), {name: x.reshape(-1) for name, x in arrays.items()}
        for start in range(0, a.size, BLOCK):
            part = slice(start, min(start + BLOCK, a.size))
            works = scratch.views(part.stop - start, a.dtype)
            self.blocks.append((part, flat[part], {name: x[part] for name, x in state.items()}, works))

    def step(self, rule: Rule, group: Group) -> None:
        """Update the parameter."""
        gradient = self.p.leaf.grad.array
        if gradient.shape != self.p.array.shape:
            check_params([self.p])
        flat = gradient.reshape(-1)
        numbers = {name: array.item() for name, array in self.numbers.items()}
        if numbers:
            _advance(rule, numbers, group, self.numbers)
        for part, block, state, works in self.blocks:
            state.update(numbers)
            rule.update(block, gradient if part is None else flat[part], state, group, works, self.first)
        self.first = False


class _Packed:
    """Several small parameters, in one block."""

    def __init__(
        self,
        members: list[tuple[Any, Kept]],
        names: tuple[str, ...],
        rule: Rule,
        group: Group,
        scratch: Scratch,
    ) -> None:
        self._params = params = [p for p, _ in members]
        self.first = _complete(members, names, rule, group)
        dtype, size = params[0].array.dtype, sum(p.array.size for p in params)
        self.p, self.g = np.empty(size, dtype), np.empty(size, dtype)
        self.works = scratch.views(size, dtype)
        # of each: the parameter, its array, and its parts of the blocks
        self._places = [
            (p, p.array, *parts)
            for p, *parts in zip(params, self._parts(self.p), self._parts(self.g), strict=True)
        ]
        self.state: dict[str, Any] = {}
        for name in names:
            whole = self.state[name] = np.empty(size, dtype)
            for (_, kept), view in zip(members, self._parts(whole), strict=True):
                view[...] = kept[name].array
                kept[name].array = view
        self.numbers = {}
        for name in rule.numbers(group):  # equal for all of them
            held = self.numbers[name] = np.array([kept[name].array for _, kept in members])
            for i, (_, kept) in enumerate(members):
                kept[name].array = held[i, ...]
        self._seen = [held.tobytes() for held in self.numbers.values()]

    def _parts(self, whole: Array) -> list[Array]:
        """The part of each parameter, in its shape."""
        ends = accumulate((p.array.size for p in self._params), initial=0)
        return [
            whole[a:b].reshape(p.array.shape) for p, (a, b) in zip(self._params, pairwise(ends), strict=True)
        ]

    def even(self) -> bool:
        """Whether the numbers are those of the last step; a parameter's own, in its state, can be changed."""
        return all(
            held.tobytes() == seen for held, seen in zip(self.numbers.values(), self._seen, strict=True)
        )

    def step(self, rule: Rule, group: Group) -> None:
        """Update the parameters."""
        state = self.state
        for p, value, part, into in self._places:
            part[...] = value  # one by one: np.concatenate takes four times as long
            into[...] = p.leaf.grad.array
        if self.numbers:
            for name, held in self.numbers.items():
                state[name] = held.item(0)
            _advance(rule, state, group, self.numbers)
            self._seen = [held.tobytes() for held in self.numbers.values()]
        rule.update(self.p, self.g, state, group, self.works, self.first)
        for _, value, part, _ in self._places:
            value[...] = part
        self.first = False


class Plan:
    """The parameters of a group that have gradients now, arranged in blocks.

    It is good as long as these are the same parameters, with the same memory for their values and their state.

    values:  the arrays of the parameters
    """

    def __init__(
        self,
        params: list[Any],
        keeps: list[Kept],
        names: tuple[str, ...],
        rule: Rule,
        group: Group,
        scratch: Scratch,
    ) -> None:
        packs: dict[Any, list[tuple[Any, Kept]]] = {}
        counted = tuple(rule.numbers(group))
        apart = _apart(params)
        self._runs: list[_Single | _Packed] = []
        for i, (p, kept) in enumerate(zip(params, keeps, strict=True)):
            small = p.array.size <= SMALL and p.array.flags.c_contiguous
            if small and i in apart and not rule.whole:
                numbers = tuple(kept[name].array.item() for name in counted)
                key = (p.array.dtype, numbers, all(kept.get(name) is not None for name in names))
                packs.setdefault(key, []).append((p, kept))
            else:
                self._runs.append(_Single(p, kept, rule.kept_for(p.array, group), rule, group, scratch))
        for pack in packs.values():
            for members in _filled(pack):
                self._runs.append(
                    _Single(*members[0], names, rule, group, scratch)
                    if len(members) == 1
                    else _Packed(members, names, rule, group, scratch)
                )
        self._buffers, self._params = names, params
        self.values = [p.array for p in params]
        self._kept = [
            (p, name, kept[name].array)
            for p, kept in zip(params, keeps, strict=True)
            for name in (*rule.kept_for(p.array, group), *counted)
        ]
        self._counted = [run for run in self._runs if isinstance(run, _Packed) and run.numbers]

    def fits(self, params: list[Any], state: Mapping[Any, Kept], names: tuple[str, ...]) -> bool:
        """Whether it is still good."""
        if names != self._buffers or len(params) != len(self._params):
            return False
        for p, known, array in zip(params, self._params, self.values):  # noqa: B905  # equal; hot
            if p is not known or p.array is not array:
                return False
        try:
            for p, name, array in self._kept:
                if state[p][name].array is not array:
                    return False
        except (AttributeError, KeyError):  # something is not kept any more
            return False
        return not self._counted or all(run.even() for run in self._counted)

    def step(self, rule: Rule, group: Group) -> None:
        """Run the rule over all blocks."""
        for run in self._runs:
            run.step(rule, group)


def check_params(params: list[Any]) -> None:
    """Raise if a parameter cannot be updated by its gradient.

    Raises:
        ShapeError: if it has another shape now.
        InPlaceError: if it cannot be written to.
    """
    for p in params:
        gradient = p.leaf.grad.array
        if gradient.shape != p.array.shape:
            raise ShapeError(
                f"step: a gradient has shape {gradient.shape}, its parameter {p.array.shape}; call zero_grad() and "
                "backward() after giving a parameter another shape"
            )
        if not p.array.flags.writeable:
            raise InPlaceError(
                f"step: a parameter of shape {p.array.shape} is read-only; give it .data of its own, with clone()"
            )


def _advance(rule: Rule, state: dict[str, Any], group: Group, held: Mapping[str, Array]) -> None:
    """Let the rule change the numbers, and keep them."""
    rule.advance(state, group)
    for name, array in held.items():
        array[...] = state[name]


def _apart(params: list[Any]) -> set[int]:
    """The positions of the parameters that share no memory with another one."""
    apart = set(range(len(params)))
    spans = sorted((*byte_bounds(p.array), i) for i, p in enumerate(params) if p.array.size)
    end, last = 0, -1  # of the span that reaches furthest so far
    for low, high, i in spans:
        if low < end:
            apart -= {i, last}
        if high > end:
            end, last = high, i
    return apart


def _complete(members: list[tuple[Any, Kept]], names: tuple[str, ...], rule: Rule, group: Group) -> bool:
    """Begin what is not kept yet; return whether there was any such."""
    first = False
    for p, kept in members:
        missing = [name for name in names if kept.get(name) is None]
        if missing:
            start = rule.begin(p.array, group)
            kept.update({name: wrap(start[name]) for name in missing})
            first = True
    return first


def _filled(members: list[tuple[Any, Kept]]) -> list[list[tuple[Any, Kept]]]:
    """Parameters in packs of up to a block."""
    packs: list[list[tuple[Any, Kept]]] = []
    room = 0
    for p, kept in members:
        if not packs or p.array.size > room:
            packs.append([])
            room = BLOCK
        packs[-1].append((p, kept))
        room -= p.array.size
    return packs
