"""Newton's method without the Hessian: conjugate gradients on Hessian-vector products, for logistic regression."""

import numpy as np
import torch
import torch.nn.functional as F


def flat(tensors):
    return torch.cat([t.contiguous().view(-1) for t in tensors])


def hvp(loss_fn, params, v):
    """H v, by differentiating the product of the gradient with v."""
    grads = torch.autograd.grad(loss_fn(), params, create_graph=True)
    product = torch.dot(flat(grads), v)
    return flat(torch.autograd.grad(product, params))


def conjugate_gradient(apply, b, steps=20, tol=1e-20):
    x = torch.zeros_like(b)
    r = b.clone()
    p = r.clone()
    rs = r.dot(r)
    used = 0
    for _ in range(steps):
        Ap = apply(p)
        alpha = rs / (p @ Ap)
        x += alpha * p
        r.sub_(alpha * Ap)
        new = torch.dot(r, r)
        used += 1
        if new < tol:
            break
        p = r + (new / rs) * p
        rs = new
    return x, used


def main():
    rng = np.random.default_rng(4)
    X = torch.tensor(rng.normal(size=(80, 6)), dtype=torch.float64)
    truth = torch.arange(-3.0, 3.0).to(torch.float64)
    y = (torch.sigmoid(X.mv(truth)) > torch.tensor(rng.random(80))).double()
    w = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    b = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    params = [w, b]

    def objective():
        return F.binary_cross_entropy_with_logits(X @ w + b, y) + 0.005 * (
            w.square().sum() + b.square().sum()
        )

    losses, norms, iterations = [], [], []
    for i in range(6):
        grads = torch.autograd.grad(objective(), params)
        g = flat(grads)
        step, used = conjugate_gradient(lambda v: hvp(objective, params, v), g)
        with torch.no_grad():
            offset = 0
            for p in params:
                n = p.numel()
                p -= step[offset : offset + n].view_as(p)
                offset += n
        losses.append(objective().item())
        norms.append(g.norm().item())
        iterations.append(used)
        print(f"{i}: loss {losses[-1]:.6f} |g| {norms[-1]:.2e}")

    # the Hessian row by row, and by its closed form
    (grad,) = torch.autograd.grad(objective(), w, create_graph=True)
    H = torch.stack([torch.autograd.grad(g, w, retain_graph=True)[0] for g in grad])
    with torch.no_grad():
        s = torch.sigmoid(X @ w + b)
        closed = X.t() @ torch.diag(s * (1 - s)) @ X / len(X) + 0.01 * torch.eye(6, dtype=torch.float64)
    accuracy = ((s > 0.5) == y.bool()).float().mean()
    return {
        "losses": losses, "H": H, "closed": closed, "w": w, "b": b, "accuracy": accuracy,
        "first_norms": norms[:4], "first_iterations": iterations[:2],
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] <= r["losses"][0]
    assert abs(r["H"] - r["closed"]).max() < 1e-12
