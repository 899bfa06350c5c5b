"""Embedding layers: a row of a table for each index, or the sum, mean or maximum of rows in a bag."""

from __future__ import annotations

from typing import Any, Self

from autograd import Tensor, no_grad
from autograd.errors import AssertedError
from nn import functional as F
from nn import init
from nn.functional.sparse import check_dense, checked_padding
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter


def _table(
    layer: str, count: int, width: int, given: Any, device: Any, dtype: Any, frozen: bool = False
) -> Parameter:
    """The table: the given one, or one whose values are still to be drawn."""
    if given is None:
        made = empty_parameter(layer, (count, width), device, dtype)
        made.requires_grad_(not frozen)
        return made
    if tuple(given.shape) != (count, width):
        raise AssertedError(
            f"{layer}: Shape of weight does not match num_embeddings and embedding_dim: {tuple(given.shape)} is not "
            f"({count}, {width})"
        )
    return Parameter(given, requires_grad=not frozen)


def _checked_pretrained(layer: str, embeddings: Any) -> tuple[int, int]:
    if embeddings.ndim != 2:
        raise AssertedError(
            f"{layer}: Embeddings parameter is expected to be 2-dimensional, got shape {tuple(embeddings.shape)}"
        )
    rows, columns = embeddings.shape
    return rows, columns


class Embedding(Module):
    """A row of a table for each index: (…) → (…, embedding_dim).

    Rows start from the normal distribution N(0, 1); that of the padding from 0, and it gets no gradient.

    Args:
        num_embeddings: how many rows there are.
        embedding_dim: how long each is.
        padding_idx: the index of the padding; negative ones count from the end.
        max_norm: rows that are used and longer than this are first shortened to it, in place.
        norm_type: the p of the norm that is meant.
        scale_grad_by_freq: divide a row's gradient by how often its index occurs in the batch.
        sparse: must be False: gradients are dense.

    Attributes:
        weight: (num_embeddings, embedding_dim).

    Raises:
        AssertedError: if padding_idx is out of range.
        ArgumentError: for sparse=True.

    >>> import autograd, nn
    >>> layer = nn.Embedding(10, 3, padding_idx=0)
    >>> layer(autograd.tensor([[1, 2, 4, 5], [4, 3, 2, 0]])).shape
    autograd.Size([2, 4, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_dense("Embedding", sparse)
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = checked_padding("Embedding", padding_idx, num_embeddings)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        self.weight = _table("Embedding", num_embeddings, embedding_dim, _weight, device, dtype, _freeze)
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the rows anew; that of the padding is 0."""
        init.normal_(self.weight)
        _clear_padding(self.weight, self.padding_idx)

    def forward(self, input: Tensor) -> Tensor:
        """Return the rows."""
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """Return a layer with this table (num_embeddings, embedding_dim), which it shares.

        Args:
            freeze: whether the table stays as it is.

        Raises:
            AssertedError: if it is not a matrix.

        >>> import autograd, nn
        >>> nn.Embedding.from_pretrained(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))(autograd.tensor([1]))
        tensor([[3., 4.]])
        """
        rows, columns = _checked_pretrained(cls.__name__, embeddings)
        options = padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse
        return cls(rows, columns, *options, _weight=embeddings, _freeze=freeze)

    def extra_repr(self) -> str:
        """Its sizes and the options that are not the usual ones."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}{_options(self)}"


class EmbeddingBag(Module):
    """The sum, mean or maximum of the rows that each bag of indices names: (B, N), or (K) with offsets → (B, D).

    Like `Embedding` followed by a reduction, without the rows in between. See `functional.embedding_bag`.

    Args:
        num_embeddings: how many rows there are.
        embedding_dim: how long each is: D.
        max_norm: rows that are used and longer than this are first shortened to it, in place.
        norm_type: the p of the norm that is meant.
        scale_grad_by_freq: divide a row's gradient by how often its index occurs in the batch; not with "max".
        mode: "sum", "mean" or "max".
        sparse: must be False: gradients are dense.
        include_last_offset: offsets has one more number, the end of the last bag.
        padding_idx: an index that counts for nothing.

    Attributes:
        weight: (num_embeddings, embedding_dim), from N(0, 1).

    Raises:
        AssertedError: if padding_idx is out of range.
        ArgumentError: for sparse=True.

    >>> import autograd, nn
    >>> layer = nn.EmbeddingBag(10, 3, mode="sum")
    >>> layer(autograd.tensor([1, 2, 4, 5, 4, 3, 2, 9]), autograd.tensor([0, 4])).shape
    autograd.Size([2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        check_dense("EmbeddingBag", sparse)
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.padding_idx = checked_padding("EmbeddingBag", padding_idx, num_embeddings)
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset
        self.weight = _table("EmbeddingBag", num_embeddings, embedding_dim, _weight, device, dtype)
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the rows anew; that of the padding is 0."""
        init.normal_(self.weight)
        _clear_padding(self.weight, self.padding_idx)

    def forward(
        self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        """Return a row for each bag."""
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """Return a layer with this table (num_embeddings, embedding_dim), which it shares.

        Args:
            freeze: whether the table stays as it is.

        Raises:
            AssertedError: if it is not a matrix.

        >>> import autograd, nn
        >>> table = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> nn.EmbeddingBag.from_pretrained(table)(autograd.tensor([[0, 1]]))
        tensor([[2., 3.]])
        """
        rows, columns = _checked_pretrained(cls.__name__, embeddings)
        made = cls(
            rows,
            columns,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            mode,
            sparse,
            embeddings,
            include_last_offset,
            padding_idx,
        )
        made.weight.requires_grad_(not freeze)
        return made

    def extra_repr(self) -> str:
        """Its sizes and the options that are not the usual ones."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{_options(self)}, mode={self.mode!r}{padding}"


def _clear_padding(weight: Parameter, padding_idx: int | None) -> None:
    if padding_idx is not None:
        with no_grad():
            weight[padding_idx].fill_(0)


def _options(layer: Embedding | EmbeddingBag) -> str:
    shown = "" if layer.max_norm is None else f", max_norm={layer.max_norm}"
    if layer.norm_type != 2:  # the usual norm
        shown += f", norm_type={layer.norm_type}"
    return shown + (", scale_grad_by_freq=True" if layer.scale_grad_by_freq else "")
