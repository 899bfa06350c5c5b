"""Masses on springs: recover stiffness, rest lengths and damping from an observed motion, through the simulation."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Springs(nn.Module):
    def __init__(self, edges, k, rest, damping):
        super().__init__()
        self.register_buffer("edges", edges, persistent=False)
        self.raw_k = nn.Parameter(torch.log(torch.expm1(torch.as_tensor(k))))
        self.rest = nn.Parameter(torch.as_tensor(rest))
        self.raw_damping = nn.Parameter(torch.tensor(damping).log())

    def forces(self, x, v):
        i, j = self.edges
        d = x[j] - x[i]
        length = d.norm(p=2, dim=-1, keepdim=True).clamp(min=1e-6)
        pull = F.softplus(self.raw_k)[:, None] * (length - self.rest.unsqueeze(-1)) * d / length
        f = torch.zeros_like(x)
        f = f.index_add(0, i, pull).index_add(0, j, -pull)
        return f - self.raw_damping.exp() * v

    def forward(self, x, v, steps, dt=0.05):
        path = []
        for _ in range(steps):
            v = v + dt * self.forces(x, v)
            x = x + dt * v
            path.append(x)
        return torch.stack(path)


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(12)
    edges = torch.tensor([[0, 1], [1, 2], [2, 3], [3, 0], [0, 2]]).t()
    x0 = torch.tensor([[0.0, 0.0], [1.2, 0.0], [1.0, 1.1], [-0.1, 0.9]])
    v0 = torch.tensor(rng.normal(0, 0.2, (4, 2)))
    truth = Springs(edges, [3.0, 2.0, 4.0, 1.5, 2.5], [1.0, 1.1, 0.9, 1.0, 1.4], 0.2)
    with torch.no_grad():
        observed = truth(x0, v0, 30)
    model = Springs(edges, [2.0] * 5, [1.0] * 4 + [1.2], 0.1)
    opt = optim.Adam(model.parameters(), lr=0.03, betas=(0.9, 0.99))
    losses = []
    for epoch in range(60):
        loss = ((model(x0, v0, 30) - observed) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
        if epoch == 40:
            for group in opt.param_groups:
                group["lr"] *= 0.3
    k = F.softplus(model.raw_k).data
    print(f"loss {losses[0]:.5f} -> {losses[-1]:.5f}; stiffness {[round(v, 2) for v in k.tolist()]}")
    # no outer force: momentum changes by damping alone
    with torch.no_grad():
        model.raw_damping.fill_(-50.0)
        drift = (model.forces(x0, v0).sum(0)).abs().max()
    # the gradient with respect to where the motion started
    start = x0.clone().requires_grad_(True)
    model(start, v0, 10)[-1, 0].sum().backward()
    return {
        "losses": losses,
        "k": k,
        "rest": model.rest.detach(),
        "start": start.grad,
        "drift": drift < 1e-12,
    }


def check(r):
    assert r["losses"][-1] < 0.2 * r["losses"][0]
    assert r["drift"]
