"""Initialisation: the distributions by their bounds and moments, and PyTorch's numbers where there is no chance."""

import contextlib
import inspect
import math

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn import init

SHAPE = (300, 200)


@pytest.fixture(autouse=True)
def seeded():
    """Every test draws the same numbers, whatever ran before it."""
    autograd.manual_seed(20)


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
    from scipy.stats import kstest, norm, truncnorm

    far = mean < a - 2 * std or mean > b + 2 * std
    with pytest.warns(UserWarning, match="mean is more than 2 std") if far else contextlib.nullcontext():
        values = drawn(init.trunc_normal_, mean, std, a, b, dtype=autograd.float64)
        low = drawn(init.trunc_normal_, mean, std, a, b)
    assert values.min() >= a
    assert values.max() <= b
    exact = truncnorm((a - mean) / std, (b - mean) / std, mean, std)
    assert kstest(values.ravel(), exact.cdf).pvalue > 1e-3
    n = values.size
    assert abs(values.mean() - exact.mean()) < 5 * exact.std() / math.sqrt(n)
    alpha, beta = (a - mean) / std, (b - mean) / std  # the variance by its formula
    z = norm.cdf(beta) - norm.cdf(alpha)
    shift = (norm.pdf(alpha) - norm.pdf(beta)) / z
    variance = std**2 * (1 + (alpha * norm.pdf(alpha) - beta * norm.pdf(beta)) / z - shift**2)
    assert values.var() == pytest.approx(variance, rel=8 / math.sqrt(n))
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


GAINS = [
    ("linear", None, 1.0), ("conv2d", None, 1.0), ("sigmoid", None, 1.0), ("tanh", None, 5 / 3), ("relu", None, 2**0.5),
    ("selu", None, 0.75), ("leaky_relu", 0.0, 2**0.5), ("leaky_relu", 0.5, math.sqrt(2 / 1.25)),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize("shape", [(300, 200), (60, 40, 5, 5)])
@pytest.mark.parametrize(("nonlinearity", "a", "gain"), GAINS)
def test_kaiming(nonlinearity, a, gain, shape, mode):
    """Var = gain² / fan, for each mode and nonlinearity."""
    kernel = math.prod(shape[2:])
    fan = (shape[1] if mode == "fan_in" else shape[0]) * kernel
    options = {"a": a or 0, "mode": mode, "nonlinearity": nonlinearity, "shape": shape}
    assert_uniform(drawn(init.kaiming_uniform_, **options), gain * math.sqrt(3 / fan))
    assert_normal(drawn(init.kaiming_normal_, **options), gain / math.sqrt(fan))


@pytest.mark.parametrize("gain", [1.0, 0.3])
@pytest.mark.parametrize("shape", [(300, 200), (60, 40, 5, 5), (30, 20, 100)])
def test_xavier(shape, gain):
    """Var = 2 gain² / (fan_in + fan_out)."""
    fans = (shape[0] + shape[1]) * math.prod(shape[2:])
    assert_uniform(drawn(init.xavier_uniform_, gain, shape=shape), gain * math.sqrt(6 / fans))
    assert_normal(drawn(init.xavier_normal_, gain, shape=shape), gain * math.sqrt(2 / fans))


def test_orthogonal_matrices_have_no_preferred_direction():
    """Over many draws each element has mean 0 and variance 1 / n, and both signs of the determinant occur."""
    draws = np.stack([drawn(init.orthogonal_, shape=(3, 3), dtype=autograd.float64) for _ in range(2000)])
    assert np.abs(draws.mean(0)).max() < 5 * math.sqrt(1 / 3 / 2000)
    np.testing.assert_allclose((draws**2).mean(0), 1 / 3, atol=5 * math.sqrt(4 / 45 / 2000))
    assert np.mean(np.linalg.det(draws) > 0) == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(2000))


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (6, 2, 3), (5, 5), (1, 8), (8, 1), (40, 3, 3, 3)])
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


@pytest.mark.parametrize(("sparsity", "zeros"), [(0.0, 0), (0.25, 13), (0.9, 45), (1.0, 50)])
def test_share_of_zeros(sparsity, zeros):
    """ceil(sparsity · rows) in each column, in other rows each time."""
    w = drawn(init.sparse_, sparsity, shape=(50, 400))
    assert ((w == 0).sum(0) == zeros).all()
    share = (w == 0).mean(1)
    assert np.abs(share - zeros / 50).max() <= 5 * math.sqrt(zeros / 50 * (1 - zeros / 50) / 400)


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


ARGUMENTS = {"constant": (2.0,), "sparse": (0.5,), "dirac": (), "eye": ()}
OLDER = [name for name in init.__all__ if f"{name}_" in init.__all__]


@pytest.mark.parametrize("name", OLDER)
def test_older_names(name):
    shape = (3, 4, 2) if name == "dirac" else (3, 4)
    text = f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`."
    with pytest.warns(FutureWarning, match=text) as found:
        old = drawn(getattr(init, name), *ARGUMENTS.get(name, ()), shape=shape)
    assert found[0].filename == __file__
    autograd.manual_seed(20)
    np.testing.assert_array_equal(
        old, drawn(getattr(init, f"{name}_"), *ARGUMENTS.get(name, ()), shape=shape)
    )


def test_all_names_are_pytorchs():
    torch = pytest.importorskip("torch")
    assert sorted(init.__all__) == sorted(torch.nn.init.__all__)
    for name in init.__all__:
        if name not in OLDER:
            ours, theirs = (
                inspect.signature(getattr(m, name)).parameters.values() for m in (init, torch.nn.init)
            )
            assert [(p.name, p.default) for p in ours] == [(p.name, p.default) for p in theirs]


@pytest.mark.parametrize(
    "name", ["uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_",
             "kaiming_normal_", "orthogonal_", "sparse_"],
)  # fmt: skip
def test_every_draw_is_from_the_generator_that_is_given(name):
    args = ARGUMENTS.get(name.rstrip("_"), ())
    state = autograd.get_rng_state()
    first, second = (
        drawn(getattr(init, name), *args, shape=(6, 5), generator=autograd.Generator().manual_seed(seed))
        for seed in (1, 1)
    )
    np.testing.assert_array_equal(first, second)
    other = drawn(getattr(init, name), *args, shape=(6, 5), generator=autograd.Generator().manual_seed(2))
    assert not np.array_equal(first, other)
    assert (autograd.get_rng_state() == state).all()


def test_nothing_to_initialise():
    for name in ("kaiming_uniform_", "kaiming_normal_"):
        with pytest.warns(UserWarning, match="Initializing zero-element tensors is a no-op") as found:
            assert drawn(getattr(init, name), shape=(0, 3)).shape == (0, 3)
        assert found[0].filename == __file__
    for name in ("xavier_uniform_", "orthogonal_", "uniform_", "trunc_normal_", "zeros_"):
        assert drawn(getattr(init, name), shape=(0, 3)).shape == (0, 3)
    assert (drawn(init.trunc_normal_, 0, 1, 1.5, 1.5) == 1.5).all()


MISTAKES = [
    (lambda: init.calculate_gain("swish"), ValueError, "no nonlinearity 'swish'; there are tanh"),
    (lambda: init.calculate_gain("leaky_relu", "x"), ValueError, "the slope of leaky_relu is a number"),
    (lambda: init.uniform_(autograd.zeros(2), 1, 0), RuntimeError, "needs a <= b"),
    (lambda: init.normal_(autograd.zeros(2), 0, -1), ValueError, "must not be negative"),
    (lambda: init.trunc_normal_(autograd.zeros(2), a=1, b=0), ValueError, "needs a <= b"),
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
