"""The cross entropy of a linear layer's scores, as a function, and how it is cut into pieces."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any

from autograd import Tensor, ops
from autograd.composite import composite
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.linear import linear
from autograd.kernels.linear_loss import linear_cross_entropy_
from autograd.ops.loss import reduced
from nn.functional.loss_classification import cross_entropy
from nn.functional.reduction import reduction_of


@dataclasses.dataclass
class LinearCrossEntropyOptions:
    """How `linear_cross_entropy` saves memory: the scores of a few rows at a time are computed, forward and backward.

    allow_retain_graph:  without effect: the graph can always be kept
    batch_chunk_size:    how many rows at a time; all if left out and there is no chunking_method
    chunking_method:     "aspect_ratio": as many as make the scores as large as the input; "aspect_ratio:n": an n-th
                         of that; "auto": "aspect_ratio:2" unless batch_chunk_size is given
    acc_policy, acc_dtype:  without effect: sums have the input's dtype

    Raises:
        ArgumentError: for a value that is none of these.

    >>> LinearCrossEntropyOptions(batch_chunk_size=2).rows(100, 8, 1000)
    2
    >>> LinearCrossEntropyOptions().rows(1024, 64, 4096)
    8
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in ("auto", "accurate", "balanced", "compact"):
            raise ArgumentError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.chunking_method not in (None, "auto", "aspect_ratio"):
            name, _, factor = self.chunking_method.partition(":")
            if not (name == "aspect_ratio" and factor.isdigit() and int(factor) > 0):
                raise ArgumentError(f"invalid chunking_method: {self.chunking_method!r}")
        size = self.batch_chunk_size
        if size is not None and (type(size) is not int or size <= 0):
            raise ArgumentError(f"batch_chunk_size must be positive int or None, got {size!r}")

    def rows(self, count: int, in_features: int, num_classes: int) -> int:
        """How many of `count` rows are computed at a time.

        Raises:
            ArgumentError: if batch_chunk_size and chunking_method say different numbers.
        """
        return rows_of(self, count, in_features, num_classes)


def rows_of(options: Any, count: int, in_features: int, num_classes: int) -> int:
    """How many rows at a time such options mean."""
    size, method = options.batch_chunk_size, options.chunking_method
    if method == "auto":
        method = None if size is not None else "aspect_ratio:2"
    if method is None:
        return max(1, min(size or count, count))
    wanted = math.ceil(count / math.ceil(num_classes / in_features))
    rows = min((1 << max(wanted - 1, 0).bit_length()) // int(method.partition(":")[2] or 1), count)
    if size is not None and min(size, count) != rows:
        raise ArgumentError(
            f"linear_cross_entropy: batch_chunk_size (={size}) and chunking_method ({method!r}) give different chunk "
            f"sizes ({size} vs {rows}); pass only one"
        )
    return max(1, rows)


def _in_pieces(
    input: Any, linear_weight: Any, target: Any, linear_bias: Any, weight: Any, reduction: str, ignore_index: int,
    options: Any,
) -> Any:  # fmt: skip
    reduction = reduction_of("linear_cross_entropy", None, None, reduction)
    batched = input.ndim == 2
    if not batched:
        input, target = input.unsqueeze(0), target.reshape(1)
    rows = rows_of(options, input.shape[0], input.shape[1], linear_weight.shape[0])
    loss: Any = linear_cross_entropy_(input, linear_weight, target, linear_bias, weight, ignore_index, rows)
    if not batched:
        loss = loss.reshape(())
    if reduction != "mean":
        return reduced("linear_cross_entropy", loss, reduction)
    valid = target != ignore_index
    each = valid.astype(loss.dtype)
    if weight is not None:
        each = each * weight.detach()[ops.where(valid, target, 0)]
    return reduced("linear_cross_entropy", loss, "sum") / reduced("linear_cross_entropy", each, "sum")


@composite
def linear_cross_entropy(
    input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
    weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
    label_smoothing: float = 0.0, options: Any = None,
) -> Tensor:  # fmt: skip
    """`cross_entropy` of the scores x Wᵀ + b: the last layer of a classifier and its loss in one.

    Args:
        input: x, (in) or (N, in).
        linear_weight: W, (C, in), or (C, d1, …, in) for several targets a row.
        target: class indices () or (N) or (N, d1, …); or probabilities in the shape of the scores.
        linear_bias: b, of the shape of W without its last dimension.
        weight: a factor for each class, (C).
        reduction: "mean", "sum" or "none".
        ignore_index: a class index that does not count, −100 if left out.
        label_smoothing: how much of each target is spread over all classes, in [0, 1].
        options: `LinearCrossEntropyOptions`, to have the scores of a few rows at a time in memory, with N targets and
            no label_smoothing; else they are ignored, with a warning.

    Raises:
        ShapeError: if the shapes do not fit.
        ArgumentError: if ignore_index is given with probabilities, or for another reduction.

    >>> import autograd
    >>> x, w = autograd.tensor([[1.0, 2.0]]), autograd.eye(2)
    >>> linear_cross_entropy(x, w, autograd.tensor([1]))
    tensor(0.3133)
    """
    shape, size = tuple(input.shape), tuple(linear_weight.shape)
    if len(shape) not in (1, 2):
        raise ShapeError(
            f"linear_cross_entropy: expected input with dimensionality 1 or 2, got {len(shape)}: {shape}"
        )
    if len(size) < 2:
        raise ShapeError(
            f"linear_cross_entropy: expected linear_weight with dimensionality at least 2, got {len(size)}: {size}"
        )
    if shape[-1] != size[-1]:
        raise ShapeError(
            "linear_cross_entropy: expected equal input and linear_weight last dimensions (in_features), got "
            f"{shape[-1]} and {size[-1]}, respectively"
        )
    outputs = size[:-1]
    if linear_bias is not None and tuple(linear_bias.shape) != outputs:
        raise ShapeError(
            f"linear_cross_entropy: expected linear_bias shape {outputs}, got {tuple(linear_bias.shape)}"
        )
    if len(outputs) > 1 and len(shape) == 1:
        raise ShapeError(
            f"linear_cross_entropy: K-dimensional loss defined by linear_weight shape {size} requires batched input, "
            f"(N, {shape[-1]}), got unbatched input with shape {shape}"
        )
    scores_shape = (*shape[:-1], *outputs)
    if tuple(target.shape) == scores_shape and ignore_index is not None:
        raise ArgumentError(
            "linear_cross_entropy: ignore_index cannot be specified when target contains probabilities"
        )
    ignored = -100 if ignore_index is None else ignore_index
    if options is not None:
        if len(outputs) == 1 and not label_smoothing and not target.is_floating_point():
            found: Tensor = _in_pieces(
                input, linear_weight, target, linear_bias, weight, reduction, ignored, options
            )
            return found
        warnings.warn(
            "linear_cross_entropy: ``options`` ignored; pieces need label_smoothing == 0, class indices, and one of "
            f"them a row; got label_smoothing={label_smoothing}, target.dtype={target.dtype}, linear_weight of shape "
            f"{size}",
            UserWarning,
            stacklevel=3,
        )
    if len(outputs) > 1:
        linear_weight = linear_weight.reshape(math.prod(outputs), shape[-1])
        linear_bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores: Any = linear(input, linear_weight, linear_bias)
    return cross_entropy(
        scores.reshape(scores_shape),
        target,
        weight,
        ignore_index=ignored,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )
