"""Rows of the linear algebra: matrix products and contractions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.linear import linear
from autograd.ops import contraction, linalg
from tests.case import Case, Real, on

INTEGERS = ("uint8", "int32", "int64")

SHAPES = [
    ((3,), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (4, 3, 2)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
    ((2, 0, 3), (3, 2)),
]

EQUATIONS: list[tuple[Any, ...]] = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ij,kj->ki", (2, 3), (4, 3)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
    ("bqhd,bkhd->bhqk", (2, 2, 1, 3), (2, 3, 1, 3)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("ijij->ji", (2, 3, 2, 3)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("ijk->j", (2, 3, 2)),
    ("i,i->", (3,), (3,)),
    ("i,j->ji", (3,), (4,)),
    ("bi,bi->b", (2, 3), (2, 3)),
    ("bi,bi->ib", (2, 3), (2, 3)),
    ("ijk,k->ji", (2, 3, 2), (2,)),
    ("...ij,...jk->...ik", (2, 2, 3), (3, 2)),
    ("...,...->...", (2, 1), (3,)),
    ("i...->...", (2, 3)),
    ("ij,j->i", (2, 1), (3,)),
    ("aBc,Bd", (2, 2, 3), (2, 2)),
    ("ij,kl->ik", (2, 2), (2, 3)),
    ("i,,j->ij", (2,), (), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 2)),
    ("ij,ij,ij->i", (2, 3), (2, 3), (2, 3)),
    ("ij,jk,ki->", (2, 3), (3, 2), (2, 2)),
    ("ij,jk->ik", (0, 3), (3, 2)),
]


def einsum_of(equation: str) -> Case:
    shapes = [shapes for text, *shapes in EQUATIONS if text == equation]
    samples = (on(equation, *(Real(*s) for s in group)) for group in shapes)
    name = f"einsum[{equation}]".replace(" ", "")
    return Case(contraction.einsum, *samples, torch="einsum", name=name)


def contracted(torch: Any, x: Any, y: Any, indices: tuple[str, str, str]) -> Any:
    return torch.einsum(f"{indices[0]},{indices[1]}->{indices[2]}", x, y)


CASES = [
    Case(
        linalg.matmul,
        *(on(Real(*x), Real(*y)) for x, y in SHAPES),
        numpy=np.matmul,
        torch="matmul",
        covers=("matmul",),
        integers=INTEGERS,
    ),
    Case(
        linear,
        on(Real(4, 3), Real(2, 3), Real(2)),
        on(Real(4, 3), Real(2, 3)),
        on(Real(2, 2, 3), Real(2, 3), Real(2)),
        on(Real(3), Real(2, 3), Real(2)),
        on(Real(1, 3), Real(2, 3), Real(2)),
        on(Real(0, 3), Real(2, 3), Real(2)),
        on(Real(4, 3), Real(2, 3), Real(1)),
        on(Real(4, 3), Real(2, 3), Real()),
        on(Real(4, 3), Real(2, 3), Real(4, 2)),
        on(Real(2, 2, 3), Real(2, 3), Real(1, 2)),
        torch="nn.functional.linear",
        integers=("int64",),
    ),
    Case(linalg.mm, on(Real(2, 3), Real(3, 4)), torch="mm"),
    Case(linalg.bmm, on(Real(2, 2, 3), Real(2, 3, 2)), torch="bmm"),
    Case(linalg.mv, on(Real(2, 3), Real(3)), torch="mv"),
    Case(linalg.dot, on(Real(3), Real(3)), on(Real(0), Real(0)), torch="dot"),
    Case(linalg.outer, on(Real(3), Real(2)), torch="outer", integers=INTEGERS),
    Case(
        linalg.addmm,
        on(Real(2, 4), Real(2, 3), Real(3, 4)),
        on(Real(4), Real(2, 3), Real(3, 4), beta=0.5, alpha=-2.0),
        on(Real(4), Real(2, 3), Real(3, 4), beta=0),
        torch="addmm",
    ),
    Case(linalg.addmv, on(Real(2), Real(2, 3), Real(3), beta=0.5, alpha=2.0), torch="addmv"),
    Case(linalg.addr, on(Real(3, 2), Real(3), Real(2), beta=0.5, alpha=2.0), torch="addr"),
    Case(linalg.addbmm, on(Real(2, 2), Real(2, 2, 3), Real(2, 3, 2), beta=0.5), torch="addbmm"),
    Case(linalg.baddbmm, on(Real(1, 2), Real(2, 2, 3), Real(2, 3, 2), alpha=0.5), torch="baddbmm"),
    Case(
        linalg.cross,
        on(Real(3), Real(3)),
        on(Real(2, 3), Real(2, 3)),
        on(Real(3, 2), Real(3, 2), dim=0),
        on(Real(1, 3), Real(4, 3), dim=-1),
        torch=lambda torch, x, y, dim=-1: torch.linalg.cross(x, y, dim=dim),
    ),
    Case(linalg.trace, on(Real(3, 3)), on(Real(2, 4)), numpy=np.trace, torch="trace", integers=INTEGERS),
    *(einsum_of(equation) for equation in dict.fromkeys(text for text, *_ in EQUATIONS)),
    Case(
        contraction.contract,
        on(Real(2, 3), Real(3, 2), ("ij", "jk", "ik")),
        on(Real(2, 3), Real(3, 2), ("ij", "jk", "ki")),
        on(Real(2, 3), Real(2, 3), ("ij", "ij", "i")),
        on(Real(2, 3), Real(2), ("ij", "i", "ji")),
        on(Real(2, 2, 3), Real(3, 2, 2), ("abc", "cbd", "dba")),
        on(Real(2, 3), Real(3, 2), ("ij", "ji", "")),
        torch=contracted,
        integers=INTEGERS,
    ),
    Case(
        contraction.tensordot,
        on(Real(2, 3, 2), Real(3, 2, 2)),
        on(Real(2, 3), Real(2, 2), dims=0),
        on(Real(2, 3, 2), Real(2, 3, 2), dims=([0, -1], [2, 0])),
        torch="tensordot",
    ),
    Case(
        contraction.inner,
        on(Real(2, 3), Real(4, 3)),
        on(Real(3), Real(3)),
        on(Real(2), Real()),
        torch="inner",
    ),
    Case(
        contraction.kron, on(Real(2, 2), Real(1, 3)), on(Real(2), Real(2, 1, 2)), numpy=np.kron, torch="kron"
    ),
    Case(
        contraction.bilinear,
        on(Real(2, 3), Real(2, 2), Real(4, 3, 2), Real(4)),
        on(Real(3), Real(2), Real(1, 3, 2)),
        torch="bilinear",
    ),
]
