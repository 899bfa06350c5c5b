"""Teach an LSTM to write, letter by letter: it reads half a megabyte of prose, then makes up its own.

    python examples/char_lstm.py                     about a minute on one core
    python examples/char_lstm.py --text novel.txt    another text

The text is the reference manual that `help()` reads from, which comes with Python. The network sees one character at a
time and gives a probability to each that may follow; training makes what did follow more probable. The state of the
LSTM is carried from one piece of text to the next, but gradients stop at its beginning (truncated backpropagation
through time). It is measured in bits for each character: a guess among all takes 6 to 7, letters by frequency about
4.6. In `out/` it leaves the weights, `char_lstm.safetensors`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor

BATCH = 32  # pieces of text read side by side
LENGTH = 50  # characters between two steps of the optimizer
HIDDEN = 128
LAYERS = 2
LEARNING_RATE = 4e-3
CLIP = 1.0  # of the norm of the gradient

State = tuple[Tensor, Tensor]  # of the LSTM: (LAYERS, N, HIDDEN) each


class Writer(nn.Module):
    """A distribution of the next character after each of those read so far."""

    def __init__(self, characters: int, hidden: int = HIDDEN, layers: int = LAYERS) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, hidden // 2)
        self.lstm = nn.LSTM(hidden // 2, hidden, layers, batch_first=True)
        self.head = nn.Linear(hidden, characters)

    def forward(self, text: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return scores (N, T, characters) for text (N, T) of characters as numbers, and the state after it."""
        out, state = self.lstm(self.embedding(text), state)
        return self.head(out), state


def read_text(file: Path | None) -> str:
    """Return the text to learn from."""
    if file is not None:
        return file.read_text(encoding="utf-8")
    from pydoc_data.topics import topics

    return "\n".join(topics.values())


def pieces(numbers: Tensor, batch: int, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Cut a text into `batch` columns that are read side by side; yield pieces, and what follows each character."""
    columns = numbers[: len(numbers) // batch * batch].reshape(batch, -1)
    for start in range(0, columns.shape[1] - 1, length):
        end = min(start + length, columns.shape[1] - 1)
        yield columns[:, start:end], columns[:, start + 1 : end + 1]


def train(model: Writer, numbers: Tensor, steps: int) -> float:
    """Take so many steps with Adam, the learning rate falling along half a cosine wave; return the last loss."""
    optimizer = optim.Adam(model.parameters(), lr=LEARNING_RATE)
    model.train()
    average = math.log(model.head.out_features)
    step = 0
    with tqdm(total=steps, unit="step") as progress:
        while step < steps:
            state = None
            for text, following in pieces(numbers, BATCH, LENGTH):
                optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 + math.cos(math.pi * step / steps)) / 2
                scores, state = model(text, state)
                state = (state[0].detach(), state[1].detach())
                loss = F.cross_entropy(scores.flatten(0, 1), following.flatten())
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), CLIP)
                optimizer.step()
                average += (loss.item() - average) / min(step + 1, 20)
                step += 1
                progress.update()
                progress.set_postfix(bits=f"{average / math.log(2):.3f}")
                if step == steps:
                    break
    return average


@autograd.no_grad()
def evaluate(model: Writer, numbers: Tensor) -> float:
    """Return the mean of -log p over the characters of a text."""
    model.eval()
    total, count, state = 0.0, 0, None
    for text, following in pieces(numbers, 8, 200):
        scores, state = model(text, state)
        total += F.cross_entropy(scores.flatten(0, 1), following.flatten(), reduction="sum").item()
        count += following.numel()
    return total / count


@autograd.no_grad()
def write(model: Writer, alphabet: str, start: str, length: int, temperature: float) -> str:
    """Go on from `start`: draw each character from the model's distribution, sharpened where temperature < 1."""
    model.eval()
    scores, state = model(autograd.tensor([[alphabet.index(c) for c in start]]))
    written = start
    for _ in range(length):
        number = autograd.multinomial(F.softmax(scores[:, -1] / temperature, dim=-1), 1)
        written += alphabet[number.item()]
        scores, state = model(number, state)
    return written


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, measure and write; return the bits for each character of text that it has not seen."""
    parser = argparse.ArgumentParser(description="Teach an LSTM to write, letter by letter.")
    parser.add_argument("--text", type=Path, help="a file to learn from (Python's reference manual)")
    parser.add_argument("--steps", type=int, default=600, help="steps of the optimizer (600)")
    parser.add_argument("--write", type=int, default=400, help="how many characters to make up (400)")
    parser.add_argument("--temperature", type=float, default=0.7, help="how freely (0.7)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and of what is made up (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where to write the weights (out)")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    text = read_text(options.text)
    alphabet = "".join(sorted(set(text)))
    number = {character: i for i, character in enumerate(alphabet)}
    numbers = autograd.tensor([number[character] for character in text])
    seen = len(numbers) * 19 // 20
    model = Writer(len(alphabet))
    print(model)
    print(
        f"{sum(p.numel() for p in model.parameters()):,} parameters, {seen:,} characters to learn from, "
        f"{len(alphabet)} of them different\n"
    )

    train(model, numbers[:seen], options.steps)
    bits = evaluate(model, numbers[seen:]) / math.log(2)
    print(f"\n{bits:.3f} bits for each character of {len(numbers) - seen:,} that it has not seen\n")
    print(write(model, alphabet, text[:1], options.write, options.temperature))

    options.out.mkdir(parents=True, exist_ok=True)
    weights = options.out / "char_lstm.safetensors"
    autograd.save(model.state_dict(), weights, {"alphabet": alphabet})
    print(f"\nweights: {weights}")
    return bits


if __name__ == "__main__":
    main()
