"""Losses: PyTorch's numbers, warnings and errors, as layers and as functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import AutogradError

torch = pytest.importorskip("torch")

PRECISION = {np.float64: 1e-10, np.float32: 1e-5}
REDUCTIONS = ("mean", "sum", "none")
Array = np.ndarray[Any, Any]


def reals(*shape: int, seed: int = 0) -> Array:
    """Numbers away from 0, ±0.1, ±0.2, …, where losses have their kinks."""
    x = np.asarray(np.random.default_rng(seed).standard_normal(shape) * 2)
    return np.where(np.abs(x * 10 - np.round(x * 10)) < 0.05, x + 0.02, x)


def units(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape)


def signs(*shape: int) -> Array:
    return np.where(np.random.default_rng(5).random(shape) < 0.5, -1.0, 1.0)


def log_softmax(x: Array) -> Array:
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


class Row:
    """A layer, its inputs, and what tells its variants apart.

    given:           which of the inputs have a gradient; by default those that are floating point
    """

    def __init__(self, name: str, *inputs: Any, given: tuple[int, ...] | None = None, **options: Any) -> None:
        self.name, self.inputs, self.options = name, inputs, options
        self.given = given

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{k}={'…' if isinstance(v, np.ndarray) else repr(v)}" for k, v in self.options.items()
        )
        return f"{self.name}({shown})-{'x'.join(map(str, np.shape(self.inputs[0])))}"


def rows(name: str, *inputs: Any, reductions: tuple[str, ...] = REDUCTIONS, **options: Any) -> list[Row]:
    return [Row(name, *inputs, reduction=r, **options) for r in reductions]


X, Y = reals(5, 4), reals(5, 4, seed=1)
WEIGHT = np.array([0.2, 1.5, 0.7, 1.0])
LABELS = np.array([3, 0, 2, 1, 1])
LISTS = np.array([[3, 0, -1, 1], [-1, -1, -1, -1], [0, 1, 2, 3], [2, -1, 2, 0], [1, 1, -1, -1]])
STEPS = log_softmax(reals(7, 3, 5))
SEQUENCES = np.array([[1, 2, 2], [3, 1, 4], [2, 4, 3]])
LONG = np.tile([[1, 3, 5, 2, 2, 4]], (4, 3))

TABLE = [
    *rows("SmoothL1Loss", X, Y),
    *rows("SmoothL1Loss", X, Y, beta=0.55),
    *rows("SmoothL1Loss", X, Y, beta=0.0),
    *rows("HuberLoss", X, Y),
    *rows("HuberLoss", X, Y, delta=0.55),
    *rows("PoissonNLLLoss", X, units(5, 4) * 3),
    *rows("PoissonNLLLoss", units(5, 4), units(5, 4, seed=1) * 3, log_input=False, eps=1e-3),
    *rows("PoissonNLLLoss", X, units(5, 4) * 3, full=True),
    *rows("GaussianNLLLoss", X, Y, units(5, 4)),
    *rows("GaussianNLLLoss", X, Y, units(5, 1), full=True),
    *rows("GaussianNLLLoss", X, Y, units(5), eps=0.4),
    *rows("KLDivLoss", log_softmax(X), units(5, 4), reductions=("sum", "none", "batchmean")),
    *rows(
        "KLDivLoss", log_softmax(X), log_softmax(Y), reductions=("sum", "none", "batchmean"), log_target=True
    ),
    *rows("MarginRankingLoss", X, Y, signs(5, 4)),
    *rows("MarginRankingLoss", reals(5), reals(5, seed=1), signs(5), margin=0.55),
    *rows("HingeEmbeddingLoss", X, signs(5, 4)),
    *rows("HingeEmbeddingLoss", X, signs(5, 4), margin=0.55),
    *rows("SoftMarginLoss", X, signs(5, 4)),
    *rows("MultiLabelSoftMarginLoss", X, np.round(units(5, 4))),
    *rows("MultiLabelSoftMarginLoss", reals(2, 3, 4), np.round(units(2, 3, 4)), weight=WEIGHT),
    *rows("MultiMarginLoss", X, LABELS),
    *rows("MultiMarginLoss", X, LABELS, p=2, margin=0.55, weight=WEIGHT),
    *rows("MultiMarginLoss", reals(4), np.array(2), weight=WEIGHT),
    *rows("MultiLabelMarginLoss", X, LISTS),
    *rows("MultiLabelMarginLoss", reals(4), LISTS[0]),
    *rows("CosineEmbeddingLoss", X, Y, signs(5)),
    *rows("CosineEmbeddingLoss", X, Y, signs(5), margin=-0.35),
    *rows("CosineEmbeddingLoss", reals(4), reals(4, seed=1), np.array(-1.0)),
    *rows("TripletMarginLoss", X, Y, reals(5, 4, seed=2)),
    *rows("TripletMarginLoss", X, Y, reals(5, 4, seed=2), margin=4.0, p=1.5, eps=1e-3, swap=True),
    *rows("TripletMarginWithDistanceLoss", X, Y, reals(5, 4, seed=2), margin=3.0),
    *rows("TripletMarginWithDistanceLoss", X, Y, reals(5, 4, seed=2), swap=True),
    *rows("NLLLoss", log_softmax(X), LABELS),
    *rows("CrossEntropyLoss", X, units(5, 4), weight=WEIGHT, label_smoothing=0.2),
    *rows("CrossEntropyLoss", reals(2, 4, 3), units(2, 4, 3)),
    *rows("CTCLoss", STEPS, SEQUENCES, (7, 6, 5), (3, 2, 0)),
    *rows("CTCLoss", STEPS, SEQUENCES, np.array([7, 7, 7]), np.array([3, 3, 3]), blank=0),
    *rows("CTCLoss", STEPS, np.array([3, 2, 2, 3, 0, 4, 0]), (7, 7, 7), (3, 2, 2), blank=1, zero_infinity=True),
    *rows("CTCLoss", STEPS, SEQUENCES, (3, 7, 2), (3, 3, 2), zero_infinity=True),
    *rows("CTCLoss", STEPS[:, 0], np.array([1, 2]), (6,), (2,)),
    *rows("CTCLoss", log_softmax(reals(1, 2, 3)), np.array([[1], [2]]), (1, 1), (1, 0)),
    *rows("CTCLoss", log_softmax(reals(40, 4, 6)), LONG, (40, 35, 40, 30), (18, 10, 15, 3)),
]  # fmt: skip


def made(lib: Any, row: Row, dtype: Any) -> tuple[Any, list[Any]]:
    """The layer, and the inputs as tensors."""

    def tensor(a: Any, grad: bool = False) -> Any:
        if not isinstance(a, np.ndarray):
            return a
        return lib.tensor(
            a.astype(dtype) if a.dtype.kind == "f" else a, requires_grad=grad and a.dtype.kind == "f"
        )

    layer = getattr(lib.nn if lib is torch else nn, row.name)(
        **{k: tensor(v) for k, v in row.options.items()}
    )
    constant = signs(*np.shape(row.inputs[-1])) if isinstance(row.inputs[-1], np.ndarray) else None
    labels = constant is not None and np.array_equal(np.abs(row.inputs[-1]), np.abs(constant))
    last = len(row.inputs) - 1
    return layer, [tensor(a, not (labels and i == last)) for i, a in enumerate(row.inputs)]


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("row", TABLE, ids=repr)
def test_layers(row: Row, dtype: Any) -> None:
    """Results and gradients of all inputs, for a random cotangent; the repr and the state."""
    ours, inputs = made(autograd, row, dtype)
    theirs, others = made(torch, row, dtype)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    out, expected = ours(*inputs), theirs(*others)
    tolerance = PRECISION[dtype]
    assert out.shape == tuple(expected.shape)
    assert out.array.dtype == dtype
    np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), tolerance, tolerance)
    g = np.asarray(np.random.default_rng(3).standard_normal(out.shape), dtype)
    out.backward(autograd.tensor(g))
    expected.backward(torch.tensor(g))
    for a, b in zip(inputs, others, strict=True):
        theirs_grad = getattr(b, "grad", None)
        if theirs_grad is not None:
            scale = max(1.0, float(theirs_grad.abs().max()))
            np.testing.assert_allclose(a.grad.numpy(), theirs_grad.numpy(), tolerance, tolerance * scale)


# ------------------------------------------------------------------------------------------ by the older arguments

OLDER = [
    ("L1Loss", (X, Y)), ("MSELoss", (X, Y)), ("SmoothL1Loss", (X, Y)), ("NLLLoss", (log_softmax(X), LABELS)),
    ("CrossEntropyLoss", (X, LABELS)), ("BCELoss", (units(5, 4), units(5, 4, seed=1))),
    ("BCEWithLogitsLoss", (X, units(5, 4))), ("KLDivLoss", (log_softmax(X), units(5, 4))),
    ("PoissonNLLLoss", (X, units(5, 4))), ("HingeEmbeddingLoss", (X, signs(5, 4))),
    ("MarginRankingLoss", (X, Y, signs(5, 4))), ("MultiMarginLoss", (X, LABELS)), ("MultiLabelMarginLoss", (X, LISTS)),
    ("MultiLabelSoftMarginLoss", (X, np.round(units(5, 4)))), ("SoftMarginLoss", (X, signs(5, 4))),
    ("CosineEmbeddingLoss", (X, Y, signs(5))), ("TripletMarginLoss", (X, Y, reals(5, 4, seed=2))),
]  # fmt: skip
FUNCTIONS = {
    "L1Loss": "l1_loss", "MSELoss": "mse_loss", "SmoothL1Loss": "smooth_l1_loss", "NLLLoss": "nll_loss",
    "CrossEntropyLoss": "cross_entropy", "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "KLDivLoss": "kl_div",
    "PoissonNLLLoss": "poisson_nll_loss", "HingeEmbeddingLoss": "hinge_embedding_loss",
    "MarginRankingLoss": "margin_ranking_loss", "MultiMarginLoss": "multi_margin_loss",
    "MultiLabelMarginLoss": "multilabel_margin_loss", "MultiLabelSoftMarginLoss": "multilabel_soft_margin_loss",
    "SoftMarginLoss": "soft_margin_loss", "CosineEmbeddingLoss": "cosine_embedding_loss",
    "TripletMarginLoss": "triplet_margin_loss",
}  # fmt: skip


@pytest.mark.parametrize("options", [{"size_average": False}, {"reduce": False}, {"reduce": True}])
@pytest.mark.parametrize(("name", "inputs"), OLDER, ids=[name for name, _ in OLDER])
def test_older_ways_to_choose_a_reduction(name: str, inputs: Any, options: dict[str, bool]) -> None:
    text = "size_average and reduce args will be deprecated, please use reduction="
    function = getattr(F, FUNCTIONS[name])
    with pytest.warns(UserWarning, match=text) as ours:
        out = function(*map(autograd.tensor, inputs), **options)
    with pytest.warns(UserWarning, match=text) as theirs:
        expected = getattr(torch.nn.functional, FUNCTIONS[name])(*map(torch.tensor, inputs), **options)
    assert [str(w.message) for w in ours] == [str(w.message) for w in theirs]
    assert ours[0].filename == __file__
    np.testing.assert_allclose(out.numpy(), expected.numpy(), 1e-10)
    with pytest.warns(UserWarning, match=text) as ours:
        layer = getattr(nn, name)(**options)
    with pytest.warns(UserWarning, match=text):
        expected = getattr(torch.nn, name)(**options)
    assert layer.reduction == expected.reduction
    assert ours[0].filename == __file__


def test_an_older_name_of_the_mean() -> None:
    with pytest.warns(UserWarning, match="reduction='elementwise_mean' is deprecated"):
        out = F.mse_loss(autograd.tensor(X), autograd.tensor(Y), reduction="elementwise_mean")
    assert out.item() == F.mse_loss(autograd.tensor(X), autograd.tensor(Y)).item()


def test_an_older_name_of_a_layer() -> None:
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        layer = nn.NLLLoss2d(ignore_index=3)
    with pytest.warns(FutureWarning, match="`NLLLoss2d` has been deprecated"):
        assert repr(layer) == repr(torch.nn.NLLLoss2d(ignore_index=3))
    x, y = log_softmax(reals(2, 3, 4, 5).swapaxes(1, 3)).swapaxes(1, 3), np.zeros((2, 4, 5), int)
    expected = torch.nn.NLLLoss()(torch.tensor(x), torch.tensor(y))
    assert layer(autograd.tensor(x), autograd.tensor(y)).item() == pytest.approx(expected.item(), rel=1e-12)


# ------------------------------------------------------------------------------------------ weights of elements


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_a_weight_for_each_element(name: str, reduction: str) -> None:
    w = units(5, 4)
    answers = []
    for lib, functions in ((autograd, F), (torch, torch.nn.functional)):
        x, y, weight = (lib.tensor(a, requires_grad=True) for a in (X, Y, w))
        out = getattr(functions, name)(x, y, reduction=reduction, weight=weight)
        (out * out).sum().backward()
        answers.append((out.detach(), x.grad, y.grad, weight.grad))
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), 1e-10, 1e-12)
    with pytest.raises(ValueError, match="Weights and input must have the same size"):
        getattr(F, name)(autograd.tensor(X), autograd.tensor(Y), weight=autograd.tensor(WEIGHT))


# ------------------------------------------------------------------------------------------ warnings and errors


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_broadcasting_warns(name: str) -> None:
    x, y = X[:, :1], X[:, 0]
    with pytest.warns(UserWarning, match="Using a target size") as ours:
        out = getattr(F, name)(autograd.tensor(x), autograd.tensor(y))
    with pytest.warns(UserWarning, match="Using a target size"):
        expected = getattr(torch.nn.functional, name)(torch.tensor(x), torch.tensor(y))
    assert len(ours) == 1
    assert ours[0].filename == __file__
    assert out.item() == pytest.approx(expected.item(), rel=1e-12)


def test_the_mean_of_a_divergence_warns() -> None:
    x, y = log_softmax(X), units(5, 4)
    with pytest.warns(UserWarning, match="reduction: 'mean' divides the total loss") as ours:
        out = F.kl_div(autograd.tensor(x), autograd.tensor(y))
    with pytest.warns(UserWarning, match="reduction: 'mean' divides the total loss"):
        expected = torch.nn.functional.kl_div(torch.tensor(x), torch.tensor(y))
    assert len(ours) == 1
    assert ours[0].filename == __file__
    assert out.item() == pytest.approx(expected.item(), rel=1e-12)


T = autograd.tensor
MISTAKES: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: F.mse_loss(T(X), T(Y), reduction="median"), ValueError, "'mean', 'sum' or 'none', got 'median'"),
    (lambda: nn.KLDivLoss(reduction="x"), ValueError, "'batchmean'"),
    (lambda: F.mse_loss(T(X), T(Y), reduction="batchmean"), ValueError, "'mean', 'sum' or 'none'"),
    (lambda: F.huber_loss(T(X), T(Y), delta=0), RuntimeError, "delta must be positive"),
    (lambda: nn.HuberLoss(delta="1"), TypeError, "must be a float or int"),
    (lambda: F.smooth_l1_loss(T(X), T(Y), beta=-1), RuntimeError, "beta must not be negative"),
    (lambda: F.gaussian_nll_loss(T(X), T(Y), -1.0), ValueError, "negative entry"),
    (lambda: F.gaussian_nll_loss(T(X), T(Y), T(Y)), ValueError, "negative entry"),
    (lambda: F.gaussian_nll_loss(T(X), T(Y), T(units(4))), ValueError, "incorrect size"),
    (lambda: F.gaussian_nll_loss(T(X), T(Y), 1), TypeError, "a tensor or a float"),
    (lambda: F.margin_ranking_loss(T(X), T(Y), T(signs(5))), RuntimeError, "same dimension but got sizes"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS), p=3), ValueError, "only p == 1 and p == 2"),
    (lambda: nn.MultiMarginLoss(p=3), ValueError, "only p == 1 and p == 2"),
    (lambda: nn.MultiMarginLoss(weight=T(X)), ValueError, "1-d"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS), weight=T(X)), ValueError, "one-dimensional"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS), weight=T(WEIGHT[:3])), RuntimeError, "expected 4 but got"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS[:4])), RuntimeError, r"Expected target size \[5\]"),
    (lambda: F.multi_margin_loss(T(X), T(X[:, 0])), RuntimeError, "expected scalar type Long"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS + 1)), IndexError, r"must be in \[0, 3\]"),
    (lambda: F.multi_margin_loss(T(reals(2, 3, 4)), T(LABELS)), RuntimeError, "Expected non-empty vector or matrix"),
    (lambda: F.multilabel_margin_loss(T(X), T(LABELS)), RuntimeError, "inconsistent target size"),
    (lambda: F.multilabel_margin_loss(T(X), T(LISTS + 1)), IndexError, r"must be in \[-1, 3\]"),
    (lambda: F.multilabel_margin_loss(T(X), T(X)), RuntimeError, "class indices"),
    (lambda: F.multi_margin_loss(T(X), T(LABELS + 1)), RuntimeError, r"must be in \[0, 3\]"),
    (lambda: F.multilabel_margin_loss(T(X), T(LISTS + 1)), RuntimeError, r"must be in \[-1, 3\]"),
    (lambda: F.binary_cross_entropy(T(units(2)), T([0.5, 1.5])), RuntimeError, "target must be probabilities"),
    (lambda: F.cross_entropy(T(1.0), T(0)), RuntimeError, "a dimension of classes, got a number"),
    (lambda: F.cosine_embedding_loss(T(X), T(Y), T(X)), RuntimeError, "0D or 1D target"),
    (lambda: F.cosine_embedding_loss(T(X), T(Y), T(1.0)), RuntimeError, "0D target tensor expects 1D"),
    (lambda: F.triplet_margin_loss(T(X), T(Y), T(Y), margin=0), ValueError, "margin must be greater than 0"),
    (lambda: nn.TripletMarginLoss(margin=-1), ValueError, "greater than 0, got -1"),
    (lambda: nn.TripletMarginWithDistanceLoss(margin=0), ValueError, "greater than 0, got 0"),
    (lambda: F.triplet_margin_loss(T(X), T(Y), T(Y[0])), RuntimeError, "same number of dimensions"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (8, 7, 7), (3, 3, 3)), RuntimeError, "from 0 to 7"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (7, 7, 7), (4, 3, 3)), RuntimeError, "from 0 to 3"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (7, 7, -1), (3, 3, 3)), RuntimeError, "from 0 to 7"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (7, 7), (3, 3, 3)), RuntimeError, "input_lengths must be of size"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (7,) * 3, (3, 3)), RuntimeError, "target_lengths must be of size"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), T([7.0] * 3), (3,) * 3), RuntimeError, "must be integral"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), 7, (3,) * 3), TypeError, "a tensor of whole numbers"),
    (lambda: F.ctc_loss(T(STEPS), T(X), (7,) * 3, (3,) * 3), RuntimeError, "targets must be"),
    (lambda: F.ctc_loss(T(STEPS), T(X[:3]), (7,) * 3, (3,) * 3), RuntimeError, "targets must be integral"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES), (7,) * 3, (3,) * 3, blank=5), RuntimeError, "in label range"),
    (lambda: F.ctc_loss(T(STEPS), T(SEQUENCES + 2), (7,) * 3, (3,) * 3), IndexError, r"in \[0, 4\]"),
    (lambda: F.ctc_loss(T(STEPS), T([1, 2]), (7,) * 3, (1,) * 3), RuntimeError, "add up to, 3, got 2"),
    (lambda: F.ctc_loss(T(STEPS[:0]), T(SEQUENCES), (0,) * 3, (3,) * 3), RuntimeError, "must not be empty"),
    (lambda: F.ctc_loss(T(STEPS[0, 0]), T(SEQUENCES), (7,), (3,)), RuntimeError, r"\(T, N, C\) or \(T, C\)"),
    (lambda: nn.LinearCrossEntropyLoss(3, 4, weight=T(WEIGHT[:2])), RuntimeError, "expected weight shape"),
    (lambda: nn.LinearCrossEntropyLoss(3, 4, label_smoothing=2), RuntimeError, r"in range \[0, 1\]"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake: Callable[[], Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    assert isinstance(found.value, kind)


# ------------------------------------------------------------------------------------------ sequences


def test_impossible_sequences() -> None:
    """Their loss is infinite, their gradient nan, as in PyTorch; the others are not touched by it."""
    answers = []
    for lib, functions in ((autograd, F), (torch, torch.nn.functional)):
        x = lib.tensor(STEPS[:3], requires_grad=True)
        out = functions.ctc_loss(x, lib.tensor(SEQUENCES), (3, 3, 0), (3, 3, 1), reduction="none")
        out.sum().backward()
        answers.append((out.detach().numpy(), x.grad.numpy()))
    assert answers[0][0][0] == answers[0][0][2] == math.inf
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a, b, 1e-10)


@pytest.mark.parametrize("dtype", PRECISION)
def test_logarithms_of_zero_and_improbable_sequences(dtype: Any) -> None:
    """-inf among the log-probabilities: the loss is PyTorch's, the gradient finite; 1e-500 is no overflow."""
    x = STEPS.astype(dtype)
    x[:, :, 3] = -math.inf
    x[2:, 1, :] -= 250
    t = autograd.tensor(x, requires_grad=True)
    sequences = np.array([[1, 2], [1, 2], [2, 4]])
    out = F.ctc_loss(t, autograd.tensor(sequences), (7,) * 3, (2,) * 3, reduction="none")
    expected = torch.nn.functional.ctc_loss(
        torch.tensor(x), torch.tensor(sequences), (7,) * 3, (2,) * 3, reduction="none"
    )
    assert expected[1] > 1000
    np.testing.assert_allclose(out.detach().numpy(), expected.numpy(), PRECISION[dtype])
    out.sum().backward()
    assert np.isfinite(t.grad.numpy()).all()
    shares = np.exp(x) - t.grad.numpy()  # how often each step is at each class, given the sequence
    np.testing.assert_allclose(shares.sum(-1), 1, atol=100 * PRECISION[dtype])


