"""`vmap`: a function of one example made a function of all of them at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd import pytree
from autograd.batching import table  # noqa: F401  # it enters the rules
from autograd.batching.batched import Batched
from autograd.errors import ArgumentError, BatchingError, DimensionError
from autograd.hidden import LEVELS, Hidden, Level
from autograd.ops.join import cat
from autograd.ops.shape import expand, movedim, narrow
from autograd.tape import Variable

__all__ = ["vmap"]

RANDOMNESS = ("error", "same", "different")


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The function that maps `func` over a dimension of its inputs, all examples at once.

    vmap(f)(x)[b] = f(x[b]), but no loop runs: inside `func` each input looks like one example, and every operation
    works on all examples. `func` is written for one example; the batch needs no dimension in it. vmap of
    `autograd.func.grad` gives the gradient of each example; vmap of vmap maps over two dimensions.

    Args:
        in_dims: which dimension of each argument to map over: an integer for all, or a tuple with an integer, None
            (the argument is the same for all examples), or a nested structure of those, for each argument.
        out_dims: where the dimension goes in the result: an integer, or a structure of them.
        randomness: whether random functions in `func` raise an error, draw the same numbers for all examples, or
            different ones for each.
        chunk_size: how many examples to compute at once; None for all.

    Keyword arguments of the new function are passed on and not mapped over.

    Raises:
        BatchingError: (a ValueError) if in_dims or out_dims do not fit, if there is nothing to map over, or if sizes
            differ; (a RuntimeError) if `func` looks at values: `if x > 0`, `x.item()`.

    >>> import autograd
    >>> dot = autograd.vmap(autograd.dot)  # (N, D), (N, D) → (N)
    >>> dot(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([[1.0, 1.0], [2.0, 0.0]]))
    tensor([3., 6.])
    >>> scaled = autograd.vmap(lambda x, s: x * s, in_dims=(1, None), out_dims=1)
    >>> scaled(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), 10)
    tensor([[10., 20.],
            [30., 40.]])
    """
    if randomness not in RANDOMNESS:
        raise ArgumentError(f"vmap: randomness is 'error', 'same' or 'different', got {randomness!r}")
    if chunk_size is not None and chunk_size < 1:
        raise ArgumentError(f"vmap: chunk_size must be None or positive, got {chunk_size}")

    @functools.wraps(func)
    def mapped(*args: Any, **named: Any) -> Any:
        leaves, structure = pytree.flatten(args)
        dims = _in_dims(func, in_dims, args, leaves)
        size = _size(func, leaves, dims)

        def run(values: Sequence[Any], count: int) -> Any:
            return _run(func, values, structure, dims, count, randomness, out_dims, named)

        if chunk_size is None or chunk_size >= size:
            return run(leaves, size)
        results = []
        for start in range(0, size, chunk_size):
            count = min(chunk_size, size - start)
            part = [x if d is None else narrow(x, d, start, count) for x, d in zip(leaves, dims, strict=True)]
            results.append(run(part, count))
        return _joined(func, results, out_dims)

    return mapped


def _name(func: Any) -> str:
    return getattr(func, "__name__", type(func).__name__)


# ------------------------------------------------------------------------------------------------ on the way in


def _in_dims(func: Any, in_dims: Any, args: tuple[Any, ...], leaves: Sequence[Any]) -> list[int | None]:
    """The dimension to map over of each tensor among the arguments, counted from the front."""
    what = f"vmap({_name(func)}, in_dims={in_dims!r})"
    if not isinstance(in_dims, (int, tuple, list)):
        raise BatchingError(
            f"{what}: in_dims is an integer, or a (nested) tuple that matches the arguments, got "
            f"{type(in_dims).__name__}"
        )
    if not leaves:
        raise BatchingError(f"{what}: got no inputs, so there is nothing to map over")
    if isinstance(in_dims, list):
        in_dims = tuple(in_dims)
    try:
        dims = pytree.spread_over(in_dims, args, "in_dims")
    except ArgumentError as error:
        raise BatchingError(
            f"{what}: in_dims is not compatible with the structure of the inputs, {pytree.flatten(args)[1]}; it needs "
            "one entry for each argument, an integer or None for each tensor or group of tensors"
        ) from error
    return [_in_dim(what, i, d, x) for i, (d, x) in enumerate(zip(dims, leaves, strict=True))]


