"""What a program of views and in-place writes means, worked out by PyTorch without any view or in-place write.

A memory is a vector of values; a tensor is positions in it. What is differentiated is a second vector, the graph, that
a tensor shares with its views: a write replaces elements of both, a write inside no_grad() of the values alone. So
`Tensor` runs the same program text as PyTorch and as ours, and says what is right also where PyTorch refuses a write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

VIEWS = frozenset([
    "reshape", "view", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze", "transpose", "swapaxes", "permute",
    "movedim", "expand", "diagonal", "select", "narrow", "unfold", "split", "chunk", "tensor_split", "unbind",
    "contiguous", "view_as", "expand_as", "reshape_as", "t",
])  # fmt: skip


class _WithValues(torch.autograd.Function):
    """The first argument's values with the second's place in the graph."""

    @staticmethod
    def forward(_: Any, values: Any, part: Any) -> Any:
        return values.clone()

    @staticmethod
    def backward(_: Any, g: Any) -> Any:
        return None, g


class Shared:
    """A vector that several tensors read and write."""

    def __init__(self, flat: Any) -> None:
        self.flat = flat


class Tensor:
    """Positions in a memory, and in the graph that belongs to it."""

    def __init__(self, memory: Shared, positions: Any, graph: Shared) -> None:
        self.memory, self.positions, self.graph = memory, positions, graph
        self.grad: Any = None

    @classmethod
    def of(cls, t: Any) -> Tensor:
        """A tensor with memory of its own, laid out as PyTorch lays out `t`."""
        layout = torch.empty_like(t, dtype=torch.int64)  # dense, in the order of t's strides
        flat = layout.as_strided((t.numel(),), (1,))
        flat.copy_(torch.arange(t.numel()))
        ordered = torch.empty(t.numel(), dtype=t.dtype)
        ordered[layout.reshape(-1)] = t.detach().reshape(-1)
        graph = None
        if t.requires_grad:
            graph = t.reshape(-1)[torch.argsort(layout.reshape(-1))]
        return cls(Shared(ordered), layout, Shared(graph))

    # -- reading ---------------------------------------------------------------------------------------------------

    def read(self) -> Any:
        """The values now, as a tensor of PyTorch's that stands where this one does in the graph."""
        values = self.memory.flat[self.positions]
        if self.graph.flat is None or not torch.is_grad_enabled():
            return values
        return _WithValues.apply(values, self.graph.flat[self.positions])

    @property
    def shape(self) -> Any:
        return self.positions.shape

    @property
    def requires_grad(self) -> bool:
        return self.graph.flat is not None

    def _view(self, positions: Any) -> Any:
        if positions is self.positions:
            return self
        if isinstance(positions, (tuple, list)):
            return tuple(self._view(p) for p in positions)
        if positions.untyped_storage().data_ptr() != self.positions.untyped_storage().data_ptr():
            return None
        return Tensor(self.memory, positions, self.graph if torch.is_grad_enabled() else Shared(None))

    def detach(self) -> Tensor:
        return Tensor(self.memory, self.positions, Shared(None))

    data = property(detach)

    @property
    def T(self) -> Any:
        return self._view(self.positions.T)

    @property
    def mT(self) -> Any:
        return self._view(self.positions.mT)

    def detach_(self) -> Tensor:
        self.graph = Shared(None)
        return self

    def retain_grad(self) -> None:
        pass

    def backward(self) -> None:
        self.read().backward()

    def alias(self) -> Any:
        return self._view(self.positions.view(self.positions.shape))

    def requires_grad_(self) -> Tensor:
        """Make it a leaf."""
        self.leaf = self.memory.flat[self.positions].requires_grad_()
        n = self.memory.flat.numel()
        with torch.enable_grad():
            self.graph.flat = torch.zeros(n, dtype=self.leaf.dtype).index_put(
                (self.positions.reshape(-1),), self.leaf.reshape(-1)
            )
        return self

    # -- writing ---------------------------------------------------------------------------------------------------

    def write(self, new: Any) -> Tensor:
        """Replace the values, and outside no_grad() what computed them."""
        new = new.expand(self.positions.shape)
        self.memory.flat = self.memory.flat.clone()
        self.memory.flat[self.positions] = new.detach()
        if torch.is_grad_enabled() and (new.requires_grad or self.graph.flat is not None):
            old = torch.zeros_like(self.memory.flat) if self.graph.flat is None else self.graph.flat
            self.graph.flat = old.index_put((self.positions.reshape(-1),), new.reshape(-1))
        return self

    def __getitem__(self, index: Any) -> Any:
        index = raw(index)
        return self._view(self.positions[index]) or Tensor.of(self.read()[index])

    def __setitem__(self, index: Any, value: Any) -> None:
        part = self._view(self.positions[raw(index)])
        if part is not None:
            part.write(
                raw(value) if isinstance(value, Tensor) else torch.tensor(value, dtype=self.memory.flat.dtype)
            )
            return
        new = self.read().clone()
        new[raw(index)] = raw(value)
        self.write(new)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def method(*args: Any, **named: Any) -> Any:
            if name in VIEWS:
                shapes = [a.positions if isinstance(a, Tensor) else a for a in args]
                return self._view(getattr(self.positions, name)(*shapes, **named)) or Tensor.of(
                    getattr(self.read(), name)(*raw(args), **named)
                )
            if name.endswith("_"):
                return self.write(getattr(self.read().clone(), name)(*raw(args), **named))
            return Tensor.of(getattr(self.read(), name)(*raw(args), **named))

        return method

    def __add__(self, other: Any) -> Any:
        return Tensor.of(self.read() + raw(other))

    def __mul__(self, other: Any) -> Any:
        return Tensor.of(self.read() * raw(other))

    def __sub__(self, other: Any) -> Any:
        return Tensor.of(self.read() - raw(other))

    def __truediv__(self, other: Any) -> Any:
        return Tensor.of(self.read() / raw(other))

    def __gt__(self, other: Any) -> Any:
        return Tensor.of(self.read() > raw(other))

    def __iadd__(self, other: Any) -> Any:
        return self.add_(other)

    def __imul__(self, other: Any) -> Any:
        return self.mul_(other)


def raw(value: Any) -> Any:
    """PyTorch's tensors for ours, also inside tuples and lists."""
    if isinstance(value, (tuple, list)):
        return type(value)(raw(v) for v in value)
    return value.read() if isinstance(value, Tensor) else value


class Library:
    """Stands for the module in a program's text."""

    no_grad = staticmethod(torch.no_grad)

    def __getattr__(self, name: str) -> Any:
        if isinstance(getattr(torch, name), torch.dtype):
            return getattr(torch, name)

        def function(*args: Any, **named: Any) -> Any:
            return Tensor.of(getattr(torch, name)(*raw(args), **named))

        return function
