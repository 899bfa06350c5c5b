"""Optimisers by hand, updating in place under no_grad: L-BFGS, Adam, momentum; on Rosenbrock and a network."""

from collections import deque

import numpy as np
import torch


def rosenbrock(x):
    return torch.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0)


class LBFGS:
    def __init__(self, params, history=8):
        self.params = list(params)
        self.pairs = deque(maxlen=history)

    def gather(self):
        return torch.cat([p.grad.reshape(-1) for p in self.params])

    def add(self, direction, t):
        offset = 0
        for p in self.params:
            p.data.add_(direction[offset : offset + p.numel()].view_as(p.data), alpha=t)
            offset += p.numel()
        assert offset == direction.size(0)

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.detach_()
                p.grad.zero_()

    @torch.no_grad()
    def direction(self, g):
        q = g.clone()
        alphas = []
        for s, y, rho in reversed(self.pairs):
            alpha = rho * s.dot(q)
            q.add_(y, alpha=-alpha.item())
            alphas.append(alpha)
        if self.pairs:
            s, y, _ = self.pairs[-1]
            q.mul_(torch.dot(s, y) / torch.dot(y, y))
        for (s, y, rho), alpha in zip(self.pairs, reversed(alphas)):
            q += s * (alpha - rho * y.dot(q))
        return q.neg_()

    def step(self, closure):
        loss = closure()
        g = self.gather().clone()
        d = self.direction(g)
        slope = float(g.dot(d))
        t, f0 = (1.0 if self.pairs else min(1.0, 1.0 / g.abs().sum().item())), float(loss)
        self.add(d, t)
        while not float(closure()) <= f0 + 1e-4 * t * slope and t > 1e-10:
            self.add(d, -t / 2)
            t /= 2
        s, y = d * t, self.gather() - g
        if y.dot(s) > 1e-12:
            self.pairs.append((s, y, 1.0 / y.dot(s)))
        return f0


def main():
    x = torch.tensor([1.3, 0.7, 0.8, 1.9], dtype=torch.float64, requires_grad=True)
    opt = LBFGS([x])

    def closure():
        opt.zero_grad()
        loss = rosenbrock(x)
        loss.backward()
        return loss.detach()

    losses = [opt.step(closure) for _ in range(50)]
    print(f"{losses[0]:.2f} -> below 1e-12: {losses[-1] < 1e-12}")
    print(x.detach().round(decimals=3))

    rng = np.random.default_rng(38)
    X = torch.from_numpy(rng.uniform(-2, 2, (40, 2)))
    Y = (X[:, :1] * X[:, 1:]).tanh()
    W1 = torch.from_numpy(rng.normal(0, 0.5, (2, 10))).requires_grad_(True)
    b1 = torch.zeros(10, dtype=torch.float64, requires_grad=True)
    W2 = torch.from_numpy(rng.normal(0, 0.5, (10, 1))).requires_grad_(True)
    params = [W1, b1, W2]
    start = [p.detach().clone() for p in params]
    curves = {}

    def loss_of():
        return ((X.mm(W1).add(b1).tanh().mm(W2) - Y) ** 2).mean()

    def reset():
        for p, s in zip(params, start):
            p.data.copy_(s)
            p.grad = None

    reset()
    curves["momentum"], buf = [], [torch.zeros_like(p) for p in params]
    for _ in range(40):
        loss = loss_of()
        loss.backward()
        curves["momentum"].append(loss.item())
        with torch.no_grad():
            for p, v in zip(params, buf):
                v *= 0.9
                v += p.grad
                p -= 0.05 * v
                p.grad.zero_()

    reset()
    curves["adam"], m, v = [], [0] * 3, [0] * 3
    for t in range(1, 41):
        loss = loss_of()
        grads = torch.autograd.grad(loss, params)
        curves["adam"].append(loss.item())
        for i, (p, g) in enumerate(zip(params, grads)):
            m[i] = 0.9 * m[i] + 0.1 * g
            v[i] = 0.999 * v[i] + 0.001 * g.square()
            p.data = p.data - 0.03 * (m[i] / (1 - 0.9**t)) / ((v[i] / (1 - 0.999**t)).sqrt() + 1e-8)

    reset()
    lbfgs = LBFGS(params)

    def network():
        lbfgs.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss.detach()

    curves["lbfgs"] = [lbfgs.step(network) for _ in range(15)]
    return {"losses": losses[:20], "minimum": (x - 1).abs().max() < 1e-6, **curves}


def check(r):
    assert r["minimum"]
    for name in ("momentum", "adam", "lbfgs"):
        assert r[name][-1] < 0.7 * r[name][0]
