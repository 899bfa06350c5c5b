"""Rows of what works on parts of a tensor: strided views, slices written, reductions at an index, copies of views."""

from __future__ import annotations

from autograd.ops import copies, order, pad, reduce_at, splitting, strided, write_slices
from tests.case import Case, Given, Real, Whole, on

INTEGERS = ("bool", "uint8", "int32", "int64")
TARGETS = Given([[0, 2, 0, 0], [1, 1, 2, 0]])

PARTS = [
    Case(
        strided.as_strided,
        on(Real(3, 4), (2, 3), (4, 1)),
        on(Real(3, 4), (2, 2), (1, 2), 3),
        on(Real(3, 4), (3, 3), (1, 1), 1),
        on(Real(3, 4), (2, 2), (0, 5)),
        on(Real(3, 4), (), (), 2),
        on(Real(3, 4), (0, 2), (1, 1)),
        torch="as_strided",
        covers=("strided",),
        any_layout=False,
    ),
    Case(
        strided.as_strided_copy, on(Real(3, 4), (2, 2), (1, 2), 3), torch="as_strided_copy", any_layout=False
    ),
    Case(
        strided.as_strided_scatter,
        on(Real(3, 4), Real(2, 2), (2, 2), (1, 2), 3),
        on(Real(5), Real(), (), (), 2),
        torch=lambda torch, x, src, *where: (
            x.reshape(-1)
            .scatter(0, torch.arange(x.numel()).as_strided(*where).reshape(-1), src.reshape(-1))
            .reshape(x.shape)
        ),
        any_layout=False,
    ),
    Case(
        write_slices.select_scatter,
        on(Real(3, 4), Real(4), 0, 1),
        on(Real(3, 4), Real(3), -1, -2),
        torch="select_scatter",
    ),
    Case(
        write_slices.slice_scatter,
        on(Real(3, 4), Real(2, 4), 0, 1),
        on(Real(3, 5), Real(3, 2), 1, -4, 5, 2),
        on(Real(3, 4), Real(3, 4)),
        torch="slice_scatter",
    ),
    Case(
        write_slices.diagonal_scatter,
        on(Real(3, 4), Real(3)),
        on(Real(2, 3, 4), Real(3, 2), 1, 0, 2),
        torch="diagonal_scatter",
    ),
    Case(
        pad.constant_pad_nd,
        on(Real(2, 3), (1, 2)),
        on(Real(2, 3), (1, 0, 0, 2), 1.5),
        on(Real(2, 3), (-1, 2, 1, -1)),
        torch="constant_pad_nd",
        integers=INTEGERS,
    ),
]

REDUCING = [
    Case(
        reduce_at.scatter_reduce,
        *[
            on(Real(2, 3, apart=True), 1, TARGETS, Real(2, 4, apart=True), reduce, include_self=include_self)
            for reduce in ("sum", "prod", "mean", "amax", "amin")
            for include_self in (True, False)
        ],
        on(Real(4, 2, apart=True), 0, Given([[3, 0]]), Real(2, 3, apart=True), "amax"),
        on(Real(), 0, Given([0]), Given([2.0]), "prod"),
        on(Real(3), 0, Whole(0), Real(0), "mean"),
        torch=lambda torch, x, dim, index, src, *reduce, **named: (
            x.reshape(x.shape or (1,))
            .scatter_reduce(dim, index, src[tuple(slice(n) for n in index.shape)], *reduce, **named)
            .reshape(x.shape)
        ),
    ),
    Case(
        reduce_at.index_reduce,
        *[
            on(Real(3, 2, apart=True), 0, Given([2, 0, 2, 2]), Real(4, 2, apart=True), r, include_self=s)
            for r in ("prod", "mean", "amax", "amin")
            for s in (True, False)
        ],
        on(Real(2, 3, apart=True), -1, Given([1]), Real(2, 1, apart=True), "amin"),
        torch=lambda torch, x, dim, index, src, *reduce, **named: x.scatter_reduce(
            dim,
            index.reshape([-1 if d == dim % x.ndim else 1 for d in range(x.ndim)]).expand(src.shape),
            src,
            *reduce,
            **named,
        ),
    ),
]

COPIES = [
    Case(copies.alias_copy, on(Real(2, 3)), torch="alias_copy"),
    Case(copies.detach_copy, on(Real(2, 3)), torch="detach_copy", differentiable=False),
    Case(copies.diagonal_copy, on(Real(3, 4), 1), on(Real(2, 3, 4), 0, 0, 2), torch="diagonal_copy"),
    Case(copies.expand_copy, on(Real(2, 1), (3, 2, 2)), torch="expand_copy"),
    Case(copies.narrow_copy, on(Real(3, 4), 1, 1, 2), torch="narrow_copy"),
    Case(copies.permute_copy, on(Real(2, 3, 4), (2, 0, 1)), torch="permute_copy"),
    Case(copies.select_copy, on(Real(3, 4), 1, 2), torch="select_copy"),
    Case(copies.slice_copy, on(Real(3, 5), 1, 1, 5, 2), on(Real(3)), torch="slice_copy"),
    Case(copies.split_copy, on(Real(5, 2), 2), torch="split_copy"),
    Case(copies.split_with_sizes_copy, on(Real(5, 2), (2, 3)), torch="split_with_sizes_copy"),
    Case(copies.squeeze_copy, on(Real(1, 3, 1)), on(Real(1, 3, 1), 0), torch="squeeze_copy"),
    Case(copies.t_copy, on(Real(2, 3)), torch="t_copy"),
    Case(copies.transpose_copy, on(Real(2, 3), 0, 1), torch="transpose_copy"),
    Case(copies.unbind_copy, on(Real(2, 3), 1), torch="unbind_copy"),
    Case(copies.unfold_copy, on(Real(5), 0, 3, 2), torch="unfold_copy"),
    Case(copies.unsqueeze_copy, on(Real(2, 3), 1), torch="unsqueeze_copy"),
    Case(copies.view_copy, on(Real(2, 3), (3, 2)), torch="view_copy"),
    Case(splitting.split_with_sizes, on(Real(5, 2), (2, 3)), torch="split_with_sizes"),
    Case(splitting.unsafe_split, on(Real(5, 2), 2), torch="unsafe_split"),
    Case(splitting.unsafe_split_with_sizes, on(Real(5, 2), (2, 3)), torch="unsafe_split_with_sizes"),
    Case(splitting.unsafe_chunk, on(Real(5, 2), 2), torch="unsafe_chunk"),
    Case(
        order.nonzero_static,
        on(Whole(3, 4, high=2), size=4),
        on(Whole(3, high=2), size=5, fill_value=9),
        torch="nonzero_static",
        differentiable=False,
    ),
    Case(
        order.unravel_index, on(Whole(2, 3, high=24), (2, 3, 4)), torch="unravel_index", differentiable=False
    ),
]

CASES = [*PARTS, *REDUCING, *COPIES]
