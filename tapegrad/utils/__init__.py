"""PyTorch's `torch.utils`: `checkpoint` is the engine's, `data` is `nn.data`. Both are loaded on use.

>>> import tapegrad as torch
>>> torch.utils.data.DataLoader([1, 2, 3], batch_size=2).batch_size
2
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tapegrad.utils import checkpoint, data
else:
    _ON_USE = frozenset(("checkpoint", "data"))

    def __getattr__(name: str) -> Any:
        """Load a module that is loaded on use, or say that there is no such name."""
        if name not in _ON_USE:
            raise AttributeError(f"module 'tapegrad.utils' has no attribute '{name}'", name=name)
        return import_module(f"tapegrad.utils.{name}")

    def __dir__() -> list[str]:
        """The names of the package, loaded or not."""
        return sorted({*globals(), *_ON_USE})


__all__ = ["checkpoint", "data"]
