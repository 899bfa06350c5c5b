"""The batching rules by family, and the table that gives each primitive its rule.

A rule gets a primitive, a level, and the primitive's arguments, of which some hold values of that level. It calls the
primitive, or others, on the values themselves, whose first dimension runs over the examples, and returns such a value.

Elementwise functions line their arguments up; that is the rule of every NumPy ufunc, and of every primitive in the
files of ELEMENTWISE. Reductions, scans and softmax move their `dim` one to the right. The other families have files of
their own, rules_….py, which table.py joins. tests/test_vmap.py fails for a primitive without a rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.dims import checked_dim, checked_dims
from autograd.hidden import RULES, Hidden, Level, Rule
from autograd.kernels import dropout
from autograd.ops import (
    activation,
    arithmetic,
    bessel,
    compare,
    elementwise,
    gamma,
    identity,
    loss,
    number,
    options,
    polynomial,
    rounding,
    selection,
    special,
)
from autograd.ops.shape import expand, reshape, unsqueeze
from autograd.table import Primitive, registry

ELEMENTWISE = (
    activation, arithmetic, bessel, compare, dropout, elementwise, gamma, identity, loss, number, options, polynomial,
    rounding, selection, special,
)  # fmt: skip
"""The files whose primitives are elementwise, unless another rule says otherwise."""


# ------------------------------------------------------------------------------------------------ assigning rules


def batches(*functions: Callable[..., Any]) -> Callable[[Rule], Rule]:
    """Make the decorated function the batching rule of these primitives, or functions that call `of_examples`."""

    def assign(rule: Rule) -> Rule:
        for function in functions:
            RULES[getattr(function, "primitive", function)] = rule
        return rule

    return assign


def assign_families() -> None:
    """Give every primitive that has none yet the rule that its file, or its ufunc, tells."""
    files = {module.__name__ for module in ELEMENTWISE}
    for p in registry().values():
        if p in RULES:
            continue
        if isinstance(p.forward, np.ufunc) or p.function.__module__ in files:
            RULES[p] = line_up


# ------------------------------------------------------------------------------------------------ values of a level


def is_at(value: Any, level: Level) -> bool:
    """Whether it differs between the examples of this level."""
    return isinstance(value, Hidden) and value.level is level


def examples(value: Any, level: Level) -> Any:
    """All examples of `value`, the dimension of the level first: repeated if they are all the same."""
    if is_at(value, level):
        return value.value
    if not hasattr(value, "shape"):
        value = np.asarray(value)
    return expand(value, (level.size, *value.shape))


def grown(value: Any, ndim: int) -> Any:
    """All examples with as many dimensions of size 1 after the first one as make `ndim` dimensions an example."""
    missing = ndim - (value.ndim - 1)
    return reshape(value, (value.shape[0], *(1,) * missing, *value.shape[1:])) if missing > 0 else value


def ndim_of(value: Any) -> int:
    """The number of dimensions of one example, a tensor, an array or a number."""
    return int(value.ndim) if hasattr(value, "ndim") else 0


# ------------------------------------------------------------------------------------------------ elementwise


def line_up(p: Primitive, level: Level, args: list[Any]) -> Any:
    """Elementwise: examples broadcast against each other as one does, so their dimensions are counted from the last."""
    if len(p.arrays) == 1:
        x, *options = args
        return p.function(x.value, *options)
    places = [p.positions[a] for a in p.arrays]
    if p.cast is not None:
        promote(p, args, places)
    ndim = max(ndim_of(args[i]) for i in places)
    for i in places:
        if is_at(args[i], level):
            args[i] = grown(args[i].value, ndim)
    return p.function(*args)


def promote(p: Primitive, args: list[Any], places: list[int]) -> None:
    """Bring arguments to their common dtype, in which a number, of one example, counts less than an array."""
    given = [args[i] for i in places if args[i] is not None]
    kinds = {v.dtype for v in given if hasattr(v, "dtype")}
    if len(kinds) < 2:
        return
    common = dtypes.common_dtype([getattr(v, "array", v) if not isinstance(v, Hidden) else v for v in given])
    if p.cast == "float" and common.kind != "f":
        common = dtypes.default_dtype()
    for i in places:
        if hasattr(args[i], "astype") and args[i].dtype != common:
            args[i] = args[i].astype(common)


@batches(selection.masked_fill)
def _masked_fill(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, mask, value = args
    if ndim_of(value) or not hasattr(value, "shape"):
        return line_up(p, level, args)
    return selection.where(mask, value.astype(x.dtype), x)  # each example has a value of its own


@batches(number.fill)
def _fill(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, value = args
    if not is_at(value, level) or value.ndim:
        return line_up(p, level, args)
    return expand(value.astype(x.dtype), tuple(x.shape))  # each example has a value of its own


# ------------------------------------------------------------------------------------------------ along dimensions


def shifted(op: str, dim: Any, shape: Any, new: int = 0) -> Any:
    """A dimension, or several, of one example of `shape`, counted among all examples' dimensions."""
    if isinstance(dim, (tuple, list)):
        return tuple(d + 1 for d in checked_dims(op, dim, shape))
    return checked_dim(op, dim, shape, new) + 1


def over_dims(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001  # every rule is called alike
    """A reduction over `dim`, all dimensions of an example if it is None; with or without `keepdim`."""
    x = args[0].value
    options = dict(zip(p.parameters[1:], args[1:], strict=True))
    dim, keepdim = options["dim"], options.get("keepdim", False)
    shape = tuple(x.shape[1:])
    everything = dim is None or (isinstance(dim, (tuple, list)) and not dim)
    if not everything:
        options["dim"] = shifted(p.name, dim, shape)
    if shape and not everything:
        return p.function(x, *options.values())
    # a number, or all elements of an array, as a vector
    options["dim"] = 1
    if "keepdim" in options:
        options["keepdim"] = False
    out = p.function(reshape(x, (x.shape[0], math.prod(shape))), *options.values())
    return reshape(out, (x.shape[0], *(1,) * len(shape))) if keepdim else out


def along_dim(p: Primitive, level: Level, args: list[Any]) -> Any:  # noqa: ARG001
    """What keeps the shape and works along `dim`: scans, sorting, softmax."""
    x = args[0].value
    options = dict(zip(p.parameters[1:], args[1:], strict=True))
    shape = tuple(x.shape[1:])
    options["dim"] = shifted(p.name, options["dim"], shape)
    if shape:
        return p.function(x, *options.values())
    if isinstance(options["dim"], tuple):
        options["dim"] = (1,)
    return reshape(p.function(unsqueeze(x, 1), *options.values()), (x.shape[0],))
