"""Neighbours fused two by two, WaveNet's way: layers written from nothing, with views of the time axis."""

import numpy as np
import torch
import torch.nn.functional as F


class Linear:
    def __init__(self, rng, fan_in, fan_out, bias=True):
        self.weight = torch.tensor(rng.standard_normal((fan_in, fan_out))) / fan_in**0.5
        self.bias = torch.zeros(fan_out, dtype=torch.float64) if bias else None

    def __call__(self, x):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out += self.bias
        return self.out

    def parameters(self):
        return [self.weight] + ([] if self.bias is None else [self.bias])


class BatchNorm1d:
    def __init__(self, dim, eps=1e-5, momentum=0.1):
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma = torch.ones(dim, dtype=torch.float64)
        self.beta = torch.zeros(dim, dtype=torch.float64)
        self.running_mean = torch.zeros(dim, dtype=torch.float64)
        self.running_var = torch.ones(dim, dtype=torch.float64)

    def __call__(self, x):
        if self.training:
            dim = 0 if x.ndim == 2 else (0, 1)
            xmean = x.mean(dim, keepdim=True)
            xvar = x.var(dim, keepdim=True)
        else:
            xmean, xvar = self.running_mean, self.running_var
        xhat = (x - xmean) / torch.sqrt(xvar + self.eps)
        self.out = self.gamma * xhat + self.beta
        if self.training:
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * xmean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * xvar
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    def __call__(self, x):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


class Embedding:
    def __init__(self, rng, num_embeddings, embedding_dim):
        self.weight = torch.tensor(rng.standard_normal((num_embeddings, embedding_dim)))

    def __call__(self, IX):
        self.out = self.weight[IX]
        return self.out

    def parameters(self):
        return [self.weight]


class FlattenConsecutive:
    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, C = x.shape
        x = x.view(B, T // self.n, C * self.n)
        if x.shape[1] == 1:
            x = x.squeeze(1)
        self.out = x
        return self.out

    def parameters(self):
        return []


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return self.out

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


def main():
    rng = np.random.default_rng(11)
    vocab, width, n_embd = 8, 10, 5
    layers = [Embedding(rng, vocab, n_embd)]
    for fan_in in (n_embd, width, width):
        layers += [
            FlattenConsecutive(2),
            Linear(rng, fan_in * 2, width, bias=False),
            BatchNorm1d(width),
            Tanh(),
        ]
    model = Sequential([*layers, Linear(rng, width, vocab)])
    with torch.no_grad():
        model.layers[-1].weight *= 0.1
    parameters = model.parameters()
    for p in parameters:
        p.requires_grad = True
    X = torch.tensor(rng.integers(0, vocab, (64, 8)))
    Y = (X.sum(1) + X[:, -1]) % vocab
    lossi = []
    for i in range(30):
        ix = torch.tensor(rng.integers(0, X.shape[0], (16,)))
        Xb, Yb = X[ix], Y[ix]
        logits = model(Xb)
        loss = F.cross_entropy(logits, Yb)
        for p in parameters:
            p.grad = None
        loss.backward()
        lr = 0.1 if i < 20 else 0.01
        for p in parameters:
            p.data += -lr * p.grad
        lossi.append(loss.log10().item())
    averages = torch.tensor(lossi).view(-1, 5).mean(1)
    print(averages.shape, averages.dtype)
    for layer in model.layers:
        print(layer.__class__.__name__, ":", tuple(layer.out.shape))
        if isinstance(layer, BatchNorm1d):
            layer.training = False
    with torch.no_grad():
        full = F.cross_entropy(model(X), Y)
        probs = F.softmax(model(X[:2]), dim=1)
    return {
        "lossi": lossi, "full": full, "probs": probs, "running": model.layers[3].running_var,
        "ratio": [((0.1 * p.grad).std() / p.data.std()).log10().item() for p in parameters if p.ndim == 2],
        "saturated": (model.layers[4].out.abs() > 0.97).float().mean() * 100,
    }  # fmt: skip


def check(r):
    assert r["lossi"][-1] < r["lossi"][0]
    assert np.allclose(r["probs"].sum(1), 1)
