"""Dropout, as a layer."""

from __future__ import annotations

from autograd import Tensor
from nn import functional as F
from nn.functional.dropout import check_probability
from nn.module import Module


class Dropout(Module):
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

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        check_probability("Dropout", p)
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Drop, in training."""
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return f"p={self.p}, inplace={self.inplace}"
