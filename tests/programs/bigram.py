"""A bigram character model: by counting, and by gradient descent on one-hot inputs; the two agree."""

import torch
import torch.nn.functional as F

WORDS = "anna otto lena nora tom nathan elena roman mona leon noel tamara anton marlon hanna".split()


def main():
    chars = sorted(set("".join(WORDS)))
    stoi = {s: i + 1 for i, s in enumerate(chars)}
    stoi["."] = 0
    itos = {i: s for s, i in stoi.items()}
    V = len(itos)

    N = torch.zeros((V, V), dtype=torch.int32)
    for w in WORDS:
        chs = [".", *list(w), "."]
        for ch1, ch2 in zip(chs, chs[1:]):
            N[stoi[ch1], stoi[ch2]] += 1
    P = (N + 1).float()
    P /= P.sum(1, keepdim=True)
    print(N.shape, N.dtype, N.sum().item(), P[0].sum())

    log_likelihood, n = 0.0, 0
    for w in WORDS:
        chs = [".", *list(w), "."]
        for ch1, ch2 in zip(chs, chs[1:]):
            logprob = torch.log(P[stoi[ch1], stoi[ch2]])
            log_likelihood += logprob
            n += 1
    nll = -log_likelihood / n
    print(f"{log_likelihood=}", f"{nll=}", n)

    xs, ys = [], []
    for w in WORDS:
        chs = [".", *list(w), "."]
        for ch1, ch2 in zip(chs, chs[1:]):
            xs.append(stoi[ch1])
            ys.append(stoi[ch2])
    xs = torch.tensor(xs)
    ys = torch.tensor(ys)
    num = xs.nelement()
    W = torch.sin(torch.arange(V * V, dtype=torch.float64)).view(V, V).requires_grad_()
    losses = []
    for _ in range(60):
        xenc = F.one_hot(xs, num_classes=V).double()
        logits = xenc @ W
        counts = logits.exp()
        probs = counts / counts.sum(1, keepdims=True)
        loss = -probs[torch.arange(num), ys].log().mean() + 0.001 * (W**2).mean()
        losses.append(loss.item())
        W.grad = None
        loss.backward()
        W.data += -20 * W.grad

    # greedy sampling: the likeliest next letter that was not just used
    out, ix = [], 0
    for _ in range(8):
        p = F.softmax(W[ix], dim=-1)
        order = p.argsort(descending=True)
        ix = order[0].item() if not out or order[0] != stoi.get(out[-1]) else order[1].item()
        if ix == 0:
            break
        out.append(itos[ix])
    print("".join(out))
    return {
        "N": N, "P": P, "nll": nll, "losses": losses, "W": W, "grad": W.grad, "n": n,
        "top": torch.topk(N.flatten(), 3).values, "word": [stoi[c] for c in out],
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert int(r["N"].sum()) == r["n"]
    assert abs(r["losses"][-1] - float(r["nll"])) < 0.5
