"""Rows of the losses of nn.functional that are made of small operations, or of kernels of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn.functional as F
from autograd.kernels.ctc import ctc_
from autograd.kernels.linear_loss import linear_cross_entropy_
from autograd.kernels.margin import multi_margin_, multilabel_margin_
from autograd.kernels.softmax import log_softmax
from autograd.ops.loss import soft_margin_
from tests.case import Case, Given, Real, Whole, on

REDUCTIONS = ("mean", "sum", "none")
X, Y = Real(3, 4), Real(3, 4)
POSITIVE = Real(3, 4, low=0.2, high=3)
SIGNS = Given([[1.0, -1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0], [1.0, 1.0, 1.0, -1.0]], grad=False)
SIDES = Given([1.0, -1.0, 1.0], grad=False)
GRID, BETWEEN = Real(3, 4, grid=0.5), Real(3, 4, low=-1.8, grid=0.5)
# scores that are nowhere a margin of 1 apart
SCORES = Given([[0.3, -1.2, 0.9, 2.1], [1.7, 0.45, -0.2, 0.05], [-0.6, 1.1, 0.75, 0.2]])
LABELS = Given([2, 0, 3])
LISTS = Given([[3, 0, -1, 1], [1, -1, -1, -1], [-1, 2, 0, 1]])
WEIGHT = Given([0.5, 2.0, 1.0, 0.3], grad=False)


def loss(op: Callable[..., Any], *args: Any, **row: Any) -> Case:
    """A loss with each reduction."""
    options = row.pop("options", {})
    reductions = row.pop("reductions", REDUCTIONS)
    others = row.pop("others", ())
    samples = [on(*args, **options, reduction=r) for r in reductions]
    return Case(op, *samples, *others, torch=f"nn.functional.{op.__name__}", **row)


def named(name: str, op: Callable[..., Any], *args: Any, **row: Any) -> Case:
    return loss(op, *args, name=f"{op.__name__}_{name}", **row)


def _ctc(torch: Any, scores: Any, targets: Any, lengths: Any, counts: Any, *options: Any) -> Any:
    log_probs = torch.log_softmax(scores, 2)
    return torch.nn.functional.ctc_loss(
        log_probs, targets, lengths, counts, options[0], "none", zero_infinity=options[1]
    )


def ctc_of_scores(
    scores: Any, targets: Any, lengths: Any, counts: Any, blank: int, zero_infinity: bool
) -> Any:
    """The kernel behind a log_softmax: its gradient is that of normalised probabilities."""
    return ctc_(log_softmax(scores, 2), targets, lengths, counts, blank, zero_infinity)


def ctc_loss_of_scores(scores: Any, targets: Any, lengths: Any, counts: Any, **options: Any) -> Any:
    """The function behind a log_softmax."""
    return F.ctc_loss(log_softmax(scores, -1), targets, lengths, counts, **options)


def _ctc_loss(torch: Any, scores: Any, targets: Any, lengths: Any, counts: Any, **options: Any) -> Any:
    return torch.nn.functional.ctc_loss(torch.log_softmax(scores, -1), targets, lengths, counts, **options)


STEPS = Real(6, 3, 4)
SEQUENCES = Given([[1, 2, 2], [3, 1, 3], [2, 1, 0]])

CTC = [
    Case(
        ctc_of_scores,
        on(STEPS, SEQUENCES, (6, 5, 4), (3, 2, 0), 0, False),
        on(STEPS, Given([[1, 0, 0], [3, 1, 3], [3, 1, 0]]), (6, 6, 6), (3, 3, 3), 2, False),
        on(STEPS, SEQUENCES, (3, 6, 5), (3, 3, 2), 0, True),  # the first needs 4 steps
        on(Real(1, 3, 4), SEQUENCES, (1, 1, 1), (1, 0, 1), 0, False),
        torch=_ctc,
        covers=("ctc",),
        name="ctc",
    ),
    Case(
        ctc_loss_of_scores,
        *(on(STEPS, SEQUENCES, (6, 5, 6), (3, 2, 2), reduction=r) for r in REDUCTIONS),
        on(STEPS, Given([1, 2, 2, 3, 1, 2]), (6, 5, 6), (3, 2, 1), blank=0),
        on(STEPS, SEQUENCES, Given([6, 5, 6]), Given([3, 2, 0]), reduction="sum"),
        on(Real(6, 4), Given([1, 2]), (6,), (2,)),
        torch=_ctc_loss,
        name="ctc_loss",
    ),
]

PAIRS = Real(3, 5), Real(3, 5)
TRIPLES = (*PAIRS, Real(3, 5))

CASES = [
    loss(F.kl_div, X, POSITIVE, reductions=("sum", "none", "batchmean")),
    named("of_logarithms", F.kl_div, X, Y, options={"log_target": True}, reductions=("sum", "batchmean")),
    loss(F.poisson_nll_loss, X, POSITIVE),
    named("of_means", F.poisson_nll_loss, POSITIVE, POSITIVE, options={"log_input": False}),
    named("full", F.poisson_nll_loss, X, Real(3, 4, low=0.2, high=3, avoid=(1.0,)), options={"full": True}),
    loss(F.gaussian_nll_loss, X, Y, POSITIVE),
    named(
        "variants",
        F.gaussian_nll_loss,
        X,
        Y,
        POSITIVE.resized(3),
        options={"full": True},
        others=(on(X, Y, 2.0), on(X, Y, POSITIVE.resized(3, 1))),
    ),
    Case(
        F.gaussian_nll_loss,
        on(X, Y, POSITIVE, eps=1.5),
        differentiable=False,  # below eps the gradient by var is PyTorch's, not that of a constant
        torch="nn.functional.gaussian_nll_loss",
        name="gaussian_nll_loss_eps",
    ),
    loss(F.margin_ranking_loss, GRID, BETWEEN, SIGNS),
    named("margin", F.margin_ranking_loss, GRID, BETWEEN, SIGNS, options={"margin": 0.6}),
    loss(F.hinge_embedding_loss, Real(3, 4, avoid=(1.0,)), SIGNS),
    named("margin", F.hinge_embedding_loss, Real(3, 4, avoid=(0.5,)), SIGNS, options={"margin": 0.5}),
    loss(F.soft_margin_loss, X, SIGNS),
    Case(soft_margin_, on(X, Y), numpy=lambda x, t: np.log1p(np.exp(-t * x))),
    loss(F.multilabel_soft_margin_loss, X, Real(3, 4, low=0, high=1, grad=False)),
    named("weight", F.multilabel_soft_margin_loss, X, Real(3, 4, low=0, high=1), WEIGHT),
    Case(
        multi_margin_,
        on(SCORES, LABELS, 1, 1.0),
        on(SCORES, LABELS, 2, 0.7),
        on(Given([0.3, -1.2, 0.9, 2.1]), Given(1), 1, 1.0),
        torch=lambda torch, x, t, p, margin: torch.nn.functional.multi_margin_loss(
            x, t, p, margin, reduction="none"
        ),
    ),
    loss(
        F.multi_margin_loss,
        SCORES,
        LABELS,
        others=(on(SCORES, LABELS, 2, 0.7, WEIGHT), on(Given([0.3, -1.2, 0.9, 2.1]), Given(1))),
    ),
    Case(
        multilabel_margin_,
        on(SCORES, LISTS),
        on(Given([0.3, -1.2, 0.9, 2.1]), Given([1, 1, 0, -1])),
        torch=lambda torch, x, t: torch.nn.functional.multilabel_margin_loss(x, t, reduction="none"),
    ),
    loss(F.multilabel_margin_loss, SCORES, LISTS),
    loss(F.cosine_embedding_loss, *PAIRS, SIDES, others=(on(Real(4), Real(4), Given(1.0, grad=False)),)),
    named("margin", F.cosine_embedding_loss, *PAIRS, SIDES, options={"margin": -0.9}),
    loss(F.triplet_margin_loss, *TRIPLES, options={"margin": 6.0}),
    named("swap", F.triplet_margin_loss, *TRIPLES, options={"margin": 6.0, "swap": True, "p": 1.5}),
    loss(F.triplet_margin_with_distance_loss, *TRIPLES, options={"margin": 6.0}),
    Case(
        F.linear_cross_entropy,
        on(Real(5, 3), Real(4, 3), Whole(5, high=4)),
        on(Real(3), Real(4, 3), Whole(high=4), linear_bias=Real(4)),
        on(Real(5, 3), Real(4, 2, 3), Whole(5, 2, high=4), linear_bias=Real(4, 2), weight=WEIGHT),
        on(Real(5, 3), Real(4, 3), Real(5, 4, low=0, high=1), reduction="sum", label_smoothing=0.1),
        torch="nn.functional.linear_cross_entropy",
    ),
    Case(
        linear_cross_entropy_,
        on(Real(5, 3), Real(4, 3), Given([1, 0, 3, 2, 3]), Real(4), None, -100, 2),
        on(Real(5, 3), Real(4, 3), Given([1, 0, 3, 2, 3]), None, WEIGHT, 3, 5),
        torch=lambda torch, x, w, t, b, weight, ignored, rows: torch.nn.functional.linear_cross_entropy(
            x, w, t, linear_bias=b, weight=weight, ignore_index=ignored, reduction="none"
        ),
    ),
    *CTC,
]
