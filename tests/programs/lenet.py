"""LeNet with a gradient penalty on its input: views and in-place writes of what convolutions and pools return."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

RTOL = 1e-8


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.norm = nn.BatchNorm2d(16)
        self.down = nn.Conv2d(16, 16, 3, stride=2, padding=1, groups=16)
        self.up = nn.ConvTranspose2d(16, 4, 4, stride=2, padding=1)
        self.fc1 = nn.Linear(4 * 6 * 6, 32)
        self.fc2 = nn.Linear(32, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = F.relu(self.norm(self.conv2(x)), inplace=True)
        assert x.is_contiguous()
        x = F.avg_pool2d(x, 2).view(x.size(0), 16, -1)
        x = self.up(self.down(x.view(-1, 16, 5, 5)))
        x = x.view(-1, 4 * 6 * 6)
        x.mul_(0.5)
        x = F.relu(self.fc1(x), inplace=True)
        return self.fc2(x)


def main():
    rng = np.random.default_rng(0)
    net = Net().double()
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.from_numpy(rng.uniform(-0.2, 0.2, tuple(p.shape))))
    optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    x = torch.from_numpy(rng.normal(size=(12, 1, 28, 28)))
    y = torch.from_numpy(rng.integers(0, 10, 12))
    losses, penalties = [], []
    for _ in range(6):
        optimizer.zero_grad()
        images = x.clone().requires_grad_()
        loss = F.cross_entropy(net(images), y)
        (slope,) = torch.autograd.grad(loss, images, create_graph=True)
        penalty = (slope.view(12, -1).norm(dim=1) ** 2).mean()
        (loss + 10 * penalty).backward()
        optimizer.step()
        losses.append(loss.item())
        penalties.append(penalty.item())
    net.eval()
    with torch.no_grad():
        features = F.relu(net.conv1(x))
        flat = features.view(-1)
        flat[::3] = 0.0
        patches = F.unfold(features[:2], 3, stride=5)
    return {
        "losses": torch.tensor(losses),
        "penalties": torch.tensor(penalties),
        "scores": net(x).detach(),
        "features": features,
        "patches": patches,
        "strides": torch.tensor(features.stride()),
    }


def check(results):
    losses = results["losses"].tolist()
    assert losses[-1] < losses[0]
    assert results["features"].reshape(-1)[::3].abs().sum().item() == 0
