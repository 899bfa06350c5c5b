"""Teach a small GPT to write, one character after another, like Python's own documentation.

    python examples/gpt.py

The text is the help on topics that comes with Python (`pydoc_data.topics`), some 700 thousand characters. The model is
a transformer's decoder as in GPT-2: layers of attention to all characters so far and of a small network. Within one or
two minutes it learns how words, lists and signatures look, though not what they mean. In `out/` it leaves

    gpt.safetensors      all that is needed to go on: weights, the optimizer's state, the step and the generator's state

With --stop it leaves off early, with --resume it goes on from there: the numbers are those of a run in one go.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
from tqdm import tqdm

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor

LENGTH = 64  # how many characters back the model sees
WIDTH, HEADS, LAYERS = 128, 4, 4
BATCH = 16
RATE, LOWEST_RATE, WARMUP = 2e-3, 2e-4, 50
DECAY = 0.1
CLIP = 1.0
PROMPT = "\n"


class Text:
    """The characters of a text as numbers: the first nine tenths to learn from, the rest to be judged by."""

    def __init__(self, text: str) -> None:
        self.characters = sorted(set(text))
        self.number = {c: i for i, c in enumerate(self.characters)}
        numbers = np.array([self.number[c] for c in text])
        cut = len(numbers) * 9 // 10
        self.train, self.rest = autograd.tensor(numbers[:cut]), autograd.tensor(numbers[cut:])

    def encode(self, text: str) -> Tensor:
        """The numbers of characters, as a batch of one."""
        return autograd.tensor([[self.number[c] for c in text]])

    def decode(self, numbers: Tensor) -> str:
        """The characters of numbers."""
        return "".join(self.characters[i] for i in numbers.tolist())


def batch_of(numbers: Tensor, starts: Tensor) -> tuple[Tensor, Tensor]:
    """Pieces of the text that begin at these places, and the same one character on: (N, LENGTH) each."""
    places = starts[:, None] + autograd.arange(LENGTH)
    return numbers[places], numbers[places + 1]


class Attention(nn.Module):
    """Every place looks at itself and at the earlier ones, with several heads."""

    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(WIDTH, 3 * WIDTH)
        self.join = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """(N, length, WIDTH) → the same."""
        n, length, width = x.shape
        heads = (
            p.view(n, length, HEADS, width // HEADS).transpose(1, 2) for p in self.project(x).split(width, 2)
        )
        found = F.scaled_dot_product_attention(*heads, is_causal=True)
        return self.join(found.transpose(1, 2).reshape(n, length, width))


class Block(nn.Module):
    """Attention, then a network of two layers for each place; both add to what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.network = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        """(N, length, WIDTH) → the same."""
        x = x + self.attention(self.norm1(x))
        return x + self.network(self.norm2(x))


class GPT(nn.Module):
    """Scores for the next character, at every place of a text (Radford et al., 2019)."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.characters = nn.Embedding(characters, WIDTH)
        self.places = nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, characters, bias=False)
        for name, p in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(p)
            elif p.ndim == 2:  # those that add to what comes in start smaller, the more of them there are
                adds = name.endswith(("join.weight", "network.2.weight"))
                nn.init.normal_(p, 0.0, 0.02 / math.sqrt(2 * LAYERS) if adds else 0.02)

    def forward(self, text: Tensor) -> Tensor:
        """(N, length) → (N, length, characters)."""
        x = self.characters(text) + self.places(autograd.arange(text.shape[1]))
        return self.head(self.norm(self.blocks(x)))


def loss_of(model: nn.Module, text: Tensor, following: Tensor) -> Tensor:
    """The cross entropy of the next characters."""
    return F.cross_entropy(model(text).flatten(0, 1), following.flatten())


def make_optimizer(model: nn.Module) -> optim.Optimizer:
    """AdamW; only matrices decay."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": DECAY},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return optim.AdamW(groups, lr=RATE, betas=(0.9, 0.95))


