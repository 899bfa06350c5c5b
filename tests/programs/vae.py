"""A variational autoencoder with a Gaussian and a Gumbel-softmax latent; the noise is given."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

RTOL = 1e-4  # float32


def gumbel_softmax(logits, u, tau=1.0, hard=False):
    g = -torch.log(-torch.log(u + 1e-10) + 1e-10)
    y = F.softmax((logits + g) / tau, dim=-1)
    if hard:
        index = y.max(-1, keepdim=True)[1]
        y_hard = torch.zeros_like(logits).scatter_(-1, index, 1.0)
        return y_hard - y.detach() + y
    return y


class VAE(nn.Module):
    def __init__(self, rng, pixels=16, hidden=20, latent=2, classes=3):
        super().__init__()
        self.encoder = nn.Linear(pixels, hidden)
        self.mu, self.logvar = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.logits = nn.Linear(hidden, classes)
        self.decoder = nn.Sequential(
            nn.Linear(latent + classes, hidden), nn.ELU(inplace=True), nn.Linear(hidden, pixels)
        )
        state = {
            k: torch.from_numpy(rng.normal(0, 0.2, v.shape).astype("float32"))
            for k, v in self.state_dict().items()
        }
        print(self.load_state_dict(state))

    def encode(self, x):
        h = F.relu(self.encoder(x))
        return self.mu(h), self.logvar(h), self.logits(h)

    def reparameterize(self, mu, logvar, eps):
        std = torch.exp(0.5 * logvar)
        return mu + eps * std

    def forward(self, x, eps, u, tau, hard):
        mu, logvar, logits = self.encode(x.view(-1, 16))
        z = torch.cat((self.reparameterize(mu, logvar, eps), gumbel_softmax(logits, u, tau, hard)), dim=1)
        return torch.sigmoid(self.decoder(z)), mu, logvar, logits


def loss_function(recon, x, mu, logvar, logits):
    BCE = F.binary_cross_entropy(recon, x.view(-1, 16), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    q = F.softmax(logits, dim=-1)
    KLC = torch.sum(q * (torch.log(q + 1e-20) + np.log(3)))
    return (BCE + KLD + KLC) / x.size(0)


def main():
    rng = np.random.default_rng(18)
    kinds = (rng.random((3, 4, 4)) > 0.5).astype(np.float32)
    images = torch.from_numpy(np.abs(kinds[rng.integers(0, 3, 48)] - (rng.random((48, 4, 4)) < 0.05))).float()
    model = VAE(rng)
    model.train()
    optimizer = optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for epoch in range(20):
        tau = max(0.5, np.exp(-0.05 * epoch))
        for batch in images.split(16):
            eps = torch.tensor(rng.standard_normal((16, 2)), dtype=torch.float32)
            u = torch.tensor(rng.random((16, 3)), dtype=torch.float)
            optimizer.zero_grad()
            recon, mu, logvar, logits = model(batch, eps, u, tau, hard=epoch % 2 == 1)
            loss = loss_function(recon, batch, mu, logvar, logits)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        mu, logvar, logits = model.encode(images[:4].view(4, -1))
    print(f"Average loss: {sum(losses[-3:]) / 3:.2f}", logits.argmax(1).shape)
    return {"losses": losses, "mu": mu, "logvar": logvar, "recon": recon[:2].detach()}


def check(r):
    assert r["losses"][-1] < 0.8 * r["losses"][0]
    assert 0 <= float(r["recon"].min()) <= float(r["recon"].max()) <= 1
