"""Entropic optimal transport: Sinkhorn in log space, gradients through the iterations and by the dual, a barycentre."""

import numpy as np
import torch


def cost_matrix(x, y, p=2):
    return torch.sum(torch.abs(x.unsqueeze(-2) - y.unsqueeze(-3)) ** p, dim=-1)


def sinkhorn(C, a, b, eps, iterations):
    f = torch.zeros_like(a)
    g = torch.zeros_like(b)
    log_a, log_b = a.log(), b.log()
    error = None
    for _ in range(iterations):
        previous = f
        f = -eps * torch.logsumexp((g[None, :] - C) / eps + log_b[None, :], dim=1)
        g = -eps * ((f[:, None] - C) / eps + log_a[:, None]).logsumexp(0)
        error = (f - previous).abs().sum().item()
        if error < 1e-14:
            break
    P = torch.exp((f[:, None] + g[None, :] - C) / eps) * a[:, None] * b[None, :]
    return P, f, g, error


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(36)
    x = torch.tensor(rng.normal(0, 1, (12, 2)), requires_grad=True)
    y = torch.tensor(rng.normal(0.5, 0.7, (15, 2)))
    a = torch.full((12,), 1 / 12)
    b = torch.softmax(torch.tensor(rng.normal(size=15)), dim=0)
    eps = 0.3
    C = cost_matrix(x, y)
    P, f, g, error = sinkhorn(C, a, b, eps, 400)
    print("marginals:", torch.allclose(P.sum(1), a), P.sum(dim=0).allclose(b), f"{error:.0e}" < "1e-09")
    dual = (f * a).sum() + g @ b
    (unrolled,) = torch.autograd.grad(dual, x, retain_graph=True)
    closed = 2 * (P.sum(1, keepdim=True) * x - P @ y)  # the envelope theorem
    primal = (P * C).sum()
    (slope,) = torch.autograd.grad(primal, x)

    # points carried along the transport
    z = x.detach().clone().requires_grad_()
    losses = []
    for _ in range(12):
        P_, *_ = sinkhorn(cost_matrix(z, y), a, b, eps, 60)
        loss = (P_.detach() * cost_matrix(z, y)).sum()
        loss.backward()
        losses.append(loss.item())
        z.data -= 3.0 * z.grad
        z.grad = None

    # a barycentre of two histograms by iterated scaling
    grid = torch.arange(20.0) / 19
    K = torch.exp(-((grid[:, None] - grid) ** 2) / 0.004)
    h = torch.stack([torch.exp(-((grid - m) ** 2) / 0.005) for m in (0.25, 0.75)])
    h = h / h.sum(-1, keepdim=True)
    u = torch.ones_like(h)
    for _ in range(50):
        Ku = (K @ (h / (K @ u.T).T).T).T
        bary = torch.prod(Ku * u, dim=0).sqrt()
        u = bary / Ku
    return {
        "P": P, "dual": dual, "unrolled": unrolled, "closed": closed, "slope": slope, "losses": losses,
        "barycentre": bary, "centre": (grid * bary).sum() / bary.sum(),
    }  # fmt: skip


def check(r):
    assert abs(r["unrolled"] - r["closed"]).max() < 1e-8
    assert r["losses"][-1] < r["losses"][0]
    assert abs(float(r["centre"]) - 0.5) < 1e-6
