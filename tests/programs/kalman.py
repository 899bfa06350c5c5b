"""A Kalman filter and smoother, batched, with its noise learnt by gradient of the innovations' likelihood."""

import math

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


class KalmanFilter(nn.Module):
    def __init__(self, dt=0.5):
        super().__init__()
        self.register_buffer("F", torch.tensor([[1.0, dt], [0.0, 1.0]]))
        self.register_buffer("H", torch.tensor([[1.0, 0.0]]))
        self.q = nn.Parameter(torch.tensor([0.0, 0.0]))
        self.r = nn.Parameter(torch.zeros(1))

    def forward(self, z):
        B, T, _ = z.shape
        x = torch.zeros(B, 2, 1)
        P = torch.eye(2).expand(B, 2, 2) * 4.0
        Q, R = torch.diag_embed(self.q.exp()), torch.diag(self.r.exp())
        log_likelihood = z.new_zeros(B)
        means, covs = [], []
        for t in range(T):
            x = self.F @ x
            P = self.F @ P @ self.F.mT + Q
            y = z[:, t].unsqueeze(-1) - torch.matmul(self.H, x)
            S = self.H @ P @ self.H.transpose(-1, -2) + R
            K = torch.linalg.solve(S, self.H @ P).mT
            x = x + torch.bmm(K, y)
            IKH = torch.eye(2) - K @ self.H
            P = IKH @ P @ IKH.mT + K @ R @ K.mT
            maha = (y.mT @ torch.linalg.inv(S) @ y).squeeze(-1).squeeze(-1)
            log_likelihood = log_likelihood - 0.5 * (maha + torch.logdet(S) + math.log(2 * math.pi))
            means.append(x.squeeze(-1))
            covs.append(P)
        return torch.stack(means, dim=1), torch.stack(covs, dim=1), log_likelihood

    @torch.no_grad()
    def smooth(self, means, covs):
        Q = torch.diag(self.q.exp())
        xs, Ps = means.clone(), covs.clone()
        for t in range(means.size(1) - 2, -1, -1):
            prior = self.F @ covs[:, t] @ self.F.T + Q
            G = covs[:, t] @ self.F.T @ prior.inverse()
            xs[:, t] += torch.einsum("bij,bj->bi", G, xs[:, t + 1] - means[:, t] @ self.F.T)
            Ps[:, t] += G @ (Ps[:, t + 1] - prior) @ G.mT
        return xs, Ps


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(34)
    B, T = 3, 25
    velocity = np.cumsum(rng.normal(0, 0.2, (B, T)), 1)
    position = np.cumsum(velocity * 0.5, 1)
    z = torch.tensor(position + rng.normal(0, 0.5, (B, T))).unsqueeze(-1)
    kf = KalmanFilter()
    optimizer = optim.Adam(kf.parameters(), lr=0.1)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        *_, ll = kf(z)
        loss = -ll.mean() / T
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    means, covs, ll = kf(z)
    xs, Ps = kf.smooth(means.detach(), covs.detach())
    truth = torch.as_tensor(position)
    filtered = (means[..., 0] - truth).pow(2).mean().sqrt().item()
    smoothed = (xs[..., 0] - truth).pow(2).mean().sqrt().item()
    print(
        f"measured {(z[..., 0] - truth).square().mean().sqrt():.3f} filtered {filtered:.3f} smoothed {smoothed:.3f}"
    )
    # the likelihood of one series as one Gaussian vector
    Q, R, F_, H = torch.diag(kf.q.exp()), kf.r.exp(), kf.F, kf.H
    n = 4
    P, blocks = torch.eye(2) * 4.0, []
    for _ in range(n):
        P = F_ @ P @ F_.T + Q
        blocks.append(P)
    cov = torch.zeros(n, n)
    for i in range(n):
        for j in range(n):
            a, b = min(i, j), max(i, j)
            cov[i, j] = (H @ torch.linalg.matrix_power(F_, b - a) @ blocks[a] @ H.T).squeeze()
    cov = cov + R * torch.eye(n)
    v = z[0, :n, 0]
    joint = -0.5 * (v @ torch.linalg.solve(cov, v) + torch.linalg.slogdet(cov)[1] + n * math.log(2 * math.pi))
    _, _, short = kf(z[:1, :n])
    (joint - short[0]).backward()
    return {
        "losses": losses, "means": means, "covs": covs, "xs": xs, "Ps": Ps, "ll": ll, "joint": joint, "short": short,
        "symmetric": (Ps - Ps.mT).abs().max() < 1e-12, "better": smoothed < filtered,
    }  # fmt: skip


def check(r):
    assert r["losses"][-1] < r["losses"][0]
    assert abs(float(r["joint"]) - float(r["short"][0])) < 1e-10
    assert r["symmetric"]
    assert r["better"]
