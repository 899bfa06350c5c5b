"""The operations as methods of a tensor, listed so that an editor and a type checker see them.

`Operations` holds no state and knows no tape: each method is the function of the table of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import ops, random
from autograd.on_use import OnUse
from autograd.operators import Operators
from autograd.settling import settle
from autograd.tape import Variable

if TYPE_CHECKING:
    from autograd.linalg import (
        choleskies,
        determinants,
        householder,
        inverses,
        older,
        powers,
        systems,
    )
    from autograd.tensor import Tensor


def flat(sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """`x.f(2, 3)` and `x.f((2, 3))` mean the same."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


class Operations(Operators):
    """What can be computed from a tensor."""

    __slots__ = ()

    # -- elementwise -----------------------------------------------------------------------------------------------

    add = ops.add
    sub = subtract = ops.sub
    mul = multiply = ops.mul
    div = divide = true_divide = ops.div
    floor_divide = ops.floor_divide
    remainder = ops.remainder
    fmod = ops.fmod
    pow = ops.pow
    float_power = ops.float_power
    neg = negative = ops.neg
    positive = ops.positive
    abs = absolute = ops.abs
    sign = ops.sign
    sgn = ops.sgn
    square = ops.square
    sqrt = ops.sqrt
    rsqrt = ops.rsqrt
    reciprocal = ops.reciprocal
    exp = ops.exp
    exp2 = ops.exp2
    expm1 = ops.expm1
    log = ops.log
    log2 = ops.log2
    log10 = ops.log10
    log1p = ops.log1p
    sin = ops.sin
    cos = ops.cos
    tan = ops.tan
    asin = arcsin = ops.asin
    acos = arccos = ops.acos
    atan = arctan = ops.atan
    atan2 = arctan2 = ops.atan2
    sinh = ops.sinh
    cosh = ops.cosh
    tanh = ops.tanh
    asinh = arcsinh = ops.asinh
    acosh = arccosh = ops.acosh
    atanh = arctanh = ops.atanh
    erf = ops.erf
    erfc = ops.erfc
    erfinv = ops.erfinv
    lgamma = ops.lgamma
    digamma = ops.digamma
    mvlgamma = ops.mvlgamma
    igamma = ops.igamma
    igammac = ops.igammac
    sinc = ops.sinc
    i0 = ops.i0
    sigmoid = ops.sigmoid
    logit = ops.logit
    relu = ops.relu
    prelu = ops.prelu
    hardshrink = ops.hardshrink
    softmax = ops.softmax
    log_softmax = ops.log_softmax
    clamp = clip = ops.clamp
    clamp_min = ops.clamp_min
    clamp_max = ops.clamp_max
    maximum = ops.maximum
    minimum = ops.minimum
    fmax = ops.fmax
    fmin = ops.fmin
    lerp = ops.lerp
    addcmul = ops.addcmul
    addcdiv = ops.addcdiv
    hypot = ops.hypot
    logaddexp = ops.logaddexp
    logaddexp2 = ops.logaddexp2
    ldexp = ops.ldexp
    frexp = ops.frexp
    nextafter = ops.nextafter
    gcd = ops.gcd
    lcm = ops.lcm
    xlogy = ops.xlogy
    floor = ops.floor
    ceil = ops.ceil
    round = ops.round
    trunc = fix = ops.trunc
    frac = ops.frac
    nan_to_num = ops.nan_to_num
    copysign = ops.copysign
    heaviside = ops.heaviside
    deg2rad = ops.deg2rad
    rad2deg = ops.rad2deg
    masked_fill = ops.masked_fill

    def polygamma(self, n: int) -> Tensor:
        """Return the n-th derivative of digamma."""
        return ops.polygamma(n, self)

    def where(self, condition: Any, other: Any) -> Tensor:
        """Return this tensor where `condition` holds and `other` elsewhere."""
        selected: Tensor = ops.where(condition, self, other)
        return selected

    # -- comparisons and logic -------------------------------------------------------------------------------------

    eq = ops.eq
    ne = not_equal = ops.ne
    lt = less = ops.lt
    le = less_equal = ops.le
    gt = greater = ops.gt
    ge = greater_equal = ops.ge
    isclose = ops.isclose
    allclose = ops.allclose
    equal = ops.equal
    isnan = ops.isnan
    isinf = ops.isinf
    isfinite = ops.isfinite
    isposinf = ops.isposinf
    isneginf = ops.isneginf
    isreal = ops.isreal
    signbit = ops.signbit
    logical_and = ops.logical_and
    logical_or = ops.logical_or
    logical_xor = ops.logical_xor
    logical_not = ops.logical_not
    bitwise_and = ops.bitwise_and
    bitwise_or = ops.bitwise_or
    bitwise_xor = ops.bitwise_xor
    bitwise_not = ops.bitwise_not
    bitwise_left_shift = ops.bitwise_left_shift
    bitwise_right_shift = ops.bitwise_right_shift

    # -- reductions ------------------------------------------------------------------------------------------------

    sum = ops.sum
    sum_to_size = ops.sum_to_size
    mean = ops.mean
    prod = ops.prod
    nansum = ops.nansum
    nanmean = ops.nanmean
    var = ops.var
    std = ops.std
    cov = ops.cov
    corrcoef = ops.corrcoef
    logsumexp = ops.logsumexp
    max = ops.max
    min = ops.min
    amax = ops.amax
    amin = ops.amin
    aminmax = ops.aminmax
    argmax = ops.argmax
    argmin = ops.argmin
    median = ops.median
    nanmedian = ops.nanmedian
    mode = ops.mode
    kthvalue = ops.kthvalue
    quantile = ops.quantile
    nanquantile = ops.nanquantile
    all = ops.all
    any = ops.any
    count_nonzero = ops.count_nonzero
    bincount = ops.bincount
    histc = ops.histc
    histogram = ops.histogram

    # -- along a dimension -----------------------------------------------------------------------------------------

    cumsum = ops.cumsum
    cumprod = ops.cumprod
    cummax = ops.cummax
    cummin = ops.cummin
    logcumsumexp = ops.logcumsumexp
    diff = ops.diff
    sort = ops.sort
    argsort = ops.argsort
    msort = ops.msort
    topk = ops.topk
    unique = ops.unique
    unique_consecutive = ops.unique_consecutive

    # -- shape -----------------------------------------------------------------------------------------------------

    def reshape(self, *sizes: Any, shape: Any = None) -> Tensor:
        """Return the elements in another shape; a view where possible."""
        if isinstance(self, Variable) and not self.array.flags.c_contiguous:
            settle(self)  # the copy that may be needed anyway: so the result is a view
        return ops.reshape(self, flat(sizes if shape is None else (shape,)))

    def view(self, *shape: Any, size: Any = None, dtype: Any = None) -> Tensor:
        """Return a view of another shape, or the tensor in another dtype of the same size."""
        named = size if dtype is None else dtype
        return ops.view(self, flat(shape if named is None else (named,)))

    def permute(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return a view with the dimensions in the given order."""
        return ops.permute(self, flat(sizes if dims is None else (dims,)))

    def expand(self, *sizes: Any, size: Any = None) -> Tensor:
        """Return a read-only view with dimensions of size 1 repeated."""
        return ops.expand(self, flat(sizes if size is None else (size,)))

    def repeat(self, *sizes: Any, repeats: Any = None) -> Tensor:
        """Return the tensor repeated along each dimension."""
        return ops.repeat(self, flat(sizes if repeats is None else (repeats,)))

    def tile(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return the tensor repeated along each dimension, as `np.tile` does."""
        return ops.tile(self, flat(sizes if dims is None else (dims,)))

    def flip(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return the elements in reverse order along `dims`."""
        return ops.flip(self, flat(sizes if dims is None else (dims,)))

    view_as = ops.view_as
    reshape_as = ops.reshape_as
    flatten = ops.flatten
    unflatten = ops.unflatten
    ravel = ops.ravel
    squeeze = ops.squeeze
    unsqueeze = ops.unsqueeze
    transpose = swapaxes = swapdims = ops.transpose
    movedim = moveaxis = ops.movedim
    t = ops.t
    expand_as = ops.expand_as
    broadcast_to = ops.broadcast_to
    repeat_interleave = ops.repeat_interleave
    fliplr = ops.fliplr
    flipud = ops.flipud
    roll = ops.roll
    rot90 = ops.rot90

    def split(self, split_size: Any, dim: int = 0) -> Any:
        """Return views of it of `split_size` along a dimension, or of each size in a list."""
        return ops.split(self, split_size, dim)

    chunk = ops.chunk
    split_with_sizes = ops.split_with_sizes
    unsafe_split = ops.unsafe_split
    unsafe_split_with_sizes = ops.unsafe_split_with_sizes
    unsafe_chunk = ops.unsafe_chunk
    tensor_split = ops.tensor_split
    hsplit = ops.hsplit
    vsplit = ops.vsplit
    dsplit = ops.dsplit
    unbind = ops.unbind
    narrow = ops.narrow
    narrow_copy = ops.narrow_copy
    select = ops.select
    diagonal = ops.diagonal
    diag = ops.diag
    diag_embed = ops.diag_embed
    diagflat = ops.diagflat
    as_strided = ops.as_strided
    tril = ops.tril
    triu = ops.triu
    unfold = ops.unfold
    clone = ops.clone
    contiguous = ops.contiguous
    alias = ops.alias
    angle = ops.angle
    bernoulli = random.bernoulli
    multinomial = random.multinomial
    resolve_conj = ops.resolve_conj
    resolve_neg = ops.resolve_neg

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order."""
        return ops.reverse_dims(self)

    @property
    def mT(self) -> Tensor:
        """The last two dimensions swapped."""
        return ops.matrix_transpose(self)

    @property
    def mH(self) -> Tensor:
        """The last two dimensions swapped: of real numbers the adjoint."""
        return ops.matrix_transpose(self)

    @property
    def H(self) -> Tensor:
        """The transpose of a matrix: of real numbers the adjoint."""
        return ops.conjugate_transpose(self)

    # -- indexing --------------------------------------------------------------------------------------------------

    index_select = ops.index_select
    gather = ops.gather
    scatter = ops.scatter
    scatter_add = ops.scatter_add
    scatter_reduce = ops.scatter_reduce
    as_strided_scatter = ops.as_strided_scatter
    diagonal_scatter = ops.diagonal_scatter
    select_scatter = ops.select_scatter
    slice_scatter = ops.slice_scatter
    index_add = ops.index_add
    index_copy = ops.index_copy
    index_fill = ops.index_fill
    index_put = ops.index_put
    index_reduce = ops.index_reduce
    masked_select = ops.masked_select
    masked_scatter = ops.masked_scatter
    take = ops.take
    put = ops.put
    take_along_dim = ops.take_along_dim
    nonzero = ops.nonzero
    nonzero_static = ops.nonzero_static
    argwhere = ops.argwhere

    # -- linear algebra --------------------------------------------------------------------------------------------

    matmul = ops.matmul
    mm = ops.mm
    bmm = ops.bmm
    mv = ops.mv
    dot = ops.dot
    outer = ger = ops.outer
    inner = ops.inner
    vdot = ops.vdot
    kron = ops.kron
    addmm = ops.addmm
    addmv = ops.addmv
    addr = ops.addr
    addbmm = ops.addbmm
    baddbmm = ops.baddbmm
    trace = ops.trace
    cross = ops.cross
    adjoint = ops.adjoint
    if TYPE_CHECKING:
        norm = older.norm
        det = older.det
        logdet = determinants.logdet
        slogdet = older.slogdet
        inverse = inverses.inverse
        pinverse = inverses.pinverse
        matrix_exp = powers.matrix_exp
        matrix_power = powers.matrix_power
        cholesky = older.cholesky
        cholesky_inverse = choleskies.cholesky_inverse
        cholesky_solve = choleskies.cholesky_solve
        triangular_solve = systems.triangular_solve
        lu = older.lu
        lu_solve = older.lu_solve
        qr = older.qr
        geqrf = householder.geqrf
        orgqr = householder.orgqr
        ormqr = householder.ormqr
        svd = older.svd

        def dist(self, other: Any, p: float = 2) -> Tensor:
            """`autograd.dist`."""

        def renorm(self, p: float, dim: int, maxnorm: float) -> Tensor:
            """`autograd.renorm`."""

    else:
        norm = OnUse("older", "norm")
        det = OnUse("older", "det")
        logdet = OnUse("determinants", "logdet")
        slogdet = OnUse("older", "slogdet")
        inverse = OnUse("inverses", "inverse")
        pinverse = OnUse("inverses", "pinverse")
        matrix_exp = OnUse("powers", "matrix_exp")
        matrix_power = OnUse("powers", "matrix_power")
        cholesky = OnUse("older", "cholesky")
        cholesky_inverse = OnUse("choleskies", "cholesky_inverse")
        cholesky_solve = OnUse("choleskies", "cholesky_solve")
        triangular_solve = OnUse("systems", "triangular_solve")
        lu = OnUse("older", "lu")
        lu_solve = OnUse("older", "lu_solve")
        qr = OnUse("older", "qr")
        geqrf = OnUse("householder", "geqrf")
        orgqr = OnUse("householder", "orgqr")
        ormqr = OnUse("householder", "ormqr")
        svd = OnUse("older", "svd")
        dist = OnUse("distances", "dist")
        renorm = OnUse("distances", "renorm")
