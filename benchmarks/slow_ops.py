"""Why some operations are slower than twice PyTorch's time, or close to it (see `ops.py`).

The figures in brackets are the processor times of the bare NumPy or SciPy calls, and of PyTorch's forward, at
(1024, 1024) unless another size is named. A NumPy call on float32 that only adds or multiplies takes 0.2 ms there, as
PyTorch's does.
"""

_SHARES = (
    "PyTorch leaves .grad sharing memory with the gradient given to backward(); here .grad owns its memory, and "
    "copying 4 MB is nearly all that is measured at (1024, 1024) [0.16 ms of 0.18 ms; PyTorch 0.07 ms]"
)
_RECURRENCE = (
    "PyTorch has a loop in C for each polynomial; here a degree takes two NumPy calls [1 µs each at (64,)]"
)
_PLACES = (
    "the elements for each place are sorted into the rows of a table, and the rows reduced, so that every order of "
    "derivative is a reduction's; PyTorch has a loop in C"
)
_EXP = (
    "NumPy's float32 exp takes longer than PyTorch's [1.4 ms, 1.1 ms], and what is done before and after it is a call "
    "over all elements each time; PyTorch has one loop "
)
_BLOCKS = (
    "a row's sums are products of matrices, and each step between them is a call over a block: seven forward, a dozen "
    "back; PyTorch has one loop each way "
)
_CHANNELS = (
    "two dozen NumPy calls each way and the checks count at (64,); level at (1024, 1024) "
    "[(64, 64): forward 0.11 ms, 0.02 ms]"
)
_LU = "SciPy's Python around LAPACK counts at (8, 8) [lu 19 µs, 14 µs; lu_factor 10 µs, 7 µs]"

