"""Quantile regression by the pinball loss, with monotone and crossing curves, coverage, and robust alternatives."""

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class PinballLoss(nn.Module):
    def __init__(self, quantiles):
        super().__init__()
        self.register_buffer("quantiles", torch.as_tensor(quantiles))

    def forward(self, preds, target):
        assert not target.requires_grad
        assert preds.size(0) == target.size(0)
        losses = []
        for i, q in enumerate(self.quantiles):
            errors = target - preds[:, i]
            losses.append(torch.max((q - 1) * errors, q * errors).unsqueeze(1))
        return torch.mean(torch.sum(torch.cat(losses, dim=1), dim=1))


class Model(nn.Module):
    def __init__(self, knots, n):
        super().__init__()
        self.knots = nn.Parameter(knots, requires_grad=False)
        self.low = nn.Parameter(torch.zeros(knots.numel(), 1))
        self.steps = nn.Parameter(torch.full((knots.numel(), n - 1), -1.0))

    def forward(self, x):
        basis = (1 - (x[:, None] - self.knots).abs() / (self.knots[1] - self.knots[0])).clamp_(min=0)
        rising = torch.cumsum(torch.cat([self.low, nn.functional.softplus(self.steps)], dim=1), dim=1)
        return basis @ rising


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(40)
    x = torch.tensor(rng.uniform(0, 1, 150))
    y = torch.sin(4 * x) + (0.1 + 0.4 * x) * torch.tensor(rng.standard_normal(150))
    taus = [0.1, 0.5, 0.9]
    model = Model(torch.linspace(0, 1, 6), len(taus))
    criterion = PinballLoss(taus)
    opt = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.05)
    losses = []
    for _ in range(150):
        loss = criterion(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    with torch.no_grad():
        preds = model(x)
        coverage = (y.unsqueeze(1) <= preds).double().mean(0)
        crossing = (preds.diff(dim=1) < 0).any()
    print("coverage:", coverage, "crossing:", crossing.item())

    # a constant's quantile loss is least at the sample quantile
    c = torch.quantile(y, torch.tensor(taus), dim=0)
    best = [torch.minimum((q - 1) * (y - v), q * (y - v)).neg().sum() for q, v in zip(taus, c)]
    medians = torch.stack([y.median(), y.quantile(0.5), y.nanmedian(), y.sort().values[74:76].mean()])
    mad = (y - y.median()).abs().median()

    # Huber's estimate of location by iterated weights, and by its gradient
    mu = y.mean()
    for _ in range(60):
        w = torch.clamp(1.345 * mad / (y - mu).abs().clamp_min(1e-12), max=1.0)
        mu = (w * y).sum() / w.sum()
    loc = y.mean().clone().requires_grad_()
    r = y - loc
    d = (1.345 * mad).item()
    huber = torch.where(r.abs() <= d, 0.5 * r**2, d * (r.abs() - 0.5 * d)).sum()
    huber.backward()
    histogram = torch.histc(y, bins=8, min=-2, max=2)
    edges = torch.linspace(-2, 2, 9)
    buckets = torch.bucketize(y.clamp(-2, 2), edges[1:-1], right=True).bincount(minlength=8)
    return {
        "losses": losses, "coverage": coverage, "crossing": crossing, "c": c, "best": torch.stack(best),
        "medians": medians, "mu": mu, "slope": loc.grad, "histogram": histogram, "buckets": buckets,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < 0.5 * r["losses"][0]
    assert not r["crossing"]
    assert np.allclose(r["coverage"].numpy(), [0.1, 0.5, 0.9], atol=0.06)
    assert abs(r["histogram"].numpy() - r["buckets"].numpy()).max() <= 1
