"""The loss of sequences whose alignment is not known, as a function."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, dtypes
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import Hidden, only_values
from autograd.kernels.ctc import ctc_
from autograd.ops.loss import reduced
from autograd.tape import raw, wrap
from nn.functional.reduction import reduction_of


def _lengths(name: str, given: Any) -> Any:
    """The lengths as a tuple; under vmap, those that differ between examples as they are."""
    if isinstance(given, Hidden):
        return given
    value = raw(given)
    if not isinstance(value, (np.ndarray, tuple, list)):
        raise ArgumentError(
            f"ctc_loss: {name} is a tensor of whole numbers, or a tuple of them, got {given!r}"
        )
    array = np.array(value, None if np.size(value) else np.int64)
    if array.dtype.kind not in "iu":
        raise DTypeError(f"ctc_loss: {name} must be integral, got {array.dtype}")
    return tuple(array.reshape(-1).tolist())


def _in_rows(targets: Any, lengths: tuple[int, ...]) -> Any:
    """Concatenated targets as a row for each sequence; what is beyond its end is any label."""
    if min(lengths, default=0) < 0 or sum(lengths) != targets.shape[0]:
        raise ShapeError(
            f"ctc_loss: concatenated targets must have as many labels as target_lengths add up to, {sum(lengths)}, "
            f"got {targets.shape[0]}"
        )
    starts = np.cumsum((0, *lengths[:-1]))[: len(lengths)]
    index = starts[:, None] + np.arange(max(lengths, default=0))
    return targets[np.minimum(index, sum(lengths) - 1)]


@composite
def ctc_loss(
    log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any, blank: int = 0,
    reduction: str = "mean", zero_infinity: bool = False,
) -> Tensor:  # fmt: skip
    """−log p(targets | log_probs), summed over all alignments: connectionist temporal classification.

    (Graves et al., 2006.) An alignment gives each step a label or a blank; equal neighbours and then the blanks are
    left out. The gradient is exp(log_probs) − p(label at the step | targets): that of the loss as a function of
    log-probabilities which stay normalised, as in PyTorch. Through `log_softmax` it is the same as any other.

    Args:
        log_probs: (T, N, C) or (T, C), logarithms of probabilities, such as `log_softmax` gives.
        targets: (N, S), or the sequences one after the other, (sum of target_lengths): labels in [0, C).
        input_lengths, target_lengths: (N): how many steps, and how many labels, count in each sequence.
        blank: the label that stands for none.
        reduction: "mean" divides by the target lengths and takes the mean of the batch; "sum" or "none".
        zero_infinity: take 0, and no gradient, for sequences that are too long for their inputs.

    Returns:
        A number; with "none" one for each sequence.

    Raises:
        ShapeError, DTypeError, ArgumentError: if shapes, dtypes or lengths do not fit.
        DimensionError: if a label is not in [0, C).

    >>> import autograd
    >>> log_probs = autograd.full((3, 1, 2), 0.5).log()  # 3 steps, each label with probability 1/2
    >>> ctc_loss(log_probs, autograd.tensor([[1]]), (3,), (1,)).exp()  # 1 is in 6 of 8 alignments
    tensor(1.3333)
    """
    reduction = reduction_of("ctc_loss", None, None, reduction)
    if log_probs.dtype == dtypes.float16:  # too narrow for the probabilities of whole sequences
        wide: Tensor = log_probs.float()
        return ctc_loss(  # type: ignore[no-any-return]  # a tensor
            wide, targets, input_lengths, target_lengths, blank, reduction, zero_infinity
        ).half()
    batched = log_probs.ndim == 3
    if log_probs.ndim not in (2, 3):
        raise ShapeError(
            f"ctc_loss: log_probs must be (T, N, C) or (T, C), got shape {tuple(log_probs.shape)}"
        )
    input_lengths = _lengths("input_lengths", input_lengths)
    target_lengths = _lengths("target_lengths", target_lengths)
    if not batched:
        log_probs = log_probs.unsqueeze(1)
        targets = targets.reshape(1, -1)
    elif targets.ndim == 1:
        only_values("ctc_loss of concatenated targets", target_lengths)
        targets = _in_rows(targets, target_lengths)
    elif targets.ndim != 2 or targets.shape[0] != log_probs.shape[1]:
        raise ShapeError(
            f"ctc_loss: targets must be (N, S) with N = {log_probs.shape[1]}, or 1-D, got {tuple(targets.shape)}"
        )
    loss: Any = ctc_(log_probs, targets, input_lengths, target_lengths, int(blank), bool(zero_infinity))
    if not batched:
        loss = loss.reshape(())
    if reduction == "mean":
        counts: Any = target_lengths
        if isinstance(counts, Hidden):
            counts = counts.clamp_min(1)
        else:
            counts = wrap(np.maximum(counts, 1).reshape(loss.shape))
        loss = loss / counts.astype(loss.dtype)
    return reduced("ctc_loss", loss, reduction)
