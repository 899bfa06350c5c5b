"""See backpropagation: three pages to step through, forward and backward.

    python examples/see_backprop.py

It writes to `out/`

    neuron.html      a neuron of two inputs: drag an input, and everything is computed anew
    xor.html         a network of two hidden neurons learns XOR: a slider goes through its training
    attention.html   a head of attention, in matrices

Each is one file that needs no server and no network: open it in a browser. Space plays, the arrows step, ? helps.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Sequence
from pathlib import Path

import autograd
import nn
import nn.functional as F
from autograd import Tensor, Value
from autograd.show import Graph, Page, page, record, trace
from nn.scalar import MLP

XOR = (((0.0, 0.0), -1.0), ((0.0, 1.0), 1.0), ((1.0, 0.0), 1.0), ((1.0, 1.0), -1.0))
LEARNING_RATE = 0.3
SHOWN = tuple(range(3, 96, 4)) + tuple(range(111, 400, 16))  # steps that show it 1 xor 1


def neuron() -> Page:
    """tanh(w1 x1 + w2 x2 + b), and how far it is from what it should be."""
    x1, x2, target = Value(2.0), Value(-1.0), Value(1.0)
    w1, w2, b = Value(-0.6), Value(0.9), Value(1.5)
    with record() as tape:
        s = w1 * x1 + w2 * x2 + b
        y = s.tanh()
        loss = (y - target) ** 2
        loss.backward()
    names = {name: thing for name, thing in locals().items() if isinstance(thing, Value)}
    return page(tape, names=names, params=[w1, w2, b], title="A neuron learns")


def xor(steps: int) -> tuple[Page, float]:
    """A network of two hidden neurons in training; and its mean loss in the end."""
    random.seed(5)
    model = MLP(2, [2, 1], nonlin="tanh", last="tanh")
    frames: dict[str, Graph] = {}
    for step in range(steps + 1):
        (a, b), target = XOR[step % 4]
        x1, x2, wanted = Value(a), Value(b), Value(target)
        with record(model):
            y = model([x1, x2])
            loss = (y - wanted) ** 2
            model.zero_grad()
            loss.backward()
        if step in SHOWN:
            names = {"x1": x1, "x2": x2, "wanted": wanted, "y": y, "loss": loss}
            label = f"step {step}: {a:.0f} xor {b:.0f}"
            frames[label] = trace(loss, names=names, params=dict(model.named_parameters()))
        for p in model.parameters():
            p.data -= LEARNING_RATE * p.grad
    final = sum((model(list(x)).data - wanted) ** 2 for x, wanted in XOR) / len(XOR)
    return page(frames=frames, title="A network learns XOR"), final


class Head(nn.Module):
    """One head of attention, spelled out: softmax(q kᵀ / √d) v."""

    def __init__(self, width: int, size: int) -> None:
        super().__init__()
        self.query = nn.Linear(width, size, bias=False)
        self.key = nn.Linear(width, size, bias=False)
        self.value = nn.Linear(width, size, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """What each token takes from the others, and with what weights."""
        q, k, v = self.query(x), self.key(x), self.value(x)
        scores = q @ k.T / math.sqrt(k.shape[-1])
        weights = F.softmax(scores, dim=-1)
        return weights @ v, weights


def attention() -> Page:
    """A head of attention over five tokens."""
    autograd.manual_seed(3)
    head = Head(6, 4)
    tokens, wanted = autograd.randn(5, 6), autograd.randn(5, 4)
    with record({"head": head}, elements=4096):
        out, weights = head(tokens)
        loss = F.mse_loss(out, wanted)
        loss.backward()
    names = {"tokens": tokens, "wanted": wanted, "weights": weights, "out": out, "loss": loss}
    return page(loss, names=names, params={f"head.{n}": p for n, p in head.named_parameters()},
                title="A head of attention")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> float:
    """Write the pages; return the mean loss of the network that has learned XOR."""
    parser = argparse.ArgumentParser(description="Write pages in which backpropagation is stepped through.")
    parser.add_argument("--steps", type=int, default=399, help="how long XOR is trained (399)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where to write (out)")
    parser.add_argument(
        "--only", choices=("neuron", "xor", "attention"), action="append", help="one of the pages (all)"
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = options.only or ["neuron", "xor", "attention"]
    loss = math.nan
    for name in wanted:
        if name == "xor":
            found, loss = xor(options.steps)
        else:
            found = neuron() if name == "neuron" else attention()
        print(f"{found.title + ':':24} {found.save(options.out / f'{name}.html')}")
    if "xor" in wanted:
        print(f"\nXOR after {options.steps} steps: mean loss {loss:.4f}")
    return loss


if __name__ == "__main__":
    main()
