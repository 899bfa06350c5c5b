"""The bilinear layer: every product of an element of one input with one of another, weighted."""

from __future__ import annotations

import math
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError
from nn import functional as F
from nn import init
from nn.functional.given import whole
from nn.linear import empty_parameter
from nn.module import Module
from nn.parameter import Parameter


class Bilinear(Module):
    """yₖ = Σᵢⱼ aᵢ Wₖᵢⱼ bⱼ + cₖ over the last dimensions: (…, in1_features), (…, in2_features) → (…, out_features).

    W and the bias c start uniform in ±1/√in1_features.

    Args:
        in1_features, in2_features, out_features: the sizes of the last dimensions.
        bias: whether there is a bias.

    Attributes:
        weight: W, of shape (out_features, in1_features, in2_features).
        bias: c, of shape (out_features,), or None.

    Raises:
        ArgumentError: if in1_features is not positive.

    >>> import autograd, nn
    >>> nn.Bilinear(20, 30, 40)(autograd.randn(128, 20), autograd.randn(128, 30)).shape
    autograd.Size([128, 40])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        whole("Bilinear", in1_features=in1_features)
        if in1_features <= 0:
            raise ArgumentError(f"Bilinear: in1_features must be > 0, but got (in1_features={in1_features})")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        shape = (out_features, in1_features, in2_features)
        self.weight = empty_parameter("Bilinear", shape, device, dtype)
        made = empty_parameter("Bilinear", (out_features,), device, dtype) if bias else None
        self.register_parameter("bias", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw both anew."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Return the weighted products."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Its sizes."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
