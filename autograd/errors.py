"""Every error this package raises on a user's mistake.

Each class is an `AutogradError` and also the built-in exception that NumPy and PyTorch users expect, so both
`except AutogradError` and `except RuntimeError` work:

    AutogradError
    ├── ShapeError            RuntimeError, ValueError   shapes that do not fit together
    ├── DTypeError            RuntimeError, TypeError    an element type that the operation cannot use
    ├── ArgumentError         TypeError, ValueError,     a wrong argument or value
    │                         RuntimeError
    │   └── ModeError         NotImplementedError        … a mode that there is not for an input of its kind
    ├── DimensionError        IndexError                 a dimension or an index out of range
    │   └── PositionError     RuntimeError               … found in a tensor of indices
    ├── LinAlgError           RuntimeError, ValueError   a matrix that cannot be inverted, factored, …
    ├── AssertedError         AssertionError,            what PyTorch asserts, such as the sizes of attention's parts
    │                         RuntimeError, ValueError
    ├── DeviceError           RuntimeError, AssertionError   a device that is not there
    ├── GradientError         RuntimeError               backward() where it has no meaning
    │   ├── GraphFreedError                              a second sweep over a graph that was freed
    │   ├── InPlaceError                                 an in-place write that destroys what backward needs
    │   ├── CheckpointError                              a checkpointed function that does not repeat itself
    │   └── AnomalyError                                 the first NaN, in forward or backward (anomaly mode)
    ├── BatchingError         RuntimeError, ValueError   what vmap cannot do, or was asked for in a wrong way
    ├── GradcheckError        RuntimeError               a derivative that does not match finite differences
    ├── MemberError           AttributeError             a name that a module does not have, or cannot have yet
    ├── MemberNameError       KeyError                   a name that is taken, or cannot name a member
    ├── StateDictError        RuntimeError, ValueError   a state dict that does not fit its module or optimizer
    ├── EntryError            KeyError                   a dict of options or of state without what it must hold
    ├── FileFormatError       RuntimeError, ValueError   a file that cannot be read as saved tensors
    ├── WorkerError           RuntimeError               a process that reads data, and died or does not answer
    └── RenderError           RuntimeError               no Graphviz renderer, or one that failed
"""

import numpy as np


class AutogradError(Exception):
    """Base class of every error raised on a user's mistake."""


class ShapeError(AutogradError, RuntimeError, ValueError):
    """Shapes that do not fit together; the message names the operation and the shapes."""


class DTypeError(AutogradError, RuntimeError, TypeError):
    """An element type that the operation cannot use."""


class ArgumentError(AutogradError, TypeError, ValueError, RuntimeError):
    """An argument of the wrong kind or outside its range."""


class ModeError(ArgumentError, NotImplementedError):
    """A mode that there is not, or not for an input of so many dimensions."""


class DimensionError(AutogradError, IndexError):
    """A dimension or an index outside the tensor's range."""


class PositionError(DimensionError, RuntimeError):
    """A position outside the tensor's range, found among the indices of gather, scatter, narrow, …"""


class LinAlgError(AutogradError, RuntimeError, np.linalg.LinAlgError):
    """A matrix without what was asked for: an inverse, a Cholesky factor, eigenvalues that were found.

    It is NumPy's `LinAlgError` (a ValueError) as well as a RuntimeError, as PyTorch's is.
    """


class AssertedError(AutogradError, AssertionError, RuntimeError, ValueError):
    """A shape or an argument that does not fit, found where PyTorch has an assertion."""


class DeviceError(AutogradError, RuntimeError, AssertionError):
    """A device that is not there; PyTorch without a GPU raises an AssertionError as well."""


class GradientError(AutogradError, RuntimeError):
    """A gradient asked for where there is none, or a gradient of the wrong shape."""


class GraphFreedError(GradientError):
    """Backward through a graph whose saved arrays an earlier sweep has already freed."""


class InPlaceError(GradientError):
    """An in-place write that is not allowed, or that changed an array backward needs."""


class CheckpointError(GradientError):
    """A checkpointed function that saved other tensors when backward ran it again."""


class AnomalyError(GradientError):
    """The first NaN that anomaly mode saw, with the operation that made it."""


class BatchingError(AutogradError, RuntimeError, ValueError):
    """What vmap cannot do, such as control flow that depends on values, or wrong in_dims and out_dims."""


class GradcheckError(AutogradError, RuntimeError):
    """An analytic derivative that does not match finite differences."""


class MemberError(AutogradError, AttributeError):
    """A parameter, buffer, module or attribute that a module does not have, or cannot have yet."""


class MemberNameError(AutogradError, KeyError):
    """A name that cannot be that of a parameter, buffer or module, or that none has."""

    __str__ = Exception.__str__  # KeyError would print the message in quotes


class StateDictError(AutogradError, RuntimeError, ValueError):
    """A state dict whose keys or shapes do not fit; nothing was changed."""


class EntryError(AutogradError, KeyError):
    """A state dict, or a group of parameters, without an entry that it must have."""

    __str__ = Exception.__str__  # KeyError would print the message in quotes


class FileFormatError(AutogradError, RuntimeError, ValueError):
    """A file that is not a readable safetensors file."""


class WorkerError(AutogradError, RuntimeError):
    """A worker process of a `DataLoader` that died, did not answer in time, or met an error that cannot be sent."""


class RenderError(AutogradError, RuntimeError):
    """No Graphviz renderer was found, or it failed."""