def test_the_loss_is_the_sum_over_all_alignments() -> None:
    """By going through all sequences of symbols, and merging each."""
    import itertools

    x = log_softmax(reals(4, 1, 3))
    for target in ([1], [1, 1], [2, 1], [1, 2, 1], []):
        total = 0.0
        for path in itertools.product(range(3), repeat=4):
            merged = [s for s, _ in itertools.groupby(path) if s]
            if merged == target:
                total += math.exp(sum(x[t, 0, s] for t, s in enumerate(path)))
        given = np.array([target], int).reshape(1, -1)
        out = F.ctc_loss(autograd.tensor(x), autograd.tensor(given), (4,), (len(target),), reduction="sum")
        assert out.item() == pytest.approx(-math.log(total), rel=1e-12)


def test_many_classes() -> None:
    """More than are added up in a matrix product."""
    x = log_softmax(reals(5, 2, 200))
    answers = []
    for lib, functions in ((autograd, F), (torch, torch.nn.functional)):
        t = lib.tensor(x, requires_grad=True)
        out = functions.ctc_loss(t, lib.tensor([[150, 7], [150, 150]]), (5, 4), (2, 2))
        out.backward()
        answers.append((out.detach().numpy(), t.grad.numpy()))
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a, b, 1e-10, 1e-12)


