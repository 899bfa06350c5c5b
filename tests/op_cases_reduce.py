"""Rows of the reductions, extrema and scans."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.linalg import older
from autograd.ops import differences, extremum, histograms, rank, reduce, scan, variance
from tests.case import Case, Given, Mask, Real, Sample, Whole, on

INTEGERS = ("bool", "uint8", "int8", "int32", "int64")
CUBE = (2, 3, 4)


def over(spec: Any, *, empty: bool = True, **options: Any) -> list[Sample]:
    """Calls over all dimensions, one, several, kept or not, of 0-d and of empty arrays."""
    cube = spec.resized(*CUBE)
    samples = [
        on(cube, **options),
        on(cube, 1, **options),
        on(cube, -1, keepdim=True, **options),
        on(cube, (0, 2), **options),
        on(cube, (-1, 1), keepdim=True, **options),
        on(spec.resized(), **options),
        on(spec.resized(), 0, **options),
    ]
    return samples + (
        [on(spec.resized(0, 3), **options), on(spec.resized(0, 3), 0, **options)] if empty else []
    )


def over_one(spec: Any, *, everything: bool = True) -> list[Sample]:
    """Calls over one dimension, and over all."""
    cube = spec.resized(*CUBE)
    samples = [on(cube, 1), on(cube, 0, True), on(cube, dim=-1, keepdim=True), on(spec.resized(), 0)]
    return samples + ([on(cube), on(spec.resized())] if everything else [])


def np_over(function: Callable[..., Any]) -> Callable[..., Any]:
    """A NumPy reduction with PyTorch's names of arguments."""

    def reference(x: Any, dim: Any = None, keepdim: bool = False, **options: Any) -> Any:
        return function(x, axis=dim if x.ndim else None, keepdims=keepdim, **options)

    return reference


SPECS = Real(3, 4)
APART = Real(3, 4, apart=True)
NONZERO = Real(3, 4, avoid=(0.0,))
BIG = Real(70, 80, grad=False)
SOME_NAN = Given([[1.0, np.nan, 2.0], [np.nan, np.nan, 3.0]])
ZEROS = Given([[2.0, 0.0, 3.0], [0.0, 0.5, 0.0], [1.0, -2.0, 3.0]])

SUMS = [
    Case(
        reduce.sum,
        *over(SPECS),
        on(BIG, 1),
        on(BIG, 0),
        on(BIG, 1, keepdim=True),
        on(BIG, 0, keepdim=True),
        on(BIG),
        on(Whole(3, 4), 1),
        on(Mask(3, 4)),
        numpy=np_over(np.sum),
        torch="sum",
        covers=("sum",),
        integers=INTEGERS,
    ),
    Case(
        reduce.mean,
        *over(SPECS, empty=False),
        on(BIG, 1),
        numpy=np_over(np.mean),
        torch="mean",
        covers=("mean",),
        integers=INTEGERS,
    ),
    Case(
        reduce.prod,
        *over_one(NONZERO),
        on(Real(0, 3)),
        on(Real(0, 3), 0),
        on(ZEROS),
        on(ZEROS, 0),
        on(ZEROS, 1, True),
        numpy=np_over(np.prod),
        torch="prod",
        covers=("prod",),
        integers=INTEGERS,
    ),
    Case(
        reduce.nansum,
        *over(SPECS),
        on(SOME_NAN),
        on(SOME_NAN, 1),
        torch="nansum",
        differentiable=False,
        integers=INTEGERS,
    ),
    Case(reduce.nansum, *over(SPECS), torch="nansum", name="nansum_derivatives"),
    Case(reduce.nanmean, *over(SPECS, empty=False), on(SOME_NAN, 1), torch="nanmean", differentiable=False),
    Case(
        reduce.sum_to_size,
        *(on(Real(2, 3, 4), s) for s in ((1, 3, 1), (3, 4), (1,), (), (2, 3, 4))),
        torch=lambda torch, x, size: torch.Tensor.sum_to_size(x, size),
        integers=INTEGERS,
    ),
    Case(reduce.nanmean, *over(SPECS, empty=False), torch="nanmean", name="nanmean_derivatives"),
]


