"""PyTorch's places of the layers, for programs that import from there; the layers themselves are in `nn`.

`nn.modules.module` has hooks of all modules at once, `nn.modules.utils` what is done with sizes and wrapped models.
"""

from nn.modules import (
    activation,
    batchnorm,
    container,
    conv,
    dropout,
    instancenorm,
    lazy,
    linear,
    loss,
    module,
    normalization,
    pooling,
    rnn,
    transformer,
    utils,
)

__all__ = [
    "activation", "batchnorm", "container", "conv", "dropout", "instancenorm", "lazy", "linear", "loss",
    "module", "normalization", "pooling", "rnn", "transformer", "utils",
]  # fmt: skip
