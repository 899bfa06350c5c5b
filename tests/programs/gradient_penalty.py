"""Wasserstein GAN with gradient penalty on points of a ring: a penalty on the norm of the critic's gradient."""

import math

import numpy as np
import torch
import torch.autograd as autograd
import torch.nn as nn
import torch.optim as optim


def mlp(rng, *sizes):
    layers = []
    for i, (a, b) in enumerate(zip(sizes[:-1], sizes[1:])):
        layers.append(nn.Linear(a, b))
        if i < len(sizes) - 2:
            layers.append(nn.Softplus() if i % 2 else nn.LeakyReLU(0.2))
    net = nn.Sequential(*layers)

    def init_weights(m):
        if type(m) is nn.Linear:
            m.weight.data.copy_(
                torch.tensor(rng.normal(0, 1 / math.sqrt(m.in_features), tuple(m.weight.shape)))
            )
            m.bias.data.fill_(0.01)

    return net.double().apply(init_weights)


def compute_gradient_penalty(D, real, fake, alpha):
    interpolates = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    d_interpolates = D(interpolates)
    gradients = autograd.grad(
        outputs=d_interpolates,
        inputs=interpolates,
        grad_outputs=torch.ones_like(d_interpolates),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    gradients = gradients.view(gradients.size(0), -1)
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def main():
    rng = np.random.default_rng(28)
    G, D = mlp(rng, 2, 16, 2), mlp(rng, 2, 16, 16, 1)
    optimizer_G = optim.Adam(G.parameters(), lr=5e-3, betas=(0.5, 0.9))
    optimizer_D = optim.Adam(D.parameters(), lr=5e-3, betas=(0.5, 0.9))
    one = torch.tensor(1, dtype=torch.double)
    mone = one * -1
    d_losses, g_losses, penalties = [], [], []
    for i in range(30):
        for p in D.parameters():
            p.requires_grad = True
        for _ in range(2):
            angle = torch.from_numpy(rng.uniform(0, 2 * np.pi, 32))
            real = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) * 2
            optimizer_D.zero_grad()
            with torch.no_grad():
                fake = G(torch.from_numpy(rng.standard_normal((32, 2))))
            D_real, D_fake = D(real).mean(), D(fake).mean()
            D_real.backward(mone)
            D_fake.backward(one)
            penalty = 10 * compute_gradient_penalty(
                D, real.data, fake.data, torch.from_numpy(rng.random((32, 1)))
            )
            penalty.backward()
            optimizer_D.step()
            d_losses.append((D_fake - D_real + penalty).item())
            penalties.append(penalty.item())
        for p in D.parameters():
            p.requires_grad = False
        optimizer_G.zero_grad()
        g_loss = -torch.mean(D(G(torch.from_numpy(rng.standard_normal((32, 2))))))
        g_loss.backward()
        optimizer_G.step()
        g_losses.append(g_loss.item())
        if i % 15 == 14:
            print("[Batch %d] [D loss: %f] [G loss: %f]" % (i, d_losses[-1], g_loss.item()))
    radius = G(torch.from_numpy(rng.standard_normal((64, 2)))).norm(dim=1).mean()
    return {
        "d_losses": d_losses, "g_losses": g_losses, "penalties": penalties, "radius": radius,
        "frozen": [p.requires_grad for p in D.parameters()], "critic": D[0].weight, "generator": G[-1].weight.grad,
    }  # fmt: skip


def check(r):
    assert r["penalties"][-1] < r["penalties"][0]
    assert not any(r["frozen"])
