"""`autograd.backends`: the switches of other devices' libraries, for programs that set them. None of them is here.

>>> import autograd
>>> autograd.backends.mps.is_available()
False
>>> autograd.backends.cudnn.benchmark = True  # has no effect
"""

from autograd.backends import cuda, cudnn, mps

__all__ = ["cuda", "cudnn", "mps"]
