"""L D Lᵀ factors of symmetric matrices, which need not be positive-definite. No derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import return_types
from autograd.composite import composite
from autograd.errors import DTypeError, PositionError, ShapeError
from autograd.linalg.checks import batches, facts, failed, floating, matrices, square
from autograd.linalg.lapack import routine
from autograd.ops.shape import broadcast_shapes
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["ldl_factor", "ldl_factor_ex", "ldl_solve"]


@primitive(several=True, x=None)
def linalg_ldl_factor_ex(x: Array, check: bool = False) -> tuple[Array, Array, Array]:
    """The factors of each matrix, from its lower triangle."""
    square("linalg.ldl_factor", x)
    factors = np.array(x)
    pivots = np.zeros(x.shape[:-1], np.int32)
    infos = np.zeros(x.shape[:-2], np.int32)
    sytrf = routine("sytrf", x)
    for i in batches(x) if x.size else ():
        factors[i], pivots[i], infos[i] = sytrf(x[i], lower=1)
    if check and infos.any():
        raise failed("linalg.ldl_factor", infos, "D[{0}, {0}], counted from 1, is 0")
    return np.tril(factors), pivots, infos


def _check_pivots(pivots: Array) -> None:
    """Raise unless these can be pivots (*, N) of `ldl_factor`: LAPACK exchanges the rows that they name unseen.

    A block of D of two rows has two negative numbers, one after the other.

    Raises:
        PositionError: (an IndexError) if a number is not 1 to N or -1 to -N, or a negative one stands alone.
    """
    n = pivots.shape[-1]
    wrong = (pivots == 0) | (pivots > n) | (pivots < -n)
    if wrong.any():
        raise PositionError(
            f"linalg.ldl_solve: pivots must be 1 to {n} or -1 to -{n}, as ldl_factor returns them; "
            f"got {pivots[wrong].reshape(-1)[0]}"
        )
    negative = pivots < 0
    if negative.any():
        half = np.zeros(pivots.shape[:-1], bool)  # whether the block began with the row before
        for k in range(n):
            if (half & ~negative[..., k]).any():
                break
            half = negative[..., k] & ~half
        if half.any():
            raise PositionError(
                "linalg.ldl_solve: negative pivots come in pairs, as ldl_factor returns them; one stands alone"
            )


@primitive(c_order=True, LD=None, pivots=None, B=None)
def linalg_ldl_solve(LD: Array, pivots: Array, B: Array) -> Array:
    """The solutions for each matrix of a batch; the batches broadcast."""
    square("linalg.ldl_solve", LD)
    matrices("linalg.ldl_solve", B)
    if LD.shape[-1] != B.shape[-2]:
        raise ShapeError(f"linalg.ldl_solve: LD of shape {LD.shape} and B of shape {B.shape} do not fit")
    _check_pivots(pivots)
    batch = np.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    LD, pivots = (
        np.broadcast_to(LD, (*batch, *LD.shape[-2:])),
        np.broadcast_to(pivots, (*batch, LD.shape[-1])),
    )
    out = np.array(np.broadcast_to(B, (*batch, *B.shape[-2:])))
    sytrs = routine("sytrs", LD)
    for i in batches(out) if out.size else ():
        out[i], _ = sytrs(LD[i], pivots[i], out[i], lower=1)
    return out


@composite
def ldl_factor(
    input: Any,
    *,
    hermitian: bool = False,  # noqa: ARG001  # it matters for complex numbers alone
) -> return_types.linalg_ldl_factor:
    """L D Lᵀ = A for symmetric A, packed for `ldl_solve`: (*, N, N) → LD (*, N, N), pivots (*, N). No derivative.

    Only the lower triangle is read.

    Raises:
        LinAlgError: if a block of D is 0.
        ShapeError: if the matrices are not square.

    >>> import autograd
    >>> ldl_factor(autograd.tensor([[4.0, 2.0], [2.0, 5.0]])).LD.tril()
    tensor([[4.0000, 0.0000],
            [0.5000, 4.0000]])
    """
    square("linalg.ldl_factor", input)
    return return_types.linalg_ldl_factor(*linalg_ldl_factor_ex(input, True)[:2])


@composite
def ldl_factor_ex(
    input: Any,
    *,
    hermitian: bool = False,  # noqa: ARG001  # it matters for complex numbers alone
    check_errors: bool = False,
) -> return_types.linalg_ldl_factor_ex:
    """`ldl_factor`, and for each matrix 0 or the number of its first block of D that is 0."""
    square("linalg.ldl_factor_ex", input)
    return return_types.linalg_ldl_factor_ex(*linalg_ldl_factor_ex(input, check_errors))


@composite
def ldl_solve(
    LD: Any,
    pivots: Any,
    B: Any,
    *,
    hermitian: bool = False,  # noqa: ARG001  # it matters for complex numbers alone
) -> Tensor:
    """X with A X = B, given A's packed factors and their pivots: B (*, N, K). The batches broadcast. No derivative.

    Raises:
        ShapeError: if the shapes do not fit.
        PositionError: if the pivots cannot be those of `ldl_factor`.

    >>> import autograd
    >>> ldl_solve(*ldl_factor(autograd.tensor([[4.0]])), autograd.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    square("linalg.ldl_solve", LD)
    matrices("linalg.ldl_solve", B)
    floating("linalg.ldl_solve", LD, B)
    exchanged = facts("linalg.ldl_solve", pivots)
    a, b = tuple(LD.shape), tuple(B.shape)
    if exchanged.dtype.kind not in "iu":
        raise DTypeError(f"linalg.ldl_solve: pivots are integers, got {exchanged.dtype}")
    if exchanged.shape != a[:-1] or a[-1] != b[-2]:
        raise ShapeError(
            f"linalg.ldl_solve: LD of shape {a}, pivots of shape {exchanged.shape} and B of shape {b} do not fit"
        )
    broadcast_shapes(a[:-2], b[:-2])
    return linalg_ldl_solve(LD, pivots, B)