REASONS: dict[str, str] = {
    # convolutions
    "conv2d(depthwise)": "a filter per channel leaves no matrix product, but one of a row with a matrix, bound by "
    "memory; and C order is rearranged on the way in and out. PyTorch keeps nine taps in registers",
    # norms
    "layer_norm": _BLOCKS + "[forward 2.4 ms, 0.5 ms]",
    "batch_norm": _BLOCKS + "[forward 1.3 ms, 0.5 ms]",
    "group_norm": _BLOCKS + "[forward 1.2 ms, 0.3 ms]",
    "batch_norm(images)": _CHANNELS,
    "instance_norm": _CHANNELS,
    # views
    **dict.fromkeys(
        [
            "reshape",
            "view",
            "flatten",
            "unflatten",
            "ravel",
            "view_as",
            "reshape_as",
            "squeeze",
            "unsqueeze",
            "atleast_3d",
        ],
        _SHARES,
    ),
    # elementwise
    "logaddexp2": "NumPy's logaddexp2 takes one number at a time [25 ms, 3.2 ms]",
    "exp2": "NumPy's exp2 takes one number at a time [2.6 ms, 0.6 ms]",
    "fmod": "NumPy's fmod takes one number at a time [18 ms, 1.5 ms]; the quotient in float64 takes half of that",
    "remainder": "NumPy's remainder takes one number at a time [22 ms, 1.7 ms]; the quotient in float64 "
    "takes eight calls",
    "log2": "NumPy's log2 takes longer [2.9 ms, 1.2 ms]",
    "sgn": "NumPy's sign takes longer [0.5 ms, 0.1 ms], and the gradient is zeros in memory; PyTorch's has none",
    "lerp": "both forms, from the start and from the end, are computed and one is picked, in ten calls",
    "erf": "NumPy has no erf, and SciPy's takes one number at a time [18 ms, 1.6 ms]; a polynomial takes 14 calls",
    "erfc": "SciPy's erfc takes one number at a time [20 ms, 2.3 ms]",
    "special.ndtr": "SciPy's ndtr takes one number at a time [17 ms, 2.7 ms]",
    "special.log_ndtr": "the derivative needs SciPy's erfcx; log_ndtr itself is level [30 ms, 28 ms]",
    "special.i0e": "SciPy's i0e takes one number at a time [53 ms, 35 ms]; the derivative needs i1e [53 ms, 3 ms]",
    "special.i1e": "SciPy's i1e takes one number at a time [53 ms, 3 ms]; the derivative needs i0e [53 ms, 35 ms]",
    "special.airy_ai": "SciPy's airy computes Ai, Bi and both derivatives to give one of them "
    "[(256, 256): 15 ms, 4.7 ms]",
    "special.spherical_bessel_j0": "sin, a quotient and the search for nan are a call each at (64,); PyTorch has one",
    "special.bessel_y0": "SciPy's y0 takes one number at a time, in float64 [(256, 256): 1.2 ms, 0.6 ms]",
    "special.bessel_y1": "SciPy's y1 takes one number at a time, in float64 [(256, 256): 1.2 ms, 0.7 ms]",
    "special.bessel_j1": "SciPy's j1 takes one number at a time, in float64 [(256, 256): 0.45 ms, 0.24 ms]",
    "igamma": "SciPy's gammainc takes one number at a time, in float64 [(256, 256): 12 ms, 5.7 ms]",
    "igammac": "SciPy's gammaincc takes one number at a time, in float64 [(256, 256): 24 ms, 5.4 ms]",
    "nextafter": "NumPy's nextafter calls the C library for each number [9.4 ms, 0.5 ms]; counting up in the bits "
    "takes 1.9 ms, in ten calls",
    "frexp": "the derivative multiplies by a power of 2, and NumPy's ldexp takes one number at a time [5.7 ms]; the "
    "forward is level [2.3 ms, 2.8 ms]",
    "frac": "trunc and a difference are two calls; PyTorch has one loop",
    # activations and losses
    "gelu": "NumPy has no erf; Φ and the derivative are looked up in tables, eight calls each, and NumPy looks up one "
    "number at a time [forward 3.8 ms, 0.9 ms]",
    "gelu(tanh)": "the polynomial and the derivative take twenty calls over all elements; PyTorch has one loop each",
    "silu": _EXP + "[forward 1.8 ms, 1.0 ms; derivative 3.0 ms, 1.1 ms]",
    "sigmoid": _EXP + "[forward 2.4 ms, 1.0 ms]",
    "glu": _EXP + "[forward 1.7 ms, 0.6 ms]",
    **dict.fromkeys(
        ["elu", "selu", "celu"],
        "NumPy's expm1 takes one number at a time [15 ms, 2.3 ms]; by exp and a polynomial it takes 18 calls "
        "[forward 8.5 ms, 3.0 ms]",
    ),
    **dict.fromkeys(
        ["softplus", "logsigmoid"],
        "NumPy's log1p takes one number at a time [14 ms, 1.9 ms]; by log and what rounding lost it takes ten calls, "
        "after the exp [forward 8.7 ms, 3.8 ms]",
    ),
    "hardswish": "a sum, a clip, a product and a quotient, and seven calls for the derivative; PyTorch has loops "
    "[forward 0.6 ms, 0.3 ms; derivative 1.0 ms, 0.2 ms]",
    "hardsigmoid": "a sum, a clip and a quotient are a call each; PyTorch has one loop [forward 0.7 ms, 0.2 ms]",
    "threshold": "NumPy's where takes 4.6 ms; choosing by the bits takes six calls [forward 2.3 ms, 0.2 ms]",
    "soft_margin_loss": "logsigmoid, and the sigmoid again for the derivative; PyTorch has one loop each",
    "pdist": "the differences of a row from those after it are made, and read twice, each way [(256, 256): 255 rows of "
    "four calls]; PyTorch has one loop in C",
    "ctc_loss": "a step of the recursion is a dozen NumPy calls over all symbols of the batch [500 of them: 9 µs], "
    "and the checks and the tables of symbols take 80 µs before it, which counts at 8 steps; PyTorch has a loop in C",
    **dict.fromkeys(
        ["multi_margin_loss", "multi_margin_loss(p=2)", "multilabel_margin_loss"],
        "a dozen NumPy calls each way at (8, 8), of which taking elements by row and class takes 2 µs; PyTorch has a "
        "loop in C, which is the slower one on larger matrices",
    ),
    "log_softmax": _EXP + "each way",
    "one_hot": "each label is compared with every class, and the bools are cast; PyTorch writes one number a row",
    # reductions and scans
    "cumsum": "NumPy's cumsum adds one number at a time [4.1 ms, 1.0 ms]",
    "cumsum(dim=0)": "NumPy's cumsum goes down one column at a time [12 ms, 7.9 ms]",
    "cumprod": "NumPy's cumprod multiplies one number at a time [4.0 ms, 1.0 ms]",
    "cummax": "NumPy's maximum.accumulate takes one number at a time [3.7 ms, 1.1 ms]",
    "cummin": "NumPy's minimum.accumulate takes one number at a time [3.7 ms, 1.1 ms]",
    **dict.fromkeys(
        ["quantile", "nanquantile"],
        "the checks and the line between two ranks are in Python [(64,): np.partition 3 µs, 53 µs]",
    ),
    "mode": "the argsort [(64,): 3 µs] and the lengths of runs, a dozen NumPy calls; PyTorch has one call [5 µs]",
    "histogram": "np.histogram is Python around the counting [(64,): 67 µs, 13 µs]",
    "histogramdd": "np.histogramdd is Python around the counting [32 points: 93 µs, 25 µs]",
    "isin": "a comparison, `any` and the tensor around them are level with PyTorch alone [(64,): 5.8 µs, 5.6 µs]; "
    "the choice of the method comes on top",
    "isposinf": "three NumPy calls at (64,) [2.6 µs, 2.2 µs]",
    "isneginf": "three NumPy calls at (64,) [2.6 µs, 2.2 µs]",
    "searchsorted": "the checks in Python take as long as the search at (64,) [2.6 µs, 2.7 µs]",
    "bucketize": "the checks in Python take as long as the search at (64,)",
    "argwhere": "np.nonzero gives an array for each dimension, to be put together [(64,): np.argwhere 3.7 µs, 2.8 µs]",
    "nonzero": "np.nonzero gives an array for each dimension, to be put together [(64,): np.argwhere 3.7 µs, 2.8 µs]",
    "unique_consecutive": "a comparison, the positions of the changes and a take are three calls [8.4 ms, 1.6 ms]",
    "cross": "the products of components are ten NumPy calls at (64,) [np.cross 24 µs, 10 µs]",
    # windows and grids
    **dict.fromkeys(
        [
            "max_pool2d(3, 2, 1)",
            "max_pool2d_with_indices",
            "max_unpool2d",
            "adaptive_max_pool2d(3×5)",
            "fractional_max_pool2d",
        ],
        "the windows are looked up and compared in a few dozen calls at (64,), each 1 µs [PyTorch 12 µs in all]; an "
        "adaptive pool takes each window by itself, a fractional one composes its places of small operations",
    ),
    "grid_sample": "some fifty calls at (64,), and tables with a pixel's channels side by side, written and read by "
    "strides; PyTorch goes from point to point [256: writing the table 50 µs twice; PyTorch 210 µs in all]",
    # by index
    "gather": "counting the positions in C order [0.9 ms] takes as long as the take [1.0 ms; PyTorch's gather 1.2 ms]",
    "scatter_add": "counting the positions in C order [0.9 ms] comes before add.at [1.9 ms; PyTorch 1.4 ms]",
    "scatter_reduce": "counting the positions in C order [0.9 ms] comes before add.at [1.9 ms; PyTorch 1.4 ms]",
    "scatter_reduce(amax)": _PLACES,
    "index_reduce": _PLACES,
    # matrices
    "linalg.lstsq": "the derivative goes through the pseudo-inverse, which takes singular values",
    "linalg.lu": _LU,
    "linalg.lu_factor": _LU,
    "linalg.ldl_factor": "the factors that LAPACK packs are put in PyTorch's form in Python, as SciPy does "
    "[ldl at (8, 8): 77 µs, 13 µs]",
    **{
        f"special.{kind}_polynomial_{letter}": _RECURRENCE
        for kind, letters in (
            ("chebyshev", "tuvw"),
            ("shifted_chebyshev", "tuvw"),
            ("hermite", ("h", "he")),
            ("laguerre", "l"),
            ("legendre", "p"),
        )
        for letter in letters
    },
}
"""Row of op_rows.py or more_rows.py -> the reason."""
