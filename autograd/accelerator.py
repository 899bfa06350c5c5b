"""`autograd.accelerator`: whether there is a device besides the CPU. There is none.

>>> import autograd
>>> here = autograd.accelerator
>>> here.current_accelerator().type if here.is_available() else "cpu"
'cpu'
"""

from __future__ import annotations

from autograd.devices import device


def is_available() -> bool:
    """Return False: there is no accelerator."""
    return False


def device_count() -> int:
    """Return 0, the number of accelerators."""
    return 0


def current_accelerator(check_available: bool = False) -> device | None:  # noqa: ARG001  # PyTorch's signature
    """Return None: there is no accelerator."""
    return None
