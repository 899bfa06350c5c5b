"""W7: a training step of a small GPT on characters, as in nanoGPT: 4 layers of 4 heads, 128 wide, AdamW.

Most of the time goes to the matrix products of the linear layers; what an engine can lose is between them: layer norm,
GELU, attention, the bias gradients, the optimizer.
"""

import numpy as np

from workload import Step, Workload

W7 = Workload(
    "W7", "char GPT, 4 layers, 4 heads, 128 wide, 64 × 16 characters, AdamW, one training step", bar=1.15
)

LAYERS, HEADS, WIDTH, LENGTH, BATCH, VOCABULARY = 4, 4, 128, 64, 16, 65
RATE, BETAS, EPS, DECAY = 1e-3, (0.9, 0.95), 1e-8, 0.1


def batch() -> tuple[np.ndarray, np.ndarray]:
    """Characters, and those that follow them."""
    text = np.random.default_rng(0).integers(0, VOCABULARY, (BATCH, LENGTH + 1))
    return text[:, :-1], text[:, 1:]


def initial() -> dict[str, np.ndarray]:
    """The parameters by their names in `gpt_of`: matrices (outputs, inputs) from a normal distribution."""
    shapes = {"characters.weight": (VOCABULARY, WIDTH), "places.weight": (LENGTH, WIDTH)}
    for i in range(LAYERS):
        for name, inputs, outputs in (
            ("norm1", 0, WIDTH),
            ("qkv", WIDTH, 3 * WIDTH),
            ("join", WIDTH, WIDTH),
            ("norm2", 0, WIDTH),
            ("wide", WIDTH, 4 * WIDTH),
            ("narrow", 4 * WIDTH, WIDTH),
        ):
            shapes[f"blocks.{i}.{name}.weight"] = (outputs, inputs) if inputs else (outputs,)
            shapes[f"blocks.{i}.{name}.bias"] = (outputs,)
    shapes |= {"norm.weight": (WIDTH,), "norm.bias": (WIDTH,), "head.weight": (VOCABULARY, WIDTH)}
    rng = np.random.default_rng(1)
    values = {}
    for name, shape in shapes.items():
        value = rng.normal(0, 0.02, shape) if len(shape) == 2 else np.full(shape, float("norm" in name))
        values[name] = (value * (0 if name.endswith("bias") else 1)).astype(np.float32)
    return values


# ------------------------------------------------------------------------------ libraries with modules


def gpt_of(torch, nn, F):
    """The same program for PyTorch and for us."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1 = nn.LayerNorm(WIDTH)
            self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
            self.join = nn.Linear(WIDTH, WIDTH)
            self.norm2 = nn.LayerNorm(WIDTH)
            self.wide = nn.Linear(WIDTH, 4 * WIDTH)
            self.gelu = nn.GELU()
            self.narrow = nn.Linear(4 * WIDTH, WIDTH)

        def attend(self, x):
            b, n, width = x.shape
            q, k, v = (
                t.view(b, n, HEADS, width // HEADS).transpose(1, 2) for t in self.qkv(x).split(width, dim=2)
            )
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            return self.join(y.transpose(1, 2).contiguous().view(b, n, width))

        def forward(self, x):
            x = x + self.attend(self.norm1(x))
            return x + self.narrow(self.gelu(self.wide(self.norm2(x))))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.characters = nn.Embedding(VOCABULARY, WIDTH)
            self.places = nn.Embedding(LENGTH, WIDTH)
            self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
            self.norm = nn.LayerNorm(WIDTH)
            self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)

        def forward(self, text, following):
            x = self.characters(text) + self.places(torch.arange(text.shape[1]))
            for block in self.blocks:
                x = block(x)
            scores = self.head(self.norm(x))
            return F.cross_entropy(scores.view(-1, VOCABULARY), following.view(-1))

    return GPT()


def module_step(torch, nn, F, optim, **options) -> Step:
    """A training step as everybody writes it."""
    model = gpt_of(torch, nn, F)
    start = {name: torch.tensor(value) for name, value in initial().items()}
    model.load_state_dict(start)
    rule = optim.AdamW(model.parameters(), lr=RATE, betas=BETAS, eps=EPS, weight_decay=DECAY, **options)
    text, following = map(torch.tensor, batch())

    def step():
        loss = model(text, following)
        rule.zero_grad(set_to_none=True)
        loss.backward()
        rule.step()
        return loss

    return step


@W7.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd
    import nn
    import nn.functional as F
    import optim

    return module_step(autograd, nn, F, optim)


@W7.peer("PyTorch", "torch")
def pytorch() -> Step:
    import torch

    return module_step(torch, torch.nn, torch.nn.functional, torch.optim)


@W7.peer("PyTorch, fused optimizer", "torch")
def pytorch_fused() -> Step:
    import torch

    return module_step(torch, torch.nn, torch.nn.functional, torch.optim, fused=True)
