"""Muon: steps brought near to orthogonal matrices, and AdamW for all that is no matrix."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import Any

import numpy as np

from autograd import Tensor
from nn.keras.optimizers.moments import adam_step, averages
from nn.keras.optimizers.optimizer import Optimizer, check_options, decay
from optim.axpy import scale
from optim.blocks import Array, Group
from optim.muon import orthogonalized

LEAST = 1e-7  # what the norm of a matrix is increased by


class Muon(Optimizer):
    """Momentum, orthogonalized by Newton's and Schulz's iteration (Jordan et al., 2024), for the matrices of a model.

        b ← μ b + g
        d ← g + μ b,  or b without nesterov
        O ← orthogonalized(d / (‖d‖ + 10⁻⁷))
        θ ← θ − lr λ θ
        θ ← θ − lr · ratio · √max(A, B) · O         for θ of shape (A, B)

    What is no matrix, embeddings, and what `exclude_layers` names, gets AdamW's rule, with the options adam_*. A weight
    is known by its `path`, such as "dense/kernel", which those of Keras's layers have; of other modules every matrix
    is orthogonalized. `optim.Muon` is PyTorch's, which averages the momentum and takes matrices alone.

    Args:
        learning_rate: lr.
        adam_beta_1, adam_beta_2, epsilon: of AdamW.
        adam_weight_decay: λ for AdamW.
        weight_decay: λ for matrices.
        exclude_layers: regular expressions for paths that AdamW learns.
        exclude_embeddings: whether AdamW learns what has "embedding" in its path.
        muon_a, muon_b, muon_c: coefficients of the iteration.
        adam_lr_ratio: AdamW's lr over lr.
        momentum: μ.
        ns_steps: how many iterations.
        nesterov: step as if from the point that the momentum leads to.
        rms_rate: the ratio; None for steps of lr · O.
        clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([[3.0, 0.0], [0.0, 2.0]]))
    >>> optimizer = Muon(1.0, weight_decay=None, rms_rate=None)
    >>> optimizer.apply([autograd.tensor([[6.0, 0.0], [0.0, 4.0]])], [w])
    >>> w.detach().round(decimals=2)
    tensor([[1.8800, 0.0000],
            [0.0000, 1.3200]])
    """

    whole = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "muon",
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        **kwargs: Any,
    ) -> None:
        options = {
            "adam_beta_1": adam_beta_1,
            "adam_beta_2": adam_beta_2,
            "adam_weight_decay": adam_weight_decay,
            "epsilon": epsilon,
            "muon_a": muon_a,
            "muon_b": muon_b,
            "muon_c": muon_c,
            "adam_lr_ratio": adam_lr_ratio,
            "momentum": momentum,
            "ns_steps": ns_steps,
            "nesterov": nesterov,
            "rms_rate": rms_rate,
            **kwargs,
        }
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        limits = {"adam_beta_1": (0.0, 1.0), "adam_beta_2": (0.0, 1.0), "epsilon": (0.0, inf)}
        check_options("Muon", group, momentum=(0, 1), ns_steps=(0, 100), adam_lr_ratio=(0, inf), **limits)

    def grouped(self, params: list[Tensor]) -> list[Any]:
        """The matrices to be orthogonalized, and the others."""
        others = [p for p in params if self._is_for_adam(p)]
        apart = {id(p) for p in others}
        matrices = [p for p in params if id(p) not in apart]
        decay_of_others = float(self.rule["adam_weight_decay"] or 0.0)
        groups: list[dict[str, Any]] = [
            {"params": matrices, "adam": False},
            {"params": others, "adam": True, "weight_decay": decay_of_others},
        ]
        return [group for group in groups if group["params"]]

    def _is_for_adam(self, p: Tensor) -> bool:
        path = str(vars(p).get("path", ""))
        if p.ndim != 2 or (self.exclude_embeddings and "embedding" in path.lower()):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The momentum b; AdamW's averages."""
        return ("momentum", "velocity") if group["adam"] else ("momentum",)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one parameter."""
        decay(p, group)
        if group["adam"]:
            beta1, beta2, s = group["adam_beta_1"], group["adam_beta_2"], work[0]
            m, v = averages(g, state, beta1, beta2, out=s)
            rate = group["lr"] * group["adam_lr_ratio"]
            adam_step(p, m, v, state["step"], rate, beta1, beta2, group["epsilon"], out=s)
            return
        b, momentum = state["momentum"], group["momentum"]
        scale(b, momentum)
        b += g
        d = b
        if group["nesterov"]:
            d = np.multiply(b, momentum, out=work[0])
            d += g
        coefficients = (group["muon_a"], group["muon_b"], group["muon_c"])
        unit = d / (float(np.linalg.norm(d)) + LEAST)
        step = orthogonalized(unit, coefficients, group["ns_steps"], 1.0)  # 1: its norm is below that already
        ratio = 1.0 if group["rms_rate"] is None else group["rms_rate"] * sqrt(max(p.shape))
        p -= np.multiply(step, group["lr"] * ratio, out=work[0])

    def get_config(self) -> dict[str, Any]:
        """What it was made with, as plain values."""
        return {
            **super().get_config(),
            "exclude_layers": list(self.exclude_layers),
            "exclude_embeddings": self.exclude_embeddings,
        }
