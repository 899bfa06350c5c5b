"""Low-rank matrices: SVD, eigenvectors, a trained linear autoencoder, completion by the nuclear norm."""

import numpy as np
import torch


def soft_threshold_svd(M, tau):
    U, S, Vh = torch.linalg.svd(M, full_matrices=False)
    return (U * (S - tau).clamp(min=0)) @ Vh, S


def main():
    rng = np.random.default_rng(32)
    X = torch.tensor(rng.normal(size=(40, 3)) @ rng.normal(size=(3, 6)) + 0.1 * rng.normal(size=(40, 6)))
    X = X - X.mean(dim=0, keepdim=True)
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    L, Q = torch.linalg.eigh(X.T @ X)
    explained = S.square().cumsum(0) / S.square().sum()
    best = (U[:, :3] * S[:3]) @ Vh[:3]
    print(tuple(U.shape), tuple(S.shape), tuple(Vh.shape), torch.allclose(S**2, L.flip(0)))

    # an autoencoder with tied weights finds the same subspace
    W = torch.tensor(rng.normal(0, 0.3, (6, 3)), requires_grad=True)
    losses = []
    for _ in range(200):
        loss = (X - X @ W @ W.t()).pow(2).sum() / len(X)
        loss.backward()
        with torch.no_grad():
            W -= 0.01 * W.grad
            W.grad = None
        losses.append(loss.item())
    with torch.no_grad():
        Qw, R = torch.linalg.qr(W)
        angle = torch.linalg.svdvals(Qw.T @ Vh[:3].T)
        floor = (X - best).square().sum() / X.size(0)

    # gradients through decompositions: of the nuclear norm, of the gap between eigenvalues, of an orthogonal basis
    A = torch.tensor(rng.normal(size=(5, 4)), requires_grad=True)
    nuclear = torch.linalg.matrix_norm(A, "nuc")
    (g_nuclear,) = torch.autograd.grad(nuclear, A)
    B = torch.tensor(rng.normal(size=(4, 4)), requires_grad=True)
    ev = torch.linalg.eigvalsh(B @ B.mT)
    (g_gap,) = torch.autograd.grad(ev[-1] - ev[0], B)
    q, r = torch.linalg.qr(B)
    sign = torch.sign(torch.diagonal(r)).detach()
    ((q * sign)[:, 0] @ torch.arange(4.0).double()).backward()
    u, s, vh = torch.linalg.svd(A, full_matrices=False)
    rank1 = s[0] * torch.outer(u[:, 0], vh[0])
    (g_rank1,) = torch.autograd.grad(rank1[0, 0], A)

    # completion of a matrix seen in part
    true = torch.tensor(rng.normal(size=(10, 2)) @ rng.normal(size=(2, 8)))
    mask = torch.tensor(rng.random((10, 8)) < 0.7)
    Z = torch.where(mask, true, torch.zeros_like(true))
    ranks = []
    for i in range(150):
        Z, S_ = soft_threshold_svd(torch.where(mask, true, Z), tau=0.5 * 0.97**i)
        ranks.append(torch.linalg.matrix_rank(Z, rtol=1e-3).item())
    error = torch.linalg.norm((Z - true)[~mask]) / torch.linalg.norm(true[~mask])
    print(f"relative error of what was not seen: {error:.3f}, rank {ranks[0]} -> {ranks[-1]}")
    P = torch.linalg.pinv(A.detach())
    return {
        "S": S, "L": L, "explained": explained, "losses": losses, "angle": angle, "floor": floor,
        "nuclear": nuclear, "g_nuclear": g_nuclear, "g_gap": g_gap, "g_q": B.grad, "g_rank1": g_rank1,
        "Z": Z, "ranks": ranks, "error": error, "pinv": P @ A, "cond": torch.linalg.cond(A),
        "projector": Qw @ Qw.T, "reconstruction": Q.abs(),
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert np.allclose(r["pinv"], np.eye(4), atol=1e-12)
    assert float(r["error"]) < 0.5
    assert np.allclose(r["g_nuclear"].T @ r["g_nuclear"], np.eye(4), atol=1e-10)
