"""A sphere and a plane drawn by marching rays through a distance field; the sphere is moved to match an image."""

import torch
import torch.nn.functional as F
import torch.optim as optim


def sphere_sdf(p, centre, radius):
    return (p - centre).norm(dim=-1) - radius


def scene(p, centre, radius):
    ball = sphere_sdf(p, centre, radius)
    floor = p[..., 1] + 1.0
    h = torch.clamp(0.5 + 0.5 * (floor - ball) / 0.1, 0.0, 1.0)
    return torch.lerp(floor, ball, h) - 0.1 * h * (1 - h)


def march(origin, rays, centre, radius, steps=30):
    t = torch.zeros(rays.shape[:-1], dtype=rays.dtype)
    with torch.no_grad():
        for _ in range(steps):
            d = scene(origin + t.unsqueeze(-1) * rays, centre, radius)
            t = torch.where(t < 10.0, t + d, t)
    # one differentiable step: d t / d parameters by the implicit function theorem
    p = (origin + t[..., None] * rays).detach().requires_grad_()
    d = scene(p, centre, radius)
    (n,) = torch.autograd.grad(d.sum(), p, create_graph=True)
    slope = (n * rays).sum(-1).detach().clamp(max=-1e-2)
    return t - d / slope, F.normalize(n, dim=-1)


def render(centre, radius, size=12):
    ys, xs = torch.meshgrid(torch.linspace(0.6, -0.6, size), torch.linspace(-0.6, 0.6, size), indexing="ij")
    rays = F.normalize(torch.stack((xs, ys, torch.ones_like(xs)), dim=-1), dim=-1)
    origin = torch.tensor([0.0, 0.0, -3.0])
    depth, normal = march(origin, rays, centre, radius)
    light = F.normalize(torch.tensor([0.5, 0.8, -0.6]), dim=0)
    shade = (normal @ light).clamp_min(0) * 0.9 + 0.1
    fog = torch.exp(-0.08 * depth)
    hit = depth.lt(9.0)
    return torch.where(hit, shade * fog, torch.zeros(())), depth


def main():
    torch.set_default_dtype(torch.double)
    target, depth = render(torch.tensor([0.15, -0.05, 0.0]), torch.tensor(0.8))
    target = target.detach()
    centre = torch.tensor([-0.1, 0.1, 0.1], requires_grad=True)
    radius = torch.tensor(0.65, requires_grad=True)
    optimizer = optim.Adam([{"params": [centre]}, {"params": [radius]}], lr=0.03)
    losses, grads = [], []
    for i in range(60):
        optimizer.zero_grad()
        image, _ = render(centre, radius)
        loss = F.mse_loss(image, target)
        loss.backward()
        grads.append(centre.grad.tolist())
        optimizer.step()
        with torch.no_grad():
            radius.clamp_(0.1, 2.0)
        losses.append(loss.item())
        if i % 20 == 19:
            print(f"{i:2d} {loss.item():.5f} radius {radius.item():.3f}")
    print((image.detach() * 9).round().int()[::3, ::3])
    return {
        "losses": losses,
        "grads": grads,
        "centre": centre,
        "radius": radius,
        "depth": depth,
        "image": image,
    }


def check(r):
    assert r["losses"][-1] < 0.3 * r["losses"][0]
    assert float(r["depth"].min()) > 1.5
