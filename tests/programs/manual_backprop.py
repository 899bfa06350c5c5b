"""A character MLP with batch normalisation taken apart, and every gradient written by hand beside `.grad`."""

import numpy as np
import torch
import torch.nn.functional as F


def cmp(name, dt, t):
    exact = torch.all(torch.isclose(dt, t.grad, rtol=1e-9, atol=1e-12)).item()
    maxdiff = (dt - t.grad).abs().max().item()
    print(f"{name:12s} | close: {str(exact):5s} | small: {maxdiff < 1e-12}")
    return exact


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(7)
    vocab_size, n_embd, block_size, n_hidden, n = 9, 4, 3, 12, 16
    C = torch.tensor(rng.standard_normal((vocab_size, n_embd)))
    W1 = (
        torch.tensor(rng.standard_normal((n_embd * block_size, n_hidden)))
        * (5 / 3)
        / ((n_embd * block_size) ** 0.5)
    )
    b1 = torch.tensor(rng.standard_normal(n_hidden)) * 0.1
    W2 = torch.tensor(rng.standard_normal((n_hidden, vocab_size))) * 0.1
    b2 = torch.tensor(rng.standard_normal(vocab_size)) * 0.1
    bngain = torch.tensor(rng.standard_normal((1, n_hidden))) * 0.1 + 1.0
    bnbias = torch.tensor(rng.standard_normal((1, n_hidden))) * 0.1
    parameters = [C, W1, b1, W2, b2, bngain, bnbias]
    print(sum(p.nelement() for p in parameters))
    for p in parameters:
        p.requires_grad = True
    Xb = torch.from_numpy(rng.integers(0, vocab_size, (n, block_size)))
    Yb = torch.from_numpy(rng.integers(0, vocab_size, n))

    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hprebn = embcat @ W1 + b1
    bnmeani = 1 / n * hprebn.sum(0, keepdim=True)
    bndiff = hprebn - bnmeani
    bndiff2 = bndiff**2
    bnvar = 1 / (n - 1) * (bndiff2).sum(0, keepdim=True)
    bnvar_inv = (bnvar + 1e-5) ** -0.5
    bnraw = bndiff * bnvar_inv
    hpreact = bngain * bnraw + bnbias
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    logit_maxes = logits.max(1, keepdim=True).values
    norm_logits = logits - logit_maxes
    counts = norm_logits.exp()
    counts_sum = counts.sum(1, keepdims=True)
    counts_sum_inv = counts_sum**-1
    probs = counts * counts_sum_inv
    logprobs = probs.log()
    loss = -logprobs[range(n), Yb].mean()
    for p in parameters:
        p.grad = None
    for t in [logprobs, probs, counts, counts_sum, counts_sum_inv, norm_logits, logit_maxes, logits, h, hpreact,
              bnraw, bnvar_inv, bnvar, bndiff2, bndiff, hprebn, bnmeani, embcat, emb]:  # fmt: skip
        t.retain_grad()
    loss.backward()

    dlogprobs = torch.zeros_like(logprobs)
    dlogprobs[range(n), Yb] = -1.0 / n
    dprobs = (1.0 / probs) * dlogprobs
    dcounts_sum_inv = (counts * dprobs).sum(1, keepdim=True)
    dcounts = counts_sum_inv * dprobs
    dcounts_sum = (-(counts_sum**-2)) * dcounts_sum_inv
    dcounts += torch.ones_like(counts) * dcounts_sum
    dnorm_logits = counts * dcounts
    dlogits = dnorm_logits.clone()
    dlogit_maxes = (-dnorm_logits).sum(1, keepdim=True)
    dlogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
    dh = dlogits @ W2.T
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1.0 - h**2) * dh
    dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
    dbnraw = bngain * dhpreact
    dbnbias = dhpreact.sum(0, keepdim=True)
    dbndiff = bnvar_inv * dbnraw
    dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
    dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
    dbndiff2 = (1.0 / (n - 1)) * torch.ones_like(bndiff2) * dbnvar
    dbndiff += (2 * bndiff) * dbndiff2
    dhprebn = dbndiff.clone()
    dbnmeani = (-dbndiff).sum(0)
    dhprebn += 1.0 / n * (torch.ones_like(hprebn) * dbnmeani)
    dembcat = dhprebn @ W1.T
    dW1 = embcat.T @ dhprebn
    db1 = dhprebn.sum(0)
    demb = dembcat.view(emb.shape)
    dC = torch.zeros_like(C)
    for k in range(Xb.shape[0]):
        for j in range(Xb.shape[1]):
            dC[Xb[k, j]] += demb[k, j]
    dC2 = torch.zeros_like(C).index_add_(0, Xb.view(-1), demb.view(-1, n_embd))

    pairs = {
        "logprobs": (dlogprobs, logprobs), "probs": (dprobs, probs),
        "counts_sum_inv": (dcounts_sum_inv, counts_sum_inv),
        "counts_sum": (dcounts_sum, counts_sum), "counts": (dcounts, counts),
        "norm_logits": (dnorm_logits, norm_logits),
        "logit_maxes": (dlogit_maxes, logit_maxes), "logits": (dlogits, logits), "h": (dh, h), "W2": (dW2, W2),
        "b2": (db2, b2), "hpreact": (dhpreact, hpreact), "bngain": (dbngain, bngain), "bnbias": (dbnbias, bnbias),
        "bnraw": (dbnraw, bnraw), "bnvar_inv": (dbnvar_inv, bnvar_inv), "bnvar": (dbnvar, bnvar),
        "bndiff2": (dbndiff2, bndiff2), "bndiff": (dbndiff, bndiff), "bnmeani": (dbnmeani, bnmeani),
        "hprebn": (dhprebn, hprebn), "embcat": (dembcat, embcat), "W1": (dW1, W1), "b1": (db1, b1),
        "emb": (demb, emb), "C": (dC, C),
    }  # fmt: skip
    ok = [cmp(name, dt, t) for name, (dt, t) in pairs.items()]

    # the shortcuts: the loss and the normalisation in one formula each
    dlogits_fast = F.softmax(logits, 1)
    dlogits_fast[range(n), Yb] -= 1
    dlogits_fast /= n
    dhprebn_fast = (
        bngain
        * bnvar_inv
        / n
        * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))
    )
    return {
        "loss": loss, "close": all(ok), "fast": F.cross_entropy(logits, Yb) - loss,
        "dlogits": torch.allclose(dlogits_fast, logits.grad), "dhprebn": torch.allclose(dhprebn_fast, hprebn.grad),
        "dC": dC - dC2,
        # those two are rounding errors around 0
        **{f"grad_{name}": t.grad for name, (_, t) in pairs.items() if name not in ("logit_maxes", "b1")},
    }  # fmt: skip


def check(r):
    assert r["close"]
    assert r["dhprebn"]
    assert r["dlogits"]
    assert abs(r["dC"]).max() < 1e-15
