"""Rows of the shape operations: views, joining and splitting, rearranging."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.ops import join, rearrange, shape
from autograd.ops.splitting import chunk, dsplit, hsplit, pieces, split, tensor_split, vsplit
from tests.case import Case, Given, Real, on

INTEGERS = ("bool", "uint8", "int32", "int64")

VIEWS = [
    Case(
        shape.reshape,
        on(Real(2, 6), (3, 4)),
        on(Real(2, 6), (-1, 3)),
        on(Real(2, 6), (-1,)),
        on(Real(1), ()),
        on(Real(), (1, 1)),
        on(Real(0, 3), (3, 0, 2)),
        numpy=np.reshape,
        torch="reshape",
        integers=INTEGERS,
    ),
    Case(shape.view, on(Real(2, 6), (3, 4)), torch=lambda torch, x, s: x.reshape(s)),
    Case(shape.view_as, on(Real(2, 6), Real(3, 4, grad=False)), torch=lambda torch, x, y: x.reshape(y.shape)),
    Case(shape.reshape_as, on(Real(2, 6), Real(3, 4, grad=False)), torch=lambda torch, x, y: x.reshape_as(y)),
    Case(
        shape.flatten,
        on(Real(2, 3, 4)),
        on(Real(2, 3, 4), 1),
        on(Real(2, 3, 4), 0, -2),
        on(Real(2, 3, 4), 1, 1),
        on(Real()),
        on(Real(0, 3)),
        torch="flatten",
    ),
    Case(
        shape.unflatten,
        on(Real(2, 6), 1, (2, 3)),
        on(Real(2, 6), -1, (-1, 2)),
        on(Real(0, 6), 0, (2, 0)),
        torch="unflatten",
    ),
    Case(shape.ravel, on(Real(2, 3)), on(Real()), numpy=np.ravel, torch="ravel"),
    Case(
        shape.squeeze,
        on(Real(1, 3, 1)),
        on(Real(1, 3, 1), -1),
        on(Real(1, 3, 1), 1),
        on(Real(1, 3, 1), (0, 1)),
        on(Real()),
        on(Real(), 0),
        on(Real(1, 0)),
        torch="squeeze",
        integers=INTEGERS,
    ),
    Case(
        shape.unsqueeze,
        on(Real(2, 3), 0),
        on(Real(2, 3), 1),
        on(Real(2, 3), -1),
        on(Real(2, 3), -3),
        on(Real(), 0),
        on(Real(0, 2), 1),
        numpy=np.expand_dims,
        torch="unsqueeze",
        integers=INTEGERS,
    ),
    Case(
        shape.transpose,
        on(Real(2, 3), 0, 1),
        on(Real(2, 3), -1, -2),
        on(Real(2, 3), 1, -1),
        on(Real(2, 3, 4), 0, -1),
        on(Real(2, 3, 4), 2, 1),
        on(Real(), 0, -1),
        on(Real(0, 3), 0, 1),
        torch="transpose",
        integers=INTEGERS,
    ),
    Case(
        shape.permute,
        on(Real(2, 3, 4), (2, 0, 1)),
        on(Real(2, 3, 4), (-1, 1, 0)),
        on(Real(), ()),
        on(Real(0, 3), (1, 0)),
        numpy=np.transpose,
        torch="permute",
        integers=INTEGERS,
    ),
    Case(
        shape.movedim,
        on(Real(2, 3, 4), 0, 2),
        on(Real(2, 3, 4), -1, 0),
        on(Real(2, 3, 4), (0, 1), (1, 2)),
        on(Real(2, 3, 4), (0, 2), (2, 0)),
        numpy=np.moveaxis,
        torch="movedim",
    ),
    Case(shape.t, on(Real(2, 3)), on(Real(3)), on(Real()), torch="t"),
    Case(shape.matrix_transpose, on(Real(2, 3)), on(Real(4, 2, 3)), torch=lambda torch, x: x.mT),
    Case(shape.reverse_dims, on(Real(2, 3, 4)), on(Real(3)), on(Real()), numpy=np.transpose),
    Case(
        shape.expand,
        on(Real(3, 1), (3, 4)),
        on(Real(3, 1), (2, -1, 4)),
        on(Real(3), (2, 3)),
        on(Real(3), (3,)),
        on(Real(), (2, 3)),
        on(Real(1), (0,)),
        on(Real(2, 1, 3, 1), (4, 2, 5, 3, 1)),
        torch=lambda torch, x, size: x.expand(size),
        integers=INTEGERS,
    ),
    Case(
        shape.expand_as, on(Real(3, 1), Real(2, 3, 4, grad=False)), torch=lambda torch, x, y: x.expand_as(y)
    ),
    Case(shape.broadcast_to, on(Real(3, 1), (2, 3, 4)), numpy=np.broadcast_to, torch="broadcast_to"),
    Case(shape.broadcast_tensors, on(Real(3, 1), Real(4), Real()), torch="broadcast_tensors"),
    Case(shape.atleast_1d, on(Real()), on(Real(3)), on(Real(), Real(2)), torch="atleast_1d"),
    Case(shape.atleast_2d, on(Real()), on(Real(3)), on(Real(2, 3)), torch="atleast_2d"),
    Case(shape.atleast_3d, on(Real()), on(Real(3)), on(Real(2, 3)), on(Real(2, 3, 4)), torch="atleast_3d"),
]

PARTS = [
    Case(
        shape.unbind,
        on(Real(3, 2)),
        on(Real(3, 2), 1),
        on(Real(3, 2, 2), -2),
        on(Real(2)),
        torch="unbind",
        integers=INTEGERS,
    ),
    Case(
        pieces,
        on(Real(5, 2), (2, 0, 3), 0),
        on(Real(2, 3), (1, 2), 1),
        torch=lambda torch, x, sizes, dim: x.split(list(sizes), dim),
    ),
    Case(
        split,
        on(Real(5, 2), 2),
        on(Real(2, 5), 3, -1),
        on(Real(2, 5), [1, 4], 1),
        on(Real(0, 2), 2),
        torch=lambda torch, x, size, dim=0: x.split(size, dim),
    ),
    Case(chunk, on(Real(5, 2), 2), on(Real(6, 2), 4), on(Real(2, 6), 3, 1), on(Real(2), 5), torch="chunk"),
    Case(
        tensor_split,
        on(Real(7, 2), 3),
        on(Real(7), (1, 3)),
        on(Real(7), (-3, 9)),
        on(Real(2, 3), 4, 1),
        torch="tensor_split",
    ),
    Case(hsplit, on(Real(2, 4), 2), on(Real(4), (1,)), torch="hsplit"),
    Case(vsplit, on(Real(4, 2), 2), torch="vsplit"),
    Case(dsplit, on(Real(2, 2, 4), 2), torch="dsplit"),
    Case(shape.select, on(Real(2, 3), 0, 1), on(Real(2, 3), -1, -2), on(Real(3), 0, 0), torch="select"),
    Case(
        shape.narrow, on(Real(5, 2), 0, 1, 3), on(Real(2, 5), -1, -2, 2), on(Real(3), 0, 3, 0), torch="narrow"
    ),
]

JOINING = [
    Case(
        join.cat,
        on([Real(2, 3), Real(4, 3)]),
        on([Real(2, 3), Real(2, 1), Real(2, 2)], dim=-1),
        on([Real(3)]),
        on([Real(0, 2), Real(1, 2)]),
        on([Real(0), Real(1, 2)]),
        torch="cat",
        covers=("cat",),
        integers=INTEGERS,
    ),
    Case(
        join.stack,
        on([Real(2, 3), Real(2, 3)]),
        on([Real(2, 3), Real(2, 3), Real(2, 3)], dim=-1),
        on([Real(), Real()]),
        on([Real(0, 2)], dim=1),
        torch="stack",
        covers=("stack",),
        integers=INTEGERS,
    ),
    *(
        Case(
            op,
            on([Real(3), Real(3)]),
            on([Real(2, 3), Real(2, 3)]),
            on([Real(2, 3, 2), Real(2, 3, 2)]),
            on([Real(), Real()]),
            torch=op.__name__,
        )
        for op in (join.hstack, join.vstack, join.dstack, join.column_stack)
    ),
    Case(join.block_diag, on(Real(2, 3), Real(3), Real()), on(Real(1, 2)), torch="block_diag"),
    Case(
        join.repeat,
        on(Real(2, 3), (2, 1)),
        on(Real(2, 3), (2, 3, 2)),
        on(Real(2), (0,)),
        on(Real(), (2, 2)),
        torch=lambda torch, x, sizes: x.repeat(sizes),
    ),
    Case(join.tile, on(Real(2, 3), (2,)), on(Real(2, 3), (2, 1, 2)), on(Real(), (3,)), torch="tile"),
    Case(
        join.repeat_interleave,
        on(Real(2, 3), 2),
        on(Real(2, 3), 2, dim=1),
        on(Real(2, 3), Given([2, 0, 1]), dim=-1),
        on(Real(3), Given([2])),
        torch="repeat_interleave",
    ),
]


def on_diagonal(torch: Any, x: Any, shape: Any, offset: int, dim1: int, dim2: int) -> Any:
    return torch.diagonal_scatter(torch.zeros(shape, dtype=x.dtype), x, offset, dim1, dim2)


def fold(torch: Any, x: Any, shape: Any, dimension: int, step: int) -> Any:
    n = int(np.prod(shape))
    where = torch.arange(n).reshape(shape).unfold(dimension, x.shape[-1], step)
    return torch.zeros(n, dtype=x.dtype).index_add(0, where.reshape(-1), x.reshape(-1)).reshape(shape)


REARRANGING = [
    Case(
        rearrange.flip,
        on(Real(2, 3), (0,)),
        on(Real(2, 3, 2), (0, -1)),
        on(Real(2, 3), ()),
        on(Real(0, 2), (0,)),
        numpy=np.flip,
        torch="flip",
        integers=INTEGERS,
    ),
    Case(rearrange.fliplr, on(Real(2, 3)), numpy=np.fliplr, torch="fliplr"),
    Case(rearrange.flipud, on(Real(2, 3)), on(Real(3)), numpy=np.flipud, torch="flipud"),
    Case(
        rearrange.roll,
        on(Real(2, 3), 1),
        on(Real(2, 3), -2, 1),
        on(Real(2, 3, 2), (1, -2), (0, 2)),
        on(Real(2, 3), (4,), (-1,)),
        numpy=np.roll,
        torch="roll",
        integers=INTEGERS,
    ),
    Case(
        rearrange.rot90,
        *(on(Real(2, 3), k) for k in (-1, 0, 1, 2, 3, 4)),
        on(Real(2, 3, 2), 1, (2, 0)),
        numpy=np.rot90,
        torch="rot90",
    ),
    Case(
        rearrange.diagonal,
        on(Real(3, 4)),
        on(Real(3, 4), 1),
        on(Real(3, 4), -2),
        on(Real(3, 2, 4), 1, 0, -1),
        on(Real(2, 3, 3), 0, 2, 1),
        on(Real(3, 3), 5),
        on(Real(0, 3)),
        torch="diagonal",
        integers=INTEGERS,
    ),
    Case(
        rearrange.on_diagonal,
        on(Real(3), (3, 4), 0, 0, 1),
        on(Real(2, 2), (3, 2, 4), 2, 0, -1),
        torch=on_diagonal,
    ),
    Case(
        rearrange.diag,
        on(Real(3)),
        on(Real(3), 1),
        on(Real(3), -2),
        on(Real(3, 4)),
        on(Real(3, 4), -1),
        numpy=np.diag,
        torch="diag",
    ),
    Case(
        rearrange.diag_embed,
        on(Real(3)),
        on(Real(2, 3), 1),
        on(Real(2, 3), -1, 0, 2),
        on(Real(2, 3), 0, -1, 0),
        torch="diag_embed",
    ),
    Case(rearrange.diagflat, on(Real(2, 2)), on(Real(3), -1), on(Real()), torch="diagflat"),
    *(
        Case(
            op,
            on(Real(3, 4)),
            on(Real(3, 4), 1),
            on(Real(2, 3, 3), -1),
            on(Real(3, 2), 7),
            on(Real(0, 2)),
            numpy=function,
            torch=op.__name__,
            integers=INTEGERS,
        )
        for op, function in ((rearrange.tril, np.tril), (rearrange.triu, np.triu))
    ),
    Case(
        rearrange.unfold,
        on(Real(7), 0, 3, 2),
        on(Real(2, 6), -1, 2, 3),
        on(Real(5, 2), 0, 3, 1),
        on(Real(3), 0, 3, 1),
        torch=lambda torch, x, *args: x.unfold(*args),
        integers=INTEGERS,
    ),
    Case(
        rearrange.fold,
        on(Real(3, 3), (7,), 0, 2),
        on(Real(2, 3, 3), (2, 5), 1, 1),
        torch=fold,
    ),
]

CASES = [*VIEWS, *PARTS, *JOINING, *REARRANGING]
