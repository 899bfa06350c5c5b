"""Dropout layers: in training, elements or whole channels become 0 (or a constant) at random."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.functional.dropout import check_probability
from nn.module import Module


class _Dropout(Module):
    """What all have: the probability, and whether the input is overwritten."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability(type(self).__name__, p)
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Its options."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """In training, set each element to 0 with probability p and divide the others by 1 − p; else pass x on.

    A network that cannot rely on any one unit overfits less (Srivastava et al., 2014).

    Args:
        p: the probability of being dropped.
        inplace: overwrite the input.

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd, nn
    >>> layer = nn.Dropout(0.5)
    >>> x = layer(autograd.ones(1000))
    >>> sorted(set(x.tolist())), 400 < (x == 0).sum().item() < 600
    ([0.0, 2.0], True)
    >>> layer.eval()(autograd.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels: (N, C, L) or (C, L) → the same (Tompson et al., 2015).

    Args:
        p: the probability of being dropped.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> x = nn.Dropout1d()(autograd.ones(2, 50, 3))
    >>> bool((x == x[..., :1]).all())
    True
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels: (N, C, H, W) → the same. See `Dropout1d`.

    >>> import autograd, nn
    >>> x = nn.Dropout2d()(autograd.ones(2, 50, 3, 3))
    >>> bool((x == x[..., :1, :1]).all())
    True
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """`Dropout` of whole channels: (N, C, D, H, W) or (C, D, H, W) → the same. See `Dropout1d`.

    >>> import autograd, nn
    >>> x = nn.Dropout3d()(autograd.ones(2, 50, 2, 2, 2))
    >>> bool((x == x[..., :1, :1, :1]).all())
    True
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for selu: it keeps mean 0 and variance 1 (Klambauer et al., 2017). See `functional.alpha_dropout`.

    Args:
        p: the probability of being dropped.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> x = nn.AlphaDropout()(autograd.zeros(1000))
    >>> [round(v, 4) for v in sorted(set(x.tolist()))]
    [-0.7792, 0.7792]
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_Dropout):
    """`AlphaDropout` of whole channels: (N, C, …) → the same.

    Args:
        p: the probability of being dropped.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> x = nn.FeatureAlphaDropout()(autograd.zeros(2, 50, 3))
    >>> bool((x == x[..., :1]).all())
    True
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.feature_alpha_dropout(input, self.p, self.training, self.inplace)
