"""The operations that have no row in `op_rows.py`, and why."""

UNTIMED: dict[str, str] = {
    "alias": "a view of the whole, used within the engine",
    "constant_in": "a copy within a recorded derivative, used within the engine",
    "unindex": "the gradient of `getitem`, timed with it",
    "fold": "the gradient of `unfold`, timed with it",
    "reverse_dims": "NumPy's `x.T`; `permute` is timed",
    "broadcast_shapes": "works on shapes alone",
    "matrix_transpose": "`x.mT` as NumPy names it",
    "dropout": "random: results cannot be compared; W8 times it",
    "rows_added": "the gradient of `embedding`, timed with it",
    "bilinear": "an `einsum` of three, which is timed of two",
    "adjoint": "`x.mH`, which is `x.mT`",
    "conjugate_transpose": "`x.H`, which is `x.T`",
    **dict.fromkeys(
        ["first_of", "held", "latest", "placed", "argkth", "argmedian", "argmode"],
        "finds the positions for an operation that is timed",
    ),
    **dict.fromkeys(
        ["first_zero_pivots", "leading_minors", "permutation_matrix", "orthogonal"],
        "a part of a decomposition that is timed",
    ),
    **dict.fromkeys(
        ["linalg_geqrf", "linalg_inv_ex", "linalg_ldl_factor_ex", "linalg_ldl_solve", "linalg_matrix_rank"],
        "LAPACK's routine, as PyTorch calls it; its sister is timed",
    ),
    **dict.fromkeys(
        ["airy_slope", "sinc_slope", "spherical_bessel_j1"], "the derivative of one that is timed"
    ),
    **dict.fromkeys(
        ["linalg_eigvalsh", "linalg_svdvals", "euclidean_distances"],
        "what an operation that is timed computes where no gradient is wanted",
    ),
    **dict.fromkeys(["real", "detach"], "the same memory: nothing is computed"),
    "angle": "0 or π by the sign, which is timed",
    "linear_cross_entropy": "timed as a function; the kernel for pieces does the same work twice, to save memory",
    "mvlgamma": "timed as special.multigammaln",
    "strided": "timed as `as_strided`",
    **dict.fromkeys(
        [
            "alias_copy",
            "detach_copy",
            "diagonal_copy",
            "expand_copy",
            "narrow_copy",
            "permute_copy",
            "select_copy",
            "slice_copy",
            "split_copy",
            "split_with_sizes_copy",
            "squeeze_copy",
            "t_copy",
            "transpose_copy",
            "unbind_copy",
            "unfold_copy",
            "unsqueeze_copy",
            "as_strided_copy",
        ],
        "a view, timed, and a clone, timed",
    ),
    **dict.fromkeys(
        ["unsafe_chunk", "unsafe_split", "unsafe_split_with_sizes"], "the same work as without `unsafe`"
    ),
    **dict.fromkeys(["resolve_conj", "resolve_neg"], "return their input"),
    "unravel_index": "arithmetic on integers, timed as floor_divide and remainder",
    **dict.fromkeys(
        [
            "routed",
            "collected",
            "window_spread",
            "edged",
            "unedged",
            "bordered",
            "mixed",
            "mixed_back",
            "row_dots",
            "winners",
            "winners_between",
        ],
        "a part or the derivative of a pool, a border or a sampling that is timed",
    ),
    "Primitive": "a class",
    "registry": "the table",
    "convolution_weight": "a derivative alone, timed with `conv2d`",
}
"""Name of a primitive or a public operation -> the reason."""
