"""Initialisation: the distributions by their bounds and moments, and PyTorch's numbers where there is no chance."""

import math

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn import init

SHAPE = (300, 200)


def drawn(function, *args, shape=SHAPE, dtype=autograd.float32, **kwargs):
    w = autograd.zeros(*shape, dtype=dtype)
    assert function(w, *args, **kwargs) is w
    return w.numpy()


def assert_uniform(values, bound):
    """On ±bound: the bounds, the mean, and the variance bound² / 3."""
    n = values.size
    assert np.abs(values).max() <= bound
    assert np.abs(values).max() > bound * (1 - 20 / n)
    assert abs(values.mean()) < 5 * bound / math.sqrt(3 * n)
    assert values.var() == pytest.approx(bound**2 / 3, rel=5 / math.sqrt(n))


def assert_normal(values, std, mean=0.0):
    n = values.size
    assert abs(values.mean() - mean) < 5 * std / math.sqrt(n)
    assert values.std() == pytest.approx(std, rel=5 / math.sqrt(n))
    share = np.mean(np.abs(values - mean) < std)
    assert share == pytest.approx(0.6827, abs=4 / math.sqrt(n))


@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
def test_plain_distributions(dtype):
    assert_uniform(drawn(init.uniform_, -2, 2, dtype=dtype), 2)
    assert_normal(drawn(init.normal_, 3, 0.5, dtype=dtype), 0.5, 3)
    assert (drawn(init.constant_, 3.5, dtype=dtype) == 3.5).all()
    assert (drawn(init.ones_, dtype=dtype) == 1).all()
    assert (drawn(init.zeros_, dtype=dtype) == 0).all()


@pytest.mark.parametrize(
    ("a", "b", "mean", "std"), [(-2, 2, 0, 1), (-0.5, 3, 1, 2), (5, 6, 0, 1), (-9, -7, 0, 1.5)]
)
def test_truncated_normal(a, b, mean, std):
    from scipy.stats import kstest, truncnorm

    values = drawn(init.trunc_normal_, mean, std, a, b, dtype=autograd.float64)
    assert values.min() >= a
    assert values.max() <= b
    exact = truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    assert kstest(values.ravel(), exact.cdf).pvalue > 1e-3
    low = drawn(init.trunc_normal_, mean, std, a, b)
    assert low.min() >= np.float32(a)
    assert low.max() <= np.float32(b)


def test_by_fan():
    assert_uniform(drawn(init.xavier_uniform_, gain=2), 2 * math.sqrt(6 / 500))
    assert_normal(drawn(init.xavier_normal_, gain=2), 2 * math.sqrt(2 / 500))
    assert_uniform(drawn(init.kaiming_uniform_, nonlinearity="relu"), math.sqrt(6 / 200))
    assert_uniform(drawn(init.kaiming_uniform_, a=math.sqrt(5)), math.sqrt(1 / 200))
    assert_normal(drawn(init.kaiming_normal_, mode="fan_out", nonlinearity="relu"), math.sqrt(2 / 300))
    assert_normal(drawn(init.kaiming_normal_, a=0.5, shape=(60, 20, 5, 5)), math.sqrt(2 / 1.25 / 500))
    assert_normal(drawn(init.xavier_normal_, shape=(60, 20, 5, 5)), math.sqrt(2 / (80 * 25)))


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (6, 2, 3), (5, 5)])
def test_orthogonal(shape):
    w = drawn(init.orthogonal_, gain=3, shape=shape, dtype=autograd.float64).reshape(shape[0], -1)
    rows, columns = w.shape
    product = w @ w.T if rows <= columns else w.T @ w
    np.testing.assert_allclose(product, 9 * np.eye(min(rows, columns)), atol=1e-12)


def test_structure():
    torch = pytest.importorskip("torch")
    for name, shape, args in (
        ("eye_", (3, 5), ()),
        ("dirac_", (4, 3, 5), ()),
        ("dirac_", (6, 2, 3, 3), (3,)),
        ("dirac_", (2, 4, 3, 3, 2), ()),
    ):
        expected = getattr(torch.nn.init, name)(torch.empty(*shape), *args)
        np.testing.assert_array_equal(drawn(getattr(init, name), *args, shape=shape), expected.numpy())


