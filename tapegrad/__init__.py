"""All of it under one name, as PyTorch has it: `import tapegrad as torch`.

It stands above `autograd`, `nn` and `optim` and adds nothing to them: `tapegrad.nn` is `nn`, `tapegrad.optim` is
`optim`, `tapegrad.utils.data` is `nn.data`, `tapegrad.autograd` is `autograd.autograd`, which has the names of
`torch.autograd`, what PyTorch has in `torch` as well as in `torch.nn.functional` (`torch.conv2d`) is that of
`nn.functional`, and every other name is that of `autograd`. For programs that write `torch.nn.Linear`,
`torch.optim.Adam`, `torch.utils.data.DataLoader` or `torch.autograd.Variable`.

>>> import tapegrad as torch
>>> model = torch.nn.Linear(2, 1)
>>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
>>> torch.is_tensor(model(torch.ones(3, 2)))
True
"""

from typing import Any

import autograd as _engine
import autograd.autograd as autograd  # noqa: F401, PLR0402  # the form of the two below
import nn as nn
import optim as optim
import tapegrad.utils as utils  # noqa: F401, PLR0402  # the form of the two above

_OF_FUNCTIONAL = {
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "max_pool1d",
    "max_pool2d", "max_pool3d", "avg_pool1d", "adaptive_avg_pool1d", "pixel_shuffle", "pixel_unshuffle",
    "channel_shuffle", "cosine_similarity", "pairwise_distance", "layer_norm", "group_norm", "rms_norm", "dropout",
    "alpha_dropout", "feature_alpha_dropout", "rrelu",
}  # fmt: skip
"""Functions that are in `torch` as well as in `torch.nn.functional`, with the same arguments."""


def __getattr__(name: str) -> Any:
    if name in _OF_FUNCTIONAL:
        return getattr(nn.functional, name)
    if name.startswith("__") and name != "__version__":
        raise AttributeError(f"module 'tapegrad' has no attribute {name!r}", name=name, obj=__name__)
    return getattr(_engine, name)


def __dir__() -> list[str]:
    return sorted({"autograd", "nn", "optim", "utils", *_OF_FUNCTIONAL, *dir(_engine)})
