"""Model-agnostic meta-learning on sines: gradients through the inner loop's gradient steps."""

import numpy as np
import torch
import torch.nn.functional as F
import torch.optim as optim
from torch.autograd import grad


def network(x, weights):
    w1, b1, w2, b2, w3, b3 = weights
    h = F.relu(F.linear(x, w1, b1))
    h = F.relu(F.linear(h, w2, b2))
    return F.linear(h, w3, b3)


def task(rng, n):
    amplitude, phase = rng.uniform(0.5, 2), rng.uniform(0, np.pi)
    x = rng.uniform(-3, 3, (2 * n, 1))
    y = amplitude * np.sin(x + phase)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    return x[:n], y[:n], x[n:], y[n:]


def adapt(weights, x, y, lr, steps, create_graph=True):
    fast = list(weights)
    for _ in range(steps):
        loss = F.mse_loss(network(x, fast), y)
        grads = grad(loss, fast, create_graph=create_graph)
        fast = [w - lr * g for w, g in zip(fast, grads)]
    return fast


def main():
    rng = np.random.default_rng(8)
    shapes = [(16, 1), (16,), (16, 16), (16,), (1, 16), (1,)]
    weights = [
        (
            torch.from_numpy(rng.standard_normal(s)) * (0.0 if len(s) == 1 else (2 / s[1]) ** 0.5)
        ).requires_grad_()
        for s in shapes
    ]
    log_lr = torch.tensor(-4.0, dtype=torch.float64, requires_grad=True)
    optimizer = optim.Adam([{"params": weights}, {"params": [log_lr], "lr": 0.05}], lr=5e-3)
    history = []
    tasks = [task(rng, 8) for _ in range(3)]
    for it in range(12):
        optimizer.zero_grad()
        total = 0.0
        for xs, ys, xq, yq in tasks:
            fast = adapt(weights, xs, ys, log_lr.exp(), steps=2)
            total = total + F.mse_loss(network(xq, fast), yq)
        meta_loss = total / len(tasks)
        meta_loss.backward()
        optimizer.step()
        history.append(meta_loss.item())
        if it % 4 == 3:
            print(f"iteration {it + 1:3d} meta-loss {np.mean(history[-4:]):.4f}")

    # first-order against second-order meta-gradient of one task
    xs, ys, xq, yq = task(rng, 8)
    second = grad(F.mse_loss(network(xq, adapt(weights, xs, ys, 0.05, 2)), yq), weights)
    leaves = [w.detach().requires_grad_() for w in weights]
    detached = adapt(leaves, xs, ys, 0.05, 2, create_graph=False)
    first = grad(F.mse_loss(network(xq, detached), yq), detached)
    third = grad(
        sum((g**2).sum() for g in grad(network(xs, weights).pow(3).mean(), weights, create_graph=True)),
        weights[2],
    )
    return {
        "history": history, "lr": log_lr.exp(), "second": second[2], "first": first[2],
        "norms": [w.norm().item() for w in weights], "third": third[0],
    }  # fmt: skip


def check(r):
    assert np.mean(r["history"][-4:]) < np.mean(r["history"][:4])
    assert abs(r["second"] - r["first"]).max() > 1e-6
