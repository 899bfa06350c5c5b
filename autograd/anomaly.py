"""Anomaly mode: find the first NaN, and the line of code it came from."""

from __future__ import annotations

from autograd.modes import Mode, ModeSwitch, current_mode, set_mode


class detect_anomaly(ModeSwitch):
    """Raise at the first NaN, in forward or backward, naming the operation, its shapes and the user's line.

    Every recorded operation keeps where it was called and every result is checked, so this is slow: for debugging
    only. With `check_nan=False` nothing is checked, and errors of backward still name the line. Operations that are
    not recorded (inside `no_grad()`, or on data) are not checked: a NaN from there is reported at the first recorded
    operation it enters.

    Raises:
        AnomalyError: at the first NaN.

    >>> import autograd
    >>> x = autograd.tensor(-1.0, requires_grad=True)
    >>> with detect_anomaly():
    ...     y = x.log()
    Traceback (most recent call last):
        ...
    autograd.errors.AnomalyError: forward: 'log' returned NaN in 1 of 1 elements of its result float32 () ...
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__()
        self.mode = True
        self.check_nan = check_nan

    def _changed(self, mode: Mode) -> Mode:
        return mode.but(anomaly=self.mode, check_nan=self.check_nan)


class set_detect_anomaly(detect_anomaly):
    """Turn anomaly mode on or off: at once when called, and until the end of the block as a context manager."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(check_nan)
        self.mode = bool(mode)
        self._tokens.append(set_mode(self._changed(current_mode())))

    def __enter__(self) -> None:
        if not self._tokens:
            super().__enter__()


def is_anomaly_enabled() -> bool:
    """Return whether this thread is in anomaly mode."""
    return current_mode().anomaly


def is_anomaly_check_nan_enabled() -> bool:
    """Return whether this thread raises at a NaN when in anomaly mode."""
    return current_mode().check_nan