def spread_of(op: Callable[..., Any], **row: Any) -> Case:
    cube = Real(*CUBE)
    return Case(
        op,
        on(cube),
        on(cube, 1),
        on(cube, (0, 2), keepdim=True),
        on(cube, (0, -1), correction=0),
        on(cube, 2, correction=2),
        on(cube, False),
        on(cube, 1, True),
        on(cube, dim=1, unbiased=False, keepdim=True),
        on(Real(), correction=0) if op.__name__.startswith("var") else on(Real(7)),
        on(Real(40, 200, grad=False), 1),
        torch=op.__name__,
        integers=("int64",),
        **row,
    )


SPREADS = [
    spread_of(variance.var, covers=("var",)),
    spread_of(variance.std, covers=("std",)),
    spread_of(variance.var_mean),
    spread_of(variance.std_mean),
    Case(
        older.norm,
        on(NONZERO.resized(*CUBE)),
        on(NONZERO.resized(*CUBE), dim=1),
        on(NONZERO.resized(*CUBE), dim=(-1, 0), keepdim=True),
        on(NONZERO.resized()),
        on(NONZERO.resized(), 2, 0),
        *(on(NONZERO, p) for p in (0, 1, 2, 3, 1.5, 0.5, -1.0)),
        *(on(Real(3, 4, low=0.1, high=2, apart=True), p) for p in (math.inf, -math.inf)),
        *(on(NONZERO.resized(*CUBE), p, (0, 2), keepdim=True) for p in (1, 2, 3.5)),
        on(Real(0, 3)),
        on(Real(0, 3), 2, 0),
        torch=lambda torch, x, p="fro", dim=None, keepdim=False: torch.norm(x, p, dim, keepdim),
        covers=("norm",),
    ),
]
TRUTH = [
    Case(
        op,
        on(Real(3, 4, low=-1, high=1), 1),
        *over(Mask(3, 4)),
        on(Given([[0.0, 1.5], [np.nan, 2.0]]), 1),
        numpy=np_over(numpy),
        torch=op.__name__,
        integers=INTEGERS,
        differentiable=False,
    )
    for op, numpy in ((reduce.all, np.all), (reduce.any, np.any))
]
TRUTH += [
    Case(
        reduce.count_nonzero,
        on(Mask(*CUBE)),
        on(Mask(*CUBE), 1),
        on(Mask(*CUBE), (0, -1)),
        on(Mask()),
        on(Mask(0, 3)),
        on(Whole(4, 5), 0),
        numpy=lambda x, dim=None: np.count_nonzero(x, dim),
        torch="count_nonzero",
        differentiable=False,
    )
]

EXTREMA = [
    *(
        Case(
            op,
            *over(APART, empty=False),
            on(Real(0, 3), 1),
            on(Whole(3, 4), 1),
            numpy=np_over(numpy),
            torch=lambda torch, x, dim=(), keepdim=False, op=op: getattr(torch, op.__name__)(x, dim, keepdim),
            integers=INTEGERS,
        )
        for op, numpy in ((extremum.amax, np.amax), (extremum.amin, np.amin))
    ),
    *(
        Case(
            op,
            *over_one(APART),
            on(Real(0, 3), 1),
            on(Whole(3, 4, high=3), 1),
            on(Given([[1.0, 3.0, 3.0], [2.0, np.nan, 5.0]], grad=False), 1),
            on(APART, Real(4, low=3, high=4)),
            torch=op.__name__,
            covers=("picked", "placed"),
            integers=INTEGERS,
        )
        for op in (extremum.max, extremum.min)
    ),
    *(
        Case(
            op,
            *over_one(APART),
            on(Real(0, 3), 1),
            on(Given([[1.0, 3.0, 3.0], [2.0, np.nan, 5.0]]), 1),
            on(Given([[1.0, 3.0, 3.0], [2.0, np.nan, 5.0]])),
            numpy=np_over(numpy),
            torch=op.__name__,
            differentiable=False,
            integers=INTEGERS[1:],
        )
        for op, numpy in ((extremum.argmax, np.argmax), (extremum.argmin, np.argmin))
    ),
    Case(
        extremum.aminmax,
        on(APART),
        on(APART, dim=1),
        on(APART, dim=-2, keepdim=True),
        torch=lambda torch, x, dim=None, keepdim=False: torch.aminmax(x, dim=dim, keepdim=keepdim),
    ),
    Case(rank.median, *over_one(APART), on(Real(5, apart=True)), on(Real(4, apart=True), 0), torch="median"),
    Case(
        rank.nanmedian,
        *over_one(APART),
        on(Given([[3.0, np.nan, 1.0, 2.0], [1.0, 5.0, 2.0, 4.0]], grad=False), 1),
        on(Given([[3.0, np.nan, 1.0, 2.0], [1.0, 5.0, 2.0, 4.0]], grad=False)),
        torch="nanmedian",
        covers=("median", "argmedian"),
    ),
]

