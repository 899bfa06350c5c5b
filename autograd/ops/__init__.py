"""The derivative table: every operation, by family. `registry()` lists the primitives among them."""

from autograd.kernels.linear import (
    linear,
)
from autograd.kernels.loss import (
    cross_entropy,
)
from autograd.kernels.softmax import (
    log_softmax,
    logsumexp,
    softmax,
    softmin,
)
from autograd.ops.activation import (
    celu,
    elu,
    gelu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
    threshold,
)
from autograd.ops.arithmetic import (
    abs,
    absolute,
    mul,
    neg,
    negative,
    pow,
    reciprocal,
    rsqrt,
    sign,
    sqrt,
    square,
)
from autograd.ops.bessel import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    i0,
    i0e,
    i1,
    i1e,
    modified_bessel_i0,
    modified_bessel_i1,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from autograd.ops.compare import (
    allclose,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    eq,
    equal,
    ge,
    greater,
    greater_equal,
    gt,
    isclose,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    le,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    not_equal,
    signbit,
)
from autograd.ops.contraction import (
    bilinear,
    einsum,
    inner,
    kron,
    tensordot,
)
from autograd.ops.copies import (
    alias_copy,
    detach_copy,
    diagonal_copy,
    expand_copy,
    narrow_copy,
    permute_copy,
    select_copy,
    slice_copy,
    split_copy,
    split_with_sizes_copy,
    squeeze_copy,
    t_copy,
    transpose_copy,
    unbind_copy,
    unfold_copy,
    unsqueeze_copy,
    view_copy,
)
from autograd.ops.differences import (
    cumulative_trapezoid,
    diff,
    gradient,
    trapezoid,
    trapz,
)
from autograd.ops.distinct import (
    isin,
    one_hot,
    unique,
    unique_consecutive,
)
from autograd.ops.elementwise import (
    acos,
    acosh,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cast,
    cos,
    cosh,
    deg2rad,
    exp,
    exp2,
    expm1,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    rad2deg,
    sin,
    sinh,
    tan,
    tanh,
)
from autograd.ops.extremum import (
    amax,
    amin,
    aminmax,
    argmax,
    argmin,
    max,
    min,
)
from autograd.ops.gamma import (
    digamma,
    igamma,
    igammac,
    lgamma,
    mvlgamma,
    polygamma,
    zeta,
)
from autograd.ops.histograms import (
    bincount,
    histc,
    histogram,
    histogramdd,
)
from autograd.ops.identity import (
    alias,
    clone,
    conj,
    conj_physical,
    contiguous,
    detach,
    real,
    resolve_conj,
    resolve_neg,
)
from autograd.ops.index import (
    getitem,
    index_put,
)
from autograd.ops.join import (
    block_diag,
    cat,
    column_stack,
    concat,
    concatenate,
    dstack,
    hstack,
    repeat,
    repeat_interleave,
    row_stack,
    stack,
    tile,
    vstack,
)
from autograd.ops.linalg import (
    addbmm,
    addmm,
    addmv,
    addr,
    adjoint,
    baddbmm,
    bmm,
    conjugate_transpose,
    cross,
    dot,
    ger,
    matmul,
    mm,
    mv,
    outer,
    trace,
    vdot,
)
from autograd.ops.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    l1_loss,
    mse_loss,
    nll_loss,
)
from autograd.ops.number import (
    angle,
    fill,
    frexp,
    gcd,
    lcm,
    nextafter,
    sgn,
)
from autograd.ops.options import (
    add,
    addcdiv,
    addcmul,
    div,
    divide,
    float_power,
    ldexp,
    lerp,
    multiply,
    positive,
    rsub,
    sub,
    subtract,
    true_divide,
)
from autograd.ops.order import (
    argsort,
    argwhere,
    bucketize,
    msort,
    nonzero,
    nonzero_static,
    searchsorted,
    sort,
    topk,
    unravel_index,
)
from autograd.ops.pad import (
    constant_pad_nd,
)
from autograd.ops.positions import (
    gather,
    index_add,
    index_copy,
    index_fill,
    index_select,
    masked_scatter,
    masked_select,
    put,
    scatter,
    scatter_add,
    take,
    take_along_dim,
)
from autograd.ops.rank import (
    kthvalue,
    median,
    mode,
    nanmedian,
    nanquantile,
    quantile,
)
from autograd.ops.rearrange import (
    diag,
    diag_embed,
    diagflat,
    diagonal,
    flip,
    fliplr,
    flipud,
    roll,
    rot90,
    tril,
    triu,
    unfold,
)
from autograd.ops.reduce import (
    all,
    any,
    count_nonzero,
    mean,
    nanmean,
    nansum,
    prod,
    sum,
    sum_to_size,
)
from autograd.ops.reduce_at import (
    index_reduce,
    scatter_reduce,
)
from autograd.ops.rounding import (
    ceil,
    fix,
    floor,
    floor_divide,
    fmod,
    frac,
    remainder,
    round,
    trunc,
    trunc_divide,
)
from autograd.ops.scan import (
    cummax,
    cummin,
    cumprod,
    cumsum,
    logcumsumexp,
)
from autograd.ops.selection import (
    clamp,
    clamp_max,
    clamp_min,
    clip,
    copysign,
    fmax,
    fmin,
    heaviside,
    masked_fill,
    maximum,
    minimum,
    nan_to_num,
    where,
)
from autograd.ops.shape import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    expand,
    expand_as,
    flatten,
    matrix_transpose,
    moveaxis,
    movedim,
    narrow,
    permute,
    ravel,
    reshape,
    reshape_as,
    reverse_dims,
    select,
    squeeze,
    swapaxes,
    swapdims,
    t,
    transpose,
    unbind,
    unflatten,
    unsqueeze,
    view,
    view_as,
)
from autograd.ops.special import (
    entr,
    erf,
    erfc,
    erfcx,
    erfinv,
    log_ndtr,
    logit,
    ndtr,
    ndtri,
    sinc,
    xlog1py,
    xlogy,
)
from autograd.ops.splitting import (
    chunk,
    dsplit,
    hsplit,
    split,
    split_with_sizes,
    tensor_split,
    unsafe_chunk,
    unsafe_split,
    unsafe_split_with_sizes,
    vsplit,
)
from autograd.ops.strided import (
    as_strided,
    as_strided_copy,
    as_strided_scatter,
)
from autograd.ops.variance import (
    corrcoef,
    cov,
    std,
    std_mean,
    var,
    var_mean,
)
from autograd.ops.write_slices import (
    diagonal_scatter,
    select_scatter,
    slice_scatter,
)
from autograd.table import Primitive, registry

