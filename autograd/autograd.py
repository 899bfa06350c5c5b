"""`torch.autograd`'s names, for programs that write `import autograd as torch` and then `torch.autograd.grad`.

Nothing is defined here but `Variable`, an old name that programs still use.
"""

from __future__ import annotations

import abc
from typing import Any

from autograd import function, functional, graph
from autograd.anomaly import detect_anomaly, set_detect_anomaly
from autograd.backward import backward, grad
from autograd.finite_differences import gradcheck, gradgradcheck
from autograd.function import Function
from autograd.modes import enable_grad, inference_mode, no_grad, set_grad_enabled
from autograd.tensor import Tensor

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "function",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]


class Variable(abc.ABC):  # noqa: B024  # abstract only so that isinstance knows tensors
    """A tensor, as programs of long ago ask for it: `Variable(t, requires_grad=True)` is a tensor on the values of `t`.

    >>> import autograd
    >>> x = Variable(autograd.ones(2), requires_grad=True)
    >>> x, isinstance(x, Variable)
    (tensor([1., 1.], requires_grad=True), True)
    """

    def __new__(cls, data: Tensor, requires_grad: bool = False) -> Any:
        """The tensor."""
        tensor: Tensor = data.detach()
        return tensor.requires_grad_(requires_grad)


Variable.register(Tensor)
