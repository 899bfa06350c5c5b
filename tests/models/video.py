"""Volumes and fine-tuning: a 3d network with a frozen part, cells of an RNN by hand, and learned embeddings."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class Conv2Plus1D(nn.Sequential):
    def __init__(self, in_planes, out_planes, midplanes, stride=1):
        super().__init__(
            nn.Conv3d(in_planes, midplanes, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False),
            nn.BatchNorm3d(midplanes),
            nn.ReLU(inplace=True),
            nn.Conv3d(midplanes, out_planes, (3, 1, 1), stride=(stride, 1, 1), padding=(1, 0, 0), bias=False),
        )


class VideoNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(Conv2Plus1D(1, 4, 5), nn.BatchNorm3d(4), nn.ReLU(inplace=True))
        self.body = Conv2Plus1D(4, 6, 5, stride=2)
        self.pool = nn.AdaptiveAvgPool3d((None, 1, 1))
        self.cell = nn.LSTMCell(6, 5)
        self.slow = nn.GRUCell(5, 4)
        self.plain = nn.RNNCell(4, 4, nonlinearity="relu")
        self.speaker = nn.Embedding(3, 4, max_norm=1.0)
        self.head = nn.Linear(4, 2)
        self.up = nn.ConvTranspose3d(6, 1, 2, stride=2)

    def forward(self, clip, who):
        features = F.relu(self.body(self.stem(clip)))
        steps = self.pool(features).flatten(2).permute(2, 0, 1)
        n = clip.size(0)
        h, c = torch.zeros(n, 5), torch.zeros(n, 5)
        slow = plain = torch.zeros(n, 4)
        for step in steps:
            h, c = self.cell(step, (h, c))
            slow = self.slow(h, slow)
            plain = self.plain(slow, plain)
        logits = self.head(plain + slow * self.speaker(who))
        return logits, self.up(features)


def build():
    return VideoNet()


def batch(rng, n=4):
    clip = torch.tensor(rng.standard_normal((n, 1, 4, 8, 8)), dtype=torch.get_default_dtype())
    return clip, torch.tensor(rng.integers(0, 3, n)), torch.tensor(rng.integers(0, 2, n))


def train(model, rng, steps):
    for p in model.stem.parameters():
        p.requires_grad = False
    model.stem.eval()
    optimizer = optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.05, momentum=0.5)
    losses = []
    for _ in range(steps):
        clip, who, target = batch(rng)
        logits, rebuilt = model(clip, who)
        loss = nn.CrossEntropyLoss()(logits, target) + 0.5 * F.l1_loss(rebuilt, clip)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    clip, who, _ = batch(rng)
    return model(clip, who)
