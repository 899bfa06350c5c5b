"""A decoder-only transformer from tensors alone: masks, views, einsum, layer norm by hand, and a key-value cache."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def layer_norm(x, g, b, eps=1e-5):
    mean = x.mean(-1, keepdim=True)
    var = x.var(dim=-1, keepdim=True, unbiased=False)
    return g * (x - mean) / torch.sqrt(var + eps) + b


def gelu(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))


class Model:
    def __init__(self, rng, vocab, block, width, heads, layers, dtype=torch.float64, device="cpu"):
        def draw(*shape, std=0.2):
            return torch.tensor(rng.normal(0, std, shape), dtype=dtype, device=device).requires_grad_()

        self.heads, self.block = heads, block
        self.wte, self.wpe = draw(vocab, width), draw(block, width)
        self.blocks = [
            {
                "ln1": (torch.ones(width, dtype=dtype, requires_grad=True), draw(width, std=0.01)),
                "qkv": draw(width, 3 * width), "proj": draw(width, width),
                "ln2": (torch.ones(width, dtype=dtype, requires_grad=True), draw(width, std=0.01)),
                "fc": draw(width, 4 * width), "out": draw(4 * width, width),
            }
            for _ in range(layers)
        ]  # fmt: skip
        self.mask = torch.tril(torch.ones(block, block, device=device)).view(1, 1, block, block)

    def parameters(self):
        out = [self.wte, self.wpe]
        for b in self.blocks:
            for v in b.values():
                out.extend(v if isinstance(v, tuple) else [v])
        return out

    def attention(self, x, b, cache=None):
        B, T, C = x.size()
        q, k, v = (x @ b["qkv"]).split(C, dim=2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        past = 0
        if cache is not None:
            past = cache["n"]
            cache["k"][:, :, past : past + T] = k
            cache["v"][:, :, past : past + T] = v
            cache["n"] = past + T
            k, v = cache["k"][:, :, : past + T], cache["v"][:, :, : past + T]
        att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
        att = att.masked_fill(self.mask[:, :, past : past + T, : past + T] == 0, float("-inf"))
        att = F.softmax(att, dim=-1)
        y = torch.einsum("bhts,bhsd->bthd", att, v)
        return y.contiguous().view(B, T, C) @ b["proj"]

    def __call__(self, idx, targets=None, caches=None):
        B, T = idx.shape
        past = caches[0]["n"] if caches else 0
        x = self.wte[idx] + self.wpe[torch.arange(past, past + T, device=idx.device)]
        for i, b in enumerate(self.blocks):
            x = x + self.attention(layer_norm(x, *b["ln1"]), b, caches[i] if caches else None)
            x = x + gelu(layer_norm(x, *b["ln2"]) @ b["fc"]) @ b["out"]
        logits = x @ self.wte.t()
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)


def main():
    rng = np.random.default_rng(24)
    vocab, block = 10, 8
    model = Model(rng, vocab, block, width=12, heads=3, layers=2)
    params = model.parameters()
    m = [torch.zeros_like(p) for p in params]
    v = [torch.zeros_like(p) for p in params]
    print(f"number of parameters: {sum(p.numel() for p in params)}")
    losses = []
    for t in range(1, 26):
        start = torch.tensor(rng.integers(0, vocab, (6, 1)))
        seq = (start + torch.arange(block + 1) * 3) % vocab
        x, y = seq[:, :-1].contiguous(), seq[:, 1:].clone()
        y[:, 0] = -1
        _, loss = model(x, y)
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in params))
        with torch.no_grad():
            for i, p in enumerate(params):
                g = p.grad * min(1.0, 1.0 / (norm.item() + 1e-6))
                m[i].mul_(0.9).add_(g, alpha=0.1)
                v[i].mul_(0.99).addcmul_(g, g, value=0.01)
                p.addcdiv_(m[i] / (1 - 0.9**t), (v[i] / (1 - 0.99**t)).sqrt_().add_(1e-8), value=-1e-2)
                p.grad.zero_()
        losses.append(loss.item())

    with torch.no_grad():
        idx = torch.tensor([[1, 4, 7]])
        for _ in range(5):
            logits, _ = model(idx[:, -block:])
            idx = torch.cat((idx, logits[:, -1, :].argmax(dim=-1, keepdim=True)), dim=1)
        caches = [
            {"k": torch.zeros(1, 3, block, 4).double(), "v": torch.zeros(1, 3, block, 4).double(), "n": 0}
            for _ in range(2)
        ]
        cached = torch.tensor([[1, 4, 7]])
        logits, _ = model(cached, caches=caches)
        for _ in range(5):
            nxt = logits[:, -1].argmax(-1, keepdim=True)
            cached = torch.cat([cached, nxt], -1)
            if cached.size(1) < block:
                logits, _ = model(nxt, caches=caches)
        full = model(cached[:, :7])[0][:, -1]
    print(idx, cached.equal(idx))
    return {
        "losses": losses,
        "idx": idx,
        "cache": (full - logits[:, -1]).abs().max() < 1e-12,
        "wte": model.wte,
        "logits": logits,
    }


def check(r):
    assert r["losses"][-1] < 0.8 * r["losses"][0]
    assert r["cache"]
