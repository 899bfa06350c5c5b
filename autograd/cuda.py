"""`autograd.cuda`: what programs ask of it before they use a GPU. Tensors live on the CPU, so the answer is no.

>>> import autograd
>>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
device(type='cpu')
"""

from __future__ import annotations

from typing import Any

from autograd.errors import DeviceError

__all__ = [
    "is_available", "is_initialized", "device_count", "empty_cache", "manual_seed", "manual_seed_all", "synchronize",
    "current_device", "get_device_name",
]  # fmt: skip


def is_available() -> bool:
    """Return False: there is no GPU."""
    return False


def is_initialized() -> bool:
    """Return False: there is nothing to initialise."""
    return False


def device_count() -> int:
    """Return 0, the number of GPUs."""
    return 0


def empty_cache() -> None:
    """Do nothing: no memory is cached."""


def manual_seed(seed: int) -> None:
    """Do nothing, as PyTorch does where there is no GPU: no generator is there to be seeded."""


def manual_seed_all(seed: int) -> None:
    """Do nothing, as `manual_seed`."""


def synchronize(device: Any = None) -> None:  # noqa: ARG001  # PyTorch's signature
    """Wait for a GPU.

    Raises:
        DeviceError: always; there is none.
    """
    raise _none("synchronize")


def current_device() -> int:
    """Return the number of the GPU in use.

    Raises:
        DeviceError: always; there is none.
    """
    raise _none("current_device")


def get_device_name(device: Any = None) -> str:  # noqa: ARG001  # PyTorch's signature
    """Return the name of a GPU.

    Raises:
        DeviceError: always; there is none.
    """
    raise _none("get_device_name")


def _none(name: str) -> DeviceError:
    return DeviceError(f"cuda.{name}: there is no GPU; ask autograd.cuda.is_available() first")
