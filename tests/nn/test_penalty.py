"""Penalties on parameters: values, gradients, and which parameters they take."""

from __future__ import annotations

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from nn.utils import elastic_penalty, l1_penalty, l2_penalty


def model() -> nn.Sequential:
    autograd.manual_seed(3)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()


def weights(m: nn.Sequential) -> list[np.ndarray]:
    return [m[0].weight.detach().numpy(), m[2].weight.detach().numpy()]


FORMULAS = {
    "l1": (l1_penalty, lambda w: np.abs(w).sum(), np.sign),
    "l2": (l2_penalty, lambda w: (w * w).sum() / 2, lambda w: w),
    "elastic": (
        lambda m, **named: elastic_penalty(m, 0.3, **named),
        lambda w: 0.3 * np.abs(w).sum() + 0.7 * (w * w).sum() / 2,
        lambda w: 0.3 * np.sign(w) + 0.7 * w,
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_gradients(name):
    """Of the weights alone, from a module, its parameters or its named parameters."""
    penalty, value, slope = FORMULAS[name]
    m = model()
    expected = sum(value(w) for w in weights(m))
    for given in (m, m.parameters(), m.named_parameters(), list(m.parameters())):
        assert penalty(given).item() == pytest.approx(expected, rel=1e-14)
    penalty(m).backward()
    for layer in (m[0], m[2]):
        np.testing.assert_allclose(layer.weight.grad.numpy(), slope(layer.weight.detach().numpy()), 1e-14)
        assert layer.bias.grad is None
    p = nn.Parameter(autograd.tensor([[1.5, 0.0, -0.5]], dtype=autograd.float64))
    assert autograd.gradgradcheck(
        lambda x: penalty(x) ** 2,
        (autograd.tensor([[1.5, -0.5]], dtype=autograd.float64, requires_grad=True),),
    )
    penalty(p).backward()
    assert p.grad[0, 1].item() == 0.0


def test_which_parameters():
    m = model()
    everything = l2_penalty(m, where=lambda name, p: True)
    expected = sum((p.detach().numpy() ** 2).sum() / 2 for p in m.parameters())
    assert everything.item() == pytest.approx(expected, rel=1e-14)
    named = l1_penalty(m.named_parameters(), where=lambda name, p: name == "2.bias")
    assert named.item() == pytest.approx(np.abs(m[2].bias.detach().numpy()).sum(), rel=1e-14)
    m[0].requires_grad_(False)
    assert l1_penalty(m).item() == pytest.approx(np.abs(weights(m)[1]).sum(), rel=1e-14)
    assert l1_penalty([]).item() == 0
    assert l1_penalty(m, where=lambda name, p: False).item() == 0


def test_the_l2_penalty_is_sgds_weight_decay():
    decayed, penalised = model(), model()
    x, y = autograd.randn(8, 3, dtype=autograd.float64), autograd.randn(8, 2, dtype=autograd.float64)
    for m, rate in ((decayed, 0.1), (penalised, 0.0)):
        groups = [
            {"params": [p for p in m.parameters() if p.ndim > 1], "weight_decay": rate},
            {"params": [p for p in m.parameters() if p.ndim == 1]},
        ]
        optimizer = optim.SGD(groups, lr=0.05, momentum=0.9)
        for _ in range(5):
            loss = nn.functional.mse_loss(m(x), y)
            if not rate:
                loss = loss + 0.1 * l2_penalty(m)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for a, b in zip(decayed.parameters(), penalised.parameters(), strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), 1e-12)


def test_an_l1_penalty_leaves_few_weights():
    """Of ten features two matter: with the penalty the other weights end near 0, without it they do not."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20, 10))
    y = x[:, :1] * 2 - x[:, 1:2] + 0.5 * rng.standard_normal((20, 1))
    left = []
    for rate in (0.0, 0.1):
        layer = nn.Linear(10, 1).double()
        nn.init.zeros_(layer.weight)
        optimizer = optim.SGD(layer.parameters(), lr=0.05)
        for _ in range(300):
            loss = nn.functional.mse_loss(layer(autograd.tensor(x)), autograd.tensor(y)) + rate * l1_penalty(
                layer
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        left.append(np.abs(layer.weight.detach().numpy()[0, 2:]))
    assert left[1].mean() < 0.5 * left[0].mean()
    assert np.abs(layer.weight.detach().numpy()[0, :2]).min() > 0.5


def test_mistakes():
    with pytest.raises(ArgumentError, match=r"elastic_penalty: l1_ratio must be in \[0, 1\], got 2"):
        elastic_penalty(model(), 2)
    with pytest.raises(ArgumentError, match="l1_penalty: needs a module"):
        l1_penalty([1.0])
    with pytest.raises(ArgumentError, match="got float 'x'"):
        l2_penalty([("x", 1.0)])
