"""Clusters three ways: Lloyd's k-means, k-means by gradient, and a Gaussian mixture by expectation-maximisation."""

import math

import numpy as np
import torch


def lloyd(X, C, steps):
    for _ in range(steps):
        labels = torch.cdist(X, C).argmin(dim=1)
        for k in range(C.size(0)):
            mask = labels == k
            if mask.any():
                C[k] = X[mask].mean(axis=0)
    return C, labels


def by_gradient(X, C, steps, lr=0.4):
    C = C.clone().requires_grad_()
    losses = []
    for _ in range(steps):
        d2 = torch.cdist(X, C, p=2.0) ** 2
        loss = d2.min(dim=-1).values.mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            C -= lr * C.grad
        C.grad.zero_()
    return C.detach(), losses


def mixture(X, mu, steps):
    n, d = X.size()
    K = mu.shape[0]
    log_pi = torch.full((K,), -math.log(K)).to(X)
    var = torch.ones(K, d).type_as(X)
    bounds = []
    for _ in range(steps):
        diff = X[:, None, :] - mu[None]
        log_p = -0.5 * ((diff**2 / var).sum(2) + var.log().sum(1) + d * math.log(2 * math.pi)) + log_pi
        log_z = torch.logsumexp(log_p, dim=1, keepdim=True)
        r = (log_p - log_z).exp()
        bounds.append(log_z.mean().item())
        Nk = r.sum(0)
        mu = torch.einsum("nk,nd->kd", r, X) / Nk[:, None]
        diff = X.unsqueeze(1) - mu
        var = torch.einsum("nk,nkd->kd", r, diff.pow(2)).div(Nk.view(-1, 1)) + 1e-6
        log_pi = torch.log(Nk / n)
    return mu, var, log_pi.exp(), bounds


def main():
    rng = np.random.default_rng(14)
    centres = np.array([[0, 0], [4, 1], [-2, 3.5]])
    X = torch.tensor(np.concatenate([c + rng.normal(0, 0.6, (30, 2)) for c in centres]))
    C0 = X[torch.tensor([1, 2, 50])].clone()
    C, labels = lloyd(X, C0.clone(), 12)
    G, losses = by_gradient(X, C0, 60)
    mu, var, pi, bounds = mixture(X, C0, 15)
    counts = torch.bincount(labels, minlength=3)
    print(labels.unique(), counts.sum(), counts.dtype)
    onehot = torch.zeros(X.shape[0], 3, dtype=X.dtype).scatter_(1, labels.unsqueeze(1), 1.0)
    sums = onehot.t() @ X
    inertia = torch.gather(torch.cdist(X, C), 1, labels[:, None]).pow(2).sum()
    order = C[:, 0].sort()[1]
    return {
        "C": C[order], "G": G[order], "losses": losses, "mu": mu[order], "var": var, "pi": pi, "bounds": bounds,
        "labels": labels, "means": sums / counts.unsqueeze(1), "inertia": inertia,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert all(b >= a - 1e-9 for a, b in zip(r["bounds"], r["bounds"][1:]))
    assert abs(r["C"] - r["G"]).max() < 0.05
    assert abs(float(r["pi"].sum()) - 1) < 1e-12