def rate_at(step: int, steps: int) -> float:
    """The learning rate: it rises in a straight line at first, and then falls along half a cosine wave."""
    warmup = min(WARMUP, steps // 10)
    if step < warmup:
        return RATE * (step + 1) / warmup
    share = (step - warmup) / max(1, steps - warmup)
    return LOWEST_RATE + (RATE - LOWEST_RATE) * (1 + math.cos(math.pi * share)) / 2


def train(
    model: nn.Module, optimizer: optim.Optimizer, numbers: Tensor, first: int, last: int, steps: int
) -> list[float]:
    """Do the steps from `first` up to `last`, of `steps` in all; return their losses."""
    losses = []
    model.train()
    with tqdm(range(first, last), initial=first, total=steps, unit="step") as progress:
        for step in progress:
            for group in optimizer.param_groups:
                group["lr"] = rate_at(step, steps)
            starts = autograd.randint(len(numbers) - LENGTH, (BATCH,))
            loss = loss_of(model, *batch_of(numbers, starts))

            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()

            losses.append(loss.item())
            progress.set_postfix(loss=f"{np.mean(losses[-50:]):.3f}")
    return losses


@autograd.no_grad()
def evaluate(model: nn.Module, numbers: Tensor, batches: int = 20) -> float:
    """Return the mean loss over pieces at even distances."""
    model.eval()
    count = batches * BATCH
    starts = (autograd.arange(count) * (len(numbers) - LENGTH - 1)) // count
    return float(np.mean([loss_of(model, *batch_of(numbers, part)).item() for part in starts.split(BATCH)]))


@autograd.no_grad()
def write(model: nn.Module, text: Text, length: int, seed: int, temperature: float = 0.8) -> str:
    """Let the model write: draw each next character by its probability."""
    model.eval()
    generator = autograd.Generator().manual_seed(
        seed
    )  # of its own: training goes on as if nothing was written
    numbers = text.encode(PROMPT)
    for _ in range(length):
        scores = model(numbers[:, -LENGTH:])[:, -1] / temperature
        drawn = autograd.multinomial(scores.softmax(-1), 1, generator=generator)
        numbers = autograd.cat([numbers, drawn], 1)
    return text.decode(numbers[0])


def save(file: Path, model: nn.Module, optimizer: optim.Optimizer, step: int, steps: int) -> None:
    """Write all that is needed to go on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "steps": steps,
        "generator": autograd.get_rng_state(),
    }
    autograd.save(state, file)


def load(file: Path, model: nn.Module, optimizer: optim.Optimizer) -> tuple[int, int]:
    """Read it back; return the step to go on with, and how many there are in all."""
    state: dict[str, Any] = autograd.load(file)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    autograd.set_rng_state(state["generator"])
    return state["step"], state["steps"]


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, let it write before and after, and save; return the loss on the text it has not seen."""
    parser = argparse.ArgumentParser(description="Teach a small GPT to write like Python's documentation.")
    parser.add_argument("--steps", type=int, default=800, help="how many batches to learn from (800)")
    parser.add_argument("--stop", type=int, help="leave off after this step; --resume goes on from there")
    parser.add_argument("--resume", action="store_true", help="go on from the file in the output folder")
    parser.add_argument("--sample", type=int, default=400, help="how many characters to write (400)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and the order (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where to write (out)")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    text = Text("\n\n".join(topics[name] for name in sorted(topics)))
    model = GPT(len(text.characters))
    optimizer = make_optimizer(model)
    count = sum(p.numel() for p in model.parameters())
    print(
        f"{count:,} parameters, {len(text.train):,} characters of {len(text.characters)} kinds to learn from"
    )

    file = options.out / "gpt.safetensors"
    first, steps = load(file, model, optimizer) if options.resume else (0, options.steps)
    print(f"\nbefore step {first + 1}:\n{write(model, text, options.sample, options.seed)}\n")
    last = steps if options.stop is None else min(steps, options.stop)
    train(model, optimizer, text.train, first, last, steps)
    save(file, model, optimizer, last, steps)

    loss = evaluate(model, text.rest)
    print(f"\nafter step {last}:\n{write(model, text, options.sample, options.seed)}")
    print(
        f"\nloss on text it has not seen: {loss:.3f} a character, of {math.log(len(text.characters)):.3f} by guessing"
    )
    print(f"to go on: {file}")
    return loss


if __name__ == "__main__":
    main()
