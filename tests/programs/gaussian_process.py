"""Gaussian-process regression: hyperparameters by the marginal likelihood, through the Cholesky factor."""

import math

import numpy as np
import torch
import torch.nn as nn


class ExactGP(nn.Module):
    def __init__(self, x, y):
        super().__init__()
        self.register_buffer("x", x)
        self.register_buffer("y", y)
        self.log_lengthscale = nn.Parameter(torch.zeros(1, dtype=x.dtype))
        self.log_outputscale = nn.Parameter(torch.zeros((), dtype=x.dtype))
        self.log_noise = nn.Parameter(torch.tensor(-2.0, dtype=x.dtype))

    def kernel(self, a, b):
        sq = (a.unsqueeze(1) - b.unsqueeze(0)).pow(2).sum(-1) / self.log_lengthscale.exp() ** 2
        return self.log_outputscale.exp() * torch.exp(-0.5 * sq)

    def factor(self):
        n = self.x.size(0)
        K = self.kernel(self.x, self.x) + (self.log_noise.exp() + 1e-6) * torch.eye(n, dtype=self.x.dtype)
        return torch.linalg.cholesky(K)

    def neg_log_likelihood(self):
        L = self.factor()
        alpha = torch.cholesky_solve(self.y.unsqueeze(-1), L)
        fit = 0.5 * (self.y.unsqueeze(0) @ alpha).squeeze()
        return fit + L.diagonal().log().sum() + 0.5 * len(self.y) * math.log(2 * math.pi)

    def predict(self, xs):
        L = self.factor()
        Ks = self.kernel(self.x, xs)
        v = torch.linalg.solve_triangular(L, Ks, upper=False)
        z = torch.linalg.solve_triangular(L, self.y[:, None], upper=False)
        mean = (v.mT @ z).squeeze(-1)
        cov = self.kernel(xs, xs) - v.transpose(-2, -1) @ v
        return mean, cov


def dense_likelihood(gp):
    """The same likelihood from the inverse and the log-determinant of the covariance."""
    n = gp.x.size(0)
    K = gp.kernel(gp.x, gp.x) + (gp.log_noise.exp() + 1e-6) * torch.eye(n, dtype=gp.x.dtype)
    return 0.5 * (gp.y @ torch.linalg.solve(K, gp.y) + torch.logdet(K) + n * math.log(2 * math.pi))


def main():
    rng = np.random.default_rng(2)
    x = torch.from_numpy(np.sort(rng.uniform(-3, 3, (14, 1)), 0))
    y = torch.sin(x[:, 0] * 2) + 0.1 * torch.as_tensor(rng.standard_normal(14))
    gp = ExactGP(x, y)
    losses = []
    for _ in range(40):
        loss = gp.neg_log_likelihood()
        grads = torch.autograd.grad(loss, list(gp.parameters()))
        with torch.no_grad():
            for p, g in zip(gp.parameters(), grads):
                p.add_(g, alpha=-0.03)
        losses.append(loss.item())
    dense = dense_likelihood(gp)
    dense.backward()
    dense_grads = [p.grad.clone().view(-1) for p in gp.parameters()]
    gp.zero_grad()
    gp.neg_log_likelihood().backward()
    grads = [p.grad.view(-1) for p in gp.parameters()]
    xs = torch.linspace(-3, 3, 9, dtype=torch.float64).unsqueeze(1).requires_grad_()
    mean, cov = gp.predict(xs)
    (slope,) = torch.autograd.grad(mean.sum(), xs)
    with torch.no_grad():
        std = cov.diagonal(dim1=-2, dim2=-1).clamp_min(0).sqrt()
        root = torch.linalg.cholesky(cov + 1e-6 * torch.eye(9, dtype=torch.float64))
        sample = mean + root @ torch.from_numpy(rng.standard_normal(9))
    print(f"lengthscale {gp.log_lengthscale.exp().item():.3f}, noise {gp.log_noise.exp():.3f}")
    return {
        "losses": losses, "grads": torch.cat(grads), "dense": dense, "dense_grads": torch.cat(dense_grads),
        "mean": mean, "std": std, "slope": slope, "sample": sample,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert np.allclose(r["grads"], r["dense_grads"], rtol=1e-6)
