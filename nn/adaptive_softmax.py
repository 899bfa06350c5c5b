"""A softmax over very many classes that computes the scores of rare ones only where they are needed, as a layer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor, ops
from autograd.errors import ArgumentError, PositionError, ShapeError
from autograd.tape import raw, wrap
from nn import functional as F
from nn.container import ModuleList, Sequential
from nn.linear import Linear
from nn.module import Module


class _ASMoutput(NamedTuple):
    """What the layer returns: the log-probability of each target, and the mean of their negatives."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """log p(y | x) for many classes, sorted by falling frequency, in clusters (Grave et al., 2017).

    The head has a score for each of the frequent classes, the shortlist, and one for each cluster of rarer ones. A
    class of cluster i has the probability of its cluster, by the head, times its own within it, by
    `tail[i]`, a layer with fewer features the rarer its classes are: in_features / div_valueⁱ⁺¹.

    Input (N, in_features) or (in_features), target (N) or ().

    Args:
        in_features: the size of the input.
        n_classes: how many classes there are.
        cutoffs: where the clusters begin, rising: [10, 100] is a shortlist of 10 and clusters of 10 … 99 and 100 ….
        div_value: by how much each cluster has fewer features than the one before.
        head_bias: whether the head has a bias.
        device: "cpu".
        dtype: of the parameters; the default dtype if left out.

    Attributes:
        head: `Linear(in_features, cutoffs[0] + number of clusters)`.
        tail: for each cluster two linear layers without bias.

    Raises:
        ArgumentError: if the cutoffs are not rising numbers in [1, n_classes - 1].
        ShapeError: on use, if the shapes do not fit.
        PositionError: on use, if a target is not a class.

    >>> import autograd, nn
    >>> layer = nn.AdaptiveLogSoftmaxWithLoss(8, 100, cutoffs=[10, 40])
    >>> output, loss = layer(autograd.randn(3, 8), autograd.tensor([0, 20, 99]))
    >>> output.shape, bool((loss + output.mean()).abs() < 1e-6)
    (autograd.Size([3]), True)
    >>> layer.log_prob(autograd.randn(3, 8)).exp().sum(1).allclose(autograd.ones(3))
    True
    """

    head: Linear
    tail: ModuleList

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        listed = list(cutoffs)
        if not listed:
            raise ArgumentError(
                "AdaptiveLogSoftmaxWithLoss: cutoffs should be a sequence of length larger than 0"
            )
        if (
            any(int(c) != c for c in listed)
            or listed != sorted(set(listed))
            or listed[0] <= 0
            or listed[-1] > n_classes - 1
        ):
            raise ArgumentError(
                "AdaptiveLogSoftmaxWithLoss: cutoffs should be a sequence of unique, positive integers sorted in an "
                f"increasing order, where each value is between 1 and n_classes-1, got {listed} of {n_classes} classes"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*listed, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for i, (start, stop) in enumerate(itertools.pairwise(self.cutoffs)):
            hidden = int(in_features // div_value ** (i + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, False, device, dtype),
                    Linear(hidden, stop - start, False, device, dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw new weights."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """Return (output, loss): the log-probability of each target, and minus their mean."""
        self._check(input_, target_)
        batched = target_.ndim > 0
        input = input_ if batched else input_.unsqueeze(0)
        target = np.atleast_1d(np.asarray(raw(target_)))
        if target.size and not (target.min() >= 0 and target.max() < self.n_classes):
            raise PositionError(
                f"AdaptiveLogSoftmaxWithLoss: Target values should be in [0, {self.n_classes - 1}], but values in "
                f"range [{target.min()}, {target.max()}] were found"
            )
        cluster = np.searchsorted(self.cutoffs, target, "right")  # 0 is the shortlist
        in_head = np.where(cluster == 0, target, self.shortlist_size + cluster - 1)
        head = F.log_softmax(self.head(input), 1)
        output: Any = head.gather(1, wrap(in_head[:, None])).squeeze(1)
        for i, layer in enumerate(self.tail):
            rows = np.flatnonzero(cluster == i + 1)
            if rows.size:
                within = F.log_softmax(layer(ops.index_select(input, 0, rows)), 1)
                own = within.gather(1, wrap((target[rows] - self.cutoffs[i])[:, None])).squeeze(1)
                output = ops.index_add(output, 0, wrap(rows), own)
        loss = (-output).mean()
        return _ASMoutput(output if batched else output.squeeze(0), loss)

    def _check(self, input: Tensor, target: Tensor) -> None:
        if target.ndim > 1:
            raise ShapeError(
                "AdaptiveLogSoftmaxWithLoss: 0D or 1D target tensor expected, multi-target not supported, got shape "
                f"{tuple(target.shape)}"
            )
        if target.ndim == 1 and input.shape[:1] != target.shape:
            raise ShapeError(
                "AdaptiveLogSoftmaxWithLoss: Input and target should have the same size in the batch dimension, got "
                f"{tuple(input.shape)} and {tuple(target.shape)}"
            )
        if input.ndim != target.ndim + 1:
            raise ShapeError(
                f"AdaptiveLogSoftmaxWithLoss: {target.ndim}D target tensor expects {target.ndim + 1}D input tensors, "
                f"but found inputs with size {tuple(input.shape)}"
            )

    def log_prob(self, input: Tensor) -> Tensor:
        """Return the log-probabilities of all classes, (N, n_classes), of inputs (N, in_features)."""
        head: Any = F.log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i, layer in enumerate(self.tail):
            place = self.shortlist_size + i
            parts.append(F.log_softmax(layer(input), 1) + head[:, place : place + 1])
        return ops.cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """Return the most probable class of each input, (N): the clusters are asked only where the head names one.

        An input that the head gives to a class of the shortlist is not compared with the classes of the clusters.
        """
        output: Tensor = self.head(input).argmax(1)
        rare = np.flatnonzero(raw(output) >= self.shortlist_size)
        if rare.size:
            classes = self.log_prob(ops.index_select(input, 0, rare)).argmax(1)
            output = ops.index_copy(output, 0, wrap(rare), classes)
        return output
