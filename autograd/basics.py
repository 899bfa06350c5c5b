"""What every tensor can do besides operations: say what it is, take part in gradients, leave for NumPy and Python."""

from __future__ import annotations

import math
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd import devices, dtypes, formats, inplace, numpy_protocol, printing, storage, tape
from autograd.backward import backward
from autograd.dims import checked_dim
from autograd.errors import ArgumentError, DTypeError, GradientError, ShapeError
from autograd.ops import rearrange, shape
from autograd.settling import settle
from autograd.size import Size
from autograd.tape import AccumulateGrad, AnyNode, RemovableHandle, Variable, extras_of, wrap


class TensorBasics(Variable):
    """The part of `Tensor` that is not operations."""

    __slots__ = ()

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return Size(self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The element type."""
        return dtypes.of_array(self.array)

    @property
    def device(self) -> devices.device:
        """Where it lives: the CPU."""
        return devices.CPU

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return self.array.nbytes

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return not isinstance(self.current_node(), tape.Node)

    @property
    def grad_fn(self) -> tape.Node | None:
        """The node of the operation that made it; None for a leaf."""
        node = self.current_node()
        return tape.seen(node) if isinstance(node, tape.Node) else None  # type: ignore[return-value]  # the same node

    @property
    def retains_grad(self) -> bool:
        """Whether a non-leaf keeps its gradient."""
        return self.leaf is not None and not self.is_leaf

    @property
    def _version(self) -> int:
        return storage.version(tape.counted(self))

    @property
    def _base(self) -> Any:
        """The tensor that a view looks into, under PyTorch's name; None for what is no view."""
        return None if self.base is None else self.base[0]

    def _is_view(self) -> bool:
        """Whether it looks into the memory of another tensor."""
        return self.base is not None

    is_cpu = True
    is_cuda = is_mps = is_xpu = is_meta = False
    is_sparse = is_quantized = is_nested = False
    layout = formats.strided

    def get_device(self) -> int:
        """Return -1, which stands for the CPU."""
        return -1

    def is_pinned(self) -> bool:
        """Return False: no memory is set aside for transfers to a GPU."""
        return False

    def is_nonzero(self) -> bool:
        """Return whether its only element is not 0."""
        return bool(self)

    def dim(self) -> int:
        """Return the number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def size(self, dim: int | None = None) -> Any:
        """Return the shape, or the size of one dimension."""
        return (
            Size(self.array.shape)
            if dim is None
            else self.array.shape[checked_dim("size", dim, self.array.shape)]
        )

    def numel(self) -> int:
        """Return the number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """Return the bytes of one element."""
        return self.array.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Return how many elements lie between neighbours along each dimension, or along one."""
        settle(self)
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        if not self.array.size and not any(strides):  # NumPy's of nothing; PyTorch's are those of ones
            sizes = [max(n, 1) for n in self.array.shape]
            strides = tuple(math.prod(sizes[d + 1 :]) for d in range(len(sizes)))
        return strides if dim is None else strides[dim]

    def storage_offset(self) -> int:
        """Return how many elements of the storage come before the first one."""
        settle(self)
        memory = storage.owner(self.array)
        start = (memory if isinstance(memory, np.ndarray) else self.array).__array_interface__["data"][0]
        return int((self.array.__array_interface__["data"][0] - start) // self.array.itemsize)

    def data_ptr(self) -> int:
        """Return the address of the first element."""
        settle(self)
        return int(self.array.__array_interface__["data"][0])

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Return whether the elements lie in memory in C order, or in that of a memory format.

        What a convolution returned, which lies in another order to be fast, is brought into C order when it is asked
        (see `autograd.settling`), so that the answer is PyTorch's.
        """
        settle(self)
        return bool(formats.in_order("is_contiguous", self.array, memory_format).flags.c_contiguous)

    def is_floating_point(self) -> bool:
        """Return whether the dtype is a floating-point type."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Return False: there are no complex tensors."""
        return False

    def is_signed(self) -> bool:
        """Return whether the dtype has negative numbers."""
        return self.array.dtype.kind in "if"

    def is_same_size(self, other: Any) -> bool:
        """Return whether both have the same shape."""
        return bool(self.array.shape == other.array.shape)

    # -- gradients -------------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient will be computed for it."""
        return self.current_node() is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Any:
        """Ask for a gradient, or (on a leaf) stop asking.

        Raises:
            DTypeError: for an integer or bool tensor.
            GradientError: when turning it off for the result of an operation.
        """
        node = self.current_node()
        if not requires_grad:
            if isinstance(node, tape.Node):
                raise GradientError(
                    f"requires_grad_: the tensor of shape {self.array.shape} is the result of '{node.primitive.name}', "
                    "so it cannot stop requiring a gradient; use .detach() to get one that does not"
                )
            self.node = None
        elif node is None:
            if self.array.dtype.kind != "f":
                raise DTypeError(
                    f"requires_grad_: only floating-point tensors can require a gradient, got {self.dtype} of shape "
                    f"{self.array.shape}; convert it first with .float()"
                )
            self.base = None  # a leaf stands for itself, even if it shares memory
            self.node = self._accumulator()
        return self

    def _accumulator(self) -> AccumulateGrad:
        if self.leaf is None:
            self.leaf = AccumulateGrad(self.array.shape, self.array.dtype)
            self.leaf.owner = weakref.ref(self)
        return self.leaf

    @property
    def grad(self) -> Any:
        """The gradient of a leaf, after `backward()`; of another tensor if `retain_grad()` asked for it."""
        if self.leaf is not None:
            return self.leaf.grad
        if self.node is not None:
            warnings.warn(
                "the .grad of a tensor that is not a leaf is not kept, so it is None. Call .retain_grad() on it before "
                "backward(), or look at the .grad of the leaves it was computed from.",
                UserWarning,
                stacklevel=2,
            )
        return None

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is None:
            if self.leaf is not None:
                self.leaf.grad = None
            return
        if not isinstance(value, TensorBasics):
            raise ArgumentError(f"grad: must be a Tensor or None, got {type(value).__name__}")
        if value is self:
            raise GradientError("grad: a tensor cannot be its own gradient")
        if value.shape != self.shape:
            raise ShapeError(
                f"grad: has shape {value.array.shape}, but the tensor has {self.array.shape}; they must be equal"
            )
        if value.array.dtype != self.array.dtype:
            raise DTypeError(f"grad: is {value.dtype}, but the tensor is {self.dtype}; convert it with .to()")
        self._accumulator().grad = value  # type: ignore[assignment]  # every TensorBasics is a Tensor

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add this tensor's gradient to the `.grad` of each leaf it was computed from; see `autograd.backward`."""
        backward(self, gradient, retain_graph, create_graph, None, inputs)

    @property
    def output_nr(self) -> int:
        """Which of its operation's results it is."""
        node = self.current_node()
        return 0 if node is None else tape.source(node)[1]

    def retain_grad(self) -> None:
        """Keep the gradient of a non-leaf in `.grad`.

        Raises:
            GradientError: if it requires no gradient.
        """
        node = self.current_node()
        if node is None:
            raise GradientError(
                f"retain_grad: the tensor of shape {self.array.shape} does not require a gradient"
            )
        if isinstance(node, tape.Node):
            extras_of(node).retained = self._accumulator()

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad)` when the gradient is computed; it may return another gradient instead.

        Raises:
            GradientError: if it requires no gradient.
        """
        node = self.current_node()
        if node is None:
            raise GradientError(
                f"register_hook: the tensor of shape {self.array.shape} does not require a gradient"
            )
        return RemovableHandle(extras_of(node).hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Any], None]) -> RemovableHandle:
        """Call `hook(tensor)` after `backward` has written a leaf's `.grad`.

        Raises:
            GradientError: if it is not a leaf that requires a gradient.
        """
        node = self.current_node()
        if not isinstance(node, AccumulateGrad):
            raise GradientError("register_post_accumulate_grad_hook: needs a leaf that requires a gradient")
        reference = weakref.ref(self)

        def call() -> None:
            tensor = reference()
            if tensor is not None:
                hook(tensor)

        return RemovableHandle(extras_of(node).post_hooks, call)

    def current_node(self) -> AnyNode | None:
        """The node; for a view whose storage was written to since, a new one that reads the base as it is now."""
        return self.node if self.base is None else inplace.current_node(self)

    def detach(self) -> Any:
        """Return the same values, in the same memory, cut off from the graph."""
        settle(self)
        return wrap(self.array)

    def detach_(self) -> Any:
        """Cut it off from the graph.

        Raises:
            GradientError: for a view, which has its gradient from its base.
        """
        if self.base is not None and self.base[0] is not None:
            raise GradientError(f"detach_: the tensor of shape {self.shape} is a view; use detach()")
        self.node = None
        return self

    @property
    def data(self) -> Any:
        """The same memory, outside the graph; writes to it are not noticed by the version check of this tensor."""
        settle(self)
        outside = wrap(self.array)
        outside.base = (None, 0)
        return outside

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, Variable):
            raise ArgumentError(f"data: must be a Tensor, got {type(value).__name__}; use autograd.tensor()")
        if self.node is not None and value.array.dtype.kind != "f":
            raise DTypeError(
                f"data: the tensor requires a gradient, so its values cannot be {value.array.dtype}; convert them with "
                ".float()"
            )
        if self.base is not None and not np.may_share_memory(self.array, value.array):
            self.node, self.base = self.current_node(), None  # a view no longer
        self.array = value.array
        if self.leaf is not None:
            self.leaf.shape, self.leaf.dtype = value.array.shape, value.array.dtype

    # -- out of the engine -----------------------------------------------------------------------------------------

    def numpy(self, *, force: bool = False) -> Any:
        """Return the ndarray, sharing memory.

        Raises:
            GradientError: if a gradient is required (writes would go unnoticed); use `.detach().numpy()`.
        """
        if not force and self.requires_grad:
            raise GradientError(
                f"numpy: the tensor of shape {self.array.shape} requires a gradient, which an ndarray cannot carry; "
                "use .detach().numpy()"
            )
        settle(self)
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.numpy(), dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        return numpy_protocol.array_ufunc(ufunc, method, *inputs, **named)

    def __array_function__(self, function: Any, types: Any, args: Any, named: Any) -> Any:
        return numpy_protocol.array_function(function, types, args, named)

    def __dlpack__(self, **named: Any) -> Any:
        return self.numpy().__dlpack__(**named)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()

    def item(self) -> Any:
        """Return the only element as a Python number.

        Raises:
            ShapeError: if there is not exactly one.
        """
        if self.array.size != 1:
            raise ShapeError(
                f"item: the tensor of shape {self.array.shape} has {self.array.size} elements, not one; use .tolist() "
                "or index it"
            )
        return self.array.item()

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers."""
        return self.array.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.array.dtype.kind not in "iub":
            raise ArgumentError(
                f"index: only integer tensors can be an index, got {self.dtype}; convert with .long()"
            )
        return int(self.item())

    def __bool__(self) -> bool:
        if self.array.size != 1:
            raise ShapeError(
                f"bool: the truth of a tensor of shape {self.array.shape} is ambiguous; use .any() or .all(), or "
                "`is not None`"
            )
        return bool(self.array.item())

    def __len__(self) -> int:
        if self.array.ndim == 0:
            raise ArgumentError("len: a 0-d tensor has no length; use .item() for its value")
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        if self.array.ndim == 0:
            raise ArgumentError("iter: a 0-d tensor cannot be iterated over; use .item() for its value")
        return iter(shape.unbind(self))

    def __reversed__(self) -> Any:
        return self if self.array.ndim == 0 else rearrange.flip(self, (0,))

    def __contains__(self, value: Any) -> bool:
        return bool((self.array == (value.array if isinstance(value, Variable) else value)).any())

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return printing.tensor_repr(self)

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.array.item(), spec)
        if spec:
            raise ArgumentError(
                f"format: {spec!r} is for a number, and the tensor has shape {self.array.shape}; "
                "use .item() or .tolist()"
            )
        return str(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        import copy  # on use: whoever asks for this has it already

        if not self.is_leaf:
            raise GradientError(
                "deepcopy: only leaves can be copied with their place in the graph; detach() it first"
            )
        new = memo[id(self)] = type(self).__new__(type(self))
        new.array = storage.deep_copied(self.array, memo)
        new.node = new.base = new.leaf = None
        if self.requires_grad:
            new.requires_grad_()
        if self.leaf is not None and self.leaf.grad is not None:
            new.grad = copy.deepcopy(self.leaf.grad, memo)
        new.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return new
