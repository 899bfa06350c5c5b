"""NumPy's functions in NumPy's own signatures, for tensors."""
from __future__ import annotations

from typing import Any

import numpy as np

from autograd.ops import shape
from autograd.primitive import implements

OF_ARRAYS = frozenset({np.shape, np.ndim, np.size, np.may_share_memory, np.shares_memory, np.array_equal, np.array_repr,
   np.array_str, np.array2string, np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast, np.array_equiv})
"""Functions whose answer is not a tensor: they look at the arrays."""


@implements(np.reshape)
def _reshape(a: Any, shape_: Any = None, *, shape: Any = None) -> Any:
    from autograd.ops.shape import reshape
    return reshape(a, shape_ if shape is None else shape)


@implements(np.transpose, np.permute_dims)
def _transpose(a: Any, axes: Any = None) -> Any:
    return shape.reverse_dims(a) if axes is None else shape.permute(a, axes)

@implements(np.expand_dims)
def _expand_dims(a: Any, axis: Any) -> Any:
    return shape.unsqueeze(a, axis)

implements(np.swapaxes)(lambda a, axis1, axis2: shape.transpose(a, axis1, axis2))
from autograd.ops import join
implements(np.concatenate)(lambda arrays, axis=0: join.cat(arrays, axis))
implements(np.stack)(lambda arrays, axis=0: join.stack(arrays, axis))