def _in_dim(what: str, i: int, dim: Any, x: Any) -> int | None:
    if dim is None:
        return None
    if not isinstance(dim, int):
        raise BatchingError(f"{what}: got in_dim={dim!r} for input {i}; it must be an integer or None")
    if not isinstance(x, (Variable, Hidden)):
        raise BatchingError(
            f"{what}: got in_dim={dim} for input {i}, which is not a tensor but {type(x).__name__}; use None"
        )
    ndim = len(x.shape)  # type: ignore[union-attr]  # each has a tensor's methods
    if not -ndim <= dim < ndim:
        raise BatchingError(
            f"{what}: got in_dim={dim} for input {i}, a tensor of {ndim} dimensions; "
            + (f"it must be in [{-ndim}, {ndim})" if ndim else "a 0-d tensor has none to map over; use None")
        )
    return dim % ndim


def _size(func: Any, leaves: Sequence[Any], dims: Sequence[int | None]) -> int:
    """How many examples there are."""
    sizes = [x.shape[d] for x, d in zip(leaves, dims, strict=True) if d is not None]
    if not sizes:
        raise BatchingError(
            f"vmap({_name(func)}): all in_dims are None; at least one input must have a dimension to map over"
        )
    if len(set(sizes)) > 1:
        raise BatchingError(
            f"vmap({_name(func)}): expected all tensors to have the same size in the dimension that is mapped over, "
            f"got sizes {sizes}"
        )
    return int(sizes[0])


# ------------------------------------------------------------------------------------------------ inside


def _run(
    func: Callable[..., Any],
    leaves: Sequence[Any],
    structure: Any,
    dims: Sequence[int | None],
    size: int,
    randomness: str,
    out_dims: Any,
    named: dict[str, Any],
) -> Any:
    """Call the function at a new level."""
    outer = LEVELS.get()
    level = Level(len(outer) + 1, size, randomness)
    hidden = [
        x if d is None else Batched(movedim(x, d, 0) if d else x, level)
        for x, d in zip(leaves, dims, strict=True)
    ]
    token = LEVELS.set((*outer, level))
    try:
        result = func(*pytree.rebuilt(structure, hidden), **named)
        found, shape = pytree.flatten(result)
        places = _out_dims(func, out_dims, result)
        outs = [_out(func, value, place, level) for value, place in zip(found, places, strict=True)]
    finally:
        level.open = False
        LEVELS.reset(token)
    return pytree.rebuilt(shape, outs)


# ------------------------------------------------------------------------------------------------ on the way out


def _out_dims(func: Any, out_dims: Any, result: Any) -> list[Any]:
    """Where the dimension goes in each of the results."""
    try:
        alone = isinstance(out_dims, tuple) and len(out_dims) == 1 and not pytree.is_branch(result)
        places = pytree.spread_over(out_dims[0] if alone else out_dims, result, "out_dims")
    except ArgumentError as error:
        raise BatchingError(
            f"vmap({_name(func)}, out_dims={out_dims!r}): out_dims is not compatible with the structure of what "
            f"{_name(func)} returns, {pytree.flatten(result)[1]}"
        ) from error
    for place in places:
        if place is not None and not isinstance(place, int):
            raise BatchingError(
                f"vmap({_name(func)}, out_dims={out_dims!r}): out_dims is an integer, or a structure of integers"
            )
    return places


def _out(func: Any, value: Any, place: int | None, level: Level) -> Any:
    """One result, with the dimension of the level in its place."""
    hidden = isinstance(value, Hidden) and value.level is level
    if place is None:
        if hidden:
            raise BatchingError(
                f"vmap({_name(func)}): out_dims is None for a result that differs between the examples"
            )
        return value
    if not isinstance(value, (Variable, Hidden)):
        raise BatchingError(
            f"vmap({_name(func)}): must only return tensors, got {type(value).__name__}; a number can be made one with "
            "autograd.tensor()"
        )
    tensor: Any = value
    whole = tensor.value if hidden else expand(tensor, (level.size, *tensor.shape))
    ndim = len(whole.shape)
    if not -ndim <= place < ndim:
        raise DimensionError(
            f"vmap({_name(func)}): out_dim {place} is out of range for a result of {ndim} dimensions (expected to be "
            f"in range of [{-ndim}, {ndim - 1}])"
        )
    return movedim(whole, 0, place) if place % ndim else whole


def _joined(func: Any, results: list[Any], out_dims: Any) -> Any:
    """The results of several chunks as one."""
    flat = [pytree.flatten(r) for r in results]
    places = _out_dims(func, out_dims, results[0])
    columns = zip(*(leaves for leaves, _ in flat), strict=True)
    joined = [
        parts[0] if place is None else cat(parts, place % len(parts[0].shape))
        for parts, place in zip(columns, places, strict=True)
    ]
    return pytree.rebuilt(flat[0][1], joined)
