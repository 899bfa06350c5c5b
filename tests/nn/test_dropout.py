"""Dropout: how much is dropped, what becomes of the rest, and of the gradient."""

import math
import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.kernels.dropout import draw_kept


@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_share_scale_and_mean(p, dtype):
    n = 40_000
    x = autograd.ones(n, dtype=dtype, requires_grad=True)
    out = nn.Dropout(p)(x)
    dropped = (out == 0).double().mean().item()
    assert dropped == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / n))
    kept = out.detach().numpy()[out.numpy(force=True) != 0]
    np.testing.assert_allclose(kept, 1 / (1 - p), rtol=1e-6)
    assert out.dtype == dtype
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), out.detach().numpy())


def test_elements_are_independent_and_draws_new():
    layer = nn.Dropout(0.5)
    x = autograd.ones(200, 200)
    a, b = (layer(x).numpy() != 0 for _ in range(2))
    for other in (b, np.roll(a, 1, 0), np.roll(a, 1, 1)):
        assert np.mean(a == other) == pytest.approx(0.5, abs=0.02)
    autograd.manual_seed(3)
    first = layer(x)
    autograd.manual_seed(3)
    assert (first == layer(x)).all()


def test_evaluation_and_bounds():
    x = autograd.randn(3)
    assert nn.Dropout(0.5).eval()(x) is x
    assert nn.Dropout(0)(x) is x
    assert (nn.Dropout(1)(autograd.tensor([1.0, 2.0])) == 0).all()
    assert F.dropout(x, 0.7, training=False) is x
    for p in (-0.1, 1.1, math.nan):
        with pytest.raises(ArgumentError, match="probability of being dropped"):
            nn.Dropout(p)
        with pytest.raises(ArgumentError, match="dropout: p"):
            F.dropout(x, p)


def test_in_place():
    x = autograd.ones(1000, requires_grad=True)
    h = x * 2
    out = nn.Dropout(0.5, inplace=True)(h)
    assert out is h
    out.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), out.detach().numpy())


def test_gradients_of_gradients():
    x = autograd.randn(10, dtype=autograd.float64, requires_grad=True)

    def f(x):
        autograd.manual_seed(1)
        return (F.dropout(x * x, 0.3) ** 2).sum()

    assert autograd.gradcheck(f, (x,))
    assert autograd.gradgradcheck(f, (x,))


# ------------------------------------------------------------------------------------------ whole channels

CHANNELS = {
    "dropout1d": ((40, 50, 3), nn.Dropout1d),
    "dropout2d": ((40, 50, 3, 2), nn.Dropout2d),
    "dropout3d": ((40, 50, 2, 1, 3), nn.Dropout3d),
}


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("name", CHANNELS)
def test_whole_channels(name, p):
    shape, layer = CHANNELS[name]
    x = autograd.ones(*shape, dtype=autograd.float64, requires_grad=True)
    for out in (getattr(F, name)(x, p), layer(p)(x)):
        values = out.detach().numpy().reshape(*shape[:2], -1)
        np.testing.assert_array_equal(values, values[..., :1] + 0 * values)
        assert np.mean(values == 0) == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / 2000))
        np.testing.assert_allclose(values[values != 0], 1 / (1 - p))
        x.grad = None
        out.sum().backward()
        np.testing.assert_array_equal(x.grad.numpy(), out.detach().numpy())
    assert layer(p).eval()(x) is x


def test_channels_of_one_example():
    for name, shape in (("dropout1d", (400, 3)), ("dropout3d", (400, 2, 2, 2))):
        values = getattr(F, name)(autograd.ones(*shape)).numpy().reshape(400, -1)
        assert set(values.mean(1)) == {0.0, 2.0}
        assert 100 < (values[:, 0] == 0).sum() < 300


@pytest.mark.parametrize(
    ("name", "ndim", "message"),
    [
        ("dropout2d", 2, "is deprecated"),
        ("dropout2d", 3, r"interpreted as shape \(N, C, L\)"),
        ("dropout2d", 5, "is deprecated"),
        ("dropout3d", 3, "is deprecated"),
    ],
)
def test_warnings_of_dimensions(name, ndim, message):
    torch = pytest.importorskip("torch")
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        with pytest.warns(UserWarning, match=message):
            getattr(functional, name)(lib.ones(*[2] * ndim))


def test_dimensions_that_have_no_channels():
    with pytest.raises(ShapeError, match="Expected 2D or 3D input"):
        F.dropout1d(autograd.ones(2, 2, 2, 2))
    with pytest.raises(ShapeError, match="at least 2 dimensions"):
        F.feature_alpha_dropout(autograd.ones(3), 0.5, True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ShapeError, match="at least 2 dimensions"):
            F.dropout2d(autograd.ones(3))


