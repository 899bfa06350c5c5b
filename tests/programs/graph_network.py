"""Message passing on a graph: scatter sums, a softmax over each node's edges, PageRank, and Laplacian eigenmaps."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


def scatter_softmax(src, index, n):
    highest = (
        torch.full((n,), float("-inf"))
        .to(src)
        .scatter_reduce(0, index, src, reduce="amax", include_self=False)
    )
    out = (src - highest[index]).exp()
    total = torch.zeros(n).to(src).scatter_add(0, index, out)
    return out / total[index].clamp(min=1e-16)


class GATLayer(nn.Module):
    def __init__(self, rng, n_in, n_out):
        super().__init__()
        self.W = nn.Parameter(torch.tensor(rng.normal(0, 0.5, (n_in, n_out))))
        self.a = nn.Parameter(torch.tensor(rng.normal(0, 0.5, (2 * n_out, 1))))

    def forward(self, h, edge_index):
        row, col = edge_index
        Wh = torch.mm(h, self.W)
        e = F.leaky_relu(torch.cat([Wh[row], Wh[col]], dim=-1) @ self.a, negative_slope=0.2).squeeze(-1)
        alpha = scatter_softmax(e, row, h.size(0))
        self.alpha = alpha
        return torch.zeros_like(Wh).index_add(0, row, alpha.unsqueeze(-1) * Wh[col])


class GCN(nn.Module):
    def __init__(self, rng, A, n_in, n_hidden, n_out):
        super().__init__()
        A = A + torch.eye(A.size(0))
        d = A.sum(1).pow(-0.5)
        self.register_buffer("A", d.diag() @ A @ d.diag())
        self.W1 = nn.Parameter(torch.tensor(rng.normal(0, 0.5, (n_in, n_hidden))))
        self.W2 = nn.Parameter(torch.tensor(rng.normal(0, 0.5, (n_hidden, n_out))))

    def forward(self, x):
        return self.A @ F.elu(self.A @ x @ self.W1) @ self.W2


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(44)
    n = 20
    group = torch.tensor(np.arange(n) % 2)
    draw = torch.tensor(rng.random((n, n)))
    same = group.unsqueeze(0).eq(group.unsqueeze(1))
    A = torch.triu((draw < torch.where(same, 0.5, 0.08)).to(torch.float64), diagonal=1)
    A = A + A.T
    A[torch.arange(n), (torch.arange(n) + 2) % n] = 1
    A = torch.maximum(A, A.t())
    edge_index = A.nonzero().t().contiguous()
    edge_index = torch.cat([edge_index, torch.arange(n).expand(2, n)], dim=1)
    print(edge_index.shape[0], edge_index.size(1) == int(A.sum()) + n, A.trace().item())
    x = torch.eye(n)
    known = torch.zeros(n, dtype=torch.bool)
    known[:6] = True
    results = {}
    for name, model in (("gcn", GCN(rng, A, n, 8, 2)), ("gat", GATLayer(rng, n, 2))):
        opt = optim.Adam(model.parameters(), lr=0.05, weight_decay=5e-4)
        losses = []
        for _ in range(40):
            out = model(x) if name == "gcn" else model(x, edge_index)
            loss = F.nll_loss(F.log_softmax(out, dim=1)[known], group[known])
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
        accuracy = (out.argmax(1) == group)[~known].double().mean().item()
        print(f"{name}: {losses[-1]:.4f} accuracy {accuracy:.2f}")
        results[name] = losses
    sums = torch.zeros(n).scatter_add_(0, edge_index[0], model.alpha.detach())

    P = (A / A.sum(1, keepdim=True)).T
    rank = torch.full((n, 1), 1 / n)
    for _ in range(100):
        rank = 0.85 * P @ rank + 0.15 / n
    exact = torch.linalg.solve(torch.eye(n) - 0.85 * P, torch.full((n,), 0.15 / n))
    lap = torch.diag(A.sum(1)) - A
    values, vectors = torch.linalg.eigh(lap)
    fiedler = vectors[:, 1] * vectors[0, 1].sign()
    degree_order = A.sum(0).argsort(stable=True)
    hops = (torch.matrix_power(A, 3) > 0).sum(1)
    return {
        **results, "sums": sums, "rank": rank.flatten(), "exact": exact, "values": values, "fiedler": fiedler,
        "order": degree_order, "hops": hops, "dirichlet": fiedler @ lap @ fiedler,
    }  # fmt: skip


def check(r):
    assert r["gcn"][-1] < 0.5 * r["gcn"][0]
    assert r["gat"][-1] < r["gat"][0]
    assert np.allclose(r["sums"].numpy(), 1)
    assert np.allclose(r["rank"].numpy(), r["exact"].numpy(), atol=1e-7)
    assert abs(float(r["dirichlet"]) - float(r["values"][1])) < 1e-12
