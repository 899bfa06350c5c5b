"""Sequences of different lengths as one batch: padded to the same length, or packed, without any padding.

A packed batch has the first elements of all sequences, then the second elements of those that have one, and so on, the
longest sequence first: `abc`, `x` and `de` are packed as `adx be c`, with batch sizes 3, 2, 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from autograd import Tensor, constant_pad_nd, devices, dtypes, from_numpy, stack
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.packing import pack_rows, unpack_rows
from autograd.tape import Variable
from nn.functional import given

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pad_packed_sequence", "pad_sequence",
    "unpad_sequence", "pack_sequence", "unpack_sequence",
]  # fmt: skip

Lengths = Tensor | Sequence[int]


class _Fields(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Fields):
    """A packed batch of sequences, as `pack_sequence` and `pack_padded_sequence` make it; recurrent layers take it.

    Attributes:
        data: the elements, (number of all elements, *).
        batch_sizes: how many sequences reach each step, falling.
        sorted_indices: the order of the given sequences from the longest to the shortest; None if it is theirs.
        unsorted_indices: the inverse of that.

    >>> import autograd, nn
    >>> a, b = autograd.tensor([1.0, 2.0, 3.0]), autograd.tensor([4.0])
    >>> packed = pack_sequence([a, b])
    >>> packed.data, packed.batch_sizes
    (tensor([1., 4., 2., 3.]), tensor([2, 1, 1]))
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        """Find the inverse order, if it is not given; `data` may also be the pair (data, batch_sizes)."""
        if batch_sizes is None:
            if not isinstance(data, (tuple, list)) or len(data) != 2:
                raise ArgumentError(
                    "PackedSequence: needs data and batch_sizes; make it with pack_sequence() or pack_padded_sequence()"
                )
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Convert the data as `Tensor.to` does; itself if nothing changes."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        return type(self)(data, self.batch_sizes, self.sorted_indices, self.unsorted_indices)

    def cpu(self) -> Self:
        """Return itself: everything is on the CPU."""
        return self

    def double(self) -> Self:
        """The data in float64."""
        return self.to(dtypes.float64)

    def float(self) -> Self:
        """The data in float32."""
        return self.to(dtypes.float32)

    def half(self) -> Self:
        """The data in float16."""
        return self.to(dtypes.float16)

    def long(self) -> Self:
        """The data in int64."""
        return self.to(dtypes.int64)

    def int(self) -> Self:
        """The data in int32."""
        return self.to(dtypes.int32)

    def short(self) -> Self:
        """The data in int16."""
        return self.to(dtypes.int16)

    def char(self) -> Self:
        """The data in int8."""
        return self.to(dtypes.int8)

    def byte(self) -> Self:
        """The data in uint8."""
        return self.to(dtypes.uint8)

    @property
    def device(self) -> devices.device:
        """Where it lives: the CPU."""
        return self.data.device

    @property
    def is_cuda(self) -> bool:
        """Whether the data are on a GPU: no."""
        return False

    def is_pinned(self) -> bool:
        """Whether the data are in pinned memory: no."""
        return False


