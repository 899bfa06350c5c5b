"""Ratings from factors and biases: by autograd through embedding look-ups, with the gradient also by index_add."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class MatrixFactorization(nn.Module):
    def __init__(self, rng, n_users, n_items, n_factors):
        super().__init__()
        self.user_factors = nn.Parameter(torch.tensor(rng.normal(0, 0.3, (n_users, n_factors))))
        self.item_factors = nn.Parameter(torch.tensor(rng.normal(0, 0.3, (n_items, n_factors))))
        self.user_bias = nn.Parameter(torch.zeros(n_users, dtype=torch.float64))
        self.item_bias = nn.Parameter(torch.zeros(n_items, dtype=torch.float64))
        self.mean = nn.Buffer(torch.zeros((), dtype=torch.float64))

    def forward(self, user, item):
        dot = (self.user_factors[user] * self.item_factors.index_select(0, item)).sum(1)
        return self.mean + self.user_bias.gather(0, user) + torch.take(self.item_bias, item) + dot


def main():
    rng = np.random.default_rng(22)
    n_users, n_items = 12, 9
    full = torch.tensor(rng.normal(size=(n_users, 2)) @ rng.normal(size=(2, n_items)) + 3)
    seen = torch.tensor(rng.random((n_users, n_items)) < 0.6)
    users, items = torch.where(seen)
    ratings = full[seen]
    print(users.shape == items.shape == ratings.shape, seen.sum().item(), users.dtype)
    model = MatrixFactorization(rng, n_users, n_items, n_factors=2)
    model.mean.copy_(ratings.mean())
    optimizer = optim.SGD(model.parameters(), lr=0.5, momentum=0.9, weight_decay=1e-4, nesterov=True)
    losses = []
    for epoch in range(80):
        permutation = torch.from_numpy(rng.permutation(len(ratings)))
        total = 0.0
        for indices in torch.split(permutation, 32):
            prediction = model(users[indices], items[indices])
            loss = F.mse_loss(prediction, ratings[indices])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(indices)
        losses.append(total / len(ratings))
    # the gradient by hand
    model.zero_grad()
    prediction = model(users, items)
    F.mse_loss(prediction, ratings).backward()
    with torch.no_grad():
        error = 2 * (prediction - ratings) / ratings.numel()
        by_hand = torch.zeros_like(model.user_factors)
        by_hand.index_add_(0, users, error[:, None] * model.item_factors[items])
        bias = torch.zeros(n_items, dtype=error.dtype)
        bias.scatter_add_(dim=0, index=items, src=error)
        counts = torch.bincount(items, minlength=n_items)
        dense = torch.zeros(n_users, n_items, dtype=torch.float64)
        dense.index_put_((users, items), error)
        top = model.user_factors @ model.item_factors.t() + model.user_bias[:, None] + model.item_bias
        top = top.masked_fill(seen, float("-inf")).topk(2, dim=1)
    print(f"rmse {losses[-1] ** 0.5:.3f}; user 0 should see {top.indices[0].tolist()}")
    return {
        "losses": losses, "grad": model.user_factors.grad, "by_hand": by_hand, "bias": model.item_bias.grad,
        "bias_by_hand": bias, "counts": counts, "dense": dense, "indices": top.indices, "nonfinite_top": top.values,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < 0.2 * r["losses"][0]
    assert abs(r["grad"] - r["by_hand"]).max() < 1e-14
    assert abs(r["bias"] - r["bias_by_hand"]).max() < 1e-14
