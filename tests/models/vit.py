"""A vision transformer: patches by a convolution, a class token, and nn.TransformerEncoder."""

import torch
import torch.nn as nn
import torch.optim as optim


class PatchEmbed(nn.Module):
    def __init__(self, img_size=12, patch_size=4, in_chans=3, embed_dim=12):
        super().__init__()
        self.num_patches = (img_size // patch_size) ** 2
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=patch_size, stride=patch_size)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class ViT(nn.Module):
    def __init__(self, num_classes=5, embed_dim=12, depth=2, num_heads=3, mlp_ratio=2):
        super().__init__()
        self.patch_embed = PatchEmbed(embed_dim=embed_dim)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.patch_embed.num_patches + 1, embed_dim))
        layer = nn.TransformerEncoderLayer(
            d_model=embed_dim,
            nhead=num_heads,
            dim_feedforward=embed_dim * mlp_ratio,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=depth, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(embed_dim, eps=1e-6)
        self.head = nn.Linear(embed_dim, num_classes)
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.trunc_normal_(self.cls_token, std=0.02)

    def forward(self, x):
        B = x.shape[0]
        x = self.patch_embed(x)
        cls_tokens = self.cls_token.expand(B, -1, -1)
        x = torch.cat((cls_tokens, x), dim=1)
        x = x + self.pos_embed
        x = self.norm(self.encoder(x))
        return self.head(x[:, 0])


def build():
    return ViT()


def batch(rng, n=6):
    images = torch.tensor(rng.standard_normal((n, 3, 12, 12)), dtype=torch.get_default_dtype())
    return images, torch.tensor(rng.integers(0, 5, n))


def train(model, rng, steps):
    optimizer = optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05, eps=1e-4)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    losses = []
    for _ in range(steps):
        images, target = batch(rng)
        # mixup, with given coefficients
        lam = float(rng.beta(0.8, 0.8))
        mixed = lam * images + (1.0 - lam) * images.flip(0)
        output = model(mixed)
        loss = lam * criterion(output, target) + (1.0 - lam) * criterion(output, target.flip(0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    images, _ = batch(rng)
    return model(images)