def _whole(lengths: Lengths, op: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Lengths as an array of integers.

    Raises:
        ShapeError: unless there is one for each sequence.
    """
    values = lengths.numpy() if isinstance(lengths, Variable) else np.asarray(lengths)
    if values.ndim != 1:
        raise ShapeError(
            f"{op}: 'lengths' argument should be a 1D CPU int64 tensor, but got {values.ndim}D, of shape {values.shape}"
        )
    return values.astype(np.int64)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes `permutation`; None for None.

    >>> import autograd
    >>> invert_permutation(autograd.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    order = permutation.numpy()
    inverse = np.empty_like(order)
    inverse[order] = np.arange(order.size, dtype=order.dtype)
    return from_numpy(inverse)


def pack_padded_sequence(
    input: Tensor, lengths: Lengths, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack sequences that stand padded in one tensor.

    Args:
        input: (T, B, *) for B sequences of at most T elements, or (B, T, *) with batch_first.
        lengths: how long each sequence is.
        batch_first: whether the first dimension is that of the sequences.
        enforce_sorted: the sequences must come sorted, the longest first; with False they are sorted here.

    Raises:
        ShapeError: if there is not one length for each sequence, or one is longer than the input.
        ArgumentError: if a length is not positive, or they must be sorted and are not.

    >>> import autograd
    >>> padded = autograd.tensor([[1, 2, 0], [3, 0, 0], [4, 5, 6]])
    >>> packed = pack_padded_sequence(padded, [2, 1, 3], batch_first=True, enforce_sorted=False)
    >>> packed.data, packed.batch_sizes, packed.sorted_indices
    (tensor([4, 1, 3, 5, 2, 6]), tensor([3, 2, 1]), tensor([2, 0, 1]))
    """
    op = "pack_padded_sequence"
    if input.ndim < 2:
        raise ShapeError(f"{op}: needs a tensor of at least 2 dimensions, got shape {tuple(input.shape)}")
    longest, n = input.shape[batch_first], input.shape[not batch_first]
    held = _whole(lengths, op)
    if not longest or not n:
        raise ShapeError(f"{op}: Cannot pack empty tensors, got shape {tuple(input.shape)}")
    if len(held) != n:
        raise ShapeError(
            f"{op}: Expected `len(lengths)` to be equal to batch_size, but got {len(held)} (batch_size={n})"
        )
    order = None
    if not enforce_sorted:
        order = np.argsort(-held, kind="stable")
        held = held[order]
    if held.min() <= 0:
        raise ArgumentError(
            f"{op}: Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0: "
            f"{held.min()}"
        )
    if (held[1:] > held[:-1]).any():
        raise ArgumentError(
            f"{op}: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            f"`enforce_sorted=False`; got {held.tolist()}"
        )
    if held[0] > longest:
        raise ShapeError(f"{op}: a length is {held[0]}, but the padded sequences have {longest} elements")
    sizes = (held[None] > np.arange(held[0])[:, None]).sum(1)
    padded = input.transpose(0, 1) if batch_first else input
    if order is not None:
        padded = padded.index_select(1, from_numpy(order))
    data = pack_rows(padded, tuple(sizes.tolist()))
    return PackedSequence(data, from_numpy(sizes), None if order is None else from_numpy(order))


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Pad a packed batch: the inverse of `pack_padded_sequence`.

    Args:
        sequence: the packed batch.
        batch_first: whether the result is (B, T, *), not (T, B, *).
        padding_value: what stands after the end of a sequence.
        total_length: T; the length of the longest sequence if left out.

    Returns:
        the sequences in the order in which they were given, padded, and their lengths.

    Raises:
        ArgumentError: if the longest sequence is longer than total_length.

    >>> import autograd
    >>> packed = pack_sequence([autograd.tensor([1, 2]), autograd.tensor([3])])
    >>> pad_packed_sequence(packed, batch_first=True)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    sizes = _whole(sequence.batch_sizes, "pad_packed_sequence")
    longest = len(sizes)
    if total_length is not None:
        if total_length < longest:
            raise ArgumentError(
                "pad_packed_sequence: Expected total_length to be at least the length of the longest sequence in "
                f"input, but got total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    n = int(sizes[0])
    lengths = (sizes[:, None] > np.arange(n)[None]).sum(0)
    padded: Any = unpack_rows(sequence.data, tuple(sizes.tolist()), longest, n, padding_value)
    back = sequence.unsorted_indices
    if back is not None:
        padded = padded.index_select(1, back)
        lengths = lengths[back.numpy()]
    if batch_first:
        padded = padded.transpose(0, 1)
    return padded, from_numpy(lengths)


def pad_sequence(
    sequences: Tensor | Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Stack sequences (L, *) of different lengths L into one tensor (T, B, *), padded to the longest.

    Args:
        sequences: B tensors that agree in all dimensions but the first.
        batch_first: whether the result is (B, T, *).
        padding_value: what fills up.
        padding_side: "right", after a sequence, or "left", before it.

    Raises:
        ArgumentError: if there is no sequence, or padding_side is another.
        ShapeError: if other dimensions differ.

    >>> import autograd
    >>> a, b = autograd.tensor([1, 2]), autograd.tensor([3])
    >>> pad_sequence([a, b], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise ArgumentError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    if padding_side not in ("left", "right"):
        raise ArgumentError(
            f"pad_sequence: Expected padding_side to be one of left or right, but got {padding_side}."
        )
    parts: list[Any] = list(sequences)
    if not parts:
        raise ArgumentError("pad_sequence: received an empty list of sequences")
    for part in parts:
        given.tensors("pad_sequence", sequences=part)
    shapes = [tuple(part.shape) for part in parts]
    if not all(shape and shape[1:] == shapes[0][1:] for shape in shapes):
        raise ShapeError(
            f"pad_sequence: sequences must have the same shape but for their first dimension, got {shapes}"
        )
    kind = parts[0].dtype
    longest = max(shape[0] for shape in shapes)
    same = [0, 0] * (parts[0].ndim - 1)  # of the other dimensions, from the last to the second
    padded = []
    for part in parts:
        missing = longest - part.shape[0]
        sides = [missing, 0] if padding_side == "left" else [0, missing]
        row = part if part.dtype is kind else part.to(kind)
        padded.append(constant_pad_nd(row, [*same, *sides], padding_value) if missing else row)
    return stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Lengths, batch_first: bool = False) -> list[Tensor]:
    """Take the sequences out of a padded tensor (T, B, *), or (B, T, *) with batch_first; undoes `pad_sequence`.

    Raises:
        ShapeError: if there is not one length for each sequence.

    >>> import autograd
    >>> unpad_sequence(autograd.tensor([[1, 2], [3, 0]]), [2, 1], batch_first=True)
    [tensor([1, 2]), tensor([3])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    held = _whole(lengths, "unpad_sequence")
    if len(held) != len(rows):
        raise ShapeError(f"unpad_sequence: got {len(held)} lengths for {len(rows)} sequences")
    return [row[: max(int(n), 0)] for row, n in zip(rows, held, strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (L, *) of different lengths.

    Args:
        sequences: tensors that agree in all dimensions but the first.
        enforce_sorted: the sequences must come sorted, the longest first; with False they are sorted here.

    Raises: as `pad_sequence` and `pack_padded_sequence`.

    >>> import autograd
    >>> packed = pack_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4])])
    >>> packed.data, packed.batch_sizes
    (tensor([1, 4, 2, 3]), tensor([2, 1, 1]))
    """
    lengths = [s.shape[0] if s.ndim else 0 for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Take the sequences out of a packed batch: the inverse of `pack_sequence`.

    >>> import autograd
    >>> unpack_sequence(pack_sequence([autograd.tensor([1, 2, 3]), autograd.tensor([4])]))
    [tensor([1, 2, 3]), tensor([4])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