SCANS = [
    Case(
        op,
        *(on(NONZERO.resized(*CUBE), d) for d in (0, 1, -1)),
        on(Real(), 0),
        on(Real(0, 3), 0),
        on(Real(3, 0), 1),
        on(Real(3, 1), 1),
        on(ZEROS, 0),
        on(ZEROS, 1),
        numpy=lambda x, dim, f=numpy: f(x, dim) if x.ndim else x,
        torch=op.__name__,
        covers=(op.__name__,),
        integers=INTEGERS,
    )
    for op, numpy in ((scan.cumsum, np.cumsum), (scan.cumprod, np.cumprod))
]

SCANS += [
    *(
        Case(
            op,
            *(on(APART.resized(*CUBE), d) for d in (0, 1, -1)),
            on(Real(), 0),
            on(Real(0, 3), 0),
            on(Real(3, 0), 1),
            on(Given([1.0, 3.0, 3.0, np.nan, 5.0, np.nan], grad=False), 0),
            torch=op.__name__,
            covers=("holding", "held", "latest"),
            integers=INTEGERS,
        )
        for op in (scan.cummax, scan.cummin)
    ),
    Case(
        scan.logcumsumexp,
        *(on(Real(*CUBE), d) for d in (0, 1, -1)),
        on(Real(), 0),
        on(Real(0, 3), 0),
        on(Given([[-300.0, 0.0, 200.0], [500.0, 1.0, 2.0]]), 1),
        torch="logcumsumexp",
        covers=("logcumsumexp",),
        integers=INTEGERS,
    ),
]

RANKS = [
    Case(
        rank.kthvalue,
        on(APART, 2),
        on(APART, 1, 0),
        on(APART, k=4, dim=1, keepdim=True),
        on(Real(100, apart=True), 70),
        on(Real(), 1),
        on(Given([3.0, np.nan, 1.0], grad=False), 3),
        torch="kthvalue",
        covers=("argkth",),
    ),
    Case(
        rank.mode,
        on(APART),
        on(APART, 0),
        on(APART, dim=1, keepdim=True),
        on(Real()),
        on(Given([3.0, 1.0, 3.0, 1.0, 2.0], grad=False)),
        on(Whole(4, 9, high=3), 1),
        torch="mode",
        covers=("argmode",),
        integers=INTEGERS,
    ),
    *(
        Case(
            op,
            on(APART, 0.3),
            on(APART, 0.3, 1),
            on(APART, Real(3, low=0.05, high=0.95), 0, keepdim=True),
            *(
                on(APART, Given([0.0, 0.2, 0.5, 1.0], grad=False), -1, interpolation=how)
                for how in ("lower", "higher", "nearest", "midpoint", "linear")
            ),
            on(Given([[1.0, np.nan, 3.0, 2.0], [2.0, 5.0, 4.0, 3.0]], grad=False), 0.4, 1),
            on(Given([[np.nan, np.nan], [2.0, 5.0]], grad=False), Real(2, low=0.1, high=0.9, grad=False), 1),
            torch=op.__name__,
            integers=("int64",),
        )
        for op in (rank.quantile, rank.nanquantile)
    ),
]

