"""Write text with an LSTM, one character after another, in the words of Keras.

    python examples/text_generation.py                  train for a minute, and write
    python examples/text_generation.py --epochs 30      train longer; a run that was stopped goes on where it was

It learns from the help topics that come with Python. Each example is 40 characters, and the network predicts the
character after each of them. After every epoch the run is saved in `out/text_generation.safetensors`: stopped and
started again, it gives the numbers of a run in one go.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nn import keras
from nn.keras import layers
from nn.keras.callbacks import BackupAndRestore, LambdaCallback

LENGTH = 40


def load_text(size: int) -> str:
    """Return the first characters of Python's help topics."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))[:size]


def examples_of(numbers: Any) -> tuple[Any, Any]:
    """Return stretches of 40 characters as numbers, (N, 40), and the characters that follow each, (N, 40)."""
    count = (len(numbers) - 1) // LENGTH
    return (
        numbers[: count * LENGTH].reshape(count, LENGTH),
        numbers[1 : count * LENGTH + 1].reshape(count, LENGTH),
    )


def make_model(symbols: int, units: int) -> keras.Sequential:
    """Return the compiled model: a probability of each symbol, after each character."""
    model = keras.Sequential(
        [
            layers.Input((None,), dtype="int64"),
            layers.Embedding(symbols, 24),
            layers.LSTM(units, return_sequences=True),
            layers.Dense(symbols, activation="softmax"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def write(
    model: keras.Sequential, symbols: str, start: str, length: int, temperature: float, seed: int
) -> str:
    """Go on from `start` with so many characters, drawn from the model's predictions."""
    rng = np.random.default_rng(seed)
    numbers = [symbols.index(c) for c in start]
    for _ in range(length):
        chances = model.predict_on_batch(np.array([numbers[-LENGTH:]]))[0, -1].astype(float)
        scores = np.log(chances + 1e-12) / temperature
        chances = np.exp(scores - scores.max())
        numbers.append(int(rng.choice(len(symbols), p=chances / chances.sum())))
    return "".join(symbols[n] for n in numbers)


def main(arguments: Sequence[str] | None = None) -> list[float]:
    """Train, write, and return the loss of each epoch."""
    parser = argparse.ArgumentParser(description="Write text with an LSTM.")
    parser.add_argument("--epochs", type=int, default=12, help="how often it reads the text (12)")
    parser.add_argument("--characters", type=int, default=60_000, help="how much of the text (60000)")
    parser.add_argument("--units", type=int, default=96, help="numbers in the LSTM's state (96)")
    parser.add_argument("--temperature", type=float, default=0.5, help="of what it writes (0.5)")
    parser.add_argument("--seed", type=int, default=0, help="of the weights and of what it writes (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the run is saved (out)")
    options = parser.parse_args(arguments)

    text = load_text(options.characters)
    symbols = "".join(sorted(set(text)))
    number_of = {c: n for n, c in enumerate(symbols)}
    x, y = examples_of(np.array([number_of[c] for c in text]))
    keras.utils.set_random_seed(options.seed)
    model = make_model(len(symbols), options.units)
    model.summary()

    def show(epoch: int, _: dict[str, float]) -> None:
        print(write(model, symbols, text[:20], 120, options.temperature, options.seed + epoch) + "\n")

    history = model.fit(
        x,
        y,
        epochs=options.epochs,
        batch_size=32,
        verbose=2,
        callbacks=[
            LambdaCallback(on_epoch_end=show),
            BackupAndRestore(options.out / "text_generation.safetensors", delete_checkpoint=False),
        ],
    )
    losses: list[float] = history.history["loss"]
    print(
        f"{losses[-1] / np.log(2):.2f} bits a character after {len(losses)} epochs; by chance it is "
        f"{np.log2(len(symbols)):.2f}"
    )
    return losses


if __name__ == "__main__":
    main()
