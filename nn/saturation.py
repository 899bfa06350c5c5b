"""Activations that saturate, gate or shrink. Elementwise, except `GLU`."""

from __future__ import annotations

import warnings

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.ops.forms import real
from nn import functional as F
from nn.activation import shown
from nn.module import Module


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ), between 0 and 1.

    >>> import autograd, nn
    >>> nn.Sigmoid()(autograd.tensor([-1000.0, 0.0]))
    tensor([0.0000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.sigmoid(input)


class LogSigmoid(Module):
    """log σ(x), without overflow.

    >>> import autograd, nn
    >>> nn.LogSigmoid()(autograd.tensor([0.0]))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.logsigmoid(input)


class Hardsigmoid(Module):
    """relu6(x + 3) / 6, a sigmoid of straight lines.

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.Hardsigmoid()(autograd.tensor([-4.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.hardsigmoid(input, self.inplace)


class Tanh(Module):
    """The hyperbolic tangent, between −1 and 1.

    >>> import autograd, nn
    >>> nn.Tanh()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.tanh(input)


class Hardtanh(Module):
    """x brought into [min_val, max_val].

    Args:
        min_val, max_val: the bounds.
        inplace: overwrite the input.
        min_value, max_value: older names of the bounds, which PyTorch has deprecated.

    Raises:
        ArgumentError: unless min_val < max_val.

    >>> import autograd, nn
    >>> nn.Hardtanh()(autograd.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        for older, value in (("min", min_value), ("max", max_value)):
            if value is not None:
                warnings.warn(
                    f"keyword argument `{older}_value` is deprecated; its name is `{older}_val`",
                    FutureWarning,
                    stacklevel=2,
                )
        min_val = min_val if min_value is None else min_value
        max_val = max_val if max_value is None else max_value
        real("Hardtanh", min_val=min_val, max_val=max_val)
        if not min_val < max_val:
            raise ArgumentError(f"Hardtanh: needs min_val < max_val, got {min_val} and {max_val}")
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """Its bounds."""
        return shown(f"min_val={self.min_val}, max_val={self.max_val}", self.inplace)


class ReLU6(Hardtanh):
    """min(max(x, 0), 6) (Howard et al., 2017).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.ReLU6()(autograd.tensor([-1.0, 3.0, 8.0]))
    tensor([0., 3., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """Whether the input is overwritten."""
        return shown("", self.inplace)


class Softsign(Module):
    """x / (1 + |x|).

    >>> import autograd, nn
    >>> nn.Softsign()(autograd.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.softsign(input)


class GLU(Module):
    """a · σ(b), where a and b are the two halves of the input along `dim` (Dauphin et al., 2017).

    Args:
        dim: the dimension to be halved; its size is even.

    >>> import autograd, nn
    >>> nn.GLU()(autograd.tensor([2.0, 4.0, 0.0, 0.0]))
    tensor([1., 2.])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """Its dimension."""
        return f"dim={self.dim}"


class Tanhshrink(Module):
    """x − tanh(x).

    >>> import autograd, nn
    >>> nn.Tanhshrink()(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.tanhshrink(input)


class Hardshrink(Module):
    """x where |x| > lambd, 0 elsewhere.

    Args:
        lambd: the largest |x| that becomes 0.

    >>> import autograd, nn
    >>> nn.Hardshrink()(autograd.tensor([-1.0, 0.3]))
    tensor([-1.,  0.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """Its options."""
        return f"{self.lambd}"


class Softshrink(Module):
    """x brought closer to 0 by lambd, and 0 where |x| ≤ lambd.

    Args:
        lambd: by how much.

    >>> import autograd, nn
    >>> nn.Softshrink()(autograd.tensor([-1.0, 0.3, 2.0]))
    tensor([-0.5000,  0.0000,  1.5000])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """Its options."""
        return f"{self.lambd}"
