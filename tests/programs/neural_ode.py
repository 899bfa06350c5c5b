"""A neural ODE fitted to a spiral, by backpropagation through Runge-Kutta steps and by the adjoint method."""

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class Field(nn.Module):
    def __init__(self, rng):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 2))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                m.weight.data = torch.from_numpy(rng.normal(0, 0.4, m.weight.shape))
                m.bias.data = torch.zeros(m.out_features, dtype=torch.float64)

    def forward(self, t, y):
        return self.net(y**3)


def rk4_step(f, t, dt, y):
    k1 = f(t, y)
    k2 = f(t + dt / 2, y + dt * k1 / 2)
    k3 = f(t + dt / 2, y + dt * k2 / 2)
    k4 = f(t + dt, y + dt * k3)
    return y + (k1 + 2 * k2 + 2 * k3 + k4) * (dt / 6)


def odeint(f, y0, t):
    ys = [y0]
    for t0, t1 in zip(t[:-1], t[1:]):
        ys.append(rk4_step(f, t0, t1 - t0, ys[-1]))
    return torch.stack(ys, dim=0)


def adjoint(f, y1, g1, t):
    """The gradient by the initial state and the parameters, by integrating the adjoint equation backwards."""
    params = tuple(f.parameters())
    sizes = [p.numel() for p in params]

    def augmented(time, state):
        y, a = state[:2].detach().requires_grad_(True), state[2:4]
        with torch.enable_grad():
            dy = f(time, y)
            grads = torch.autograd.grad(dy, (y, *params), -a, allow_unused=True)
        grads = [
            torch.zeros(n, dtype=y.dtype) if g is None else g.reshape(-1) for n, g in zip([2, *sizes], grads)
        ]
        return torch.cat([dy.detach(), *grads])

    state = torch.cat([y1, g1, torch.zeros(sum(sizes), dtype=y1.dtype)])
    with torch.no_grad():
        for t1, t0 in zip(t.flip(0)[:-1], t.flip(0)[1:]):
            state = rk4_step(augmented, t1, t0 - t1, state)
    return state[2:4], state[4:].split(sizes)


def main():
    rng = np.random.default_rng(10)
    true_A = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]], dtype=torch.float64)
    y0 = torch.tensor([2.0, 0.0], dtype=torch.float64)
    t = torch.linspace(0.0, 1.0, 21, dtype=torch.float64)
    with torch.no_grad():
        true_y = odeint(lambda t, y: (y**3) @ true_A, y0, t)
    field = Field(rng)
    optimizer = optim.RMSprop(field.parameters(), lr=1e-2)
    losses = []
    for _ in range(25):
        optimizer.zero_grad()
        pred = odeint(field, y0, t)
        loss = torch.mean(torch.abs(pred - true_y))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"{losses[0]:.3f} -> {losses[-1]:.3f}")

    fine = torch.linspace(0.0, 0.5, 201, dtype=torch.float64)
    start = y0.clone().requires_grad_()
    end = odeint(field, start, fine)[-1]
    end.pow(2).sum().backward()
    with torch.no_grad():
        field_grads = [p.grad.clone().zero_() for p in field.parameters()]
    field.zero_grad()
    odeint(field, start, fine)[-1].pow(2).sum().backward()
    by_state, by_params = adjoint(field, end.detach(), 2 * end.detach(), fine)
    gaps = [(a.view(-1) - p.grad.view(-1)).abs().max().item() for a, p in zip(by_params, field.parameters())]
    print("adjoint agrees:", max(gaps) < 1e-7, all(g.sum() == 0 for g in field_grads))
    # energy of a pendulum under the same integrator
    pend = odeint(
        lambda t, s: torch.stack([s[1], -torch.sin(s[0])]), torch.tensor([1.0, 0.0]).double(), fine * 20
    )
    energy = 0.5 * pend[:, 1] ** 2 - pend[:, 0].cos()
    return {
        "losses": losses, "true_y": true_y, "start_grad": start.grad / 2, "adjoint_state": by_state,
        "close": max(gaps) < 1e-7, "energy": energy,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert np.allclose(r["start_grad"], r["adjoint_state"], atol=1e-7)
    assert abs(r["energy"] - r["energy"][0]).max() < 1e-6
