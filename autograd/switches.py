"""Switches of PyTorch between faster and exact computation. Here results are always exact and repeatable.

They may be set, so that programs run, and asked for; they change nothing.
"""

from __future__ import annotations

from typing import Any

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


def compile(model: Any = None, **options: Any) -> Any:
    """Return a module or function as it is: there is no compiler here, and PyTorch's does not change the numbers.

    Also a decorator, with its options in brackets or without.

    Args:
        model: a module or a function; None for the decorator.
        options: PyTorch's: fullgraph, dynamic, backend, mode, options, disable.

    Raises:
        ArgumentError: for another option, or what cannot be called.

    >>> @compile(mode="reduce-overhead")
    ... def double(x):
    ...     return x * 2
    >>> double(3)
    6
    """
    if unknown := options.keys() - {"fullgraph", "dynamic", "backend", "mode", "options", "disable"}:
        raise ArgumentError(f"compile: got an unexpected argument {', '.join(sorted(unknown))}")
    if model is None:
        return compile
    if not callable(model):
        raise ArgumentError(f"compile: needs a module or a function, got {type(model).__name__}")
    return model
