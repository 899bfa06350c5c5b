"""A deep-equilibrium layer: the forward is a fixed point, the backward the implicit function theorem."""

import numpy as np
import torch
import torch.nn as nn
from torch.autograd import Function


class Cell(nn.Module):
    def __init__(self, rng, width):
        super().__init__()
        W = torch.from_numpy(rng.standard_normal((width, width)))
        self.W = nn.Parameter(0.7 * W / torch.linalg.matrix_norm(W, ord=2))
        self.U = nn.Parameter(torch.from_numpy(rng.standard_normal((width, 3))))

    def forward(self, z, x):
        return torch.tanh(z @ self.W.T + x @ self.U.T)


def iterate(f, z, tol=1e-13, limit=500):
    for steps in range(limit):
        new = f(z)
        if (new - z).norm() < tol:
            return new, steps
        z = new
    return z, limit


class DEQ(nn.Module):
    """The gradient by a hook that solves (I - Jᵀ) g = upstream."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x):
        with torch.no_grad():
            z, self.steps = iterate(
                lambda z: self.cell(z, x), torch.zeros(x.shape[0], self.cell.W.shape[0]).to(x)
            )
        z = self.cell(z, x)
        z0 = z.clone().detach().requires_grad_()
        f0 = self.cell(z0, x)

        def backward_hook(grad):
            g, self.backward_steps = iterate(
                lambda y: torch.autograd.grad(f0, z0, y, retain_graph=True)[0] + grad, grad
            )
            return g

        if z.requires_grad:
            z.register_hook(backward_hook)
        return z


class SquareRoot(Function):
    """z with z² = a by Newton's iteration; dz/da = 1 / (2 z), from the equation and not from the iteration."""

    @staticmethod
    def forward(ctx, a):
        z = torch.ones_like(a)
        for _ in range(40):
            z = 0.5 * (z + a / z)
        ctx.save_for_backward(z)
        ctx.shape = a.size()
        return z

    @staticmethod
    def backward(ctx, grad_output):
        (z,) = ctx.saved_tensors
        assert ctx.needs_input_grad[0]
        return grad_output.div(2 * z).reshape(ctx.shape)


def main():
    rng = np.random.default_rng(6)
    cell = Cell(rng, 5)
    deq = DEQ(cell)
    x = torch.from_numpy(rng.standard_normal((4, 3))).requires_grad_(True)
    target = torch.from_numpy(rng.standard_normal((4, 5)))
    z = deq(x)
    loss = (z - target).pow(2).mean()
    loss.backward()
    implicit = [p.grad.clone() for p in (cell.W, cell.U, x)]

    for p in (cell.W, cell.U, x):
        p.grad = None
    z = torch.zeros(4, 5, dtype=torch.double)
    for _ in range(200):
        z = cell(z, x)
    unrolled_loss = (z - target).pow(2).mean()
    unrolled_loss.backward()
    unrolled = [p.grad for p in (cell.W, cell.U, x)]
    worst = max((a - b).abs().max().item() for a, b in zip(implicit, unrolled))
    print(f"implicit and unrolled differ by less than 1e-10: {worst < 1e-10}")

    a = torch.tensor([0.25, 2.0, 9.0, 100.0], dtype=torch.float64, requires_grad=True)
    root = SquareRoot.apply(a)
    (first,) = torch.autograd.grad(root.sum(), a, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), a)
    print(
        root, torch.autograd.gradcheck(SquareRoot.apply, a), torch.autograd.gradgradcheck(SquareRoot.apply, a)
    )
    return {
        "loss": loss, "W": implicit[0], "U": implicit[1], "x": implicit[2], "difference": worst < 1e-10,
        "root": root, "first": first, "second": second,
    }  # fmt: skip


def check(r):
    assert r["difference"]
    a = np.array([0.25, 2.0, 9.0, 100.0])
    assert np.allclose(r["root"].numpy(), a**0.5, rtol=1e-14)
    assert np.allclose(r["second"].numpy(), -0.25 * a**-1.5, rtol=1e-12)
