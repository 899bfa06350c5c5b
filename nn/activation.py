"""Activations that rectify: they pass large inputs on and hold small ones back, each in its own way. Elementwise."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.ops.activation import relu
from autograd.ops.forms import real
from nn import functional as F
from nn import init as initialisation
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter


def shown(options: str, inplace: bool) -> str:
    """The options for a `repr`, and whether the input is overwritten."""
    return ", ".join(filter(None, (options, "inplace=True" if inplace else "")))


class Threshold(Module):
    """x where x > threshold, `value` elsewhere.

    Args:
        threshold: the largest x to be replaced.
        value: by what.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.Threshold(2.0, -1.0)(autograd.tensor([1.0, 3.0]))
    tensor([-1.,  3.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown(f"threshold={self.threshold}, value={self.value}", self.inplace)


class ReLU(Module):
    """max(x, 0), the rectified linear unit (Nair & Hinton, 2010).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.ReLU()(autograd.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.relu(input, True) if self.inplace else relu(input)

    def extra_repr(self) -> str:
        """Its options."""
        return shown("", self.inplace)


class LeakyReLU(Module):
    """x where x > 0, negative_slope · x elsewhere (Maas et al., 2013).

    Args:
        negative_slope: the slope below 0.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.LeakyReLU(0.1)(autograd.tensor([-1.0, 2.0]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown(f"negative_slope={self.negative_slope}", self.inplace)


class PReLU(Module):
    """x where x > 0, a · x elsewhere, with a learnt (He et al., 2015).

    Args:
        num_parameters: 1, or one a for each channel (dimension 1).
        init: what a starts from.

    Attributes:
        weight: a, of shape (num_parameters,).

    >>> import autograd, nn
    >>> nn.PReLU()(autograd.tensor([-1.0, 2.0])).tolist()
    [-0.25, 2.0]
    """

    weight: Parameter

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        real("PReLU", init=init)
        self.num_parameters = num_parameters
        self.init = init
        self.weight = empty_parameter("PReLU", (num_parameters,), device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again from `init`."""
        initialisation.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Its number of slopes."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """leaky_relu with a slope drawn from [lower, upper) for each element in training, their mean otherwise.

    (Xu et al., 2015)

    Args:
        lower, upper: the range of the slopes.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.RReLU(0.1, 0.3).eval()(autograd.tensor([-1.0, 2.0]))
    tensor([-0.2000,  2.0000])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown(f"lower={self.lower}, upper={self.upper}", self.inplace)


class ELU(Module):
    """x where x > 0, α (eˣ − 1) elsewhere (Clevert et al., 2016).

    Args:
        alpha: α.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.ELU()(autograd.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown(f"alpha={self.alpha}", self.inplace)


class CELU(Module):
    """max(x, 0) + min(α (exp(x/α) − 1), 0) (Barron, 2017).

    Args:
        alpha: α.
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.CELU(2.0)(autograd.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown(f"alpha={self.alpha}", self.inplace)


class SELU(Module):
    """1.0507 · elu(x, 1.6733): keeps mean 0 and variance 1 (Klambauer et al., 2017).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.SELU()(autograd.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.selu(input, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown("", self.inplace)


class GELU(Module):
    """x · Φ(x), with the normal distribution function Φ (Hendrycks & Gimpel, 2016).

    Args:
        approximate: "none", or "tanh" for a quicker formula with tanh.

    >>> import autograd, nn
    >>> nn.GELU()(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """Its options."""
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x · σ(x), also called swish (Elfwing et al., 2017).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.SiLU()(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown("", self.inplace)


class Mish(Module):
    """x · tanh(softplus(x)) (Misra, 2019).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.Mish()(autograd.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.mish(input, self.inplace)

    def extra_repr(self) -> str:
        """Its options."""
        return shown("", self.inplace)


class Hardswish(Module):
    """x · relu6(x + 3) / 6 (Howard et al., 2019).

    Args:
        inplace: overwrite the input.

    >>> import autograd, nn
    >>> nn.Hardswish()(autograd.tensor([0.0, 3.0]))
    tensor([0., 3.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.hardswish(input, self.inplace)


class Softplus(Module):
    """log(1 + exp(βx)) / β, a smooth ReLU; x itself where βx > threshold.

    Args:
        beta: β.
        threshold: from where on it is a straight line.

    >>> import autograd, nn
    >>> nn.Softplus()(autograd.tensor([0.0, 1000.0]))
    tensor([6.9315e-01, 1.0000e+03])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """Return it of the input."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Its options."""
        return f"beta={self.beta}, threshold={self.threshold}"
