"""Rows of what networks are made of: the linear layer, activations, softmax and losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sp

from autograd.kernels.linear import linear
from autograd.kernels.loss import cross_entropy
from autograd.kernels.softmax import log_softmax, logsumexp, softmax, softmin
from autograd.ops import activation, identity, loss
from tests.case import Case, Given, Real, Whole, on

F = "nn.functional."
ANY = Real(3, 4, low=-4, high=4)


def active(op: Callable[..., Any], domain: Real = ANY, *options: dict[str, Any], **row: Any) -> Case:
    """An activation, in its default form and with other options."""
    row.setdefault("torch", F + op.__name__)
    others = [on(domain, **o) for o in options]
    return Case(op, on(domain), *others, elementwise=True, integers=row.pop("integers", ()), **row)


def away_from(*kinks: float) -> Real:
    return Real(3, 4, low=-4, high=4, avoid=kinks)


LARGE = Real(50, 60, low=-4, high=4, grad=False)  # large enough for the forms that work on bits

ACTIVATIONS = [
    active(
        activation.relu, away_from(0.0), numpy=lambda x: x * (x > 0), integers=("uint8", "int32", "int64")
    ),
    active(activation.relu6, away_from(0.0, 6.0), numpy=lambda x: np.clip(x, 0, 6)),
    active(
        activation.leaky_relu,
        away_from(0.0),
        {"negative_slope": 0.3},
        {"negative_slope": -0.5},
        {"negative_slope": 2.0},
    ),
    Case(
        activation.prelu,
        on(away_from(0.0), Given([0.25])),
        on(away_from(0.0), Given([0.1, 0.2, -0.3, 1.4])),
        on(Real(2, 3, 4, avoid=(0.0,)), Given([0.1, 0.2, 0.3])),
        on(Real(3, avoid=(0.0,)), Given([0.1])),
        torch="prelu",
    ),
    Case(
        activation.threshold,
        *(on(away_from(0.5).resized(*shape), 0.5, -2.0) for shape in ((3, 4), (), (0, 3))),
        numpy=lambda x, t, v: np.where(x > t, x, v),
        torch=F + "threshold",
    ),
    active(activation.hardtanh, away_from(-1.0, 1.0), numpy=lambda x: np.clip(x, -1, 1)),
    Case(
        activation.hardtanh, on(away_from(-2.0, 0.5), -2.0, 0.5), torch=F + "hardtanh", name="hardtanh_bounds"
    ),
    active(
        activation.hardsigmoid,
        away_from(-3.0, 3.0),
        numpy=lambda x: np.clip(x + 3, 0, 6) / 6,
        torch_tolerance=1e-7,  # its 1/6 is a float32
    ),
    active(activation.hardswish, away_from(-3.0, 3.0), numpy=lambda x: x * np.clip(x + 3, 0, 6) / 6),
    active(activation.hardshrink, away_from(-0.5, 0.5), torch=F + "hardshrink"),
    active(activation.softshrink, away_from(-0.5, 0.5), torch=F + "softshrink"),
    Case(
        activation.hardshrink, on(away_from(-1.5, 1.5), 1.5), torch=F + "hardshrink", name="hardshrink_lambda"
    ),
    Case(
        activation.softshrink, on(away_from(-1.5, 1.5), 1.5), torch=F + "softshrink", name="softshrink_lambda"
    ),
    active(activation.tanhshrink, numpy=lambda x: x - np.tanh(x)),
    active(activation.softsign, away_from(0.0), numpy=lambda x: x / (1 + np.abs(x))),
    active(activation.sigmoid, numpy=sp.expit, torch="sigmoid", integers=("bool", "uint8", "int64")),
    active(activation.logsigmoid, numpy=sp.log_expit),
    active(
        activation.softplus,
        ANY,
        {"beta": 3.0},
        {"beta": 2.0, "threshold": 1.0},
        torch=F + "softplus",
        name="softplus",
    ),
    active(activation.silu, numpy=lambda x: x * sp.expit(x)),
    active(activation.mish, numpy=lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    active(activation.gelu, ANY, {"approximate": "tanh"}, torch=F + "gelu"),
    active(activation.elu, away_from(0.0), {"alpha": 0.5}),
    active(activation.selu, away_from(0.0)),
    active(activation.celu, away_from(0.0), {"alpha": 0.5}),
    Case(
        activation.elu_,
        on(away_from(0.0), 1.5, 2.0, 0.7),
        numpy=lambda x, a, s, i: s * np.where(x > 0, x, a * np.expm1(i * x)),
    ),
    Case(identity.kinked, on(ANY), numpy=lambda x: x, elementwise=True),
    Case(identity.constant_in, on(ANY, ANY), numpy=lambda d, x: d + 0 * x, elementwise=True),
    Case(activation.glu, on(ANY), on(Real(4, 3), dim=0), on(Real(3, 6, 2), 1), torch=F + "glu"),
    Case(activation.leaky_relu, on(LARGE), on(LARGE, -0.1), torch=F + "leaky_relu", name="leaky_relu_large"),
    Case(activation.elu, on(LARGE), torch=F + "elu", name="elu_large"),
    Case(activation.softplus, on(LARGE), torch=F + "softplus", name="softplus_large"),
]

# ------------------------------------------------------------------------------------------ softmax

CUBE = Real(2, 3, 4)


def along(op: Callable[..., Any], covers: str, numpy: Callable[..., Any], **row: Any) -> Case:
    return Case(
        op,
        on(Real(3, 4), 1),
        on(Real(3, 4), 0),
        on(CUBE, 1),
        on(CUBE, dim=-1),
        on(Real(5), 0),
        on(Real(), 0),
        on(Real(0, 3), 1),
        on(Real(3, 0), 1),
        on(Real(60, 100, grad=False), 1),
        on(Real(60, 100, grad=False), 0),
        numpy=numpy,
        torch=op.__name__,
        covers=(covers,) if covers else (),
        **row,
    )


def np_softmax(x: Any, dim: int) -> Any:
    return sp.softmax(x, axis=dim) if x.size and x.ndim else np.ones_like(x)


SOFTMAX = [
    along(softmax, "softmax", np_softmax),
    along(log_softmax, "log_softmax", lambda x, dim: np.log(np_softmax(x, dim))),
    Case(softmin, on(Real(3, 4), 1), torch=F + "softmin"),
    Case(
        logsumexp,
        on(Real(3, 4), 1),
        on(Real(3, 4), 0, True),
        on(CUBE, (0, 2)),
        on(CUBE, (0, -1), keepdim=True),
        on(CUBE, (0, 1, 2)),
        on(Real(), 0),
        on(Real(3, 0), 0),
        on(Real(3, 0), 1),
        torch="logsumexp",
        covers=("logsumexp",),
    ),
]

# ------------------------------------------------------------------------------------------ losses

SCORES, CLASSES = Real(5, 4), Whole(5, high=4)
WEIGHT = Real(4, low=0.2, high=2, grad=False)
REDUCTIONS = ("mean", "sum", "none")

CROSS_ENTROPY = [
    Case(
        cross_entropy,
        *(on(SCORES, CLASSES, reduction=r) for r in REDUCTIONS),
        *(on(SCORES, CLASSES, WEIGHT, reduction=r) for r in REDUCTIONS),
        *(on(SCORES, Given([0, 2, 1, 2, 3]), ignore_index=2, reduction=r) for r in REDUCTIONS),
        *(on(SCORES, CLASSES, label_smoothing=0.2, reduction=r) for r in REDUCTIONS),
        *(
            on(SCORES, Given([0, 2, 1, 2, 3]), WEIGHT, ignore_index=2, label_smoothing=0.3, reduction=r)
            for r in REDUCTIONS
        ),
        *(
            on(Real(2, 4, 3), Whole(2, 3, high=4), WEIGHT, label_smoothing=0.1, reduction=r)
            for r in REDUCTIONS
        ),
        on(Real(2, 4, 3, 2), Whole(2, 3, 2, high=4)),
        on(Real(4), Whole(high=4)),
        on(Real(4), Whole(high=4), reduction="none"),
        on(SCORES, Given([-100, 2, 1, -100, 3])),
        on(Real(0, 4), Whole(0, high=4), reduction="sum"),
        on(Real(300, 40, grad=False), Whole(300, high=40)),
        torch=F + "cross_entropy",
        covers=("cross_entropy",),
    ),
    Case(
        cross_entropy,
        *(on(SCORES, Real(5, 4, low=0, high=1), reduction=r) for r in REDUCTIONS),
        *(
            on(SCORES, Real(5, 4, low=0, high=1), WEIGHT, label_smoothing=0.2, reduction=r)
            for r in REDUCTIONS
        ),
        on(Real(2, 4, 3), Real(2, 4, 3, low=0, high=1), WEIGHT),
        on(Real(4), Real(4, low=0, high=1)),
        torch=F + "cross_entropy",
        name="cross_entropy_of_probabilities",
    ),
    Case(
        loss.nll_loss,
        *(on(SCORES, CLASSES, reduction=r) for r in REDUCTIONS),
        *(on(SCORES, Given([0, 2, 1, 2, 3]), WEIGHT, ignore_index=2, reduction=r) for r in REDUCTIONS),
        on(Real(2, 4, 3), Whole(2, 3, high=4), WEIGHT),
        on(Real(4), Whole(high=4)),
        torch=F + "nll_loss",
        covers=("negative_at",),
    ),
]

PROBABILITIES = Real(3, 4, low=0.1, high=0.9)

LOSSES = [
    *CROSS_ENTROPY,
    Case(
        loss.binary_cross_entropy,
        *(on(PROBABILITIES, PROBABILITIES, reduction=r) for r in REDUCTIONS),
        on(PROBABILITIES, PROBABILITIES, Real(4, low=0.5, high=2, grad=False)),
        on(PROBABILITIES.resized(), PROBABILITIES.resized()),
        on(PROBABILITIES.resized(0, 3), PROBABILITIES.resized(0, 3), reduction="sum"),
        torch=F + "binary_cross_entropy",
        covers=("binary_cross_entropy",),
    ),
    Case(
        loss.binary_cross_entropy_with_logits,
        *(on(ANY, PROBABILITIES, reduction=r) for r in REDUCTIONS),
        on(ANY, PROBABILITIES, Real(4, low=0.5, high=2, grad=False)),
        on(ANY, PROBABILITIES, pos_weight=Real(4, low=0.5, high=2, grad=False)),
        on(Real(), PROBABILITIES.resized()),
        torch=F + "binary_cross_entropy_with_logits",
    ),
    Case(
        loss.binary_cross_entropy_with_logits_,
        on(ANY, PROBABILITIES),
        numpy=lambda x, t: (1 - t) * x - sp.log_expit(x),
    ),
    Case(
        loss.smooth_l1_,
        on(away_from(-0.7, 0.7), 0.7),
        numpy=lambda x, b: np.where(np.abs(x) < b, x * x / (2 * b), np.abs(x) - b / 2),
    ),
    Case(
        loss.huber_,
        on(away_from(-0.7, 0.7), 0.7),
        numpy=lambda x, d: np.where(np.abs(x) < d, x * x / 2, d * (np.abs(x) - d / 2)),
    ),
    Case(loss.mse_loss, *(on(Real(3, 4), Real(3, 4), reduction=r) for r in REDUCTIONS), torch=F + "mse_loss"),
    Case(
        loss.l1_loss,
        *(on(Real(3, 4, low=1, high=2), Real(3, 4, high=0.8), reduction=r) for r in REDUCTIONS),
        torch=F + "l1_loss",
    ),
]

LINEAR = [
    Case(
        linear,
        on(Real(5, 3), Real(4, 3)),
        on(Real(5, 3), Real(4, 3), Real(4)),
        on(Real(3), Real(4, 3), Real(4)),
        on(Real(2, 5, 3), Real(4, 3), Real(4)),
        on(Real(0, 3), Real(4, 3), Real(4)),
        on(Real(5, 0), Real(4, 0), Real(4)),
        torch=F + "linear",
        covers=("linear",),
    )
]

CASES = [*LINEAR, *ACTIVATIONS, *SOFTMAX, *LOSSES]
