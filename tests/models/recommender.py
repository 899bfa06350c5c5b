"""A recommender in the style of DLRM: bags of embeddings and dense features, and their pairwise products."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class DLRM(nn.Module):
    def create_mlp(self, ln, sigmoid_layer):
        layers = nn.ModuleList()
        for i in range(0, ln.size - 1):
            n, m = ln[i], ln[i + 1]
            LL = nn.Linear(int(n), int(m), bias=True)
            rng = np.random.RandomState(i)
            W = rng.normal(0.0, np.sqrt(2 / (m + n)), size=(m, n)).astype(np.float32)
            bt = rng.normal(0.0, np.sqrt(1 / m), size=m).astype(np.float32)
            LL.weight.data = torch.tensor(W, requires_grad=True)
            LL.bias.data = torch.tensor(bt, requires_grad=True)
            layers.append(LL)
            layers.append(nn.Sigmoid() if i == sigmoid_layer else nn.ReLU())
        return nn.Sequential(*layers)

    def create_emb(self, m, ln):
        emb_l = nn.ModuleList()
        for i in range(0, ln.size):
            EE = nn.EmbeddingBag(int(ln[i]), m, mode="sum" if i % 2 else "mean", sparse=False)
            emb_l.append(EE)
        return emb_l

    def __init__(self, m_spa=4, ln_emb=(7, 5, 9), ln_bot=(3, 6, 4), ln_top=(10, 8, 1)):
        super(DLRM, self).__init__()
        self.emb_l = self.create_emb(m_spa, np.asarray(ln_emb))
        self.bot_l = self.create_mlp(np.asarray(ln_bot), -1)
        self.top_l = self.create_mlp(np.asarray(ln_top), len(ln_top) - 2)

    def interact_features(self, x, ly):
        (batch_size, d) = x.shape
        T = torch.cat([x] + ly, dim=1).view((batch_size, -1, d))
        Z = torch.bmm(T, torch.transpose(T, 1, 2))
        _, ni, nj = Z.shape
        li = torch.tensor([i for i in range(ni) for j in range(i)])
        lj = torch.tensor([j for i in range(nj) for j in range(i)])
        Zflat = Z[:, li, lj]
        return torch.cat([x] + [Zflat], dim=1)

    def forward(self, dense_x, lS_o, lS_i):
        x = self.bot_l(dense_x)
        ly = [E(i, o) for E, i, o in zip(self.emb_l, lS_i, lS_o)]
        return self.top_l(self.interact_features(x, ly))


def build():
    return DLRM()


def batch(rng, n=5):
    dense = torch.tensor(rng.random((n, 3)), dtype=torch.get_default_dtype())
    offsets, indices = [], []
    for rows in (7, 5, 9):
        sizes = rng.integers(1, 4, n)
        offsets.append(torch.tensor(np.concatenate([[0], np.cumsum(sizes)[:-1]])))
        indices.append(torch.tensor(rng.integers(0, rows, int(sizes.sum()))))
    clicks = torch.tensor(rng.integers(0, 2, (n, 1)), dtype=torch.get_default_dtype())
    return dense, offsets, indices, clicks


def train(model, rng, steps):
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(steps):
        dense, offsets, indices, clicks = batch(rng)
        Z = model(dense, offsets, indices)
        E = F.binary_cross_entropy(Z, clicks)
        optimizer.zero_grad()
        E.backward()
        optimizer.step()
        losses.append(E.item())
    return losses


def evaluate(model, rng):
    dense, offsets, indices, _ = batch(rng)
    return model(dense, offsets, indices)