def test_any_layout_of_the_steps() -> None:
    x = np.ascontiguousarray(STEPS.swapaxes(0, 1))
    leaf = autograd.tensor(x, requires_grad=True)
    F.ctc_loss(leaf.transpose(0, 1), autograd.tensor(SEQUENCES), (7, 6, 5), (3, 2, 1)).backward()
    other = autograd.tensor(STEPS, requires_grad=True)
    F.ctc_loss(other, autograd.tensor(SEQUENCES), (7, 6, 5), (3, 2, 1)).backward()
    np.testing.assert_allclose(leaf.grad.numpy(), other.grad.numpy().swapaxes(0, 1), 1e-12)


def test_lengths_that_differ_between_examples() -> None:
    """vmap over everything, lengths among it."""
    scores, targets = log_softmax(reals(2, 7, 3, 5)), np.stack([SEQUENCES, SEQUENCES[::-1]])
    lengths, counts = np.array([[7, 6, 5], [4, 7, 7]]), np.array([[3, 2, 1], [1, 3, 0]])
    given = [autograd.tensor(a) for a in (scores, targets, lengths, counts)]
    for reduction in REDUCTIONS:
        out = autograd.vmap(lambda *a, r=reduction: F.ctc_loss(*a, reduction=r))(*given)
        each = [F.ctc_loss(*(g[i] for g in given), reduction=reduction).numpy() for i in range(2)]
        np.testing.assert_allclose(out.numpy(), each, 1e-12)


