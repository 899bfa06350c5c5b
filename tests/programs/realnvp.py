"""RealNVP: affine coupling layers with masks, trained by maximum likelihood; inverse and log-determinant checked."""

import numpy as np
import torch
from torch import nn, optim


class Coupling(nn.Module):
    def __init__(self, rng, mask, hidden):
        super().__init__()
        dim = mask.numel()
        self.register_buffer("mask", mask)
        self.scale = nn.Sequential(
            nn.Linear(dim, hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, dim), nn.Tanh()
        )
        self.shift = nn.Sequential(nn.Linear(dim, hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, dim))
        for p in self.parameters():
            nn.init.zeros_(p)
            p.data.add_(torch.from_numpy(rng.normal(0, 0.3, tuple(p.shape))).to(p))

    def forward(self, x):
        held = x * self.mask
        s = self.scale(held) * (1 - self.mask)
        t = self.shift(held) * (1 - self.mask)
        return held + (1 - self.mask) * (x * torch.exp(s) + t), s.sum(dim=-1)

    @torch.no_grad()
    def inverse(self, y):
        held = y * self.mask
        s = self.scale(held).mul(1 - self.mask)
        t = self.shift(held).mul(1 - self.mask)
        return held + (1 - self.mask) * (y - t) * torch.exp(-s)


class RealNVP(nn.Module):
    def __init__(self, rng, hidden=8):
        super().__init__()
        masks = torch.tensor([[0, 1], [1, 0]] * 2, dtype=torch.get_default_dtype())
        self.steps = nn.ModuleList(Coupling(rng, m, hidden) for m in masks)

    def forward(self, x):
        log_det = x.new_zeros(x.shape[0])
        for step in reversed(self.steps):
            x, ld = step(x)
            log_det = log_det + ld
        return x, log_det

    def log_prob(self, x):
        z, log_det = self(x)
        return -0.5 * (z**2 + np.log(2 * np.pi)).sum(-1) + log_det

    def sample(self, z):
        for step in self.steps:
            z = step.inverse(z)
        return z


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(5)
    angle = rng.uniform(0, np.pi, 96)
    moons = np.stack([np.cos(angle) + (angle > 1.5), np.sin(angle) * np.where(angle > 1.5, -1, 1)], 1)
    data = torch.tensor(moons + rng.normal(0, 0.08, moons.shape))
    flow = RealNVP(rng)
    optimizer = optim.AdamW(flow.parameters(), lr=1e-2, weight_decay=1e-4)
    history = []
    for _ in range(60):
        loss = -flow.log_prob(data).mean()
        optimizer.zero_grad()
        loss.backward()
        total = nn.utils.clip_grad_norm_(flow.parameters(), max_norm=5.0)
        optimizer.step()
        history.append((loss.item(), total.item()))
    z, log_det = flow(data[:3])
    back = flow.sample(z.detach())
    x = data[:1].clone().requires_grad_(True)
    out, ld = flow(x)
    J = torch.stack([torch.autograd.grad(out[0, i], x, retain_graph=True)[0].squeeze(0) for i in range(2)])
    keys = list(flow.state_dict())
    print(len(keys), keys[0], sum(p.numel() for p in flow.parameters() if p.requires_grad))
    return {
        "history": history,
        "z": z,
        "back": (back - data[:3]).abs().max() < 1e-12,
        "J": J,
        "ld": ld,
        "det": torch.linalg.det(J).abs().log(),
    }


def check(r):
    assert r["history"][-1][0] < r["history"][0][0] - 0.5
    assert r["back"]
    assert abs(float(r["ld"][0]) - float(r["det"])) < 1e-12
