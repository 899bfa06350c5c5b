"""A variational autoencoder with a convolutional encoder and a transposed one as decoder; the noise is given."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim


class ConvVAE(nn.Module):
    def __init__(self, latent_dim=4, hidden_dims=(4, 8)):
        super().__init__()
        modules = []
        in_channels = 1
        for h_dim in hidden_dims:
            modules.append(
                nn.Sequential(
                    nn.Conv2d(
                        in_channels, out_channels=h_dim, kernel_size=3, stride=2, padding=1, bias=False
                    ),
                    nn.BatchNorm2d(h_dim),
                    nn.LeakyReLU(),
                )
            )
            in_channels = h_dim
        self.encoder = nn.Sequential(*modules)
        self.fc_mu = nn.Linear(hidden_dims[-1] * 9, latent_dim)
        self.fc_var = nn.Linear(hidden_dims[-1] * 9, latent_dim)
        self.decoder_input = nn.Linear(latent_dim, hidden_dims[-1] * 9)
        self.decoder = nn.Sequential(
            nn.Unflatten(1, (hidden_dims[-1], 3, 3)),
            nn.ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1, output_padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.LeakyReLU(),
            nn.ConvTranspose2d(4, 4, kernel_size=3, stride=2, padding=1, output_padding=1, bias=False),
            nn.BatchNorm2d(4),
            nn.LeakyReLU(),
            nn.Conv2d(4, out_channels=1, kernel_size=3, padding=1),
            nn.Sigmoid(),
        )

    def encode(self, input):
        result = self.encoder(input)
        result = torch.flatten(result, start_dim=1)
        return [self.fc_mu(result), self.fc_var(result)]

    def reparameterize(self, mu, logvar, eps):
        std = torch.exp(0.5 * logvar)
        return eps * std + mu

    def forward(self, input, eps):
        mu, log_var = self.encode(input)
        z = self.reparameterize(mu, log_var, eps)
        return self.decoder(self.decoder_input(z)), mu, log_var


def loss_function(recon_x, x, mu, log_var):
    recons_loss = F.binary_cross_entropy(recon_x, x, reduction="sum") / x.shape[0]
    kld_loss = torch.mean(-0.5 * torch.sum(1 + log_var - mu**2 - log_var.exp(), dim=1), dim=0)
    return recons_loss + 0.1 * kld_loss


def build():
    return ConvVAE()


def batch(rng, n=8):
    dtype = torch.get_default_dtype()
    x = torch.tensor(rng.random((n, 1, 12, 12)) ** 2, dtype=dtype)
    return x, torch.tensor(rng.standard_normal((n, 4)), dtype=dtype)


def train(model, rng, steps):
    optimizer = optim.Adam(model.parameters(), lr=5e-3)
    losses = []
    for _ in range(steps):
        x, eps = batch(rng)
        optimizer.zero_grad()
        recon, mu, log_var = model(x, eps)
        loss = loss_function(recon, x, mu, log_var)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    x, eps = batch(rng)
    grid = np.stack(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [0.0], [0.5]), -1).reshape(-1, 4)
    return model(x, eps), model.decoder(model.decoder_input(torch.tensor(grid).to(x)))
