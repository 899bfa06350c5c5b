"""Train a network to read handwritten digits, and hand it over to a program that knows nothing of this project.

    python examples/deploy_onnx.py

The convolutional network is exported as ONNX, a file that many programs run: in browsers, on phones, in C++. Here
onnxruntime runs it (pip install 'tapegrad[examples,onnx]' onnxruntime), for one image and for many at once: the file
holds the preparation of the images too, so it takes brightnesses from 0 to 16 as they come and returns probabilities.
Both give the same answers, to the last digits of single precision. In `out/` it leaves

    digits.onnx    the network, with its weights; https://netron.app draws it
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import autograd
import nn
import optim
from autograd import Tensor

BATCH = 64
LEARNING_RATE = 3e-3
Part = tuple[Tensor, Tensor]  # images (N, 8, 8), brightness from 0 to 16, and digits (N,)


class Reader(nn.Module):
    """Images of 8 × 8 pixels, from 0 to 16 → scores for the 10 digits."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classify = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(128, 10))

    def forward(self, images: Tensor) -> Tensor:
        """(N, 8, 8) → (N, 10)."""
        return self.classify(self.features(images.unsqueeze(1) / 16))


class Deployed(nn.Module):
    """What is handed over: the network, with probabilities and the digit it decides for."""

    def __init__(self, reader: nn.Module) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 8, 8) → probabilities (N, 10) and digits (N,)."""
        chances = self.reader(images).softmax(1)
        return chances, chances.argmax(1)


def load_parts(seed: int) -> tuple[Part, Part]:
    """Return the images for training and for the test: 80 and 20 in a hundred of each digit."""
    data = load_digits()
    images, digits = data.images.astype(np.float32), data.target
    train, test, train_digits, test_digits = train_test_split(
        images, digits, test_size=0.2, stratify=digits, random_state=seed
    )
    return (
        (autograd.tensor(train), autograd.tensor(train_digits)),
        (autograd.tensor(test), autograd.tensor(test_digits)),
    )


def train(model: nn.Module, part: Part, epochs: int) -> None:
    """Train with AdamW; print the mean loss of every few epochs."""
    images, digits = part
    optimizer = optim.AdamW(model.parameters(), lr=LEARNING_RATE)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    model.train()
    for epoch in range(1, epochs + 1):
        total = 0.0
        for batch in autograd.randperm(len(images)).split(BATCH):
            loss = nn.functional.cross_entropy(model(images[batch]), digits[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        schedule.step()
        if epoch % 5 == 0 or epoch == epochs:
            print(f"epoch {epoch:3}: loss {total / len(images):.4f}")


class Runtime:
    """onnxruntime with a model: a function from arrays to arrays."""

    def __init__(self, file: Path) -> None:
        try:
            import onnxruntime
        except ModuleNotFoundError as error:
            raise SystemExit("this program needs onnxruntime: pip install onnxruntime") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        """Return the probabilities and the digits."""
        return self.session.run(["probabilities", "digits"], {"images": images})


def compare(model: nn.Module, run: Runtime, images: Tensor) -> float:
    """Return the largest difference between the probabilities; the digits must be the same."""
    with autograd.no_grad():
        ours, ours_digits = (t.numpy() for t in model(images))
    theirs, theirs_digits = run(images.numpy())
    if (ours_digits != theirs_digits).any():
        raise RuntimeError("onnxruntime reads other digits than the model")
    return float(np.abs(ours - theirs).max())


def seconds(function: object, *args: object, times: int = 20) -> float:
    """Return the least time of a call."""
    found = []
    for _ in range(times):
        start = perf_counter()
        function(*args)
        found.append(perf_counter() - start)
    return min(found)


def main(arguments: Sequence[str] | None = None) -> float:
    """Train, export, run and compare; return the accuracy of the deployed network on the test images."""
    parser = argparse.ArgumentParser(
        description="Train a digit reader, export it as ONNX, and run it elsewhere."
    )
    parser.add_argument("--epochs", type=int, default=15, help="how often each image is shown (15)")
    parser.add_argument("--seed", type=int, default=0, help="of the split, the weights and the order (0)")
    parser.add_argument("--out", type=Path, default=Path("out"), help="where to write (out)")
    options = parser.parse_args(arguments)

    autograd.manual_seed(options.seed)
    train_part, (images, digits) = load_parts(options.seed)
    reader = Reader()
    train(reader, train_part, options.epochs)

    model = Deployed(reader).eval()
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "digits.onnx"
    proto = nn.export_onnx(model, images[:2], file, output_names=["probabilities", "digits"])
    names = ", ".join(node.op_type for node in proto.graph.node)
    print(f"\n{file}: {file.stat().st_size:,} bytes, {len(proto.graph.node)} nodes: {names}")

    run = Runtime(file)
    difference = max(compare(model, run, images[:n]) for n in (1, 7, len(images)))
    print(f"the largest difference between the probabilities: {difference:.1e}")
    accuracy = float((run(images.numpy())[1] == digits.numpy()).mean())
    print(f"test accuracy in onnxruntime: {accuracy:.2%} of {len(digits)} images")
    with autograd.no_grad():
        for n in (1, len(images)):
            here, there = seconds(model, images[:n]), seconds(run, images[:n].numpy())
            print(
                f"{n:4} image{'s' * (n > 1):1}: {here * 1e3:7.3f} ms here, {there * 1e3:7.3f} ms in onnxruntime"
            )
    return accuracy


if __name__ == "__main__":
    main()
