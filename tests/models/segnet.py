"""An autoencoder whose decoder puts values back where the maxima were: SegNet's unpooling."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class SegNet(nn.Module):
    def __init__(self, channels=1, width=4):
        super().__init__()
        self.enc1 = nn.Conv2d(channels, width, 3, padding="same", padding_mode="reflect")
        self.enc2 = nn.Conv2d(width, 2 * width, (3, 1), padding=(1, 0), padding_mode="replicate")
        self.norm1 = nn.InstanceNorm2d(width, affine=True, track_running_stats=True)
        self.norm2 = nn.GroupNorm(2, 2 * width)
        self.pool = nn.MaxPool2d(2, 2, return_indices=True)
        self.unpool = nn.MaxUnpool2d(2, 2)
        self.dec2 = nn.Conv2d(2 * width, width, 3, padding=1, padding_mode="circular")
        self.dec1 = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, x):
        x = F.elu(self.norm1(self.enc1(x)))
        size1 = x.size()
        x, indices1 = self.pool(x)
        x = F.elu(self.norm2(self.enc2(x)))
        size2 = x.size()
        x, indices2 = self.pool(x)
        x = self.unpool(x, indices2, output_size=size2)
        x = F.elu(self.dec2(x))
        x = self.unpool(x, indices1, output_size=size1)
        return self.dec1(x)


def build():
    return SegNet()


def images(rng, n=4):
    return torch.tensor(rng.standard_normal((n, 1, 11, 9)), dtype=torch.get_default_dtype())


def train(model, rng, steps):
    criterion, robust = nn.MSELoss(), nn.SmoothL1Loss(beta=0.5)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(steps):
        x = images(rng)
        out = model(x)
        loss = criterion(out, x) + robust(out, x) + F.huber_loss(out, x, delta=0.7)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    return model(images(rng))
