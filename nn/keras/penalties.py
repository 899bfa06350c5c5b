"""What is added to the loss, and what weights are passed through after a step, found once for a training run."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from nn.keras.layers.layer import Layer


class Penalties:
    """The penalties of a model's layers: the same as its `losses`, without looking at every layer for each batch."""

    def __init__(self, model: Any) -> None:
        layers = [module for module in model.modules() if isinstance(module, Layer)]
        inside = [layer for layer in layers if layer is not model]  # the model holds this: no cycle
        self._held = [vars(layer) for layer in inside]
        self._weighted = [layer for layer in inside if vars(layer).get("_penalties")]
        self.constrained = any(vars(layer).get("_constraints") for layer in layers)
        self._own = getattr(type(model), "losses", None) is not Layer.losses

    def losses(self, model: Any) -> list[Tensor]:
        """The penalties after the last call of the model."""
        if self._own:
            return list(getattr(model, "losses", ()))
        found = list(vars(model).get("_activity", ()))
        if vars(model).get("_penalties"):
            found += model.weight_losses()
        found += [penalty for held in self._held for penalty in held["_activity"]]
        for layer in self._weighted:
            found += layer.weight_losses()
        return found
