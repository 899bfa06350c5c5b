"""Batching rules of matrix products and of what is built like them: linear layers and contractions."""

from __future__ import annotations

from typing import Any

from autograd.batching.rules import batches, grown, is_at, ndim_of
from autograd.errors import ShapeError
from autograd.hidden import Level
from autograd.kernels import linear as linear_kernel
from autograd.ops import arithmetic, contraction, linalg
from autograd.ops.shape import matrix_transpose, reshape, unsqueeze
from autograd.table import Primitive


@batches(linalg.matmul_)
def _matmul(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, y = args
    nx, ny = ndim_of(x), ndim_of(y)
    if not nx or not ny:
        raise ShapeError(f"matmul: needs at least vectors, got shapes {tuple(x.shape)} and {tuple(y.shape)}")
    if not is_at(y, level) and (ny <= 2 or nx > 1):  # a batch of rows times one matrix
        if nx == 1 or ny <= 2:
            return linalg.matmul(x.value, y)
        return linalg.matmul(grown(x.value, max(nx, ny)), y)
    if not is_at(x, level) and ny == 1 and nx <= 2:  # one matrix times a batch of vectors
        return linalg.matmul(y.value, matrix_transpose(x) if nx == 2 else x)
    # matrices with equally many dimensions before them
    rows: Any = unsqueeze(x, 0) if nx == 1 else x
    columns: Any = unsqueeze(y, 1) if ny == 1 else y
    ndim = max(rows.ndim, columns.ndim)
    a, b = (grown(v.value, ndim) if is_at(v, level) else v for v in (rows, columns))
    out = p.function(a, b)
    sizes = tuple(out.shape)
    if nx == 1:
        sizes = (*sizes[:-2], sizes[-1])
    if ny == 1:
        sizes = sizes[:-1]
    return out if sizes == tuple(out.shape) else reshape(out, sizes)


@batches(linear_kernel.linear_)
def _linear(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, weight, bias = args
    if weight.ndim != 2 or (bias is not None and bias.ndim != 1):
        raise ShapeError(
            f"linear: weight must have shape (out, in) and bias (out), got weight {tuple(weight.shape)}"
            + ("" if bias is None else f" and bias {tuple(bias.shape)}")
        )
    if is_at(x, level) and not is_at(weight, level) and not is_at(bias, level):
        return p.function(x.value, weight, bias)
    vector = ndim_of(x) == 1  # then the weight's gradient comes in its own layout
    out = linalg.matmul(weight, x) if vector else linalg.matmul(x, matrix_transpose(weight))
    return out if bias is None else arithmetic.add(out, bias)


@batches(contraction.contract)
def _contract(p: Primitive, level: Level, args: list[Any]) -> Any:
    x, y, indices = args
    new = next(c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in "".join(indices))
    a, b = (new + labels if is_at(v, level) else labels for v, labels in zip((x, y), indices, strict=False))
    x, y = (v.value if is_at(v, level) else v for v in (x, y))
    return p.function(x, y, (a, b, new + indices[2]))
