"""A temporal convolutional network with weight normalisation, and a critic with spectral normalisation."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.utils.parametrizations import spectral_norm, weight_norm


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super(Chomp1d, self).__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, : -self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.0):
        super(TemporalBlock, self).__init__()
        self.conv1 = weight_norm(
            nn.Conv1d(n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        )
        self.chomp1 = Chomp1d(padding)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout)
        self.conv2 = weight_norm(
            nn.Conv1d(n_outputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation)
        )
        self.chomp2 = Chomp1d(padding)
        self.relu2 = nn.ReLU()
        self.dropout2 = nn.Dropout(dropout)
        self.net = nn.Sequential(
            self.conv1,
            self.chomp1,
            self.relu1,
            self.dropout1,
            self.conv2,
            self.chomp2,
            self.relu2,
            self.dropout2,
        )
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TemporalConvNet(nn.Module):
    def __init__(self, num_inputs, num_channels, kernel_size=2, dropout=0.0):
        super(TemporalConvNet, self).__init__()
        layers = []
        num_levels = len(num_channels)
        for i in range(num_levels):
            dilation_size = 2**i
            in_channels = num_inputs if i == 0 else num_channels[i - 1]
            layers += [
                TemporalBlock(
                    in_channels,
                    num_channels[i],
                    kernel_size,
                    stride=1,
                    dilation=dilation_size,
                    padding=(kernel_size - 1) * dilation_size,
                    dropout=dropout,
                )
            ]
        self.network = nn.Sequential(*layers)
        self.linear = nn.Linear(num_channels[-1], 1)

    def forward(self, x):
        return self.linear(self.network(x)[:, :, -1])


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            spectral_norm(nn.Conv1d(2, 6, 3, padding=1)), nn.LeakyReLU(0.1), nn.AvgPool1d(2), nn.Flatten(),
            spectral_norm(nn.Linear(6 * 6, 8), n_power_iterations=2), nn.LeakyReLU(0.1),
            spectral_norm(nn.Linear(8, 1)),
        )  # fmt: skip

    def forward(self, x):
        return self.net(x)


def build():
    return nn.ModuleDict({"tcn": TemporalConvNet(2, [4, 6, 6], kernel_size=3), "critic": Critic()})


def batch(rng, n=6, length=12):
    """The adding problem: of the numbers in channel 0, add those that are marked in channel 1."""
    x = rng.uniform(size=(n, 2, length))
    x[:, 1] = 0
    for row in x:
        row[1, rng.choice(length, 2, replace=False)] = 1
    x = torch.tensor(x, dtype=torch.get_default_dtype())
    return x, (x[:, 0] * x[:, 1]).sum(1, keepdim=True)


def train(model, rng, steps):
    tcn, critic = model["tcn"], model["critic"]
    optimizer = optim.Adam(model.parameters(), lr=4e-3, eps=1e-4)
    losses = []
    for _ in range(steps):
        x, y = batch(rng)
        optimizer.zero_grad()
        real, fake = critic(x), critic(x.flip(0) + 0.3)
        loss = F.mse_loss(tcn(x), y) + F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        loss.backward()
        nn.utils.clip_grad_value_(tcn.parameters(), 0.5)
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    x, _ = batch(rng)
    return model["tcn"](x), model["critic"](x)
