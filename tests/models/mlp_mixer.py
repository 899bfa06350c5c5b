"""An MLP-Mixer, in which tokens and channels take turns, and a ConvNeXt block, which has both in one."""

from functools import partial

import torch
from torch import nn, optim


class PreNormResidual(nn.Module):
    def __init__(self, dim, fn):
        super().__init__()
        self.fn = fn
        self.norm = nn.LayerNorm(dim)

    def forward(self, x):
        return self.fn(self.norm(x)) + x


def FeedForward(dim, expansion_factor=4, dropout=0.0, dense=nn.Linear):
    inner_dim = int(dim * expansion_factor)
    return nn.Sequential(
        dense(dim, inner_dim), nn.GELU(), nn.Dropout(dropout), dense(inner_dim, dim), nn.Dropout(dropout)
    )


class Patches(nn.Module):
    def __init__(self, patch_size):
        super().__init__()
        self.unfold = nn.Unfold(kernel_size=patch_size, stride=patch_size)

    def forward(self, x):
        return self.unfold(x).mT


class Mean(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return x.mean(self.dim)


def MLPMixer(*, image_size, channels, patch_size, dim, depth, num_classes, expansion_factor=2):
    num_patches = (image_size // patch_size) ** 2
    chan_first, chan_last = partial(nn.Conv1d, kernel_size=1), nn.Linear
    return nn.Sequential(
        Patches(patch_size),
        nn.Linear((patch_size**2) * channels, dim),
        *[
            nn.Sequential(
                PreNormResidual(dim, FeedForward(num_patches, expansion_factor, dense=chan_first)),
                PreNormResidual(dim, FeedForward(dim, 0.5, dense=chan_last)),
            )
            for _ in range(depth)
        ],
        nn.LayerNorm(dim),
        Mean(1),
        nn.Linear(dim, num_classes),
    )


class ConvNeXtBlock(nn.Module):
    def __init__(self, dim, layer_scale_init_value=1e-1):
        super().__init__()
        self.dwconv = nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.pwconv1 = nn.Linear(dim, 4 * dim)
        self.act = nn.GELU(approximate="tanh")
        self.pwconv2 = nn.Linear(4 * dim, dim)
        self.gamma = nn.Parameter(layer_scale_init_value * torch.ones(dim), requires_grad=True)

    def forward(self, x):
        input = x
        x = self.dwconv(x)
        x = x.permute(0, 2, 3, 1)
        x = self.norm(x)
        x = self.pwconv1(x)
        x = self.act(x)
        x = self.pwconv2(x)
        x = self.gamma * x
        x = x.permute(0, 3, 1, 2)
        return input + x


def build():
    mixer = MLPMixer(image_size=12, channels=3, patch_size=4, dim=10, depth=2, num_classes=4)
    convnext = nn.Sequential(
        nn.Conv2d(3, 6, kernel_size=4, stride=4), ConvNeXtBlock(6), ConvNeXtBlock(6),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.RMSNorm(6), nn.Linear(6, 4),
    )  # fmt: skip
    return nn.ModuleDict({"mixer": mixer, "convnext": convnext})


def batch(rng, n=6):
    images = torch.tensor(rng.standard_normal((n, 3, 12, 12)), dtype=torch.get_default_dtype())
    return images, torch.tensor(rng.integers(0, 4, n))


def train(model, rng, steps):
    optimizer = optim.Adam(model.parameters(), lr=2e-3, eps=1e-4)
    losses = []
    for _ in range(steps):
        x, y = batch(rng)
        loss = sum(nn.functional.cross_entropy(net(x), y) for net in model.values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    x, _ = batch(rng)
    return {name: net(x) for name, net in model.items()}
