"""Switches of PyTorch between faster and exact computation. Here results are always exact and repeatable.

They may be set, so that programs run, and asked for; they change nothing.
"""

from __future__ import annotations

from autograd.errors import ArgumentError


class _Switches:
    """What was last asked for."""

    precision = "highest"
    deterministic = False


def set_float32_matmul_precision(precision: str) -> None:
    """Allow float32 matrix products to be rounded ("high", "medium") or not ("highest"); they never are.

    Raises:
        ArgumentError: for another word.
    """
    if precision not in ("highest", "high", "medium"):
        raise ArgumentError(
            f"set_float32_matmul_precision: needs 'highest', 'high' or 'medium', got {precision!r}"
        )
    _Switches.precision = precision


def get_float32_matmul_precision() -> str:
    """Return what `set_float32_matmul_precision` was last given."""
    return _Switches.precision


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:  # noqa: ARG001  # PyTorch's
    """Ask for the same numbers in every run; they always are."""
    _Switches.deterministic = bool(mode)


def are_deterministic_algorithms_enabled() -> bool:
    """Return what `use_deterministic_algorithms` was last given."""
    return _Switches.deterministic
