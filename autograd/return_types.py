"""What operations with several results return: tuples whose elements have names, as `torch.return_types` has them.

>>> import autograd
>>> values, indices = autograd.tensor([3.0, 1.0, 2.0]).sort()
>>> autograd.tensor([3.0, 1.0, 2.0]).sort().indices
tensor([1, 2, 0])
>>> autograd.tensor([3.0, 1.0, 2.0]).max(0)
autograd.return_types.max(
values=tensor(3.),
indices=tensor(0))
"""

from __future__ import annotations

from typing import Any, NamedTuple


class _Named:
    """Shows a tuple of results with their names, a line each."""

    __slots__ = ()

    def __repr__(self: Any) -> str:
        lines = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"autograd.return_types.{type(self).__name__}(\n" + ",\n".join(lines) + ")"


class _MinMax(NamedTuple):
    min: Any
    max: Any


class _ValuesIndices(NamedTuple):
    values: Any
    indices: Any


class _MantissaExponent(NamedTuple):
    mantissa: Any
    exponent: Any


class _ATau(NamedTuple):
    a: Any
    tau: Any


class _HistBinEdges(NamedTuple):
    hist: Any
    bin_edges: Any


class _LInfo(NamedTuple):
    L: Any
    info: Any


class _EigenvaluesEigenvectors(NamedTuple):
    eigenvalues: Any
    eigenvectors: Any


class _InverseInfo(NamedTuple):
    inverse: Any
    info: Any


class _LDPivots(NamedTuple):
    LD: Any
    pivots: Any


class _LDPivotsInfo(NamedTuple):
    LD: Any
    pivots: Any
    info: Any


class _SolutionResidualsRankSingularValues(NamedTuple):
    solution: Any
    residuals: Any
    rank: Any
    singular_values: Any


class _PLU(NamedTuple):
    P: Any
    L: Any
    U: Any


class _LUPivots(NamedTuple):
    LU: Any
    pivots: Any


class _LUPivotsInfo(NamedTuple):
    LU: Any
    pivots: Any
    info: Any


class _QR(NamedTuple):
    Q: Any
    R: Any


class _SignLogabsdet(NamedTuple):
    sign: Any
    logabsdet: Any


class _ResultInfo(NamedTuple):
    result: Any
    info: Any


class _USVh(NamedTuple):
    U: Any
    S: Any
    Vh: Any


class _USV(NamedTuple):
    U: Any
    S: Any
    V: Any


class _SolutionClonedCoefficient(NamedTuple):
    solution: Any
    cloned_coefficient: Any


class aminmax(_Named, _MinMax):
    """The smallest and the largest elements."""

    __slots__ = ()


class cummax(_Named, _ValuesIndices):
    """The largest elements so far, and where they are."""

    __slots__ = ()


class cummin(_Named, _ValuesIndices):
    """The smallest elements so far, and where they are."""

    __slots__ = ()


class frexp(_Named, _MantissaExponent):
    """The parts of mantissa * 2**exponent."""

    __slots__ = ()


class geqrf(_Named, _ATau):
    """Householder vectors and their factors, of a QR decomposition."""

    __slots__ = ()


class histogram(_Named, _HistBinEdges):
    """Counts, and the edges between them."""

    __slots__ = ()


class histogramdd(_Named, _HistBinEdges):
    """Counts over several dimensions, and the edges in each."""

    __slots__ = ()


class kthvalue(_Named, _ValuesIndices):
    """The k-th smallest elements, and where they are."""

    __slots__ = ()


class linalg_cholesky_ex(_Named, _LInfo):
    """A Cholesky factor, and where it failed."""

    __slots__ = ()


class linalg_eigh(_Named, _EigenvaluesEigenvectors):
    """Eigenvalues and eigenvectors of symmetric matrices."""

    __slots__ = ()


class linalg_inv_ex(_Named, _InverseInfo):
    """An inverse, and where it failed."""

    __slots__ = ()


class linalg_ldl_factor(_Named, _LDPivots):
    """The compact form of L D Lᵀ, and its pivots."""

    __slots__ = ()


class linalg_ldl_factor_ex(_Named, _LDPivotsInfo):
    """The compact form of L D Lᵀ, its pivots, and where it failed."""

    __slots__ = ()


class linalg_lstsq(_Named, _SolutionResidualsRankSingularValues):
    """A least-squares solution, and what is known about it."""

    __slots__ = ()


class linalg_lu(_Named, _PLU):
    """A permutation and triangular factors."""

    __slots__ = ()


class linalg_lu_factor(_Named, _LUPivots):
    """The compact form of L U, and its pivots."""

    __slots__ = ()


class linalg_lu_factor_ex(_Named, _LUPivotsInfo):
    """The compact form of L U, its pivots, and where it failed."""

    __slots__ = ()


class linalg_qr(_Named, _QR):
    """An orthogonal and a triangular factor."""

    __slots__ = ()


class linalg_slogdet(_Named, _SignLogabsdet):
    """The sign of a determinant, and the logarithm of its size."""

    __slots__ = ()


class linalg_solve_ex(_Named, _ResultInfo):
    """A solution, and where there is none."""

    __slots__ = ()


class linalg_svd(_Named, _USVh):
    """Singular vectors and values; the third is transposed."""

    __slots__ = ()


class lu_unpack(_Named, _PLU):
    """A permutation and triangular factors."""

    __slots__ = ()


class max(_Named, _ValuesIndices):
    """The largest elements, and where they are."""

    __slots__ = ()


class median(_Named, _ValuesIndices):
    """The middle elements, and where they are."""

    __slots__ = ()


class min(_Named, _ValuesIndices):
    """The smallest elements, and where they are."""

    __slots__ = ()


class mode(_Named, _ValuesIndices):
    """The most frequent elements, and where they are."""

    __slots__ = ()


class nanmedian(_Named, _ValuesIndices):
    """The middle elements that are not nan, and where they are."""

    __slots__ = ()


class qr(_Named, _QR):
    """An orthogonal and a triangular factor."""

    __slots__ = ()


class slogdet(_Named, _SignLogabsdet):
    """The sign of a determinant, and the logarithm of its size."""

    __slots__ = ()


class sort(_Named, _ValuesIndices):
    """Elements in order, and the positions that they had."""

    __slots__ = ()


class svd(_Named, _USV):
    """Singular vectors and values."""

    __slots__ = ()


class topk(_Named, _ValuesIndices):
    """The largest elements, and where they are."""

    __slots__ = ()


class triangular_solve(_Named, _SolutionClonedCoefficient):
    """A solution, and the triangular matrix it was found with."""

    __slots__ = ()