# ------------------------------------------------------------------------------------------ alpha dropout


@pytest.mark.parametrize("p", [0.1, 0.3, 0.7])
def test_alpha_dropout_keeps_mean_and_variance(p):
    autograd.manual_seed(0)
    x = autograd.randn(200_000, dtype=autograd.float64, requires_grad=True)
    for out in (F.alpha_dropout(x, p, True), nn.AlphaDropout(p)(x)):
        values = out.detach().numpy()
        assert values.mean() == pytest.approx(0, abs=0.02)
        assert values.var() == pytest.approx(1, abs=0.02)
        a = ((1 - p) * (1 + p * 1.7580993408473766**2)) ** -0.5
        dropped = a * -1.7580993408473766 + a * 1.7580993408473766 * p
        assert np.mean(np.abs(values - dropped) < 1e-12) == pytest.approx(p, abs=0.01)
        x.grad = None
        out.sum().backward()
        np.testing.assert_allclose(x.grad.numpy(), np.where(np.abs(values - dropped) < 1e-12, 0, a))
    assert F.alpha_dropout(x, p) is x
    assert nn.AlphaDropout(p).eval()(x) is x


def test_feature_alpha_dropout():
    x = autograd.randn(40, 50, 3)
    for out in (F.feature_alpha_dropout(x, 0.4, True), nn.FeatureAlphaDropout(0.4)(x)):
        values = out.numpy()
        same = np.ptp(values, axis=2) < 1e-6
        assert same.mean() == pytest.approx(0.4, abs=0.06)
        np.testing.assert_allclose(values[same], values[same][0, 0], rtol=1e-5)
    assert (F.alpha_dropout(x, 1.0, True) == 0).all()


@pytest.mark.parametrize(
    "layer", ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"]
)
def test_reprs_and_writing_in_place(layer):
    torch = pytest.importorskip("torch")
    made = getattr(nn, layer)(0.3, inplace=True)
    assert repr(made) == repr(getattr(torch.nn, layer)(0.3, inplace=True))
    assert repr(getattr(nn, layer)()) == repr(getattr(torch.nn, layer)())
    shape = {"Dropout1d": (4, 3, 2), "Dropout3d": (4, 3, 2, 2, 2)}.get(layer, (4, 3, 2, 2))
    x = autograd.ones(*shape, requires_grad=True)
    h = x * 2
    assert made(h) is h
    h.sum().backward()
    assert (x.grad.numpy() >= 0).all()
    assert not np.array_equal(h.detach().numpy(), np.full(shape, 2))


# ------------------------------------------------------------------------------------------ the draws


@pytest.mark.parametrize("p", [0.25, 0.1, 1 / 3, 1e-6, 0.999])
def test_the_share_that_is_kept_is_exact(p):
    n = 2_000_000
    kept = draw_kept((n,), p)
    assert kept.dtype == bool
    assert kept.mean() == pytest.approx(1 - p, abs=5 * math.sqrt(p * (1 - p) / n))


def test_level_draws_are_decided_by_further_ones():
    """Of two random bytes all that are 0 are dropped, and half of those that are 1."""
    n, p = 4_000_000, 1.5 / 65536
    dropped = n - draw_kept((n,), p).sum()
    assert dropped == pytest.approx(n * p, abs=5 * math.sqrt(n * p))


def test_draws_lie_as_the_input_does():
    x = np.zeros((5, 6, 2, 3)).transpose(3, 1, 0, 2)
    kept = draw_kept(x.shape, 0.5, like=x)
    assert kept.shape == x.shape
    assert np.argsort(kept.strides).tolist() == np.argsort(x.strides).tolist()
    out = F.dropout(autograd.from_numpy(x))
    assert out.array.strides == x.strides


def test_integers_are_refused():
    with pytest.raises(DTypeError, match="floating-point"):
        F.dropout(autograd.ones(3, dtype=autograd.int64))


def test_half_precision():
    out = F.dropout(autograd.ones(1000, dtype=autograd.float16), 0.5)
    assert out.dtype == autograd.float16
    assert set(out.tolist()) == {0.0, 2.0}


def test_under_vmap():
    x = autograd.ones(4, 1000)
    same = autograd.vmap(F.dropout, randomness="same")(x)
    different = autograd.vmap(F.dropout, randomness="different")(x)
    assert (same == same[:1]).all()
    assert not (different == different[:1]).all()
    for out in (same, different):
        assert 0.4 < (out == 0).float().mean().item() < 0.6
