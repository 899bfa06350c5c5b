"""Teach a small residual network to read handwritten digits; stop it at any time and go on later.

    python examples/resnet_digits.py              about a minute on one core
    python examples/resnet_digits.py --resume     go on where an interrupted run was, with the same numbers

The data are the 1,797 images of 8 × 8 pixels that come with scikit-learn. Convolutions see neighbouring pixels
together, blocks add what they compute to what they were given, batch norm keeps the numbers in range, and each image is
shifted by up to a pixel when it is shown. After each epoch `out/resnet_digits.safetensors` holds all that training
needs to go on: weights, running statistics, the optimizer's momentum and the state of the random numbers.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor
from nn.data import DataLoader, TensorDataset, datasets, split

BATCH = 64
LEARNING_RATE = 0.1
WEIGHT_DECAY = 5e-4
LABEL_SMOOTHING = 0.1
WIDTH = 16  # channels of the first stage

Part = tuple[Tensor, Tensor]  # images (N, 1, 8, 8) and digits (N,)


class Block(nn.Module):
    """Two convolutions, whose result is added to what the block was given (He et al., 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.skip = nn.Sequential()
        if stride != 1 or inputs != outputs:  # the skip connection has to change shape too
            self.skip = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Compute (N, outputs, H / stride, W / stride) from (N, inputs, H, W)."""
        out = F.relu(self.norm1(self.conv1(x)))
        out = self.norm2(self.conv2(out))
        return F.relu(out + self.skip(x))


class ResNet(nn.Module):
    """Residual blocks at 8 × 8, 4 × 4 and 2 × 2 pixels, and a score for each of the 10 digits."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        self.blocks = nn.Sequential(
            Block(width, width), Block(width, 2 * width, stride=2), Block(2 * width, 4 * width, stride=2)
        )
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, 10))

    def forward(self, images: Tensor) -> Tensor:
        """Return scores (N, 10) for images (N, 1, 8, 8)."""
        return self.head(self.blocks(self.stem(images)))


def load_parts(seed: int) -> tuple[Part, Part]:
    """Return the images for training and for the test: 80 and 20 in a hundred of each digit."""
    data = datasets.digits(images=True)
    train, test = split(data, (1437, 360), stratify=data.y, generator=autograd.Generator().manual_seed(seed))
    return data[train.indices], data[test.indices]


def shifted(images: Tensor) -> Tensor:
    """Each image moved by -1, 0 or 1 pixels down and to the right; what comes in is black."""
    n, _, height, width = images.shape
    padded = F.pad(images, (1, 1, 1, 1))
    rows = autograd.randint(0, 3, (n, 1, 1)) + autograd.arange(height)[:, None]
    columns = autograd.randint(0, 3, (n, 1, 1)) + autograd.arange(width)
    return padded[autograd.arange(n)[:, None, None], 0, rows, columns].unsqueeze(1)


def train_epoch(model: nn.Module, criterion: nn.Module, optimizer: optim.Optimizer, part: Part) -> float:
    """Show every image once, shifted, in random order; return the mean loss."""
    model.train()
    total = 0.0
    for images, digits in DataLoader(TensorDataset(*part), BATCH, shuffle=True):
        loss = criterion(model(shifted(images)), digits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(digits)
    return total / len(part[1])


@autograd.no_grad()
def accuracy(model: nn.Module, part: Part) -> float:
    """Return which share of the images is read correctly."""
    images, digits = part
    return (model.eval()(images).argmax(1) == digits).float().mean().item()


def learning_rate(epoch: int, epochs: int) -> float:
    """Half a cosine wave, from LEARNING_RATE down to 0, after two epochs of warming up."""
    warm_up = min(1.0, (epoch + 1) / 3)
    return LEARNING_RATE * warm_up * (1 + math.cos(math.pi * epoch / epochs)) / 2


def save_checkpoint(
    file: Path, model: nn.Module, optimizer: optim.Optimizer, losses: list[float], options: argparse.Namespace
) -> None:
    """Write everything that training needs to go on; an older file is replaced once the new one is whole."""
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": autograd.get_rng_state(),
        "losses": losses,
        "epochs": options.epochs,
        "seed": options.seed,
        "width": options.width,
    }
    autograd.save(state, file)


def load_checkpoint(
    file: Path, model: nn.Module, optimizer: optim.Optimizer, options: argparse.Namespace
) -> list[float]:
    """Put model, optimizer and random numbers back; return the losses of the epochs so far."""
    state = autograd.load(file)
    run = {key: state[key] for key in ("epochs", "seed", "width")}
    if run != {key: getattr(options, key) for key in run}:
        given = " ".join(f"--{key} {value}" for key, value in run.items())
        raise SystemExit(f"{file} is of a run with {given}: give the same, or start anew")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    autograd.set_rng_state(state["random"])
    return list(state["losses"])


def train(model: nn.Module, part: Part, file: Path, options: argparse.Namespace) -> list[float]:
    """Train with momentum, writing a checkpoint after each epoch; return the loss of each epoch."""
    criterion = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    optimizer = optim.SGD(
        model.parameters(), lr=LEARNING_RATE, momentum=0.9, nesterov=True, weight_decay=WEIGHT_DECAY
    )
    losses = load_checkpoint(file, model, optimizer, options) if options.resume else []
    if losses:
        print(f"going on after {len(losses)} epochs")
    last = min(options.epochs, options.stop_after or options.epochs)
    with tqdm(range(len(losses), last), initial=len(losses), total=options.epochs, unit="epoch") as progress:
        for epoch in progress:
            optimizer.param_groups[0]["lr"] = learning_rate(epoch, options.epochs)
            losses.append(train_epoch(model, criterion, optimizer, part))
            save_checkpoint(file, model, optimizer, losses, options)
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
    return losses


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, or go on with training, and report; return the accuracy on the test images."""
    parser = argparse.ArgumentParser(description="Teach a small residual network to read handwritten digits.")
    parser.add_argument("--epochs", type=int, default=30, help="how often each image is shown (30)")
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (0)")
    parser.add_argument("--width", type=int, default=WIDTH, help="channels of the first stage (16)")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --out")
    parser.add_argument("--stop-after", type=int, help="stop after so many epochs, as if interrupted")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where the checkpoint is (out)")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    train_part, test_part = load_parts(options.seed)
    model = ResNet(options.width)
    print(model)
    print(
        f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(train_part[0]):,} images to learn from\n"
    )

    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "resnet_digits.safetensors"
    losses = train(model, train_part, file, options)
    share = accuracy(model, test_part)
    print(f"\nloss: {losses[-1]:.6f} after {len(losses)} epochs")
    print(f"test accuracy: {share:.2%} of {len(test_part[0])} images")
    print(f"checkpoint: {file}")
    return share


if __name__ == "__main__":
    main()
