"""More rows for `ops.py`: statistics, special functions, decompositions of matrices; and the list of all rows."""
# ruff: noqa: ARG005  # each row takes both `t` and `F`, and needs one

from __future__ import annotations

import op_rows
from layer_rows_attention import ATTENTION
from layer_rows_conv import CONVOLUTIONS
from layer_rows_loss import LOSSES
from layer_rows_norm import LOOKED_UP, NORMALIZATIONS
from layer_rows_recurrent import RECURRENT
from layer_rows_windows import WINDOWS
from op_rows import Row, first, total


def _special(inputs: str, names: str, largest: int = 1024) -> list[Row]:
    return [
        Row(f"special.{n}", inputs, lambda t, F, *x, n=n: getattr(t.special, n)(*x), largest)
        for n in names.split()
    ]


def _constant(inputs: str, names: str, largest: int = 1024) -> list[Row]:
    """Special functions that PyTorch does not differentiate."""
    return [
        Row(
            f"special.{n}",
            inputs,
            lambda t, F, *x, n=n: getattr(t.special, n)(*[v.detach() for v in x]),
            largest,
        )
        for n in names.split()
    ]


STATISTICS = [
    Row("cummin", "r", lambda t, F, x: t.cummin(x, -1)[0]),
    Row("pdist", "m", lambda t, F, x: t.pdist(x), 256),
    Row("cdist", "mm", lambda t, F, x, y: t.cdist(x, y), 256),
    Row("dist", "rr", lambda t, F, x, y: t.dist(x, y)),
    Row("renorm", "m", lambda t, F, x: t.renorm(x, 2, 0, 1.0)),
    Row("isin", "ii", lambda t, F, x, y: t.isin(x, y.flatten()[:5])),
    Row("nextafter", "rr", lambda t, F, x, y: t.nextafter(x.detach(), y.detach())),
    Row("sgn", "r", lambda t, F, x: t.sgn(x)),
    Row("gcd", "ii", lambda t, F, x, y: t.gcd(x, y)),
    Row("lcm", "ii", lambda t, F, x, y: t.lcm(x, y)),
    Row("frexp", "r", lambda t, F, x: t.frexp(x)[0]),
    Row("fill", "r", lambda t, F, x: t.fill(x, 2.0)),
    Row("huber_loss", "rr", lambda t, F, x, y: F.huber_loss(x, y)),
    Row("smooth_l1_loss", "rr", lambda t, F, x, y: F.smooth_l1_loss(x, y)),
    Row("cosine_similarity", "mm", lambda t, F, x, y: F.cosine_similarity(x, y)),
    Row("pairwise_distance", "mm", lambda t, F, x, y: F.pairwise_distance(x, y)),
    Row("normalize", "m", lambda t, F, x: F.normalize(x)),
    Row("one_hot", "l", lambda t, F, y: F.one_hot(y)),
]

SHAPES = [
    Row("as_strided", "r", lambda t, F, x: t.as_strided(x, (4, 8), (8, 1))),
    Row(
        "as_strided_scatter",
        "rr",
        lambda t, F, x, y: t.as_strided_scatter(x, y.flatten()[:32].view(4, 8), (4, 8), (8, 1)),
    ),
    Row("diagonal_scatter", "mv", lambda t, F, x, y: t.diagonal_scatter(x, y)),
    Row("select_scatter", "mv", lambda t, F, x, y: t.select_scatter(x, y, 0, 1)),
    Row("slice_scatter", "mm", lambda t, F, x, y: t.slice_scatter(x, y[1:-1], 0, 1, -1)),
    Row("scatter_reduce", "mKm", lambda t, F, x, k, y: t.scatter_reduce(x, 1, k, y, "sum")),
    Row("scatter_reduce(amax)", "mKm", lambda t, F, x, k, y: t.scatter_reduce(x, 1, k, y, "amax")),
    Row("index_reduce", "mkm", lambda t, F, x, k, y: t.index_reduce(x, 0, k[: len(x)] % len(x), y, "amax")),
    Row("constant_pad_nd", "m", lambda t, F, x: t.constant_pad_nd(x, (1, 2), 0.5)),
    Row("split_with_sizes", "r", lambda t, F, x: total(t.split_with_sizes(x, [10, x.shape[0] - 10]))),
    Row("nonzero_static", "b", lambda t, F, c: t.nonzero_static(c, size=16)),
    Row("view_copy", "r", lambda t, F, x: t.view_copy(x, (-1, 8))),
]