DIFFERENCES = [
    Case(
        differences.diff,
        on(Real(3, 5)),
        on(Real(3, 5), 2),
        on(Real(3, 5), 1, 0, Real(1, 5), Real(2, 5)),
        on(Real(3, 5), n=9),
        on(Real(3, 5), n=0),
        on(Real(3), append=Real(2)),
        torch="diff",
        integers=INTEGERS,
    ),
    *(
        Case(
            op,
            on(Real(3, 5)),
            on(Real(3, 5), dx=0.5, dim=0),
            on(Real(3, 5), Real(5)),
            on(Real(3, 5), Real(3), dim=0),
            on(Real(3, 5), Real(3, 5), dim=0),
            on(Real(3, 1)),
            torch=op.__name__,
            integers=("bool", "int32", "int64"),
        )
        for op in (differences.trapezoid, differences.cumulative_trapezoid)
    ),
    Case(
        differences.gradient,
        on(Real(4, 5)),
        on(Real(4, 5), edge_order=2),
        on(Real(4, 5), spacing=0.5, dim=1),
        on(Real(4, 5), spacing=[2.0, 0.5], dim=(1, 0)),
        on(Real(4, 5), spacing=[Given([0.0, 1.0, 3.0, 4.0]), Given([0.0, 0.5, 2.0, 2.5, 4.0])]),
        on(Real(5), spacing=[Given([0.0, 0.5, 2.0, 2.5, 4.0])], edge_order=2),
        on(Real(2, 4)),
        torch="gradient",
        integers=INTEGERS,
    ),
]


def cells(*args: Any, **named: Any) -> list[Any]:
    return flat(histograms.histogramdd(*args, **named))


def flat(found: Any) -> list[Any]:
    """The counts, and the edges of each dimension."""
    return [found.hist, *found.bin_edges]


STATISTICS = [
    Case(
        variance.cov,
        on(Real(3, 5)),
        on(Real(5)),
        on(Real(3, 5), correction=0),
        on(Real(3, 5), fweights=Given([1, 2, 0, 1, 3])),
        on(Real(3, 5), aweights=Real(5, low=0.2, high=1)),
        on(Real(3, 5), fweights=Given([1, 2, 0, 1, 3]), aweights=Real(5, low=0.2, high=1)),
        torch="cov",
        integers=INTEGERS,
    ),
    Case(variance.corrcoef, on(Real(3, 5)), on(Real(5)), torch="corrcoef", integers=INTEGERS, tolerance=1e-5),
    Case(
        histograms.bincount,
        on(Whole(20)),
        on(Whole(20), minlength=9),
        on(Whole(20), Real(20)),
        on(Whole(0)),
        torch="bincount",
        differentiable=False,
        integers=INTEGERS,
    ),
    Case(
        histograms.histc,
        on(Real(50), 7),
        on(Real(5, 6), 4, -1, 1.5),
        on(Given([1.0, 1.0]), 4),
        torch="histc",
        differentiable=False,
        integers=INTEGERS,
    ),
    Case(
        histograms.histogram,
        on(Real(50), 7),
        on(Real(5, 6), 4, range=(-1.0, 1.5), weight=Real(5, 6, low=0), density=True),
        on(Real(9), Given([-1.0, 0.0, 1.5, 2.0])),
        torch="histogram",
        differentiable=False,
        integers=INTEGERS,
    ),
    Case(
        cells,
        on(Real(50, 2), 3),
        on(Real(20, 2), [3, 4], weight=Real(20, low=0), density=True),
        on(Real(20, 2), [Given([-1.0, 0.0, 1.0]), Given([-2.0, 0.5, 2.0])]),
        torch=lambda torch, *args, **named: flat(torch.histogramdd(*args, **named)),
        differentiable=False,
    ),
]

CASES = [
    *SUMS,
    *SPREADS,
    *TRUTH,
    *EXTREMA,
    *SCANS,
    *RANKS,
    *DIFFERENCES,
    *STATISTICS,
]