# ------------------------------------------------------------------------------------------ distances and layers


@pytest.mark.parametrize(
    ("name", "args"),
    [("PairwiseDistance", ()), ("PairwiseDistance", (1.5, 1e-3, True)), ("CosineSimilarity", (-1, 0.5))],
)
def test_distances(name: str, args: Any) -> None:
    answers = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        x, y = lib.tensor(X, requires_grad=True), lib.tensor(Y, requires_grad=True)
        layer = getattr(layers, name)(*args)
        out = layer(x, y)
        (out * out).sum().backward()
        answers.append((repr(layer), out.detach().numpy(), x.grad.numpy(), y.grad.numpy()))
    assert answers[0][0] == answers[1][0]
    for a, b in zip(answers[0][1:], answers[1][1:], strict=True):
        np.testing.assert_allclose(a, b, 1e-10, 1e-12)


@pytest.mark.parametrize("swap", [False, True])
def test_any_function_as_the_distance(swap: bool) -> None:
    answers = []
    for lib, layers in ((autograd, nn), (torch, torch.nn)):
        a, p, n = (lib.tensor(reals(5, 4, seed=s), requires_grad=True) for s in range(3))
        loss = layers.TripletMarginWithDistanceLoss(
            distance_function=lambda x, y: 1 - (x * y).sum(-1) / 8, margin=2.0, swap=swap
        )
        loss(a, p, n).backward()
        answers.append((a.grad.numpy(), p.grad.numpy(), n.grad.numpy()))
    for a, b in zip(*answers, strict=True):
        np.testing.assert_allclose(a, b, 1e-10, 1e-12)


