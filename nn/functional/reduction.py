"""How the elements of a loss become one number, by PyTorch's `reduction`, or the two arguments that came before it."""

from __future__ import annotations

import warnings

from autograd.errors import ArgumentError

REDUCTIONS = ("mean", "sum", "none")


def reduction_of(
    op: str,
    size_average: bool | None,
    reduce: bool | None,
    reduction: str,
    stacklevel: int = 4,
    others: tuple[str, ...] = (),
) -> str:
    """The reduction that the older arguments mean, with a warning, where they are given; checked.

    Args:
        op: what the loss is called.
        size_average, reduce: the older arguments: (True, True) is "mean", (False, True) "sum", (…, False) "none".
        reduction: "mean", "sum" or "none".
        stacklevel: of the warning.
        others: what else this loss takes.

    Raises:
        ArgumentError: if the reduction is none of them.
    """
    if size_average is not None or reduce is not None:
        mean, any_ = size_average is None or size_average, reduce is None or reduce
        reduction = ("mean" if mean else "sum") if any_ else "none"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=stacklevel,
        )
    elif reduction == "elementwise_mean":
        reduction = "mean"
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            UserWarning,
            stacklevel=stacklevel,
        )
    if reduction not in REDUCTIONS and reduction not in others:
        allowed = ", ".join(map(repr, (*REDUCTIONS[:-1], *others)))
        raise ArgumentError(f"{op}: reduction is {allowed} or 'none', got {reduction!r}")
    return reduction
