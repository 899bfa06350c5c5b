"""`Tensor`: an ndarray on the tape.

A tensor adds methods to `tape.Variable`, and no state. The operations are in `ops` and `kernels`; here they are
listed as methods, so that an editor and a type checker see them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import create, devices, dtypes, inplace, ops, sampling, tape
from autograd.basics import TensorBasics
from autograd.errors import DTypeError
from autograd.inplace import in_place
from autograd.ops import arithmetic
from autograd.tape import Variable


def _in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method `name` that overwrites its tensor with `function(tensor, …)`."""

    def method(self: Tensor, *args: Any, **named: Any) -> Tensor:
        return in_place(name, function, self, *args, **named)

    method.__name__ = name
    method.__doc__ = f"In-place version of `{function.__name__}`."
    return method


def _flat(sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """`x.f(2, 3)` and `x.f((2, 3))` mean the same."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes


class Tensor(TensorBasics):
    """A multi-dimensional array of one dtype that records the operations it takes part in.

    Made by `autograd.tensor`, by the other creation functions, or as the result of an operation. `Tensor(data)` makes
    one of the default dtype, `Tensor(2, 3)` an uninitialised one of that shape.

    Attributes:
        array: the ndarray that holds the values; writing to it is not recorded.
        grad: the gradient, after `backward()`, of a leaf (or where `retain_grad()` asked for it); else None.
        grad_fn: the node of the operation it is the result of; None for a leaf.
        requires_grad: whether a gradient will be computed for it.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4., 6.])
    """

    __slots__ = ()

    def __init__(self, *data: Any) -> None:
        kind = dtypes.default_dtype()
        if len(data) == 1 and not isinstance(data[0], int):
            source = data[0].array if isinstance(data[0], Variable) else np.asarray(data[0])
            if source.dtype.kind not in "fiub":
                raise DTypeError(f"Tensor: cannot be made from {source.dtype} values")
            self.array = source if isinstance(data[0], Variable) else source.astype(kind)
        else:
            self.array = np.zeros(data or (0,), kind)
        self.node = self.base = self.leaf = None

    # -- operators -------------------------------------------------------------------------------------------------

    __add__ = __radd__ = arithmetic.add
    __sub__ = arithmetic.sub
    __mul__ = __rmul__ = arithmetic.mul
    __truediv__ = arithmetic.div
    __pow__ = arithmetic.pow
    __matmul__ = ops.matmul
    __floordiv__ = ops.floor_divide
    __mod__ = ops.remainder
    __neg__ = arithmetic.neg
    __pos__ = ops.positive
    __abs__ = ops.abs
    __invert__ = ops.bitwise_not
    __and__ = __rand__ = ops.bitwise_and
    __or__ = __ror__ = ops.bitwise_or
    __xor__ = __rxor__ = ops.bitwise_xor
    __lt__ = ops.lt
    __le__ = ops.le
    __gt__ = ops.gt
    __ge__ = ops.ge

    def __eq__(self, other: object) -> Any:
        return False if other is None else ops.eq(self, other)

    def __ne__(self, other: object) -> Any:
        return True if other is None else ops.ne(self, other)

    __hash__ = object.__hash__  # by identity, although == compares elements

    def __rsub__(self, other: Any) -> Tensor:
        return arithmetic.sub(other, self)

    def __rtruediv__(self, other: Any) -> Tensor:
        return arithmetic.div(other, self)

    def __rpow__(self, other: Any) -> Tensor:
        return arithmetic.pow(other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return ops.matmul(other, self)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Tensor:
        return ops.remainder(other, self)

    __iadd__ = _in_place("add_", arithmetic.add)
    __isub__ = _in_place("sub_", arithmetic.sub)
    __imul__ = _in_place("mul_", arithmetic.mul)
    __itruediv__ = _in_place("div_", arithmetic.div)
    __ipow__ = _in_place("pow_", arithmetic.pow)
    __imatmul__ = _in_place("matmul_", ops.matmul)
    __ifloordiv__ = _in_place("floor_divide_", ops.floor_divide)
    __imod__ = _in_place("remainder_", ops.remainder)

    __getitem__ = ops.getitem

    def __setitem__(self, key: Any, value: Any) -> None:
        inplace.set_item(self, key, value)

    # -- elementwise -----------------------------------------------------------------------------------------------

    add = ops.add
    sub = subtract = ops.sub
    mul = multiply = ops.mul
    div = divide = true_divide = ops.div
    floor_divide = ops.floor_divide
    remainder = ops.remainder
    fmod = ops.fmod
    pow = ops.pow
    neg = negative = ops.neg
    positive = ops.positive
    abs = absolute = ops.abs
    sign = ops.sign
    square = ops.square
    sqrt = ops.sqrt
    rsqrt = ops.rsqrt
    reciprocal = ops.reciprocal
    exp = ops.exp
    exp2 = ops.exp2
    expm1 = ops.expm1
    log = ops.log
    log2 = ops.log2
    log10 = ops.log10
    log1p = ops.log1p
    sin = ops.sin
    cos = ops.cos
    tan = ops.tan
    asin = arcsin = ops.asin
    acos = arccos = ops.acos
    atan = arctan = ops.atan
    atan2 = arctan2 = ops.atan2
    sinh = ops.sinh
    cosh = ops.cosh
    tanh = ops.tanh
    asinh = arcsinh = ops.asinh
    acosh = arccosh = ops.acosh
    atanh = arctanh = ops.atanh
    erf = ops.erf
    erfc = ops.erfc
    sigmoid = ops.sigmoid
    logit = ops.logit
    relu = ops.relu
    softmax = ops.softmax
    log_softmax = ops.log_softmax
    clamp = clip = ops.clamp
    clamp_min = ops.clamp_min
    clamp_max = ops.clamp_max
    maximum = ops.maximum
    minimum = ops.minimum
    fmax = ops.fmax
    fmin = ops.fmin
    lerp = ops.lerp
    addcmul = ops.addcmul
    addcdiv = ops.addcdiv
    hypot = ops.hypot
    logaddexp = ops.logaddexp
    xlogy = ops.xlogy
    floor = ops.floor
    ceil = ops.ceil
    round = ops.round
    trunc = fix = ops.trunc
    frac = ops.frac
    nan_to_num = ops.nan_to_num
    copysign = ops.copysign
    heaviside = ops.heaviside
    deg2rad = ops.deg2rad
    rad2deg = ops.rad2deg
    masked_fill = ops.masked_fill

    def where(self, condition: Any, other: Any) -> Tensor:
        """Return this tensor where `condition` holds and `other` elsewhere."""
        selected: Tensor = ops.where(condition, self, other)
        return selected

    # -- comparisons and logic -------------------------------------------------------------------------------------

    eq = ops.eq
    ne = not_equal = ops.ne
    lt = less = ops.lt
    le = less_equal = ops.le
    gt = greater = ops.gt
    ge = greater_equal = ops.ge
    isclose = ops.isclose
    allclose = ops.allclose
    equal = ops.equal
    isnan = ops.isnan
    isinf = ops.isinf
    isfinite = ops.isfinite
    logical_and = ops.logical_and
    logical_or = ops.logical_or
    logical_xor = ops.logical_xor
    logical_not = ops.logical_not
    bitwise_and = ops.bitwise_and
    bitwise_or = ops.bitwise_or
    bitwise_xor = ops.bitwise_xor
    bitwise_not = ops.bitwise_not

    # -- reductions ------------------------------------------------------------------------------------------------

    sum = ops.sum
    mean = ops.mean
    prod = ops.prod
    var = ops.var
    std = ops.std
    max = ops.max
    min = ops.min
    amax = ops.amax
    amin = ops.amin
    argmax = ops.argmax
    argmin = ops.argmin
    median = ops.median
    norm = ops.norm
    logsumexp = ops.logsumexp
    all = ops.all
    any = ops.any
    count_nonzero = ops.count_nonzero
    cumsum = ops.cumsum
    cumprod = ops.cumprod
    nansum = ops.nansum
    nanmean = ops.nanmean

    # -- shape -----------------------------------------------------------------------------------------------------

    def reshape(self, *sizes: Any, shape: Any = None) -> Tensor:
        """Return the elements in another shape; a view where possible."""
        return ops.reshape(self, _flat(sizes if shape is None else (shape,)))

    def view(self, *shape: Any, size: Any = None) -> Tensor:
        """Return a view of another shape, or the tensor in another dtype of the same size."""
        return ops.view(self, _flat(shape if size is None else (size,)))

    def permute(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return a view with the dimensions in the given order."""
        return ops.permute(self, _flat(sizes if dims is None else (dims,)))

    def expand(self, *sizes: Any, size: Any = None) -> Tensor:
        """Return a read-only view with dimensions of size 1 repeated."""
        return ops.expand(self, _flat(sizes if size is None else (size,)))

    def repeat(self, *sizes: Any, repeats: Any = None) -> Tensor:
        """Return the tensor repeated along each dimension."""
        return ops.repeat(self, _flat(sizes if repeats is None else (repeats,)))

    def tile(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return the tensor repeated along each dimension, as `np.tile` does."""
        return ops.tile(self, _flat(sizes if dims is None else (dims,)))

    def flip(self, *sizes: Any, dims: Any = None) -> Tensor:
        """Return the elements in reverse order along `dims`."""
        return ops.flip(self, _flat(sizes if dims is None else (dims,)))

    view_as = ops.view_as
    reshape_as = ops.reshape_as
    flatten = ops.flatten
    unflatten = ops.unflatten
    ravel = ops.ravel
    squeeze = ops.squeeze
    unsqueeze = ops.unsqueeze
    transpose = swapaxes = swapdims = ops.transpose
    movedim = moveaxis = ops.movedim
    t = ops.t
    expand_as = ops.expand_as
    broadcast_to = ops.broadcast_to
    repeat_interleave = ops.repeat_interleave
    fliplr = ops.fliplr
    flipud = ops.flipud
    roll = ops.roll
    rot90 = ops.rot90
    split = ops.split
    chunk = ops.chunk
    tensor_split = ops.tensor_split
    unbind = ops.unbind
    narrow = ops.narrow
    select = ops.select
    diagonal = ops.diagonal
    diag = ops.diag
    diag_embed = ops.diag_embed
    tril = ops.tril
    triu = ops.triu
    unfold = ops.unfold
    clone = ops.clone
    contiguous = ops.contiguous
    alias = ops.alias

    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order."""
        return ops.reverse_dims(self)

    @property
    def mT(self) -> Tensor:
        """The last two dimensions swapped."""
        return ops.matrix_transpose(self)

    # -- indexing --------------------------------------------------------------------------------------------------

    index_select = ops.index_select
    gather = ops.gather
    scatter = ops.scatter
    scatter_add = ops.scatter_add
    index_add = ops.index_add
    index_copy = ops.index_copy
    index_fill = ops.index_fill
    index_put = ops.index_put
    masked_select = ops.masked_select
    take = ops.take
    take_along_dim = ops.take_along_dim
    sort = ops.sort
    argsort = ops.argsort
    topk = ops.topk
    nonzero = ops.nonzero
    argwhere = ops.argwhere
    unique = ops.unique

    # -- linear algebra --------------------------------------------------------------------------------------------

    matmul = ops.matmul
    mm = ops.mm
    bmm = ops.bmm
    mv = ops.mv
    dot = ops.dot
    outer = ger = ops.outer
    inner = ops.inner
    addmm = ops.addmm
    trace = ops.trace
    cross = ops.cross

    # -- in place --------------------------------------------------------------------------------------------------

    add_ = _in_place("add_", ops.add)
    sub_ = _in_place("sub_", ops.sub)
    mul_ = _in_place("mul_", ops.mul)
    div_ = _in_place("div_", ops.div)
    pow_ = _in_place("pow_", ops.pow)
    neg_ = _in_place("neg_", ops.neg)
    abs_ = _in_place("abs_", ops.abs)
    exp_ = _in_place("exp_", ops.exp)
    log_ = _in_place("log_", ops.log)
    sqrt_ = _in_place("sqrt_", ops.sqrt)
    clamp_ = clip_ = _in_place("clamp_", ops.clamp)
    relu_ = _in_place("relu_", ops.relu)
    sigmoid_ = _in_place("sigmoid_", ops.sigmoid)
    tanh_ = _in_place("tanh_", ops.tanh)
    lerp_ = _in_place("lerp_", ops.lerp)
    addcmul_ = _in_place("addcmul_", ops.addcmul)
    addcdiv_ = _in_place("addcdiv_", ops.addcdiv)
    masked_fill_ = _in_place("masked_fill_", ops.masked_fill)
    scatter_ = _in_place("scatter_", ops.scatter)
    scatter_add_ = _in_place("scatter_add_", ops.scatter_add)
    index_add_ = _in_place("index_add_", ops.index_add)
    index_copy_ = _in_place("index_copy_", ops.index_copy)
    index_fill_ = _in_place("index_fill_", ops.index_fill)
    index_put_ = _in_place("index_put_", ops.index_put)

    def copy_(self, source: Any, non_blocking: Any = False) -> Tensor:
        """Overwrite with `source`, broadcast to this shape and converted to this dtype."""
        return inplace.copy_(self, source)

    def fill_(self, value: Any) -> Tensor:
        """Overwrite every element with `value`."""
        return inplace.copy_(self, value)

    def zero_(self) -> Tensor:
        """Overwrite every element with 0."""
        return inplace.copy_(self, 0)

    normal_ = sampling.normal_
    uniform_ = sampling.uniform_
    bernoulli_ = sampling.bernoulli_
    exponential_ = sampling.exponential_
    random_ = sampling.random_

    # -- others like it --------------------------------------------------------------------------------------------

    def new_tensor(
        self, data: Any, *, dtype: Any = None, requires_grad: Any = False, device: Any = None
    ) -> Tensor:
        """Return a tensor of `data`, of this dtype unless another is given."""
        kind = self.dtype if dtype is None else dtype
        return create.tensor(data, dtype=kind, device=device, requires_grad=requires_grad)

    def new_zeros(self, *size: Any, **options: Any) -> Tensor:
        """Return zeros of the given shape, of this dtype unless another is given."""
        return create.zeros(_flat(size), **{"dtype": self.dtype, **options})

    def new_ones(self, *size: Any, **options: Any) -> Tensor:
        """Return ones of the given shape, of this dtype unless another is given."""
        return create.ones(_flat(size), **{"dtype": self.dtype, **options})

    def new_full(self, size: Any, fill_value: Any, **options: Any) -> Tensor:
        """Return a tensor of the given shape filled with a value, of this dtype unless another is given."""
        return create.full(size, fill_value, **{"dtype": self.dtype, **options})

    def new_empty(self, *size: Any, **options: Any) -> Tensor:
        """Return an uninitialised tensor of the given shape, of this dtype unless another is given."""
        return create.empty(_flat(size), **{"dtype": self.dtype, **options})

    # -- conversion ------------------------------------------------------------------------------------------------

    def to(self, *args: Any, **named: Any) -> Tensor:
        """Return it in another dtype (`x.to(float64)`, `x.to(other)`); `x.to("cpu")` is itself."""
        kind = named.get("dtype")
        for a in args:
            if isinstance(a, Variable):
                kind = a.array.dtype
            elif isinstance(a, (dtypes.dtype, np.dtype, type)):
                kind = a
            elif isinstance(a, (str, devices.device)):
                devices.check(a)
        devices.check(named.get("device"))
        converted = self if kind is None else self.astype(kind)
        return converted.clone() if named.get("copy") and converted is self else converted

    def astype(self, dtype: Any) -> Tensor:
        """Return it in another dtype; itself if it has that dtype."""
        kind = dtypes.numpy_dtype(dtype)
        return self if self.array.dtype == kind else ops.cast(self, kind)

    def type(self, dtype: Any = None) -> Any:
        """Return it in another dtype, or the name of its own."""
        return f"autograd.{self.dtype.name}" if dtype is None else self.astype(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """Return it in the dtype of `other`."""
        return self.astype(other.array.dtype)

    def float(self) -> Tensor:
        """Return it as float32."""
        return self.astype(dtypes.float32)

    def double(self) -> Tensor:
        """Return it as float64."""
        return self.astype(dtypes.float64)

    def half(self) -> Tensor:
        """Return it as float16."""
        return self.astype(dtypes.float16)

    def long(self) -> Tensor:
        """Return it as int64."""
        return self.astype(dtypes.int64)

    def int(self) -> Tensor:
        """Return it as int32."""
        return self.astype(dtypes.int32)

    def bool(self) -> Tensor:
        """Return it as bool."""
        return self.astype(dtypes.bool_)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.array, self.requires_grad)

    def cpu(self) -> Tensor:
        """Return itself."""
        return self


def _rebuild(cls: Any, array: Any, requires_grad: Any) -> Any:
    """Undo `Tensor.__reduce__`."""
    tensor = cls.__new__(cls)
    tensor.array = array
    tensor.node = tensor.base = tensor.leaf = None
    return tensor.requires_grad_() if requires_grad else tensor


tape.bind(Tensor)
