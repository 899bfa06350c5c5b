"""A convolutional network whose convolution, pooling and batch normalisation are made of unfold and einsum."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

RTOL = 1e-4  # float32


def conv2d(x, weight, bias=None, stride=1, padding=0):
    if padding:
        B, C, H, W = x.shape
        padded = x.new_zeros(B, C, H + 2 * padding, W + 2 * padding)
        padded[:, :, padding:-padding, padding:-padding] = x
        x = padded
    kh, kw = weight.shape[-2:]
    patches = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.einsum("bchwij,ocij->bohw", patches, weight)
    return out if bias is None else out + bias.view(1, -1, 1, 1)


def max_pool2d(x, k):
    B, C, H, W = x.shape
    return x.reshape(B, C, H // k, k, W // k, k).permute(0, 1, 2, 4, 3, 5).flatten(-2).max(dim=-1).values


class BatchNorm2d(nn.Module):
    def __init__(self, n, momentum=0.1, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))
        self.register_buffer("running_mean", torch.zeros(n))
        self.register_buffer("running_var", torch.ones(n))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))
        self.momentum, self.eps = momentum, eps

    def forward(self, x):
        if self.training:
            var, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
            with torch.no_grad():
                n = x.numel() / x.size(1)
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.mul_(1 - self.momentum).add_(self.momentum * var * n / (n - 1))
                self.num_batches_tracked += 1
        else:
            mean, var = self.running_mean, self.running_var
        scale = self.weight * torch.rsqrt(var + self.eps)
        return x * scale[None, :, None, None] + (self.bias - mean * scale)[None, :, None, None]


class Net(nn.Module):
    def __init__(self, rng):
        super().__init__()
        self.w1 = nn.Parameter(torch.from_numpy(rng.normal(0, 0.4, (4, 1, 3, 3))).float())
        self.b1 = nn.Parameter(torch.zeros(4))
        self.bn = BatchNorm2d(4)
        self.w2 = nn.Parameter(torch.from_numpy(rng.normal(0, 0.2, (6, 4, 3, 3))).to(torch.float32))
        self.fc = nn.Linear(6 * 2 * 2, 3)
        self.fc.weight.data = torch.from_numpy(rng.normal(0, 0.3, (3, 24))).type(torch.float32)
        nn.init.constant_(self.fc.bias, 0.0)

    def forward(self, x):
        x = max_pool2d(F.relu(self.bn(conv2d(x, self.w1, self.b1, padding=1))), 2)
        x = F.relu(conv2d(x, self.w2), inplace=True)
        x = max_pool2d(x[..., :4, :4], 2)
        return self.fc(torch.flatten(x, start_dim=1))


def main():
    rng = np.random.default_rng(50)
    labels = torch.from_numpy(rng.integers(0, 3, 48))
    images = torch.zeros(48, 1, 12, 12)
    for n, label in enumerate(labels):
        if label == 0:
            images[n, 0, 2:10, 5] = 1
        elif label == 1:
            images[n, 0, 5, 2:10] = 1
        else:
            images[n, 0].fill_diagonal_(1.0)
    images += 0.3 * torch.from_numpy(rng.standard_normal((48, 1, 12, 12)).astype(np.float32))
    net = Net(rng)
    opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    losses = []
    net.train()
    for _ in range(6):
        for x, y in zip(images.chunk(3), labels.chunk(3)):
            opt.zero_grad()
            loss = F.cross_entropy(net(x), y, label_smoothing=0.05)
            loss.backward()
            opt.step()
            losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        logits = net(images)
        accuracy = 100.0 * (logits.argmax(1) == labels).sum().item() / len(labels)
    print(f"Accuracy: {accuracy:.0f}%", net.bn.num_batches_tracked, logits.dtype, sorted(net.state_dict()))
    # the convolution against its definition
    x = torch.arange(2 * 5 * 5, dtype=torch.float32).reshape(1, 2, 5, 5).sin()
    w = torch.arange(3 * 2 * 3 * 3, dtype=torch.float32).view(3, 2, 3, 3).cos().requires_grad_()
    out = conv2d(x, w, stride=2, padding=1)
    out.sum().backward()
    naive = torch.zeros(3, 3, 3)
    xp = torch.zeros(1, 2, 7, 7)
    xp[..., 1:6, 1:6] = x
    for o in range(3):
        for i in range(3):
            for j in range(3):
                naive[o, i, j] = (xp[0, :, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3] * w[o].detach()).sum()
    return {
        "losses": losses,
        "logits": logits,
        "out": out,
        "naive": naive,
        "dw": w.grad,
        "var": net.bn.running_var,
    }


def check(r):
    assert r["losses"][-1] < 0.5 * r["losses"][0]
    assert np.allclose(r["out"][0], r["naive"], atol=1e-5)