@pytest.mark.parametrize(
    ("options", "shape", "target"),
    [
        ({}, (5, 3), LABELS),
        ({"bias": True, "reduction": "none"}, (3,), np.array(2)),
        ({"out_features": (2,), "bias": True, "label_smoothing": 0.2}, (5, 3), np.stack([LABELS, LABELS[::-1]], 1)),
        ({"reduction": "sum"}, (5, 3), units(5, 4)),
        ({"weight": WEIGHT, "ignore_index": 1}, (5, 3), LABELS),
    ],
)  # fmt: skip
def test_linear_cross_entropy(options: dict[str, Any], shape: Any, target: Any) -> None:
    def layer(lib: Any, layers: Any) -> Any:
        given = {k: lib.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        return layers.LinearCrossEntropyLoss(3, 4, **given).double()

    theirs, ours = layer(torch, torch.nn), layer(autograd, nn)
    assert repr(ours) == repr(theirs)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items()})
    x = reals(*shape)
    mine, other = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    out, expected = ours(mine, autograd.tensor(target)), theirs(other, torch.tensor(target))
    np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), 1e-10)
    out.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(mine.grad.numpy(), other.grad.numpy(), 1e-10, 1e-12)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), 1e-10, 1e-12)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_linear_cross_entropy_in_pieces(rows: int, reduction: str) -> None:
    """The same numbers as all at once, and as PyTorch's, by the options of either."""
    x, w, b = reals(5, 3), reals(4, 3, seed=1), reals(4, seed=2)
    answers = []
    for lib, layers, options in (
        (autograd, nn, nn.LinearCrossEntropyOptions(batch_chunk_size=rows)),
        (autograd, nn, None),
        (torch, torch.nn, torch.nn.LinearCrossEntropyOptions(batch_chunk_size=rows)),
    ):
        given = [lib.tensor(a, requires_grad=True) for a in (x, w, b)]
        out = layers.functional.linear_cross_entropy(
            given[0], given[1], lib.tensor(LABELS), linear_bias=given[2], weight=lib.tensor(WEIGHT),
            ignore_index=0, reduction=reduction, options=options,
        )  # fmt: skip
        out.sum().backward()
        answers.append([out.detach().numpy(), *(t.grad.numpy() for t in given)])
    for others in answers[1:]:
        for a, e in zip(answers[0], others, strict=True):
            np.testing.assert_allclose(a, e, 1e-10, 1e-12)


