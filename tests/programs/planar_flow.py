"""Planar normalizing flows: bend a Gaussian into a two-moon-like energy by minimising the reverse KL divergence."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Planar(nn.Module):
    """f(z) = z + u h(w·z + b), log|det J| = log|1 + u·h'(w·z + b) w|."""

    def __init__(self, rng, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(rng.uniform(-0.5, 0.5, (1, dim))))
        self.scale = nn.Parameter(torch.tensor(rng.uniform(-0.5, 0.5, (1, dim))))
        self.bias = nn.Parameter(torch.zeros(1, dtype=torch.double))

    def constrained(self):
        wu = torch.mm(self.weight, self.scale.t())
        m = -1 + F.softplus(wu)
        return self.scale + (m - wu) * self.weight / (self.weight.norm(dim=1, keepdim=True) ** 2)

    def forward(self, z):
        u = self.constrained()
        lin = F.linear(z, self.weight, self.bias)
        out = z + u * torch.tanh(lin)
        psi = (1 - torch.tanh(lin) ** 2) * self.weight
        det = 1 + torch.mm(psi, u.t())
        return out, torch.log(det.abs() + 1e-7).squeeze(-1)


class Flow(nn.Module):
    def __init__(self, rng, dim, length):
        super().__init__()
        self.layers = nn.ModuleList([Planar(rng, dim) for _ in range(length)])

    def forward(self, z):
        total = torch.zeros(z.size(0), dtype=z.dtype, device=z.device)
        for layer in self.layers:
            z, logdet = layer(z)
            total += logdet
        return z, total


def energy(z):
    z1, z2 = torch.chunk(z, chunks=2, dim=1)
    norm = torch.sqrt(z1**2 + z2**2)
    exp1 = torch.exp(-0.5 * ((z1 - 2) / 0.8) ** 2)
    exp2 = torch.exp(-0.5 * ((z1 + 2) / 0.8) ** 2)
    return (0.5 * ((norm - 2) / 0.4) ** 2 - torch.log(exp1 + exp2 + 1e-9)).view(-1)


def main():
    rng = np.random.default_rng(1)
    model = Flow(rng, dim=2, length=6).to(torch.device("cpu"))
    optimizer = optim.Adam(model.parameters(), lr=2e-2)
    losses = []
    for step in range(60):
        z0 = torch.from_numpy(rng.standard_normal((64, 2)))
        zk, logdet = model(z0)
        log_q = -0.5 * z0.pow(2).sum(-1) - math.log(2 * math.pi) - logdet
        loss = torch.mean(log_q + energy(zk))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 30 == 0:
            print(f"step {step + 1}: {loss.item():.4f}")

    # the analytic log-determinant against autograd's Jacobian of one point
    point = torch.tensor([[0.3, -0.7]], dtype=torch.float64, requires_grad=True)
    out, logdet = model(point)
    rows = [torch.autograd.grad(out[0, i], point, retain_graph=True)[0] for i in range(2)]
    jacobian = torch.cat(rows)
    exact = torch.linalg.slogdet(jacobian)
    return {
        "losses": losses, "jacobian": jacobian, "logdet": logdet, "exact": exact.logabsdet, "sign": exact.sign,
        "grad_norms": [p.grad.norm().item() for p in model.parameters()], "names": len(model.state_dict()),
    }  # fmt: skip


def check(r):
    assert np.mean(r["losses"][-5:]) < np.mean(r["losses"][:5])
    assert abs(float(r["logdet"][0]) - float(r["exact"])) < 1e-6
