"""A network whose depth is decided by Python at every step, with one weight used several times; and weights tied."""

import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

RTOL = 1e-4  # float32


class DynamicNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(0.1))
        self.b = nn.Parameter(torch.tensor(-0.4))
        self.c = nn.Parameter(torch.tensor(0.2))
        self.d = nn.Parameter(torch.tensor(0.3))
        self.e = nn.Parameter(torch.tensor(0.01))

    def forward(self, x):
        y = self.a + self.b * x + self.c * x**2 + self.d * x**3
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x**exp
        return y

    def string(self):
        return f"y = {self.a.item():.3f} + {self.b.item():.3f} x + {self.c.item():.3f} x^2"


class Recycled(nn.Module):
    """The same middle layer, as many times as the input's sum asks for."""

    def __init__(self, width):
        super().__init__()
        self.first = nn.Linear(3, width)
        self.middle = nn.Linear(width, width)
        self.last = nn.Linear(width, 1, bias=False)
        for i, p in enumerate(self.parameters()):
            p.data = torch.sin(torch.arange(p.numel(), dtype=p.dtype) + i).view(p.shape) * 0.4

    def forward(self, x):
        h = self.first(x).clamp(min=0)
        steps = int(x.abs().sum().item()) % 3 + 1
        while steps > 0:
            h = F.relu(self.middle(h)) if h.norm() < 5 else torch.tanh(h)
            steps -= 1
        return self.last(h)


class Tied(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.embed = nn.Parameter(
            torch.cos(torch.arange(vocabulary * width).float()).reshape(vocabulary, width)
        )
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.embed

    def forward(self, tokens):
        return self.head(torch.tanh(self.embed[tokens]))


def main():
    random.seed(3)
    rng = np.random.default_rng(3)
    x = torch.linspace(-1.5, 1.5, 40)
    y = torch.sin(2 * x)
    model = DynamicNet()
    criterion = nn.MSELoss(reduction="sum")
    losses = []
    velocity = [torch.zeros_like(p) for p in model.parameters()]
    for _ in range(150):
        loss = criterion(model(x), y)
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p, v in zip(model.parameters(), velocity):
                if p.grad is None:
                    continue
                v.mul_(0.9).add_(p.grad)
                p.sub_(v, alpha=1e-4)
    print(model.string())

    recycled = Recycled(6)
    data = torch.from_numpy(rng.standard_normal((12, 3)).astype(np.float32))
    grads = []
    for row in data:
        recycled.zero_grad(set_to_none=True)
        out = recycled(row)
        out.squeeze().backward()
        grads.append(recycled.middle.weight.grad.clone())

    tied = Tied(7, 4)
    tokens = torch.tensor([0, 3, 3, 6, 1])
    loss = F.cross_entropy(tied(tokens), tokens.roll(-1))
    loss.backward()
    names = [name for name, _ in tied.named_parameters()]
    print(names, len(list(tied.parameters())))
    return {
        "losses": losses, "params": torch.stack(list(model.parameters())), "grads": torch.stack(grads),
        "tied_loss": loss, "tied_grad": tied.embed.grad, "same": tied.head.weight is tied.embed,
        "e_none": model.e.grad is None,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < 0.2 * r["losses"][0]
    assert r["same"]
    assert r["tied_grad"].shape == (7, 4)
