"""The heat equation on a grid with roll and slices: recover a conductivity field through the solver; Poisson by CG."""

import numpy as np
import torch
import torch.optim as optim


def laplacian(u):
    return (
        torch.roll(u, 1, 0)
        + torch.roll(u, -1, 0)
        + torch.roll(u, shifts=1, dims=1)
        + u.roll(-1, dims=1)
        - 4 * u
    )


def diffuse(u, k, steps, dt=0.1):
    for _ in range(steps):
        kx = 0.5 * (k[1:, :] + k[:-1, :])
        ky = 0.5 * (k[:, 1:] + k[:, :-1])
        fx = kx * (u[1:, :] - u[:-1, :])
        fy = ky * (u[:, 1:] - u[:, :-1])
        du = torch.zeros_like(u)
        du[:-1, :] += fx
        du[1:, :] -= fx
        du[:, :-1] += fy
        du[:, 1:] -= fy
        u = u + dt * du
    return u


def total_variation(k):
    return (k[1:] - k[:-1]).abs().mean() + (k[:, 1:] - k[:, :-1]).abs().mean()


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(46)
    n = 10
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    u0 = torch.exp(-((i - 3.0) ** 2 + (j - 6.0) ** 2) / 6) + 0.5 * ((i + j) % 4 == 0)
    true_k = torch.where((i >= 5) & (j < 5), torch.tensor(1.0), torch.tensor(0.3))
    data = diffuse(u0, true_k, 8) + 1e-3 * torch.tensor(rng.standard_normal((n, n)))
    raw = torch.full((n, n), 0.0, requires_grad=True)
    opt = optim.Adam([raw], lr=0.1)
    losses = []
    for _ in range(50):
        k = 1.2 * torch.sigmoid(raw)
        fit = (diffuse(u0, k, 8) - data).square().sum()
        loss = fit + 0.01 * total_variation(k)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    inside = k.detach()[i.ge(5) & j.lt(5)].mean()
    outside = k.detach()[~(i.ge(5) & j.lt(5))].mean()
    print(f"conductivity inside {inside:.3f}, outside {outside:.3f}")
    with torch.no_grad():
        heat = (diffuse(u0, true_k, 50).sum() - u0.sum()).abs() < 1e-10

    # Poisson's equation on a torus: by conjugate gradients and by the dense pseudo-inverse
    f = torch.tensor(rng.standard_normal((n, n)))
    f -= f.mean()
    x, r = torch.zeros_like(f), -f.clone()
    p = r.clone()
    for _ in range(60):
        Ap = -laplacian(p)
        rr = (r * r).sum()
        if rr < 1e-24:
            break
        alpha = rr / (p * Ap).sum()
        x = x + alpha * p
        r = r - alpha * Ap
        p = r + (r * r).sum() / rr * p
    x = x - x.mean()
    eye = torch.eye(n * n).reshape(n * n, n, n)
    dense = torch.stack([laplacian(e).flatten() for e in eye])
    x2 = (torch.linalg.pinv(dense, hermitian=True) @ f.view(-1)).view_as(f)
    # a line of in-place slices, with gradient through all of them
    a = torch.linspace(0, 1, 8).requires_grad_()
    w = a.clone()
    w[1:-1] = 0.5 * (w[:-2] + w[2:])
    w[::2] *= 2
    w[[0, -1]] = w[[-1, 0]]
    w[w > 1.0] = 1.0
    (w**2).sum().backward()
    return {
        "losses": losses,
        "inside": inside,
        "outside": outside,
        "heat": heat,
        "x": x,
        "x2": x2,
        "w": w,
        "a": a.grad,
    }


def check(r):
    assert r["losses"][-1] < 0.3 * r["losses"][0]
    assert float(r["inside"]) > float(r["outside"])
    assert r["heat"]
    assert abs(r["x"] - r["x2"]).max() < 1e-9
