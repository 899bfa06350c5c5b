"""Which training points matter: per-sample gradients, the Fisher matrix, influence functions, leave-one-out checks."""

import numpy as np
import torch
import torch.nn.functional as F


def fit(X, y, ridge, steps=25, sample_weight=None):
    """Ridge-penalised logistic regression by Newton's method."""
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    for _ in range(steps):
        loss = objective(w, X, y, ridge, sample_weight)
        (g,) = torch.autograd.grad(loss, w, create_graph=True)
        H = torch.autograd.functional.hessian(lambda v: objective(v, X, y, ridge, sample_weight), w.detach())
        with torch.no_grad():
            w -= torch.linalg.solve(H, g)
    return w


def objective(w, X, y, ridge, sample_weight=None):
    losses = F.binary_cross_entropy_with_logits(X @ w, y, reduction="none")
    if sample_weight is not None:
        losses = losses * sample_weight
    return losses.sum() / len(X) + 0.5 * ridge * w.dot(w)


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(30)
    X = torch.tensor(np.c_[rng.normal(size=(30, 3)), np.ones(30)])
    y = (X @ torch.tensor([1.0, -2.0, 0.5, 0.1]) + 0.5 * torch.tensor(rng.normal(size=30)) > 0).to(X.dtype)
    y[4] = 1 - y[4]
    x_test, y_test = X.mean(0) * 0.5, torch.tensor(1.0)
    ridge = 0.05
    w = fit(X, y, ridge)
    test_loss = F.binary_cross_entropy_with_logits(x_test @ w, y_test)
    (g_test,) = torch.autograd.grad(test_loss, w)

    per_sample = []
    for xi, yi in zip(X, y):
        li = F.binary_cross_entropy_with_logits(xi @ w, yi)
        per_sample.append(torch.autograd.grad(li, [w])[0])
    G = torch.stack(per_sample, dim=0)
    closed = (torch.sigmoid(X @ w) - y).unsqueeze(1) * X
    fisher = torch.einsum("ni,nj->ij", G, G) / G.size(0)

    H = torch.autograd.functional.hessian(lambda v: objective(v, X, y, ridge), w.detach())
    s = torch.linalg.solve(H, g_test)
    influence = (G @ s).detach() / len(X)

    actual = []
    for i in range(0, 30, 6):
        weight = torch.ones(30)
        weight[i] = 0.0
        wi = fit(X, y, ridge, sample_weight=weight)
        actual.append((F.binary_cross_entropy_with_logits(x_test @ wi, y_test) - test_loss).item())
    predicted = influence[::6]
    correlation = torch.corrcoef(torch.stack([predicted, torch.tensor(actual)]))[0, 1]
    print(
        "most influential:", influence.abs().argsort(descending=True)[:3].tolist(), f"r = {correlation:.3f}"
    )

    # weights as variables: the derivative of the fitted parameters' loss by each sample's weight, in one sweep
    sample_weight = torch.ones(30, requires_grad=True)
    (g,) = torch.autograd.grad(objective(w, X, y, ridge, sample_weight), w, create_graph=True)
    (by_weight,) = torch.autograd.grad(g, sample_weight, grad_outputs=-s)
    return {
        "w": w, "G": G, "gap": (G - closed).abs().max() < 1e-14, "fisher": fisher, "H": H, "influence": influence,
        "actual": actual, "correlation": correlation, "by_weight": by_weight,
    }  # fmt: skip


def check(r):
    assert r["gap"]
    assert float(r["correlation"]) > 0.95
    assert abs(r["influence"] + r["by_weight"]).max() < 1e-14
