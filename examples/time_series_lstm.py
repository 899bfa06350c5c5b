"""Predict a time series with an LSTM, in the words of Keras: a wave of two periods with noise, one step ahead.

    python examples/time_series_lstm.py

The network sees 24 values and predicts the next one. Training stops when the validation loss has not got better for
some epochs, and the best weights come back. It is compared with repeating the last value, and with the error that the
noise alone makes, below which nothing can come.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nn import keras
from nn.keras import layers
from nn.keras.callbacks import EarlyStopping, ReduceLROnPlateau

WINDOW = 24
NOISE = 0.1


def series(length: int, seed: int) -> Any:
    """Return a wave that is the sum of two, with noise: (length)."""
    rng = np.random.default_rng(seed)
    t = np.arange(length)
    wave = np.sin(2 * np.pi * t / 25) + 0.5 * np.sin(2 * np.pi * t / 11)
    return wave + rng.normal(0, NOISE, length)


def windows(values: Any) -> tuple[Any, Any]:
    """Return every stretch of 24 values, (N, 24, 1), and the value after it, (N)."""
    view = np.lib.stride_tricks.sliding_window_view(values, WINDOW + 1)
    return view[:, :-1, None], view[:, -1]


def make_model(units: int) -> keras.Sequential:
    """Return the compiled model."""
    model = keras.Sequential(
        [layers.Input((WINDOW, 1)), layers.LSTM(units), layers.Dense(16, activation="relu"), layers.Dense(1)]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01, clipnorm=1.0), loss="mse", metrics=["mae"])
    return model


def main(arguments: Sequence[str] | None = None) -> float:
    """Train and report; the root of the mean squared error on the end of the series."""
    parser = argparse.ArgumentParser(description="Predict a time series with an LSTM.")
    parser.add_argument("--epochs", type=int, default=40, help="at most so many (40)")
    parser.add_argument("--units", type=int, default=24, help="numbers in the LSTM's state (24)")
    parser.add_argument("--length", type=int, default=1200, help="values of the series (1200)")
    parser.add_argument("--seed", type=int, default=0, help="of the noise, the weights and the order (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the picture goes (out)")
    parser.add_argument("--verbose", type=int, default=2, help="0 for silence, 1 for bars, 2 for lines (2)")
    options = parser.parse_args(arguments)

    keras.utils.set_random_seed(options.seed)
    values = series(options.length, options.seed)
    x, y = windows(values)
    held_out = len(x) // 5
    model = make_model(options.units)
    history = model.fit(
        x[:-held_out],
        y[:-held_out],
        epochs=options.epochs,
        batch_size=32,
        validation_split=0.15,
        callbacks=[
            ReduceLROnPlateau(patience=3, factor=0.5),
            EarlyStopping(patience=8, restore_best_weights=True),
        ],
        verbose=options.verbose,
    )
    predicted = model.predict(x[-held_out:])[:, 0]
    truth = y[-held_out:]
    error = float(np.sqrt(np.mean((predicted - truth) ** 2)))
    repeated = float(np.sqrt(np.mean((x[-held_out:, -1, 0] - truth) ** 2)))
    print(f"{len(history.epoch)} epochs; the best validation loss was {min(history.history['val_loss']):.4f}")
    print(
        f"error on the end of the series: {error:.3f}; repeating the last value: {repeated:.3f}; noise: {NOISE}"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    picture = options.out / "time_series_lstm.png"
    draw(truth, predicted, history.history, picture)
    print(f"picture: {picture}")
    return error


def draw(truth: Any, predicted: Any, history: dict[str, list[float]], file: Path) -> None:
    """Draw the end of the series with its predictions, and the losses."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 1))
    shown = min(len(truth), 120)
    left.plot(truth[-shown:], color="#000000", lw=1.2, label="series")
    left.plot(predicted[-shown:], color="#D55E00", lw=1.6, label="predicted one step ahead")
    left.set(title="The end of the series", xlabel="step", ylabel="value")
    left.legend(frameon=False, loc="upper right", ncols=2)
    left.set_ylim(min(truth) - 0.2, max(truth) + 0.7)
    epochs = range(1, len(history["loss"]) + 1)
    right.semilogy(epochs, history["loss"], color="#0072B2", label="training")
    right.semilogy(epochs, history["val_loss"], color="#D55E00", label="validation")
    right.axhline(NOISE**2, color="#000000", ls=":", lw=1, label="noise alone")
    right.set(title="Loss", xlabel="epoch", ylabel="mean squared error")
    right.legend(frameon=False)
    figure.savefig(file, dpi=120)


if __name__ == "__main__":
    main()
