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

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from autograd.errors import ArgumentError

if TYPE_CHECKING:
    from typing import Self

_first, _second, _third, _fourth = (property(itemgetter(i)) for i in range(4))


class _Named(tuple[Any, ...]):
    """A tuple whose elements have the names in `_fields`. Shown with them, a line each.

    Written out, because `NamedTuple` compiles each class anew: for these, a tenth of the import of NumPy.
    """

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def __new__(cls, *values: Any) -> Self:
        """One value for each field.

        Raises:
            ArgumentError: if there are more or fewer.
        """
        if len(values) != len(cls._fields):
            raise ArgumentError(
                f"{cls.__name__}: {len(values)} values were given for the fields ({', '.join(cls._fields)})"
            )
        return super().__new__(cls, values)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        lines = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"autograd.return_types.{type(self).__name__}(\n" + ",\n".join(lines) + ")"


class _MinMax(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("min", "max")
    min = _first
    max = _second


class _ValuesIndices(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("values", "indices")
    values = _first
    indices = _second


class _MantissaExponent(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("mantissa", "exponent")
    mantissa = _first
    exponent = _second


class _ATau(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("a", "tau")
    a = _first
    tau = _second


class _HistBinEdges(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("hist", "bin_edges")
    hist = _first
    bin_edges = _second


class _LInfo(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("L", "info")
    L = _first
    info = _second


class _EigenvaluesEigenvectors(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("eigenvalues", "eigenvectors")
    eigenvalues = _first
    eigenvectors = _second


class _InverseInfo(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("inverse", "info")
    inverse = _first
    info = _second


class _LDPivots(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("LD", "pivots")
    LD = _first
    pivots = _second


class _LDPivotsInfo(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("LD", "pivots", "info")
    LD = _first
    pivots = _second
    info = _third


class _SolutionResidualsRankSingularValues(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("solution", "residuals", "rank", "singular_values")
    solution = _first
    residuals = _second
    rank = _third
    singular_values = _fourth


class _PLU(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("P", "L", "U")
    P = _first
    L = _second
    U = _third


class _LUPivots(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("LU", "pivots")
    LU = _first
    pivots = _second


class _LUPivotsInfo(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("LU", "pivots", "info")
    LU = _first
    pivots = _second
    info = _third


class _QR(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("Q", "R")
    Q = _first
    R = _second


class _SignLogabsdet(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("sign", "logabsdet")
    sign = _first
    logabsdet = _second


class _ResultInfo(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("result", "info")
    result = _first
    info = _second


class _USVh(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("U", "S", "Vh")
    U = _first
    S = _second
    Vh = _third


class _USV(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("U", "S", "V")
    U = _first
    S = _second
    V = _third


class _SolutionClonedCoefficient(_Named):
    __slots__ = ()
    _fields = __match_args__ = ("solution", "cloned_coefficient")
    solution = _first
    cloned_coefficient = _second


class aminmax(_MinMax):
    """The smallest and the largest elements."""

    __slots__ = ()


class cummax(_ValuesIndices):
    """The largest elements so far, and where they are."""

    __slots__ = ()


class cummin(_ValuesIndices):
    """The smallest elements so far, and where they are."""

    __slots__ = ()


class frexp(_MantissaExponent):
    """The parts of mantissa * 2**exponent."""

    __slots__ = ()


class geqrf(_ATau):
    """Householder vectors and their factors, of a QR decomposition."""

    __slots__ = ()


class histogram(_HistBinEdges):
    """Counts, and the edges between them."""

    __slots__ = ()


class histogramdd(_HistBinEdges):
    """Counts over several dimensions, and the edges in each."""

    __slots__ = ()


class kthvalue(_ValuesIndices):
    """The k-th smallest elements, and where they are."""

    __slots__ = ()


class linalg_cholesky_ex(_LInfo):
    """A Cholesky factor, and where it failed."""

    __slots__ = ()


class linalg_eigh(_EigenvaluesEigenvectors):
    """Eigenvalues and eigenvectors of symmetric matrices."""

    __slots__ = ()


class linalg_inv_ex(_InverseInfo):
    """An inverse, and where it failed."""

    __slots__ = ()


class linalg_ldl_factor(_LDPivots):
    """The compact form of L D Lᵀ, and its pivots."""

    __slots__ = ()


class linalg_ldl_factor_ex(_LDPivotsInfo):
    """The compact form of L D Lᵀ, its pivots, and where it failed."""

    __slots__ = ()


class linalg_lstsq(_SolutionResidualsRankSingularValues):
    """A least-squares solution, and what is known about it."""

    __slots__ = ()


class linalg_lu(_PLU):
    """A permutation and triangular factors."""

    __slots__ = ()


class linalg_lu_factor(_LUPivots):
    """The compact form of L U, and its pivots."""

    __slots__ = ()


class linalg_lu_factor_ex(_LUPivotsInfo):
    """The compact form of L U, its pivots, and where it failed."""

    __slots__ = ()


class linalg_qr(_QR):
    """An orthogonal and a triangular factor."""

    __slots__ = ()


class linalg_slogdet(_SignLogabsdet):
    """The sign of a determinant, and the logarithm of its size."""

    __slots__ = ()


class linalg_solve_ex(_ResultInfo):
    """A solution, and where there is none."""

    __slots__ = ()


class linalg_svd(_USVh):
    """Singular vectors and values; the third is transposed."""

    __slots__ = ()


class lu_unpack(_PLU):
    """A permutation and triangular factors."""

    __slots__ = ()


class max(_ValuesIndices):
    """The largest elements, and where they are."""

    __slots__ = ()


class median(_ValuesIndices):
    """The middle elements, and where they are."""

    __slots__ = ()


class min(_ValuesIndices):
    """The smallest elements, and where they are."""

    __slots__ = ()


class mode(_ValuesIndices):
    """The most frequent elements, and where they are."""

    __slots__ = ()


class nanmedian(_ValuesIndices):
    """The middle elements that are not nan, and where they are."""

    __slots__ = ()


class qr(_QR):
    """An orthogonal and a triangular factor."""

    __slots__ = ()


class slogdet(_SignLogabsdet):
    """The sign of a determinant, and the logarithm of its size."""

    __slots__ = ()


class sort(_ValuesIndices):
    """Elements in order, and the positions that they had."""

    __slots__ = ()


class svd(_USV):
    """Singular vectors and values."""

    __slots__ = ()


class topk(_ValuesIndices):
    """The largest elements, and where they are."""

    __slots__ = ()


class triangular_solve(_SolutionClonedCoefficient):
    """A solution, and the triangular matrix it was found with."""

    __slots__ = ()
