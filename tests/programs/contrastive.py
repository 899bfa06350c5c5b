"""Embeddings by triplets, by hardest pairs, and by InfoNCE; ranked with sort and topk, judged by recall and NDCG."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


def hardest_triplets(e, labels, margin):
    d = torch.cdist(e, e)
    same = labels.unsqueeze(0) == labels.unsqueeze(1)
    eye = torch.eye(len(labels), dtype=torch.bool, device=e.device)
    furthest = d.masked_fill(~same | eye, 0).max(dim=1)[0]
    closest = d.masked_fill(same, float("inf")).min(dim=1)[0]
    return F.relu(furthest - closest + margin).mean()


def info_nce(a, b, temperature=0.2):
    a, b = F.normalize(a, dim=-1), F.normalize(b, p=2, dim=-1)
    logits = a @ b.T / temperature
    targets = torch.arange(a.shape[0])
    return (F.cross_entropy(logits, targets) + F.cross_entropy(logits.t(), targets)) / 2


def ndcg(scores, relevance, k):
    order = scores.argsort(dim=-1, descending=True)[:, :k]
    gains = relevance.gather(1, order) / torch.log2(torch.arange(2, k + 2, dtype=scores.dtype))
    ideal = relevance.sort(dim=1, descending=True).values[:, :k] / torch.log2(
        torch.arange(2.0, k + 2.0, dtype=scores.dtype)
    )
    return (gains.sum(1) / ideal.sum(1)).mean()


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(26)
    labels = torch.tensor(np.repeat(np.arange(4), 6))
    centres = torch.tensor(rng.normal(0, 1, (4, 5)))
    X = centres[labels] + 0.8 * torch.tensor(rng.normal(size=(24, 5)))
    net = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 3))
    for p in net.parameters():
        p.data.copy_(torch.tensor(rng.normal(0, 0.4, tuple(p.shape))))
    opt = optim.Adam(net.parameters(), lr=2e-2)
    losses = {"triplet": [], "hardest": [], "nce": []}
    for step in range(60):
        e = net(X)
        anchor, positive, negative = e[0::6], e[1::6], e[torch.tensor([6, 12, 18, 0])]
        triplet = F.triplet_margin_loss(anchor, positive, negative, margin=1.0)
        hardest = hardest_triplets(e, labels, 0.5)
        nce = info_nce(e[::2], e[1::2])
        loss = triplet + hardest + 0.1 * nce
        opt.zero_grad()
        loss.backward()
        opt.step()
        for name, value in (("triplet", triplet), ("hardest", hardest), ("nce", nce)):
            losses[name].append(value.item())
    with torch.no_grad():
        e = net(X)
        d = torch.cdist(e, e).fill_diagonal_(float("inf"))
        values, neighbours = torch.topk(d, k=3, largest=False, dim=1)
        recall = (labels[neighbours] == labels[:, None]).any(dim=1).double().mean()
        precision = labels[neighbours].eq(labels.unsqueeze(-1)).sum().item() / neighbours.numel()
        relevance = (labels[:, None] == labels[None, :]).to(e.dtype) - torch.eye(24)
        quality = ndcg(-d, relevance, 5)
        similarity = F.cosine_similarity(e[:, None], e[None], dim=-1)
        pairs = torch.triu_indices(24, 24, offset=1)
        distances = F.pairwise_distance(e[pairs[0]], e[pairs[1]])
        median = distances.median()
        kth = distances.kthvalue(10)
    print(f"recall@3 {recall:.2f} precision {precision:.2f} ndcg {quality.item():.3f}")
    return {
        **losses, "values": values, "neighbours": neighbours, "quality": quality, "similarity": similarity,
        "median": median, "kth": kth.values, "distances": distances,
    }  # fmt: skip


def check(r):
    assert r["hardest"][-1] < r["hardest"][0]
    assert 0 < float(r["quality"]) <= 1
    assert abs(r["similarity"].diagonal() - 1).max() < 1e-12
