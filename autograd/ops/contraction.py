"""Sums of products over named indices: `einsum`, and `tensordot`, `inner`, `kron`.

All rest on one primitive, `contract`: two arrays, any indices, by one matrix product. `einsum` takes diagonals and
sums what only one array has, and then contracts two arrays at a time, the cheapest pair first.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.dims import checked_dims
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.arithmetic import add, mul
from autograd.ops.products import product
from autograd.ops.rearrange import diagonal
from autograd.ops.reduce import converted, sum
from autograd.ops.selection import alike
from autograd.ops.shape import expand, permute, reshape
from autograd.primitive import Array, primitive
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["einsum", "tensordot", "inner", "kron", "bilinear"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # in the order of implicit output


# ------------------------------------------------------------------------------------------------ the primitive


@primitive(
    c_order=True,
    cast="same",
    x=lambda g, y, indices: _contract(g, y, (indices[2], indices[1], indices[0])),
    y=lambda g, x, indices: _contract(x, g, (indices[0], indices[2], indices[1])),
)
def contract(x: Array, y: Array, indices: tuple[str, str, str]) -> Array:
    """The sum over the indices that the result lacks of x times y; indices[0] are x's, [1] y's, [2] the result's.

    Each index of x is in y or the result, and each of y in x or the result: then each derivative is a contraction of
    the gradient with the other factor.
    """
    plan = _plan(*indices)
    if plan.swap:
        x, y = y, x
    x, y = x.transpose(plan.x_order), y.transpose(plan.y_order)
    batch, rows, columns = plan.batch, plan.rows, plan.columns
    common = x.shape[:batch]
    x_free, y_free = x.shape[batch : batch + rows], y.shape[y.ndim - columns :]
    summed = x.shape[batch + rows :]
    if not summed:
        out = x.reshape(common + x_free + (1,) * columns) * y.reshape(common + (1,) * rows + y_free)
    elif not (rows or columns):
        out = np.vecdot(x.reshape((*common, math.prod(summed))), y.reshape((*common, math.prod(summed))))
    else:
        x = x.reshape((*common, math.prod(x_free), math.prod(summed)))
        y = y.reshape((*common, math.prod(summed), math.prod(y_free)))
        out = product(x, y).reshape(common + x_free + y_free)
    return out.transpose(plan.out_order)


def _contract(x: Array, y: Array, indices: tuple[str, str, str]) -> Array:
    return contract(x, y, indices)


class _Plan:
    """How a contraction becomes a matrix product: (batch, rows, summed) @ (batch, summed, columns)."""

    def __init__(self, x: str, y: str, out: str) -> None:
        both = [c for c in x if c in y]
        batch = [c for c in out if c in both]
        free_x = [c for c in out if c in x and c not in y]
        free_y = [c for c in out if c in y and c not in x]
        self.swap = bool(free_x and free_y) and out.index(free_y[0]) < out.index(free_x[0])
        if self.swap:
            x, y, free_x, free_y = y, x, free_y, free_x
        summed = [c for c in x if c in both and c not in batch]
        self.batch, self.rows, self.columns = len(batch), len(free_x), len(free_y)
        self.x_order = [x.index(c) for c in (*batch, *free_x, *summed)]
        self.y_order = [y.index(c) for c in (*batch, *summed, *free_y)]
        made = [*batch, *free_x, *free_y]
        self.out_order = [made.index(c) for c in out]


_plan = lru_cache(maxsize=1024)(_Plan)


# ------------------------------------------------------------------------------------------------ einsum


@composite
def einsum(equation: Any, *operands: Any) -> Tensor:
    """The sum of products that an equation in Einstein's notation describes.

    Each operand has one letter per dimension; letters that are not in the output are summed over. "ij,jk->ik" is the
    matrix product. Without "->" the output is the letters that occur once, sorted. "..." stands for any further
    dimensions, which broadcast. A letter twice in one operand takes its diagonal. Also `einsum(x, [0, 1], y, [1, 2],
    [0, 2])`, with numbers for letters.

    Raises:
        ArgumentError: if the equation is not well formed or does not fit the number of operands.
        ShapeError: if it does not fit their shapes.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> einsum("ij,jk->ik", x, x), einsum("ii", x), einsum("...i->...", x)
    (tensor([[ 7., 10.],
            [15., 22.]]), tensor(5.), tensor([3., 7.]))
    """
    if not isinstance(equation, str):
        equation, operands = _from_numbers(equation, *operands)
    elif len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    shapes = tuple(tuple(x.shape) for x in operands)
    inputs, output = _parse(equation, shapes)
    sizes = _sizes(equation, inputs, shapes)
    terms = [
        _reduced(x, labels, output, inputs, i)
        for i, (x, labels) in enumerate(zip(operands, inputs, strict=True))
    ]
    while len(terms) > 1:
        i, j = _cheapest(terms, sizes)
        (y, b), (x, a) = terms.pop(j), terms.pop(i)
        rest = set(output).union(*(labels for _, labels in terms))
        out = "".join(c for c in dict.fromkeys(a + b) if c in rest)
        if not terms:
            out = output
        x, y = (_expanded(v, labels, sizes, other) for v, labels, other in ((x, a, b), (y, b, a)))
        if not set(a).intersection(b).difference(out):  # nothing is summed: a product, which promotes
            x, y = alike(x, y)
        terms.insert(i, (contract(x, y, (a, b, out)), out))
    result, labels = terms[0]
    return result if labels == output else permute(result, [labels.index(c) for c in output])


def _reduced(x: Any, labels: str, output: str, inputs: Sequence[str], i: int) -> tuple[Any, str]:
    """An operand without repeated indices, and without those that neither the output nor another operand has."""
    for c in dict.fromkeys(labels):
        while labels.count(c) > 1:
            a = labels.index(c)
            b = labels.index(c, a + 1)
            x = diagonal(x, 0, a, b)
            labels = labels[:a] + labels[a + 1 : b] + labels[b + 1 :] + c
    kept = set(output).union(*(other for j, other in enumerate(inputs) if j != i))
    alone = tuple(d for d, c in enumerate(labels) if c not in kept)
    return (sum(x, alone), "".join(c for c in labels if c in kept)) if alone else (x, labels)


def _expanded(x: Any, labels: str, sizes: dict[str, int], other: str) -> Any:
    """The operand with the dimensions of size 1 that it shares with the other one brought to their size."""
    wanted = tuple(sizes[c] if c in other else n for c, n in zip(labels, x.shape, strict=True))
    return x if wanted == tuple(x.shape) else expand(x, wanted)


def _cheapest(terms: Sequence[tuple[Any, str]], sizes: dict[str, int]) -> tuple[int, int]:
    """The pair whose contraction takes the fewest multiplications."""
    pairs = itertools.combinations(range(len(terms)), 2)
    return min(pairs, key=lambda p: math.prod(sizes[c] for c in set(terms[p[0]][1] + terms[p[1]][1])))


@lru_cache(maxsize=1024)
def _parse(equation: str, shapes: tuple[tuple[int, ...], ...]) -> tuple[tuple[str, ...], str]:
    """The labels of each operand and of the output, with letters of their own for the dimensions of "..."."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(shapes):
        raise ArgumentError(f"einsum: {equation!r} names {len(parts)} operands, but there are {len(shapes)}")
    for part in (*parts, right):
        if not set(part.replace("...", "", 1)) <= set(_LETTERS):
            raise ArgumentError(f"einsum: {equation!r} may hold letters, one '...' per operand, ',' and '->'")
    dots = [len(s) - len(p) + 3 for p, s in zip(parts, shapes, strict=True) if "..." in p]
    for i, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
        letters = len(part.replace("...", ""))
        if letters > len(shape) or (letters < len(shape) and "..." not in part):
            raise ShapeError(
                f"einsum: {equation!r} names {letters} dimensions of operand {i}, which has shape {shape}"
            )
    hidden = "".join(chr(0x3B1 + i) for i in range(max(dots, default=0)))
    inputs = tuple(
        part.replace("...", hidden[len(hidden) - (len(shape) - len(part) + 3) :]) if "..." in part else part
        for part, shape in zip(parts, shapes, strict=True)
    )
    if arrow:
        output = right.replace("...", hidden)
    else:
        counts = Counter(left)
        output = hidden + "".join(c for c in _LETTERS if counts[c] == 1)
    for c in output:
        if output.count(c) > 1 or not any(c in labels for labels in inputs):
            raise ArgumentError(
                f"einsum: the output of {equation!r} must name indices of the operands, each once"
            )
    return inputs, output


