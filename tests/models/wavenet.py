"""A WaveNet: dilated causal convolutions with gates, residuals and skips."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class CausalConv1d(nn.Conv1d):
    def __init__(self, in_channels, out_channels, kernel_size, dilation=1, **kwargs):
        super().__init__(in_channels, out_channels, kernel_size, dilation=dilation, **kwargs)
        self.left_padding = (kernel_size - 1) * dilation

    def forward(self, input):
        return super().forward(F.pad(input, (self.left_padding, 0)))


class WaveNet(nn.Module):
    def __init__(self, classes=16, residual=6, skip=8, dilations=(1, 2, 4, 1, 2)):
        super().__init__()
        self.embed = nn.Embedding(classes, residual)
        self.filters, self.gates = nn.ModuleList(), nn.ModuleList()
        self.residuals, self.skips = nn.ModuleList(), nn.ModuleList()
        for d in dilations:
            self.filters.append(CausalConv1d(residual, residual, 2, dilation=d))
            self.gates.append(CausalConv1d(residual, residual, 2, dilation=d, groups=2))
            self.residuals.append(nn.Conv1d(residual, residual, 1))
            self.skips.append(nn.Conv1d(residual, skip, 1, bias=False))
        self.end1, self.end2 = nn.Conv1d(skip, skip, 1), nn.Conv1d(skip, classes, 1)

    def forward(self, x):
        x = self.embed(x).transpose(1, 2)
        skips = 0
        for f, g, residual, skip in zip(self.filters, self.gates, self.residuals, self.skips):
            z = torch.tanh(f(x)) * torch.sigmoid(g(x))
            skips = skips + skip(z)
            x = x + residual(z)
        return self.end2(F.relu(self.end1(F.relu(skips))))


def mu_law(audio, channels):
    mu = torch.tensor(channels - 1.0).to(audio)
    x = torch.sign(audio) * torch.log1p(mu * torch.abs(audio)) / torch.log1p(mu)
    return ((x + 1) / 2 * mu + 0.5).long()


def batch(rng):
    t = torch.arange(25) / 5
    phase = torch.tensor(rng.uniform(0, 6, (4, 1)), dtype=torch.get_default_dtype())
    wave = mu_law(torch.sin(t + phase) * 0.9, 16)
    return wave[:, :-1], wave[:, 1:]


def build():
    return WaveNet()


def train(model, rng, steps):
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    losses = []
    for _ in range(steps):
        x, y = batch(rng)
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    x, _ = batch(rng)
    return model(x)
