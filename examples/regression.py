"""Predict how diabetes progresses, with a feed-forward network in plain PyTorch style.

    python examples/regression.py

442 patients, ten measurements each, and how far the disease had come a year later (scikit-learn's data set). The
network has a hidden layer of 32 units with dropout and learns by gradient descent with momentum, in mini-batches that a
DataLoader deals out. It is compared with guessing the mean and with a straight line.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

import autograd
import nn
import optim
from autograd import Tensor
from nn.data import DataLoader, TensorDataset

BATCH = 32


class Regressor(nn.Module):
    """Ten measurements in, one number out."""

    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden)
        self.dropout = nn.Dropout(0.1)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return predictions (N) for measurements (N, features)."""
        return self.out(self.dropout(self.hidden(x).relu())).squeeze(-1)


def load(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, float]:
    """Return the features and targets to learn from and to test with, standardised, and the unit of the targets."""
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import train_test_split

    x, y = load_diabetes(return_X_y=True)
    parts = train_test_split(x, y, test_size=0.25, random_state=seed)
    x_mean, x_std = parts[0].mean(0), parts[0].std(0)
    y_mean, y_std = parts[2].mean(), parts[2].std()
    made = [(part - x_mean) / x_std for part in parts[:2]] + [(part - y_mean) / y_std for part in parts[2:]]
    x_train, x_test, y_train, y_test = (autograd.tensor(part.astype(np.float32)) for part in made)
    return x_train, x_test, y_train, y_test, float(y_std)


def train(model: Regressor, x: Tensor, y: Tensor, epochs: int, rate: float) -> list[float]:
    """Train; return the mean loss of each epoch."""
    criterion = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=rate, momentum=0.9, weight_decay=1e-3)
    loader = DataLoader(TensorDataset(x, y), batch_size=BATCH, shuffle=True)
    history = []
    model.train()
    for _ in range(epochs):
        total = 0.0
        for inputs, targets in loader:
            loss = criterion(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(inputs)
        history.append(total / len(x))
    return history


@autograd.no_grad()
def explained(model: Regressor, x: Tensor, y: Tensor) -> float:
    """Return R², the share of the variance that the predictions explain."""
    model.eval()
    error = ((model(x) - y) ** 2).sum()
    return float(1 - error / ((y - y.mean()) ** 2).sum())


def straight_line(x: Tensor, y: Tensor, x_test: Tensor, y_test: Tensor) -> float:
    """Return R² of the line of least squares."""
    ones, ones_test = autograd.ones(len(x), 1), autograd.ones(len(x_test), 1)
    weights = autograd.linalg.lstsq(autograd.cat([x, ones], 1), y[:, None]).solution
    error = ((autograd.cat([x_test, ones_test], 1) @ weights)[:, 0] - y_test).square().sum()
    return float(1 - error / ((y_test - y_test.mean()) ** 2).sum())


def main(arguments: Sequence[str] | None = None) -> float:
    """Train and report; R² on patients that were not learnt from."""
    parser = argparse.ArgumentParser(description="Predict how diabetes progresses.")
    parser.add_argument("--epochs", type=int, default=60, help="how often each patient is shown (60)")
    parser.add_argument("--hidden", type=int, default=32, help="hidden units (32)")
    parser.add_argument("--lr", type=float, default=0.005, help="learning rate (0.005)")
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (0)")
    options = parser.parse_args(arguments)

    x, x_test, y, y_test, unit = load(options.seed)
    autograd.manual_seed(options.seed)
    model = Regressor(x.shape[1], options.hidden)
    print(model)
    history = train(model, x, y, options.epochs, options.lr)
    found, line = explained(model, x_test, y_test), straight_line(x, y, x_test, y_test)
    print(f"loss: {history[0]:.3f} in the first epoch, {history[-1]:.3f} in the last")
    print(f"R² on {len(x_test)} other patients: {found:.3f}; a straight line: {line:.3f}; the mean: 0")
    spread = float((y_test - y_test.mean()).square().mean().sqrt())
    print(
        f"typical error: {unit * spread * (1 - found) ** 0.5:.0f} points, of a spread of {unit * spread:.0f}"
    )
    return found


if __name__ == "__main__":
    main()
