"""Two towers with shared weights: contrastive, triplet and cosine losses of their embeddings."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class EmbeddingNet(nn.Module):
    def __init__(self):
        super(EmbeddingNet, self).__init__()
        self.convnet = nn.Sequential(
            nn.Conv2d(1, 4, 5), nn.PReLU(), nn.MaxPool2d(2, stride=2), nn.Conv2d(4, 6, 3), nn.PReLU(6),
            nn.MaxPool2d(2, stride=2),
        )  # fmt: skip
        self.fc = nn.Sequential(nn.Linear(6 * 2 * 2, 10), nn.PReLU(), nn.Linear(10, 3))

    def forward(self, x):
        output = self.convnet(x)
        output = output.view(output.size()[0], -1)
        return self.fc(output)


class SiameseNet(nn.Module):
    def __init__(self, embedding_net):
        super(SiameseNet, self).__init__()
        self.embedding_net = embedding_net
        self.compare = nn.Bilinear(3, 3, 1)

    def forward(self, x1, x2):
        return self.embedding_net(x1), self.embedding_net(x2)

    def get_embedding(self, x):
        return self.embedding_net(x)


class ContrastiveLoss(nn.Module):
    def __init__(self, margin):
        super(ContrastiveLoss, self).__init__()
        self.margin = margin
        self.eps = 1e-9

    def forward(self, output1, output2, target, size_average=True):
        distances = (output2 - output1).pow(2).sum(1)
        losses = 0.5 * (
            target.to(distances) * distances
            + (1 + -1 * target).to(distances) * F.relu(self.margin - (distances + self.eps).sqrt()).pow(2)
        )
        return losses.mean() if size_average else losses.sum()


def build():
    return SiameseNet(EmbeddingNet())


def images(rng, n=6):
    return torch.tensor(rng.standard_normal((n, 1, 16, 16)), dtype=torch.get_default_dtype())


def train(model, rng, steps):
    contrastive, triplet = ContrastiveLoss(1.0), nn.TripletMarginLoss(margin=1.0, p=2, swap=True)
    cosine, ranking = nn.CosineEmbeddingLoss(margin=0.2), nn.MarginRankingLoss(0.1)
    distance = nn.PairwiseDistance(p=2)
    optimizer = optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(steps):
        a, p, n = images(rng), images(rng), images(rng)
        target = torch.tensor(rng.integers(0, 2, 6))
        optimizer.zero_grad()
        out1, out2 = model(a, p)
        out3 = model.get_embedding(n)
        parts = [
            contrastive(out1, out2, target),
            triplet(out1, out2, out3),
            cosine(out1, out2, 2 * target - 1),
            ranking(distance(out1, out3), distance(out1, out2), torch.ones_like(target)),
            F.hinge_embedding_loss(distance(out2, out3), 2 * target - 1),
            F.binary_cross_entropy_with_logits(model.compare(out1, out2).squeeze(1), target.to(out1.dtype)),
        ]
        loss = torch.stack(parts).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    x = F.normalize(model.get_embedding(images(rng)))
    return x, torch.cdist(x, x), F.cosine_similarity(x[:3], x[3:]), F.pdist(x)
