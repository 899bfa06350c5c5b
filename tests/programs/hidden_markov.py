"""A hidden Markov model in log space: the forward algorithm, learning by gradient, posteriors, and Viterbi's path."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import grad


class HMM(nn.Module):
    def __init__(self, rng, states, symbols):
        super().__init__()
        self.start = nn.Parameter(torch.from_numpy(rng.standard_normal(states)))
        self.trans = nn.Parameter(torch.from_numpy(rng.standard_normal((states, states))))
        self.emit = nn.Parameter(torch.from_numpy(rng.standard_normal((states, symbols))))

    def logs(self):
        return F.log_softmax(self.start, 0), F.log_softmax(self.trans, 1), F.log_softmax(self.emit, dim=1)

    def forward(self, x, lengths):
        """The log-likelihood of padded sequences (N, T)."""
        start, trans, emit = self.logs()
        N, T = x.shape
        log_alpha = torch.zeros(N, T, start.shape[0], dtype=start.dtype)
        log_alpha[:, 0, :] = start + emit[:, x[:, 0]].transpose(0, 1)
        for t in range(1, T):
            inner = torch.logsumexp(log_alpha[:, t - 1, :, None].clone() + trans, dim=1)
            log_alpha[:, t, :] = emit[:, x[:, t]].T + inner
        log_sums = log_alpha.logsumexp(dim=2)
        return torch.gather(log_sums, 1, lengths.view(-1, 1) - 1).squeeze(1)

    @torch.no_grad()
    def viterbi(self, x):
        start, trans, emit = self.logs()
        delta = start + emit[:, x[0]]
        back = []
        for symbol in x[1:]:
            best = (delta.unsqueeze(1) + trans).max(dim=0)
            back.append(best.indices)
            delta = best.values + emit[:, symbol]
        score, state = delta.max(dim=0)
        path = [state.item()]
        for pointer in reversed(back):
            path.insert(0, pointer[path[0]].item())
        return score, path


def main():
    rng = np.random.default_rng(16)
    model = HMM(rng, states=3, symbols=4)
    lengths = torch.LongTensor([9, 5, 7, 9, 2])
    x = torch.zeros(5, 9, dtype=torch.long)
    for n, length in enumerate(lengths):
        x[n, :length] = torch.arange(int(length)).add(n).remainder(4)
    losses = []
    for step in range(25):
        loss = -model(x, lengths).mean()
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= 0.5 * p.grad
        if step % 12 == 0:
            print(f"{step} {loss.item():.4f}")
    # posteriors are gradients of the log-likelihood by the emission logs
    start, trans, emit = (v.detach().requires_grad_() for v in model.logs())
    seq = x[0]
    alpha = start + emit[:, seq[0]]
    for symbol in seq[1:]:
        alpha = torch.logsumexp(alpha.unsqueeze(-1) + trans, 0) + emit[:, symbol]
    expected = grad(alpha.logsumexp(0), [emit, trans])
    score, path = model.viterbi(seq)
    # the same by going through every path
    grids = torch.cartesian_prod(*[torch.arange(3)] * 5)
    total = start[grids[:, 0]] + emit[grids[:, 0], seq[0]]
    for t in range(1, 5):
        total = total + trans[grids[:, t - 1], grids[:, t]] + emit[grids[:, t], seq[t]]
    brute = total.logsumexp(dim=-1)
    with torch.no_grad():
        short = model(x[:1, :5], torch.tensor([5]))
    print(path)
    return {
        "losses": losses, "emissions": expected[0], "transitions": expected[1], "score": score, "path": path,
        "brute": brute, "short": short,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert abs(float(r["emissions"].sum()) - 9) < 1e-9
    assert abs(float(r["transitions"].sum()) - 8) < 1e-9
    assert abs(float(r["brute"]) - float(r["short"][0])) < 1e-10
