"""Learn exclusive or with four hidden units, in the words of Keras: only the import line is another.

    python examples/xor_keras.py              train from one seed, and show what was learnt
    python examples/xor_keras.py --seeds 20   from how many of 20 seeds does it get all four cases right?

Two inputs, four hidden units with ReLU, one output: small enough that it depends on the first weights whether gradient
descent finds the way. From about half of all seeds it does, here as in Keras; where it does not, some units are 0 for
every input, and never get a gradient again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from nn import keras
from nn.keras import Sequential
from nn.keras.layers import Dense

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([0, 1, 1, 0])


def train(seed: int, epochs: int, hidden: int) -> tuple[Sequential, float]:
    """Return the model that was trained from a seed, and its accuracy."""
    keras.utils.set_random_seed(seed)
    model = Sequential()
    model.add(Dense(hidden, input_dim=2, activation="relu"))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(X, Y, epochs=epochs, verbose=0)
    _, accuracy = model.evaluate(X, Y, verbose=0)
    return model, accuracy


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and report; the number of seeds from which all four cases are right."""
    parser = argparse.ArgumentParser(description="Learn exclusive or with a small network.")
    parser.add_argument("--epochs", type=int, default=1000, help="how often the four cases are shown (1000)")
    parser.add_argument("--hidden", type=int, default=4, help="hidden units (4)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds (1)")
    options = parser.parse_args(arguments)

    solved = 0
    for seed in range(options.seed, options.seed + options.seeds):
        model, accuracy = train(seed, options.epochs, options.hidden)
        solved += accuracy == 1.0
        print(f"seed {seed}: {round(4 * accuracy)} of 4 right")
        if options.seeds == 1:
            model.summary()
            for (a, b), chance in zip(X, model.predict(X)[:, 0], strict=True):
                print(f"{a} xor {b}: 1 with a probability of {chance:.2f}")
    print(f"{solved} of {options.seeds} seeds learnt it")
    return solved


if __name__ == "__main__":
    main()
