"""All of it under one name, as PyTorch has it: `import tapegrad as torch`.

It stands above `autograd`, `nn` and `optim` and adds nothing to them: `tapegrad.nn` is `nn`, `tapegrad.optim` is
`optim`, and every other name is that of `autograd`. For programs that write `torch.nn.Linear` or `torch.optim.Adam`.

>>> import tapegrad as torch
>>> model = torch.nn.Linear(2, 1)
>>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
>>> torch.is_tensor(model(torch.ones(3, 2)))
True
"""

from typing import Any

import autograd
import nn as nn
import optim as optim


def __getattr__(name: str) -> Any:
    if name.startswith("__") and name != "__version__":
        raise AttributeError(f"module 'tapegrad' has no attribute {name!r}", name=name, obj=__name__)
    return getattr(autograd, name)


def __dir__() -> list[str]:
    return sorted({"nn", "optim", *dir(autograd)})
