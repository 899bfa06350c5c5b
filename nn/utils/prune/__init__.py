"""Pruning: parts of a parameter held at 0 by a mask, which can be combined, trained through and made permanent.

A pruned `weight` is `weight_orig * weight_mask`, computed before each `forward`: the first is the parameter, the second
a buffer.

>>> import autograd, nn
>>> from nn.utils import prune
>>> layer = prune.l1_unstructured(nn.Linear(4, 2), "weight", amount=3)
>>> int((layer.weight == 0).sum()), sorted(layer.state_dict())
(3, ['bias', 'weight_mask', 'weight_orig'])
>>> list(prune.remove(layer, "weight").state_dict())
['bias', 'weight']
"""

from nn.utils.prune.apply import (
    custom_from_mask,
    global_unstructured,
    identity,
    is_pruned,
    l1_unstructured,
    ln_structured,
    random_structured,
    random_unstructured,
    remove,
)
from nn.utils.prune.method import BasePruningMethod, PruningContainer
from nn.utils.prune.methods import (
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    RandomStructured,
    RandomUnstructured,
)

__all__ = [
    # methods
    "BasePruningMethod", "PruningContainer", "Identity", "RandomUnstructured", "L1Unstructured", "RandomStructured",
    "LnStructured", "CustomFromMask",
    # functions
    "identity", "random_unstructured", "l1_unstructured", "random_structured", "ln_structured", "custom_from_mask",
    "global_unstructured", "remove", "is_pruned",
]  # fmt: skip