def _sizes(equation: str, inputs: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """The size of each index."""
    sizes: dict[str, int] = {}
    for labels, shape in zip(inputs, shapes, strict=True):
        for c, n in zip(labels, shape, strict=True):
            if sizes.setdefault(c, n) != n and n != 1:
                if sizes[c] != 1:
                    name = f"index '{c}'" if c in _LETTERS else "a dimension of '...'"
                    raise ShapeError(
                        f"einsum: {name} of {equation!r} has sizes {sizes[c]} and {n}: shapes {list(shapes)}"
                    )
                sizes[c] = n
    return sizes


def _from_numbers(*arguments: Any) -> tuple[str, tuple[Any, ...]]:
    """`einsum(x, [0, 1], y, [1, 2], [0, 2])` as an equation and its operands."""

    def part(numbers: Sequence[Any]) -> str:
        if any(n is not Ellipsis and not (isinstance(n, int) and 0 <= n < len(_LETTERS)) for n in numbers):
            raise ArgumentError(
                f"einsum: indices are integers from 0 to {len(_LETTERS) - 1}, or ..., got {numbers}"
            )
        return "".join("..." if n is Ellipsis else _LETTERS[n] for n in numbers)

    pairs = len(arguments) // 2
    if not all(
        isinstance(a, (list, tuple)) for a in (*arguments[1 : 2 * pairs : 2], *arguments[2 * pairs :])
    ):
        raise ArgumentError(
            "einsum: needs an equation and operands, or each operand followed by a list of its indices"
        )
    equation = ",".join(part(a) for a in arguments[1 : 2 * pairs : 2])
    if len(arguments) % 2:
        equation += "->" + part(arguments[-1])
    return equation, arguments[: 2 * pairs : 2]


# ------------------------------------------------------------------------------------------------ special cases


@composite
def tensordot(a: Any, b: Any, dims: Any = 2) -> Tensor:
    """The sum of products over pairs of dimensions: the last `dims` of a with the first of b, or those in two lists.

    Raises:
        ShapeError: if paired dimensions have different sizes.

    >>> import autograd
    >>> tensordot(autograd.ones(2, 3, 4), autograd.ones(3, 4, 5)).shape
    autograd.Size([2, 5])
    """
    shape_a, shape_b = tuple(a.shape), tuple(b.shape)
    if isinstance(dims, Variable):
        dims = dims.array.tolist()
    if isinstance(dims, int):
        if not 0 <= dims <= min(len(shape_a), len(shape_b)):
            raise ArgumentError(f"tensordot: cannot pair {dims} dimensions of shapes {shape_a} and {shape_b}")
        dims = range(len(shape_a) - dims, len(shape_a)), range(dims)
    pairs_a, pairs_b = (
        checked_dims("tensordot", tuple(np.atleast_1d(d).tolist()), s)
        for d, s in zip(dims, (shape_a, shape_b), strict=True)
    )
    if len(pairs_a) != len(pairs_b) or any(
        shape_a[i] != shape_b[j] and 1 not in (shape_a[i], shape_b[j])
        for i, j in zip(pairs_a, pairs_b, strict=True)
    ):
        raise ShapeError(
            f"tensordot: the sizes of dims {pairs_a} of shape {shape_a} and {pairs_b} of shape {shape_b} must agree"
        )
    a, b = (  # a size of 1 stands for as many equal elements as the other has
        converted(sum(x, alone, keepdim=True), x.dtype) if alone else x
        for x, alone in (
            (a, tuple(i for i, j in zip(pairs_a, pairs_b, strict=True) if shape_b[j] == 1 != shape_a[i])),
            (b, tuple(j for i, j in zip(pairs_a, pairs_b, strict=True) if shape_a[i] == 1 != shape_b[j])),
        )
    )
    labels_a = _LETTERS[: len(shape_a)]
    free = iter(_LETTERS[len(shape_a) :])
    labels_b = "".join(
        labels_a[pairs_a[pairs_b.index(d)]] if d in pairs_b else next(free) for d in range(len(shape_b))
    )
    out = "".join(c for c in labels_a + labels_b if (c in labels_a) != (c in labels_b))
    return contract(a, b, (labels_a, labels_b, out))


@composite
def inner(input: Any, other: Any) -> Tensor:
    """The sum of products over the last dimension of both; a number scales.

    Raises:
        ShapeError: if the last dimensions have different sizes.

    >>> import autograd
    >>> inner(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor(11)
    """
    if not len(input.shape) or not len(other.shape):
        return mul(input, other)
    return tensordot(input, other, ((-1,), (-1,)))


@composite
def kron(input: Any, other: Any) -> Tensor:
    """The Kronecker product: each element of `input` times all of `other`, in blocks.

    >>> import autograd
    >>> kron(autograd.tensor([1, 10]), autograd.tensor([1, 2]))
    tensor([ 1,  2, 10, 20])
    """
    a, b = tuple(input.shape), tuple(other.shape)
    ndim = max(len(a), len(b))
    a, b = (1,) * (ndim - len(a)) + a, (1,) * (ndim - len(b)) + b
    x = reshape(input, tuple(n for size in a for n in (size, 1)))
    y = reshape(other, tuple(n for size in b for n in (1, size)))
    return reshape(mul(x, y), tuple(m * n for m, n in zip(a, b, strict=True)))


@composite
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Tensor:
    """Σᵢⱼ xᵢ Wₖᵢⱼ yⱼ + bₖ: (*, I), (*, J), weight (K, I, J), bias (K) → (*, K).

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> bilinear(autograd.ones(2, 3), autograd.ones(2, 4), autograd.ones(1, 3, 4))
    tensor([[12.],
            [12.]])
    """
    x, y, w = tuple(input1.shape), tuple(input2.shape), tuple(weight.shape)
    if not x or x[:-1] != y[:-1] or len(w) != 3 or w[1:] != (x[-1], y[-1]):
        raise ShapeError(
            f"bilinear: needs inputs (*, I) and (*, J) and a weight (K, I, J), got shapes {x}, {y} and {w}"
        )
    result = einsum("...i,kij,...j->...k", input1, weight, input2)
    if bias is None:
        return result
    if tuple(bias.shape) != w[:1]:
        raise ShapeError(f"bilinear: the bias must have shape {w[:1]}, got {tuple(bias.shape)}")
    return add(result, bias)