SPECIAL = [
    *_special("r", "i0e i1 i1e erfcx ndtr log_ndtr"),
    *_special("p", "entr"),
    Row("special.ndtri", "p", lambda t, F, x: t.special.ndtri(x / 4)),
    Row("special.multigammaln", "p", lambda t, F, x: t.special.multigammaln(x + 2, 3), 256),
    Row("special.zeta", "pp", lambda t, F, x, y: t.special.zeta((x + 2).detach(), y), 256),
    *_special("pp", "xlog1py"),
    Row("igamma", "pp", lambda t, F, x, y: t.igamma(x.detach(), y), 256),
    Row("igammac", "pp", lambda t, F, x, y: t.igammac(x.detach(), y), 256),
    *_constant("p", "bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_k0 modified_bessel_k1", 256),
    *_constant("p", "scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 airy_ai", 256),
    *(
        Row(f"special.{n}", "u", lambda t, F, x, n=n: getattr(t.special, n)(x.detach(), 5), 256)
        for n in [
            "chebyshev_polynomial_t",
            "chebyshev_polynomial_u",
            "chebyshev_polynomial_v",
            "chebyshev_polynomial_w",
            "shifted_chebyshev_polynomial_t",
            "shifted_chebyshev_polynomial_u",
            "shifted_chebyshev_polynomial_v",
            "shifted_chebyshev_polynomial_w",
            "hermite_polynomial_h",
            "hermite_polynomial_he",
            "laguerre_polynomial_l",
            "legendre_polynomial_p",
        ]
    ),
]

MATRICES = [
    *(
        Row(f"linalg.{n}", "S", lambda t, F, x, n=n: getattr(t.linalg, n)(x), 256)
        for n in ["det", "inv", "pinv", "matrix_exp", "svdvals", "matrix_rank", "cond"]
    ),
    Row("linalg.cholesky", "q", lambda t, F, x: t.linalg.cholesky(x), 256),
    Row("linalg.solve", "Sm", lambda t, F, x, y: t.linalg.solve(x, y), 256),
    Row(
        "linalg.solve_triangular", "dm", lambda t, F, x, y: t.linalg.solve_triangular(x, y, upper=False), 256
    ),
    Row("linalg.slogdet", "S", lambda t, F, x: t.linalg.slogdet(x)[1], 256),
    Row("linalg.qr", "S", lambda t, F, x: total(t.linalg.qr(x)), 256),
    Row("linalg.svd", "S", lambda t, F, x: t.linalg.svd(x)[1], 256),
    Row("linalg.eigh", "E", lambda t, F, x: t.linalg.eigh(x)[0], 256),
    Row("linalg.eigvalsh", "E", lambda t, F, x: t.linalg.eigvalsh(x), 256),
    Row("linalg.lstsq", "Sm", lambda t, F, x, y: t.linalg.lstsq(x, y)[0], 256),
    Row("linalg.lu_factor", "S", lambda t, F, x: t.linalg.lu_factor(x)[0], 256),
    Row("linalg.lu", "S", lambda t, F, x: total(t.linalg.lu(x)[1:]), 256),
    Row("linalg.vector_norm", "r", lambda t, F, x: t.linalg.vector_norm(x, dim=-1)),
    Row("linalg.matrix_norm", "m", lambda t, F, x: t.linalg.matrix_norm(x)),
    Row("linalg.matrix_norm(nuc)", "S", lambda t, F, x: t.linalg.matrix_norm(x, "nuc"), 256),
    Row("linalg.multi_dot", "mmm", lambda t, F, *x: t.linalg.multi_dot(x)),
    Row("linalg.vander", "u", lambda t, F, x: t.linalg.vander(x.flatten()[:64], N=8)),
    Row("linalg.vecdot", "mm", lambda t, F, x, y: t.linalg.vecdot(x, y)),
    Row(
        "linalg.householder_product",
        "Su",
        lambda t, F, x, y: t.linalg.householder_product(x, y.flatten()[:8]),
        256,
    ),
    Row("linalg.ldl_factor", "q", lambda t, F, x: t.linalg.ldl_factor(x.detach())[0], 256),
]

ROWS = [
    *op_rows.ROWS,
    *STATISTICS,
    *SHAPES,
    *SPECIAL,
    *MATRICES,
    *ATTENTION,
    *CONVOLUTIONS,
    *NORMALIZATIONS,
    *LOOKED_UP,
    *RECURRENT,
    *LOSSES,
    *WINDOWS,
]
"""Every operation that is timed."""

__all__ = ["ROWS", "Row", "first"]
