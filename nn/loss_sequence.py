"""The loss of sequences whose alignment is not known, as a module."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn import functional as F
from nn.loss import _Loss


class CTCLoss(_Loss):
    """−log p(targets | log_probs), summed over all alignments: connectionist temporal classification.

    (Graves et al., 2006.) See `functional.ctc_loss`.

    Args:
        blank: the label that stands for none.
        reduction: "mean" divides by the target lengths and takes the mean of the batch; "sum" or "none".
        zero_infinity: take 0, and no gradient, for sequences that are too long for their inputs.

    >>> import autograd, nn
    >>> log_probs = autograd.full((3, 1, 2), 0.5).log()  # 3 steps, each label with probability 1/2
    >>> nn.CTCLoss()(log_probs, autograd.tensor([[1]]), (3,), (1,)).exp()  # 1 is in 6 of 8 alignments
    tensor(1.3333)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        """Return the loss: log_probs (T, N, C), targets (N, S) or one after the other, lengths (N)."""
        return F.ctc_loss(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            self.blank,
            self.reduction,
            self.zero_infinity,
        )