def test_pieces_of_linear_cross_entropy() -> None:
    for method, size in (
        (None, None),
        ("aspect_ratio", None),
        ("aspect_ratio:4", None),
        ("auto", 3),
        ("auto", None),
    ):
        ours = nn.LinearCrossEntropyOptions(batch_chunk_size=size, chunking_method=method)
        theirs = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=size, chunking_method=method)
        assert repr(ours) == repr(theirs)
        for shape in ((100, 7, 300), (16, 64, 10), (3, 5, 5)):
            expected = theirs._adjust(*shape, torch.float32, torch.device("cpu")).batch_chunk_size
            assert ours.rows(*shape) == expected or method == "auto"
    for wrong in ({"acc_policy": "x"}, {"chunking_method": "x:2"}, {"batch_chunk_size": 0}):
        with pytest.raises(ValueError, match=r"invalid|positive"):
            nn.LinearCrossEntropyOptions(**wrong)
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=3, chunking_method="aspect_ratio")
    with pytest.raises(ValueError, match="give different chunk sizes"):
        options.rows(100, 7, 300)
    x, w, y = T(reals(5, 3)), T(reals(4, 3, seed=1)), T(LABELS)
    with pytest.warns(UserWarning, match="``options`` ignored"):
        out = F.linear_cross_entropy(x, w, y, label_smoothing=0.1, options=nn.LinearCrossEntropyOptions())
    assert out.item() == F.linear_cross_entropy(x, w, y, label_smoothing=0.1).item()


