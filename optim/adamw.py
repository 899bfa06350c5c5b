"""AdamW: Adam whose weight decay does not go through the moments."""

from __future__ import annotations

from autograd import Tensor
from optim.adam import Adam
from optim.optimizer import Params


class AdamW(Adam):
    """Adam with decoupled weight decay, θ ← θ − lr λ θ (Loshchilov & Hutter, 2019); see `Adam`.

    Args:
        params, lr, betas, eps, amsgrad, maximize, foreach, capturable, differentiable, fused: as for `Adam`.
        weight_decay: λ, 0.01 if left out.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0]))
    >>> w.grad = autograd.tensor([0.0])
    >>> AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> w
    Parameter containing:
    tensor([0.9500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
