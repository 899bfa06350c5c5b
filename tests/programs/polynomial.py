"""A cubic fitted to a sine: by a hand-written Function (Legendre's P3), by plain tensors, and by nn.Linear."""

import math

import torch
import torch.nn as nn
import torch.optim as optim


class LegendreP3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 0.5 * (5 * x**3 - 3 * x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 1.5 * (5 * x**2 - 1)


def scalar(value, device, dtype):
    return torch.full((), value, device=device, dtype=dtype, requires_grad=True)


def by_function(x, y, device, dtype):
    a, b, c, d = (scalar(v, device, dtype) for v in (0.0, -1.0, 0.0, 0.3))
    losses = []
    p3 = LegendreP3.apply
    for t in range(200):
        y_pred = a + b * p3(c + d * x)
        loss = (y_pred - y).pow(2).sum()
        losses.append(loss.item())
        if t % 100 == 99:
            print(t, f"{loss.item():.4f}", f"{loss:.2f}")
        loss.backward()
        with torch.no_grad():
            for p in (a, b, c, d):
                p -= 5e-6 * p.grad
                p.grad = None
    print(f"y = {abs(a.item()):.4f} + {b.item():.4f} * P3({d.item():.4f} x)")
    return losses, torch.stack([a, b, c, d])


def by_hand(x, y, device, dtype):
    a, b, c, d = (scalar(v, device, dtype) for v in (0.1, -0.2, 0.05, -0.01))
    losses = []
    for _ in range(200):
        y_pred = a + b * x + c * x**2 + d * x**3
        loss = torch.sum((y_pred - y) ** 2)
        losses.append(float(loss.detach()))
        loss.backward()
        with torch.no_grad():
            a -= 1e-6 * a.grad
            b -= 1e-6 * b.grad
            c -= 1e-6 * c.grad
            d -= 1e-6 * d.grad
            a.grad.zero_(), b.grad.zero_(), c.grad.zero_(), d.grad.zero_()
    return losses, torch.stack((a, b, c, d)).detach()


def by_layers(x, y):
    powers = torch.tensor([1, 2, 3])
    xx = x.unsqueeze(-1).pow(powers)
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([[0.2, -0.1, 0.05]]))
        model[0].bias.zero_()
    loss_fn = nn.MSELoss(reduction="sum")
    optimizer = optim.RMSprop(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(200):
        loss = loss_fn(model(xx), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    linear_layer = model[0]
    print(linear_layer.bias.item() != 0, tuple(linear_layer.weight.shape), xx.size())
    return losses, linear_layer.weight


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = torch.float64
    x = torch.linspace(-math.pi, math.pi, 500, device=device, dtype=dtype)
    y = torch.sin(x)
    p3_losses, p3 = by_function(x, y, device, dtype)
    hand_losses, hand = by_hand(x, y, device, dtype)
    torch.set_default_dtype(torch.float64)
    layer_losses, weight = by_layers(x, y)
    u = torch.linspace(-1, 1, 7, dtype=dtype, requires_grad=True)
    (slope,) = torch.autograd.grad(LegendreP3.apply(u).sum(), u, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), u)
    return {
        "p3_losses": p3_losses, "p3": p3, "hand_losses": hand_losses, "hand": hand,
        "layer_losses": layer_losses, "weight": weight, "slope": slope, "curvature": curvature,
        "gradcheck": torch.autograd.gradcheck(LegendreP3.apply, (u,)),
    }  # fmt: skip


def check(r):
    for name in ("p3_losses", "hand_losses", "layer_losses"):
        assert r[name][-1] < 0.7 * r[name][0]
    u = torch.linspace(-1, 1, 7, dtype=torch.float64).numpy()
    assert abs(r["curvature"].numpy() - 15 * u).max() < 1e-12