__all__ = [
    "Primitive",
    "registry",
    # identity
    "alias", "clone", "contiguous",
    # arithmetic
    "mul", "neg", "negative", "pow", "abs", "absolute", "sign", "square", "sqrt", "rsqrt", "reciprocal",
    # elementwise
    "cast", "add", "sub", "rsub", "subtract", "multiply", "div", "divide", "true_divide", "positive", "float_power",
    "addcmul", "addcdiv", "lerp", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp",
    "logaddexp2", "ldexp", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "arcsin", "arccos",
    "arctan", "arctan2", "hypot", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "arcsinh", "arccosh",
    "arctanh", "deg2rad", "rad2deg",
    # rounding
    "floor", "ceil", "trunc", "fix", "round", "frac", "floor_divide", "trunc_divide", "remainder", "fmod",
    # selection
    "where", "masked_fill", "maximum", "minimum", "fmax", "fmin", "clamp", "clamp_min", "clamp_max", "clip",
    "nan_to_num", "copysign", "heaviside",
    # compare
    "eq", "ne", "lt", "le", "gt", "ge", "equal", "not_equal", "less", "less_equal", "greater",
    "greater_equal", "isclose", "allclose", "isnan", "isinf", "isfinite", "isposinf", "isneginf", "isreal",
    "signbit", "logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or",
    "bitwise_xor", "bitwise_not", "bitwise_left_shift", "bitwise_right_shift",
    # special
    "erf", "erfc", "erfcx", "erfinv", "ndtr", "ndtri", "log_ndtr", "logit", "xlogy", "xlog1py", "entr", "sinc",
    # gamma
    "lgamma", "digamma", "polygamma", "mvlgamma", "igamma", "igammac", "zeta",
    # bessel
    "i0", "i0e", "i1", "i1e", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "modified_bessel_i0",
    "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "spherical_bessel_j0", "airy_ai",
    # number
    "sgn", "frexp", "nextafter", "gcd", "lcm", "fill",
    # activation
    "relu", "relu6", "leaky_relu", "prelu", "threshold", "elu", "selu", "celu", "gelu", "silu", "mish",
    "sigmoid", "logsigmoid", "softplus", "softsign", "tanhshrink", "hardshrink", "softshrink", "hardtanh",
    "hardsigmoid", "hardswish", "glu",
    # reduce
    "sum", "sum_to_size", "mean", "prod", "nansum", "nanmean", "all", "any", "count_nonzero",
    # variance
    "var", "std", "var_mean", "std_mean", "cov", "corrcoef",
    # differences
    "diff", "trapezoid", "trapz", "cumulative_trapezoid", "gradient",
    # histograms
    "bincount", "histc", "histogram", "histogramdd",
    # shape
    "reshape", "view", "view_as", "reshape_as", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze",
    "transpose", "swapaxes", "swapdims", "permute", "movedim", "moveaxis", "t", "matrix_transpose",
    "reverse_dims", "unbind", "split", "chunk", "tensor_split", "hsplit", "vsplit", "dsplit", "select",
    "narrow", "expand", "expand_as", "broadcast_to", "broadcast_tensors", "broadcast_shapes", "atleast_1d",
    "atleast_2d", "atleast_3d",
    # join
    "cat", "concat", "concatenate", "stack", "hstack", "vstack", "row_stack", "dstack", "column_stack",
    "block_diag", "repeat", "repeat_interleave", "tile",
    # index
    "getitem", "index_put",
    # linalg
    "matmul", "mm", "bmm", "mv", "dot", "vdot", "outer", "ger", "addmm", "addmv", "addbmm", "baddbmm",
    "addr", "cross", "trace", "adjoint", "conjugate_transpose",
    # contraction
    "einsum", "tensordot", "inner", "kron", "bilinear",
    # extremum
    "max", "min", "amax", "amin", "aminmax", "argmax", "argmin",
    # rank
    "median", "nanmedian", "mode", "kthvalue", "quantile", "nanquantile",
    # loss
    "mse_loss", "l1_loss", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits",
    # order
    "sort", "argsort", "msort", "topk", "nonzero", "argwhere", "searchsorted", "bucketize",
    # distinct
    "unique", "unique_consecutive", "isin", "one_hot",
    # positions
    "gather", "scatter", "scatter_add", "take_along_dim", "take", "put", "index_select", "index_add",
    "index_copy", "index_fill", "masked_select", "masked_scatter",
    # rearrange
    "flip", "fliplr", "flipud", "roll", "rot90", "diagonal", "diag", "diag_embed", "diagflat", "tril",
    "triu", "unfold",
    # scan
    "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp",
    # linear
    "linear",
    # loss
    "cross_entropy",
    # softmax
    "softmax", "log_softmax", "softmin", "logsumexp",
    # views as copies, strided views, writing and reducing at parts
    "alias_copy", "detach_copy", "diagonal_copy", "expand_copy", "narrow_copy", "permute_copy",
    "select_copy", "slice_copy", "split_copy", "split_with_sizes_copy", "squeeze_copy", "t_copy",
    "transpose_copy", "unbind_copy", "unfold_copy", "unsqueeze_copy", "view_copy", "split_with_sizes",
    "unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes", "as_strided", "as_strided_copy",
    "as_strided_scatter", "diagonal_scatter", "select_scatter", "slice_scatter", "index_reduce",
    "scatter_reduce", "constant_pad_nd", "nonzero_static", "unravel_index", "angle", "conj", "conj_physical", "real",
    "detach", "resolve_conj", "resolve_neg",
]  # fmt: skip