def test_soft_margins_far_out() -> None:
    """Without overflow; PyTorch's is infinite."""
    x = autograd.tensor([1000.0, -1000.0, 0.0], requires_grad=True)
    out = F.soft_margin_loss(x, autograd.tensor([-1.0, -1.0, 1.0]), reduction="none")
    assert out.tolist() == [1000.0, 0.0, pytest.approx(math.log(2))]
    out.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, -0.5]


def both(program: Callable[[Any, Any], Any]) -> None:
    """The same numbers, NaN in the same places, from a program on both libraries."""
    for ours, theirs in zip(program(autograd, F), program(torch, torch.nn.functional), strict=True):
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_classes_as_bytes(dtype: str, reduction: str) -> None:
    classes = np.arange(600) % 3

    def program(lib: Any, f: Any) -> Any:
        x = lib.tensor(reals(600, 3), requires_grad=True)
        t = lib.tensor(classes).to(getattr(lib, dtype))
        losses = [
            f.cross_entropy(x, t, reduction=reduction, label_smoothing=s, ignore_index=i)
            for s in (0.0, 0.1)
            for i in (-100, 1)
        ]
        losses += [
            f.nll_loss(x, t, reduction=reduction),
            f.nll_loss(x, t, reduction=reduction, ignore_index=2),
        ]
        return [*losses, *(lib.autograd.grad(loss.sum(), x)[0] for loss in losses)]

    both(program)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("labels", [[0, 1, 2], [-100, 1, 2], [-100, -100, -100]])
