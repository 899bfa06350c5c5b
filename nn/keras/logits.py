"""What a last activation was computed from, so that its loss can be computed from scores instead of probabilities.

softmax and cross entropy together are log-sum-exp, which neither overflows nor loses small probabilities; taken one
after the other they do. An activation notes its argument on its result (`note`), a loss asks for it (`logits_of`).
"""

from __future__ import annotations

from typing import Any

from autograd import Tensor

_NAME = "keras_logits"


def note(kind: str, scores: Tensor, result: Tensor) -> Tensor:
    """Note on the `result` of an activation what it was computed from, if it is a tensor; return it.

    Args:
        kind: "softmax" (of the last dimension) or "sigmoid".
        scores: the argument of the activation.
        result: its result.
    """
    if hasattr(result, "__dict__"):  # inside vmap, and in an export, it has no place for a note
        vars(result)[_NAME] = (kind, scores)
    return result


def logits_of(kind: str, predicted: Tensor) -> Tensor | None:
    """The scores whose softmax or sigmoid a prediction is, if that is known.

    >>> import autograd
    >>> z = autograd.tensor([1.0, 2.0])
    >>> logits_of("sigmoid", note("sigmoid", z, z.sigmoid())) is z
    True
    """
    noted: Any = getattr(predicted, "__dict__", {}).get(_NAME)
    return noted[1] if noted is not None and noted[0] == kind else None
