"""Where a tensor lives. Tensors are NumPy arrays, so there is one device with memory: the CPU.

Programs may name other devices, as they do before they ask which there are; to put a tensor there is an error.
"""

from __future__ import annotations

from typing import Any

from autograd.errors import ArgumentError, DeviceError
from autograd.formats import check_format, check_layout

_KNOWN = ("cpu", "cuda", "mps", "xpu", "hpu", "xla", "meta")


class device:
    """The name of a device: `device("cpu")`, `device("cuda:1")`, `device("cuda", 1)`.

    Raises:
        ArgumentError: if there is no such device anywhere.

    >>> device("cpu"), str(device("cuda", 1)), device("cpu") == device("cpu")
    (device(type='cpu'), 'cuda:1', True)
    """

    __slots__ = ("index", "type")

    index: int | None
    type: str

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        name, colon, number = type.partition(":") if isinstance(type, str) else (None, "", "")
        if name not in _KNOWN or (colon and (index is not None or not number.isdecimal())):
            raise ArgumentError(
                f"device: needs one of {', '.join(_KNOWN)}, as in 'cpu' or 'cuda:0'; got {type!r}"
                + ("" if index is None else f" and index {index}")
            )
        self.type = name
        self.index = int(number) if colon else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __reduce__(self) -> tuple[Any, ...]:
        return device, (self.type, self.index)

    def __enter__(self) -> device:
        return check(self)

    def __exit__(self, *exception: object) -> None:
        pass


CPU = device("cpu")


def check(spec: Any, op: str = "device", **place: Any) -> device:
    """The device that `spec` names, for a new tensor; None means the CPU.

    `place` are other arguments on where its elements lie: `layout`, `memory_format` and `pin_memory` are accepted.

    Raises:
        DeviceError: if it is not the CPU.
        ArgumentError: for an argument that means nothing.
    """
    if place:
        check_layout(op, place.pop("layout", None))
        check_format(op, place.pop("memory_format", None))
        if place.pop("pin_memory", False):
            raise DeviceError(
                f"{op}: pin_memory=True is for transfers to a GPU, and there is none; leave it out"
            )
        if place:
            raise ArgumentError(f"{op}: got an unexpected argument {', '.join(map(repr, place))}")
    if spec is None:
        return CPU
    found = device(spec)
    if found.type != "cpu":
        raise DeviceError(
            f"{op}: tensors live on the CPU and cannot be put on '{found}'; use "
            "device = 'cuda' if autograd.cuda.is_available() else 'cpu'"
        )
    return CPU


def get_default_device() -> device:
    """Return the device of new tensors: the CPU."""
    return CPU


def set_default_device(device: Any) -> None:
    """Set the device of new tensors; None and "cpu" change nothing.

    Raises:
        DeviceError: for any other device.
    """
    check(device, "set_default_device")