def test_a_mean_over_weights_of_zero(labels: list[int], smoothing: float) -> None:
    def program(lib: Any, f: Any) -> Any:
        x = lib.tensor(reals(3, 3), requires_grad=True)
        w = lib.zeros(3, dtype=lib.float64)
        loss = f.cross_entropy(x, lib.tensor(labels), weight=w, label_smoothing=smoothing)
        return loss, lib.autograd.grad(loss, x)[0]

    both(program)


def test_probabilities_of_exactly_zero_and_one() -> None:
    def program(lib: Any, f: Any) -> Any:
        grid = [0.0, 0.5, 1.0]
        p = lib.tensor([a for a in grid for _ in grid], dtype=lib.float64, requires_grad=True)
        t = lib.tensor(grid * 3, dtype=lib.float64, requires_grad=True)
        loss = f.binary_cross_entropy(p, t, reduction="none")
        return loss, *lib.autograd.grad(loss.sum(), (p, t))

    both(program)


def test_the_angle_of_a_vector_of_zeros() -> None:
    def program(lib: Any, f: Any) -> Any:
        x = lib.zeros(2, 3, dtype=lib.float64, requires_grad=True)
        y = lib.tensor(reals(2, 3), requires_grad=True)
        loss = f.cosine_embedding_loss(x, y, lib.tensor([1.0, -1.0]), margin=-0.5)
        return loss, *lib.autograd.grad(loss, (x, y))

    both(program)


def test_sequences_of_halves() -> None:
    """PyTorch has no kernel for them; the numbers are those of float32, rounded."""
    steps = STEPS.astype(np.float16)
    x = autograd.tensor(steps, requires_grad=True)
    loss = F.ctc_loss(x, T(SEQUENCES), (7, 7, 7), (3, 3, 3))
    loss.backward()
    wide = torch.tensor(steps.astype(np.float32), requires_grad=True)
    expected = torch.nn.functional.ctc_loss(wide, torch.tensor(SEQUENCES), (7, 7, 7), (3, 3, 3))
    expected.backward()
    assert loss.dtype is autograd.float16
    assert loss.item() == pytest.approx(expected.item(), rel=1e-3)
    np.testing.assert_allclose(x.grad.numpy(), wide.grad.numpy(), atol=1e-3)
