"""Teach an LSTM to write like the manual of Python, one character after another.

    python examples/char_lstm.py                          train for a minute, and show what it writes
    python examples/char_lstm.py --resume --epochs 12     go on from the checkpoint of an earlier run
    python examples/char_lstm.py --text novel.txt         another text

The text, about 450,000 characters, comes with Python: what `help("assignment")` and its like show. The network reads
32 stretches of it side by side. For each character it guesses the next one; after 64 characters the gradients go back
through them, and it reads on with the state it is in. Guessing at random costs 6.7 bits a character, knowing how
frequent each one is 4.7; after a minute it is 1.7.

After each epoch it leaves `out/char_lstm.safetensors`: weights, the optimizer's state, and how far training has come.
A run that is resumed gives the numbers of one that was never interrupted.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

import autograd
import nn
import optim
from autograd import Tensor

BATCH = 32  # stretches of the text that are read side by side
LENGTH = 64  # characters that gradients go back through
LEARNING_RATE = 5e-3
LARGEST_GRADIENT = 1.0
VALIDATION = 0.05  # of the text

State = tuple[Tensor, Tensor]


def load_text(size: int | None = None, file: Path | None = None) -> str:
    """Return the help topics of Python one after another, or the text of a file; of it the first `size` characters."""
    from pydoc_data.topics import topics

    text = (
        "\n".join(topics[name] for name in sorted(topics))
        if file is None
        else file.read_text(encoding="utf-8")
    )
    return text if size is None else text[:size]


class Writer(nn.Module):
    """Scores for the character after each: embedding, LSTM, and a linear layer."""

    def __init__(self, symbols: int, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols, 32)
        self.lstm = nn.LSTM(32, hidden, batch_first=True)
        self.head = nn.Linear(hidden, symbols)

    def forward(self, numbers: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return the scores (N, L, symbols) for the characters that follow each of `numbers` (N, L), and the state."""
        out, state = self.lstm(self.embedding(numbers), state)
        return self.head(out), state


def in_stretches(numbers: Tensor, batch: int) -> Tensor:
    """Cut the text into `batch` stretches of equal length: (batch, characters)."""
    length = len(numbers) // batch
    return numbers[: batch * length].view(batch, length)


def loss_of(scores: Tensor, targets: Tensor) -> Tensor:
    """Return the mean cross entropy, in nats."""
    return nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten())


def train_epoch(
    model: Writer, optimizer: optim.Optimizer, stretches: Tensor, progress: tqdm, length: int
) -> float:
    """Read all stretches from their beginning to their end; return the mean loss."""
    model.train()
    state, losses = None, []
    for start in range(0, stretches.shape[1] - length, length):
        part = stretches[:, start : start + length + 1]
        scores, state = model(part[:, :-1], state)
        state = tuple(s.detach() for s in state)  # the next gradients stop here
        loss = loss_of(scores, part[:, 1:])

        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()

        losses.append(loss.item())
        progress.update()
        progress.set_postfix(bits=f"{in_bits(losses[-1]):.2f}")
    return sum(losses) / len(losses)


@autograd.no_grad()
def evaluate(model: Writer, numbers: Tensor) -> float:
    """Return the loss on a text that it was not trained with."""
    scores, _ = model.eval()(numbers[None, :-1])
    return loss_of(scores, numbers[None, 1:]).item()


@autograd.no_grad()
def write(model: Writer, symbols: str, prompt: str, length: int, temperature: float, seed: int) -> str:
    """Go on from `prompt` with `length` characters, drawn from the network's guesses.

    A low temperature makes the likelier guesses likelier still.
    """
    generator = autograd.Generator().manual_seed(seed)
    numbers = [symbols.index(c) for c in prompt]
    scores, state = model.eval()(autograd.tensor([numbers]))
    for _ in range(length):
        probabilities = (scores[0, -1] / temperature).softmax(0)
        numbers.append(int(autograd.multinomial(probabilities, 1, generator=generator)))
        scores, state = model(autograd.tensor([numbers[-1:]]), state)
    return "".join(symbols[n] for n in numbers)


def in_bits(nats: float) -> float:
    """Return an amount of information in bits, from one in nats."""
    return nats / math.log(2)


def main(arguments: Sequence[str] | None = None) -> list[float]:
    """Train, show what it writes, and save; return the validation loss after each epoch, earlier runs' too."""
    parser = argparse.ArgumentParser(description="Teach an LSTM to write like the manual of Python.")
    parser.add_argument("--epochs", type=int, default=6, help="how often it reads the text (6)")
    parser.add_argument("--hidden", type=int, default=128, help="numbers in its state (128)")
    parser.add_argument("--text", type=Path, default=None, help="a file to learn from (Python's manual)")
    parser.add_argument("--characters", type=int, default=None, help="how much of the text (all)")
    parser.add_argument("--length", type=int, default=LENGTH, help="steps that gradients go back (64)")
    parser.add_argument("--temperature", type=float, default=0.6, help="of what it writes (0.6)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights, and of what it writes (0)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the checkpoint is (out)")
    options = parser.parse_args(arguments)

    text = load_text(options.characters, options.text)
    symbols = "".join(sorted(set(text)))
    number_of = {c: n for n, c in enumerate(symbols)}
    numbers = autograd.tensor(np.array([number_of[c] for c in text]))
    held_out = int(len(numbers) * VALIDATION)
    stretches, validation = in_stretches(numbers[:-held_out], BATCH), numbers[-held_out:]

    autograd.manual_seed(options.seed)
    model = Writer(len(symbols), options.hidden)
    optimizer = optim.Adam(model.parameters(), lr=LEARNING_RATE)
    history: list[float] = []
    file = options.out / "char_lstm.safetensors"
    if options.resume:
        checkpoint = autograd.load(file)
        if checkpoint["symbols"] != symbols:
            raise SystemExit(f"{file} was trained with another text")
        model.load_state_dict(checkpoint["model"])
        optimizer.load_state_dict(checkpoint["optimizer"])
        history = checkpoint["history"]
    print(model)
    print(
        f"{sum(p.numel() for p in model.parameters()):,} parameters, {stretches.numel():,} characters to learn "
        f"from, {len(symbols)} different ones; {len(history)} epochs so far\n"
    )

    batches = len(range(0, stretches.shape[1] - options.length, options.length))
    options.out.mkdir(parents=True, exist_ok=True)
    for epoch in range(len(history), options.epochs):
        with tqdm(total=batches, desc=f"epoch {epoch + 1}", unit="batch") as progress:
            loss = train_epoch(model, optimizer, stretches, progress, options.length)
        history.append(evaluate(model, validation))
        print(f"bits a character: {in_bits(loss):.3f} in training, {in_bits(history[-1]):.3f} on other text")
        print(write(model, symbols, text[:1], 200, options.temperature, options.seed + epoch) + "\n")
        checkpoint = {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "history": history,
            "symbols": symbols,
        }
        autograd.save(checkpoint, file)
    print(f"checkpoint: {file}, after {len(history)} epochs; --resume goes on from it")
    return history


if __name__ == "__main__":
    main()
