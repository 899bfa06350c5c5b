"""An LSTM from its equations, unrolled over time, with truncated backpropagation and clipped gradients."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch import Tensor

TEXT = "the quick brown fox jumps over the lazy dog and the lazy dog sleeps "


class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.x2h = nn.Linear(input_size, 4 * hidden_size)
        self.h2h = nn.Linear(hidden_size, 4 * hidden_size, bias=False)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        h, c = state
        gates = self.x2h(x) + self.h2h(h)
        i, f, g, o = gates.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * torch.tanh(g)
        return o.sigmoid() * torch.tanh(c), c


class CharModel(nn.Module):
    def __init__(self, rng, vocab, hidden):
        super().__init__()
        self.cell = LSTMCell(vocab, hidden)
        self.head = nn.Linear(hidden, vocab)
        self.vocab = vocab
        with torch.no_grad():
            for name, p in self.named_parameters():
                p.copy_(torch.as_tensor(rng.uniform(-0.3, 0.3, p.shape)))
                if name.endswith("x2h.bias"):
                    p[hidden : 2 * hidden].fill_(1.0)

    def forward(self, tokens, state):
        outputs = []
        for t in range(tokens.size(1)):
            x = F.one_hot(tokens[:, t], self.vocab).to(self.head.weight.dtype)
            state = self.cell(x, state)
            outputs.append(self.head(state[0]))
        return torch.stack(outputs, 1), state


def main():
    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(42)
    chars = sorted(set(TEXT))
    encode = {c: i for i, c in enumerate(chars)}
    data = torch.tensor([encode[c] for c in TEXT * 2], dtype=torch.long)
    B, T = 4, 8
    stream = data[: len(data) // (B * T) * B * T].view(B, -1)
    model = CharModel(rng, len(chars), 24)
    optimizer = optim.RMSprop(model.parameters(), lr=5e-3, alpha=0.95)
    losses, norms = [], []
    for _ in range(8):
        state = (torch.zeros(B, 24), torch.zeros(B, 24))
        for start in range(0, stream.size(1) - T, T):
            x, y = stream[:, start : start + T], stream[:, start + 1 : start + T + 1]
            state = tuple(s.detach() for s in state)
            logits, state = model(x, state)
            loss = F.cross_entropy(logits.transpose(1, 2), y)
            optimizer.zero_grad()
            loss.backward()
            norms.append(nn.utils.clip_grad_norm_(model.parameters(), 1.0).item())
            optimizer.step()
            losses.append(loss.item())
    with torch.no_grad():
        state = (torch.zeros(1, 24), torch.zeros(1, 24))
        token, out = torch.tensor([[encode["t"]]]), ["t"]
        for _ in range(12):
            logits, state = model(token, state)
            token = logits[:, -1].argmax(dim=-1, keepdim=True)
            out.append(chars[token.item()])
    print("".join(out))
    # the gradient reaching the first input shrinks with the distance of the loss
    x = torch.zeros(1, 10, len(chars)).scatter(2, data[:10].view(1, -1, 1), 1.0).requires_grad_()
    state = (torch.zeros(1, 24), torch.zeros(1, 24))
    reach = []
    for t in range(10):
        state = model.cell(x[:, t], state)
        (g,) = torch.autograd.grad(state[0].sum(), x, retain_graph=True)
        reach.append(g[0, 0].norm())
    return {
        "losses": losses,
        "norms": norms,
        "logits": logits,
        "reach": torch.stack(reach),
        "out": [encode[c] for c in out],
    }


def check(r):
    assert r["losses"][-1] < 0.8 * r["losses"][0]
    assert (r["reach"] > 0).all()
