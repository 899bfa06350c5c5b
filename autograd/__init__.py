"""tapegrad's engine."""
from autograd.tensor import Tensor
from autograd.create import tensor
from autograd.ops import *
from autograd.backward import backward, grad
from autograd.modes import *
from autograd.dtypes import *
