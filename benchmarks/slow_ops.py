"""Why some operations are slower than twice PyTorch's time (see `ops.py`).

The figures in brackets are those of the bare NumPy or SciPy call beside PyTorch's forward, at (1024, 1024).
"""

_SHARES = (
    "PyTorch leaves .grad sharing memory with the gradient given to backward(); here .grad owns its memory, and "
    "copying 4 MB is all that is measured at (1024, 1024)"
)
_PASSES = (
    "PyTorch computes it in one pass over memory; NumPy makes one for each addition and multiplication, which "
    "counts where the numbers no longer fit in the cache"
)
_SMALL = "the time of a handful of NumPy calls at (64,), a few µs; PyTorch has one call"
_RECURRENCE = (
    "PyTorch has a loop in C for each polynomial; here the recurrence takes a few NumPy calls for each degree"
)
_SCATTER = (
    "NumPy follows each position through a general iterator, in ufunc.at and in indexing "
    "[take_along_axis 7.5 ms, gather 2.0 ms; add.at 17 ms, scatter_add 1.8 ms]"
)
_EXP = "NumPy's float32 exp takes longer than PyTorch's [1.5 ms, 1.1 ms], and each other step is a pass over memory"

REASONS: dict[str, str] = {
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
            "atleast_1d",
            "atleast_2d",
            "atleast_3d",
            "rot90",
        ],
        _SHARES,
    ),
    "as_strided": "the position of every element is worked out, and the gradient added up by positions, since elements "
    "may share memory; PyTorch writes through the strides",
    # elementwise
    "logaddexp2": "NumPy's logaddexp2 takes one number at a time [25 ms, 3.2 ms]",
    "exp2": _PASSES,
    "fmod": _PASSES,
    "lerp": _PASSES,
    "erfc": "SciPy's erfc takes one number at a time [23 ms, 2.4 ms]",
    "special.ndtr": "SciPy's ndtr takes one number at a time [17 ms, 3.1 ms]",
    "special.i0e": "SciPy's i0e takes one number at a time [54 ms, 37 ms], and the derivative needs i1e [53 ms, 3 ms]",
    "special.i1e": "SciPy's i1e takes one number at a time [53 ms, 3.1 ms]",
    "special.airy_ai": "SciPy's airy computes Ai, Bi and both derivatives to give one of them [3.1 ×]",
    "special.spherical_bessel_j0": _SMALL,
    "special.bessel_y0": "SciPy's y0 takes one number at a time, in float64",
    "igamma": "SciPy's gammainc takes one number at a time, in float64 [1.5 ×]",
    "igammac": "SciPy's gammaincc takes one number at a time, in float64",
    "nextafter": "NumPy's nextafter calls the C library for each number [9.5 ms, 0.6 ms]",
    "frexp": "NumPy's frexp calls the C library for each number",
    # activations and losses
    "gelu": "NumPy has no erf; tanh of a polynomial takes 16 passes over memory, and again backward; PyTorch takes one",
    "silu": _EXP,
    "sigmoid": _EXP,
    "glu": "the halves' gradients are put together in an array of zeros; PyTorch's is fused",
    "selu": _PASSES,
    "elu": _PASSES,
    "celu": _PASSES,
    "softplus": _PASSES,
    "logsigmoid": _PASSES,
    "hardswish": _PASSES,
    "hardsigmoid": _PASSES,
    "gelu(tanh)": _PASSES,
    "threshold": _PASSES,
    "smooth_l1_loss": _PASSES,
    "binary_cross_entropy_with_logits": _PASSES,
    "nll_loss": _SMALL,
    "one_hot": "each label is compared with every class, and the bools are cast; PyTorch writes one number a row",
    # reductions and scans
    "count_nonzero": _SMALL,
    "cumsum": "NumPy's cumsum adds one number at a time [4.1 ms, 1.0 ms]",
    "cumsum(dim=0)": "NumPy's cumsum goes down one column at a time, and the derivative runs it backwards",
    "cummax": "NumPy's maximum.accumulate takes one number at a time [3.8 ms, 1.1 ms]",
    "cummin(dim=0)": "NumPy's minimum.accumulate takes one number at a time [3.8 ms, 1.1 ms]",
    "cumprod": "NumPy's cumprod multiplies one number at a time [4.2 ms, 1.0 ms]",
    "mode": _SMALL,
    "quantile": _SMALL,
    "isin": _SMALL,
    "isposinf": _SMALL,
    "isneginf": _SMALL,
    "histogram": _SMALL,
    "histogramdd": _SMALL,
    "searchsorted": _SMALL,
    "unique": _SMALL,
    "unique_consecutive": "a comparison, the positions of the changes and a take are a pass each; PyTorch has one loop",
    "cross": _SMALL,
    "block_diag": _PASSES,
    # by index
    "gather": _SCATTER,
    "take_along_dim": _SCATTER,
    "scatter": _SCATTER,
    "scatter_add": _SCATTER,
    "scatter_reduce": _SCATTER,
    "scatter_reduce(amax)": _SCATTER,
    "index_reduce": _SCATTER,
    # matrices
    "linalg.lstsq": "the derivative goes through the pseudo-inverse",
    "linalg.lu": _SMALL,
    "linalg.ldl_factor": _SMALL,
    "linalg.lu_factor": _SMALL,
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