def test_sparse():
    w = drawn(init.sparse_, 0.3, 2.0, shape=(50, 400))
    assert ((w == 0).sum(0) == 15).all()
    assert_normal(w[w != 0], 2.0)


def test_gains():
    torch = pytest.importorskip("torch")
    for name in (
        "linear",
        "conv1d",
        "conv2d",
        "conv_transpose3d",
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "selu",
    ):
        assert init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    assert init.calculate_gain("leaky_relu", 0.3) == torch.nn.init.calculate_gain("leaky_relu", 0.3)


def test_linear_starts_as_in_pytorch():
    layer = nn.Linear(400, 100)
    assert_uniform(layer.weight.detach().numpy(), 1 / 20)
    assert np.abs(layer.bias.detach().numpy()).max() <= 1 / 20
    assert layer.bias.detach().numpy().std() == pytest.approx(1 / 20 / math.sqrt(3), rel=0.3)
    assert nn.Linear(0, 3).weight.shape == (3, 0)
    assert nn.Linear(2, 3, dtype=autograd.float64).weight.dtype == autograd.float64


def test_seeds_and_generators():
    def weights(**kwargs):
        return [
            drawn(f, shape=(3, 4), **kwargs) for f in (init.uniform_, init.kaiming_normal_, init.orthogonal_)
        ]

    autograd.manual_seed(5)
    first = weights()
    autograd.manual_seed(5)
    for a, b in zip(first, weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(first, weights(generator=autograd.Generator().manual_seed(5)), strict=True):
        assert a.shape == b.shape
    own = [weights(generator=autograd.Generator().manual_seed(6)) for _ in range(2)]
    for a, b in zip(*own, strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_is_recorded_and_graphs_notice():
    p = nn.Parameter(autograd.ones(2, 2))
    loss = (p * p).sum()
    init.normal_(p)
    assert p.is_leaf
    assert p.requires_grad
    with pytest.raises(autograd.errors.InPlaceError):
        loss.backward()


MISTAKES = [
    (lambda: init.calculate_gain("swish"), ValueError, "no nonlinearity 'swish'; there are tanh"),
    (lambda: init.calculate_gain("leaky_relu", "x"), ValueError, "the slope of leaky_relu is a number"),
    (lambda: init.uniform_(autograd.zeros(2), 1, 0), RuntimeError, "needs a <= b"),
    (lambda: init.normal_(autograd.zeros(2), 0, -1), ValueError, "must not be negative"),
    (lambda: init.trunc_normal_(autograd.zeros(2), a=1, b=1), ValueError, "needs a < b"),
    (lambda: init.xavier_uniform_(autograd.zeros(3)), ValueError, r"2 dimensions or more.*\(3,\)"),
    (lambda: init.kaiming_normal_(autograd.zeros(3)), ValueError, "kaiming_normal_: a weight has"),
    (
        lambda: init.kaiming_normal_(autograd.zeros(3, 3), mode="fan"),
        ValueError,
        "'fan_in' or 'fan_out', got 'fan'",
    ),
    (lambda: init.orthogonal_(autograd.zeros(3)), ValueError, "needs 2 dimensions"),
    (lambda: init.eye_(autograd.zeros(3)), ValueError, "needs a matrix"),
    (lambda: init.sparse_(autograd.zeros(3), 0.5), ValueError, "needs a matrix"),
    (lambda: init.dirac_(autograd.zeros(3, 3)), ValueError, "3 to 5 dimensions"),
    (lambda: init.dirac_(autograd.zeros(4, 2, 3), 3), ValueError, "cannot be split into 3 groups"),
    (lambda: init.normal_(autograd.zeros(3, dtype=autograd.int64)), RuntimeError, "floating-point"),
]


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    if kind is not RuntimeError:
        assert isinstance(found.value, kind)
