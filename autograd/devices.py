"""Where a tensor lives. Tensors are NumPy arrays, so there is one device: the CPU."""

from __future__ import annotations

from typing import Any

from autograd.errors import ArgumentError


class device:
    """A device, `device("cpu")`; the argument `device=` of PyTorch programs is accepted everywhere.

    Raises:
        ArgumentError: for any other device.

    >>> device("cpu"), device("cpu") == device("cpu:0")
    (device(type='cpu'), True)
    """

    __slots__ = ("index", "type")

    index: int | None
    type: str

    def __init__(self, type: Any, index: int | None = None) -> None:
        name = type.type if isinstance(type, device) else type
        if not (isinstance(name, str) and name.partition(":")[0] == "cpu" and index in (None, 0)):
            raise ArgumentError(f"device: only 'cpu' is available, got {type!r}; drop the device argument")
        self.type = "cpu"
        self.index = index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device)

    def __hash__(self) -> int:
        return hash(self.type)

    def __str__(self) -> str:
        return self.type

    def __repr__(self) -> str:
        return f"device(type={self.type!r})"


CPU = device("cpu")


def check(spec: Any) -> device:
    """The device that `spec` names; None means the CPU."""
    return CPU if spec is None else device(spec)
