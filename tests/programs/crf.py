"""A linear-chain conditional random field: partition function, marginals by gradient, Viterbi, structured loss."""

import itertools

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


def log_sum_exp(vec, dim):
    m = torch.amax(vec, dim=dim, keepdim=True)
    return m.squeeze(dim) + torch.log(torch.sum(torch.exp(vec - m), dim=dim))


class CRF(nn.Module):
    def __init__(self, tags):
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(tags, tags))
        self.ends = nn.Parameter(torch.zeros(2, tags))

    def score(self, emissions, tags, mask):
        B, T, _ = emissions.shape
        mask = mask.type_as(emissions)
        rows = torch.arange(B)
        score = self.ends[0][tags[:, 0]] + emissions[rows, 0, tags[:, 0]]
        for t in range(1, T):
            step = self.transitions[tags[:, t - 1], tags[:, t]]
            step = step + emissions[:, t].gather(dim=1, index=tags[:, t : t + 1]).squeeze(1)
            score = score + step * mask[:, t]
        last = mask.long().sum(dim=1) - 1
        return score + self.ends[1][tags[rows, last]]

    def partition(self, emissions, mask):
        alpha = self.ends[0] + emissions[:, 0]
        for t in range(1, emissions.size(1)):
            step = log_sum_exp(
                alpha.unsqueeze(2) + self.transitions.unsqueeze(0) + emissions[:, t].unsqueeze(1), 1
            )
            alpha = torch.where(mask[:, t].unsqueeze(1), step, alpha)
        return log_sum_exp(alpha + self.ends[1], 1)

    def forward(self, emissions, tags, mask):
        return (self.partition(emissions, mask) - self.score(emissions, tags, mask)).mean()

    def decode(self, emissions, length):
        score, history = self.ends[0] + emissions[0], []
        for t in range(1, length):
            score, best = torch.max(score[:, None] + self.transitions, dim=0)
            score = score + emissions[t]
            history.append(best)
        tag = (score + self.ends[1]).argmax()
        tags = [tag]
        for best in history[::-1]:
            tags.append(best[tags[-1]])
        return torch.stack(tags[::-1])


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(48)
    K, B, T = 3, 6, 5
    lengths = torch.tensor([5, 3, 4, 5, 2, 5])
    mask = torch.arange(T)[None, :] < lengths[:, None]
    tags = torch.tensor(np.cumsum(rng.integers(0, 2, (B, T)), 1) % K).masked_fill(~mask, 0)
    emissions = 0.5 * torch.eye(K)[tags] + 0.7 * torch.tensor(rng.standard_normal((B, T, K)))
    crf = CRF(K)
    opt = optim.SGD(crf.parameters(), lr=0.3)
    losses = []
    for _ in range(40):
        opt.zero_grad()
        loss = crf(emissions, tags, mask)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f"{losses[0]:.4f} -> {losses[-1]:.4f}")

    # marginals are the gradient of log Z by the emissions; everything again by enumeration
    e = emissions.clone().requires_grad_()
    logz = crf.partition(e, mask)
    (marginals,) = torch.autograd.grad(logz.sum(), e)
    with torch.no_grad():
        paths = torch.tensor(list(itertools.product(range(K), repeat=T)))
        every = crf.score(
            emissions[:1].expand(len(paths), -1, -1), paths, torch.ones(len(paths), T, dtype=torch.bool)
        )
        brute = torch.logsumexp(every, 0)
        best = paths[every.argmax()]
        path = crf.decode(emissions[0], 5)
        weights = (every - brute).exp()
        expected = torch.stack([(weights[:, None] * (paths == k)).sum(0) for k in range(K)], dim=-1)
    decoded = [crf.decode(emissions[b], int(n)).tolist() for b, n in enumerate(lengths)]
    print(decoded, path.dtype)
    hidden = marginals[~mask].abs().sum()
    return {
        "losses": losses, "logz": logz, "marginals": marginals, "brute": brute, "best": best, "path": path,
        "expected": expected, "hidden": hidden, "transitions": crf.transitions,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert abs(float(r["brute"]) - float(r["logz"][0])) < 1e-12
    assert r["path"].tolist() == r["best"].tolist()
    assert abs(r["expected"] - r["marginals"][0]).max() < 1e-12
    assert float(r["hidden"]) == 0
