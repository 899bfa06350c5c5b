"""`autograd` in the place of `torch`: names, devices, formats and constructors that tensor programs use in passing.

Each case is an expression; PyTorch, where it is installed, gives the same value or an error of the same built-in kind.
"""

import copy
import enum
import multiprocessing
import pickle
import tomllib
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, AutogradError, DeviceError


class Level(enum.IntEnum):
    """A number with a name, which programs use as one."""

    HIGH = 2


SAME = [
    # shapes
    "t.zeros(2, 3).shape", "t.zeros(2, 3).size()", "t.zeros(2, 3).shape[1:]", "t.zeros(2, 3).shape[:-1] + (1,)",
    "(5,) + t.zeros(2).shape", "t.zeros(2, 3).shape * 2", "t.zeros(2, 3).shape.numel()", "t.zeros(2, 3).size(-1)",
    "t.zeros(2, 3).shape == (2, 3)", "t.Size([2, 3]).numel()", "t.Size((2,))", "t.Size()",
    "list(t.ones(1, 2).shape)", "t.zeros(t.ones(2, 3).shape)", "t.ones(6).view(t.Size([2, 3])).shape[0]",
    "f'{t.zeros(2, 1).shape}'", "t.zeros(()).shape", "t.zeros(size=(2, 2))", "t.ones(size=[1])",
    "t.empty(size=(3, 0))", "t.rand(size=(2,)).shape", "isinstance(t.zeros(2).shape, tuple)",
    "dict.fromkeys([t.zeros(2).shape], 1)[(2,)]",
    # real numbers where a program may expect complex ones
    "t.real(t.ones(2))", "t.conj(t.ones(2))", "t.conj_physical(t.ones(2))", "t.angle(t.tensor([-2.0, 0.0, t.nan]))",
    "t.angle(t.tensor([-1, 3]))", "t.tensor([-1.0]).angle()", "t.is_conj(t.ones(1))", "t.is_neg(t.ones(1))",
    "t.is_signed(t.ones(1))", "t.is_signed(t.ones(1, dtype=t.uint8))", "t.ones(2).conj_physical_()",
    # functions that are methods elsewhere
    "t.detach(t.ones(2, requires_grad=True)).requires_grad", "t.detach_(t.ones(2, requires_grad=True)).requires_grad",
    "t.celu_(t.tensor([-1.0, 2.0]), alpha=2.0)", "t.selu_(t.tensor([-1.0]))",
    "t.threshold_(t.tensor([0.5, 2.0]), 1, 7)",
    "t.resize_as_(t.ones(4), t.ones(2, 2))", "t.as_strided_(t.arange(4.0), (2,), (2,))",
    "t.zeros(3).bernoulli()", "t.full((2,), 0.5).bernoulli(1.0)",
    "t.tensor([0.0, 1.0]).multinomial(2, replacement=True)",
    # devices
    "t.device('cpu')", "t.device('cuda:1')", "t.device('cuda', 0)", "str(t.device('cpu', 0))",
    "t.device('cuda').type", "t.device('cuda:1').index", "t.device('cpu') == t.device('cpu')",
    "t.device('cpu') == t.device('cuda')", "t.device('cpu:0') == t.device('cpu')", "t.device(t.device('cuda:1'))",
    "t.zeros(2).device", "t.ones(1).device.type", "t.zeros(2, device='cpu')", "t.zeros(2, device=t.device('cpu'))",
    "t.ones(2).to('cpu')", "t.ones(2).to(t.device('cpu'))", "t.ones(2).cpu()", "t.ones(2).to('cpu', t.float64)",
    "t.ones(2).to(t.float64, non_blocking=True, copy=True)", "t.ones(2).to(device='cpu', dtype=t.int32)",
    "t.ones(2).to(t.ones(1, dtype=t.int8))", "t.ones(2).get_device()", "t.get_device(t.ones(1))", "t.ones(2).is_cpu",
    "t.ones(2).is_cuda", "t.ones(2).is_meta", "t.ones(2).is_mps", "t.cuda.is_available()", "t.cuda.device_count()",
    "t.cuda.empty_cache()", "t.cuda.manual_seed_all(3)", "t.cuda.is_initialized()", "t.backends.mps.is_available()",
    "t.backends.cudnn.is_available()",
    "'cuda' if t.cuda.is_available() else 'mps' if t.backends.mps.is_available() else 'cpu'",
    "t.accelerator.is_available()", "t.get_default_device()", "t.set_default_device('cpu')",
    "t.arange(3, device='cpu')", "t.eye(2, device='cpu')", "t.full((2,), 1.5, device='cpu')",
    "t.tensor(1, device='cpu')", "t.as_tensor([1], device='cpu')", "t.zeros_like(t.ones(2), device='cpu')",
    "t.linspace(0, 1, 3, device='cpu')", "t.ones(2).new_zeros(3, device='cpu')",
    "t.ones(2).new_tensor([1, 2], device='cpu')", "t.tril_indices(2, 2, device='cpu')",
    "t.randint(0, 1, (3,), device='cpu')", "t.randperm(1, device='cpu')",
    "t.rand_like(t.ones(2), device='cpu').shape", "t.randn_like(t.ones(2), device='cpu', dtype=t.float64).dtype",
    "t.normal(0.0, 1.0, (2,), device='cpu').shape",
    # layouts and formats
    "t.strided", "t.ones(2).layout", "t.ones(2).layout == t.strided", "t.contiguous_format", "t.channels_last",
    "t.zeros(2, layout=t.strided, pin_memory=False)", "t.ones_like(t.ones(2), memory_format=t.preserve_format)",
    "t.empty((2, 3, 4, 5), memory_format=t.contiguous_format).stride()", "t.ones(2, 3).t().clone().stride()",
    "t.ones(2, 3).t().clone(memory_format=t.contiguous_format).stride()", "t.ones(2, 3).t().contiguous().stride()",
    "t.ones(2, 3, 4, 5).contiguous(memory_format=t.channels_last).stride()",
    "t.ones(2, 3, 4, 5).contiguous(memory_format=t.channels_last).is_contiguous(memory_format=t.channels_last)",
    "t.ones(2, 3, 4, 5).contiguous(memory_format=t.channels_last).is_contiguous()",
    "t.arange(120).view(2, 3, 4, 5).clone(memory_format=t.channels_last)",
    "t.ones(1, 2, 3, 4, 5).clone(memory_format=t.channels_last_3d).stride()", "t.ones(2).is_pinned()",
    "t.ones(2, 3).is_contiguous(memory_format=t.contiguous_format)",
    # older names
    "t.FloatTensor([1, 2])", "t.FloatTensor(2, 3).shape", "t.FloatTensor(t.Size([4])).shape", "t.DoubleTensor()",
    "t.ones(2).new(2, 3).shape", "t.ones(2, dtype=t.int32).new([1, 2])", "t.ones(2).double().new().shape",
    "t.ones(2).new(t.ones(2, 3).size()).zero_()", "t.ones(2).new(2).dtype",
    "t.LongTensor([1, 2])", "t.LongTensor([1.5])", "t.IntTensor([[1], [2]])", "t.ShortTensor([1])",
    "t.CharTensor([1])", "t.ByteTensor([1, 255])", "t.BoolTensor([0, 1])", "t.HalfTensor([0.5])",
    "t.FloatTensor(np.zeros(2))", "t.LongTensor(np.arange(3))", "t.FloatTensor(t.ones(2))", "t.FloatTensor((2, 3))",
    "t.Tensor([1, 2])", "t.Tensor(2, 0)", "t.Tensor(t.Size([0, 3]))", "t.Tensor()",
    "isinstance(t.ones(2), t.FloatTensor)", "isinstance(t.ones(2), t.LongTensor)", "t.ones(2).type()",
    "t.tensor([True]).type()", "t.ones(2).type(t.LongTensor)", "t.ones(2).type('torch.IntTensor')",
    "t.ones(2).type(t.float64).type()", "t.typename(t.ones(2))", "t.typename(3)", "t.typename([])",
    "t.ones(2).short()", "t.ones(2).char()", "t.ones(2).byte()", "t.ones(2).int().long().half()",
    "t.ones(2).type_as(t.tensor(1))", "type(t.ones(2)).__name__", "t.ones(2).__class__.__name__",
    # numbers and questions
    "t.pi", "t.e", "t.inf", "t.nan != t.nan", "t.newaxis", "t.ones(2)[:, t.newaxis].shape",
    "t.is_nonzero(t.tensor([0.0]))", "t.tensor(2).is_nonzero()", "t.is_complex(t.ones(1))",
    "t.is_same_size(t.ones(2), t.zeros(2))", "t.is_tensor([1])", "t.get_float32_matmul_precision()",
    "t.are_deterministic_algorithms_enabled()", "t.numel(t.ones(2, 3))",
    # tensors of tensors, and on the way to NumPy
    "t.tensor([t.tensor(1.0), t.tensor(2)])", "t.tensor([t.tensor([1.0]), t.tensor([2.0])])",
    "t.as_tensor([t.tensor(1), t.tensor(2)])", "t.tensor((t.tensor(True), False))", "t.tensor([[t.tensor(1)], [2]])",
    "t.as_tensor(np.float32(1.5))", "t.tensor(np.array(3))", "t.from_numpy(np.arange(3, dtype=np.int32))",
    "t.ones(2, requires_grad=True).numpy(force=True).tolist()", "t.tensor([np.float64(1), np.float64(2)])",
    "t.ones(2).numpy().dtype.name", "list(reversed(t.arange(3)))", "reversed(t.ones(2, 1)).shape",
    "np.allclose(t.ones(2), 1)", "t.tensor(range(3))", "t.tensor([])", "t.tensor([[]]).shape",
    # Python's own types as dtypes, and what the machine's numbers are
    "t.tensor(1, dtype=float)", "t.ones(2).to(float)", "t.zeros(1, dtype=int)", "t.arange(2, dtype=float)",
    "t.finfo(t.float32)", "t.finfo(t.float16)", "t.finfo(t.float64)", "t.iinfo(t.uint8)", "t.iinfo(t.int64)",
    "t.finfo(t.float16).resolution", "t.finfo(t.float32).resolution",
    # arguments by name, and forms with fewer of them
    "t.ones(2).view(dtype=t.int32)", "t.ones(2).new_zeros(size=(1,))", "t.ones(2).new_ones(size=(1, 2))",
    "t.ones(2).new_empty(size=(3, 0)).shape", "t.randint(high=1, size=(2,))", "t.randint(2, high=3, size=(2,))",
    "t.gather(t.arange(3.0), 0, t.tensor([1]), sparse_grad=False)", "t.repeat_interleave(t.tensor([2, 0, 3]))",
    "t.repeat_interleave(t.tensor([1, 2], dtype=t.int32))",
    "t.repeat_interleave(t.tensor([1, 2]), output_size=3)", "type(t.Generator().set_state(t.get_rng_state())).__name__",
    "(lambda x: [x.to(dtype, False, True) is x for dtype in (x.dtype,)])(t.ones(2))",
    "t.tensor([t.tensor(1.5), 2.5])", "t.tensor([np.int64(1), 2.5])", "t.tensor([np.float32(1), 2.5, True])",
    "t.tensor([Level.HIGH, 2])", "t.tensor(Level.HIGH)", "t.zeros(Level.HIGH)", "t.ones(2, dtype=t.int8) * Level.HIGH",
    "t.ones(3)[Level.HIGH]", "t.tensor(deque([1, 2]))", "t.tensor([deque([1.5, 2.0], maxlen=2)])",
    # beside what is not a tensor
    "t.ones(2) == 'mean'", "t.ones(2) != 'mean'", "t.ones(2) in ['sum', 'mean']", "t.ones(2) == [1, 1]",
    "t.ones(2) == object()", "t.ones(2) != None",
    # text
    "f'{t.tensor(2.5):.3f}'", "f'{t.tensor(3):5d}'", "f'{t.tensor(2.5)}'", "f'{t.tensor([1.0, 2.0])}'",
    "'%.2f' % t.tensor(1.234)", "'%d' % t.tensor(7)", "str(t.tensor([1, 2]))", "'{:>8.2e}'.format(t.tensor(0.5))",
]  # fmt: skip

WRONG = [
    "t.ones(2).cuda()", "t.zeros(2, device='cuda')", "t.ones(2).to('cuda')", "t.ones(2).to(t.device('cuda:0'))",
    "t.device('gpu')", "t.device('cpu:x')", "t.device('cuda:1', 0)", "t.cuda.synchronize()",
    "t.cuda.current_device()", "t.LongTensor(t.ones(2))", "t.FloatTensor(2.5)", "t.FloatTensor([1], [2])",
    "t.Size(3)", "t.ones(2, 3).contiguous(memory_format=t.channels_last)", "t.zeros(2, layout='strided')",
    "t.zeros(2, colour='red')", "t.rand(2, devise='cpu')", "t.is_nonzero(t.ones(2))", "t.is_nonzero(t.ones(0))",
    "t.ones(3).__delitem__(0)", "t.zeros_like([1, 2])", "t.ones_like(1.0)", "t.full_like([1], 2)", "t.rand_like([1.0])",
    "t.randint_like([1], 2)", "t.randint(size=(2,))", "t.randint(high=2)", "t.repeat_interleave(t.tensor([[1]]))",
    "t.repeat_interleave(t.tensor([1, 2]), output_size=4)",
    "t.ones(2) + 'a'", "t.ones(2) @ 'a'", "t.ones(2) < 'a'", "t.ones(2) < None", "t.ones(2) ** None", "t.ones(2) % []",
    "t.ones(2).to([1])", "t.randint('a', (2,))", "t.randint(2.5, (2,))", "t.ones(2).chunk(1.5)",
    "t.is_complex(1)", "t.set_num_threads(0)", "t.tensor([1, 2]).to('float65')",
]  # fmt: skip


def shown(value: Any) -> Any:
    """A value as text: PyTorch's repr."""
    return repr(value).replace("autograd.", "torch.")


@pytest.mark.parametrize("expression", SAME)
def test_is_pytorchs(expression: str) -> None:
    names = {"np": np, "Level": Level, "deque": deque}
    ours = eval(expression, {"t": autograd, **names})
    torch = pytest.importorskip("torch")
    assert shown(ours) == repr(eval(expression, {"t": torch, **names}))


@pytest.mark.parametrize("expression", WRONG)
def test_is_an_error_as_in_pytorch(expression: str) -> None:
    with pytest.raises((AutogradError, TypeError)) as ours:
        eval(expression, {"t": autograd, "np": np})
    torch = pytest.importorskip("torch")
    with pytest.raises((RuntimeError, TypeError, ValueError, AssertionError)) as theirs:
        eval(expression, {"t": torch, "np": np})
    assert isinstance(ours.value, theirs.type)


def test_device_errors_name_the_way_out() -> None:
    with pytest.raises(DeviceError, match=r"cuda\.is_available") as caught:
        autograd.ones(2, device="cuda")
    assert isinstance(caught.value, RuntimeError)
    with pytest.raises(DeviceError, match="set_default_device"):
        autograd.set_default_device("cuda")
    with pytest.raises(ArgumentError, match="'low'"):
        autograd.set_float32_matmul_precision("low")
    with pytest.raises(ArgumentError, match="'colour'"):
        autograd.ones(2, colour="red")


def test_version_is_the_projects() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    assert autograd.__version__ == project["version"]


def test_device_as_a_context() -> None:
    with autograd.device("cpu"):
        assert autograd.ones(2).device.type == "cpu"
    with pytest.raises(DeviceError), autograd.device("cuda"):
        pass


def test_switches_can_be_set() -> None:
    autograd.backends.cudnn.benchmark = True
    autograd.backends.cudnn.deterministic = True
    autograd.backends.cuda.matmul.allow_tf32 = True
    autograd.set_float32_matmul_precision("high")
    assert autograd.get_float32_matmul_precision() == "high"
    autograd.set_float32_matmul_precision("highest")
    autograd.use_deterministic_algorithms(True)
    assert autograd.are_deterministic_algorithms_enabled()
    autograd.use_deterministic_algorithms(False)


def test_threads() -> None:
    before = autograd.get_num_threads()
    autograd.set_num_threads(1)
    assert autograd.get_num_threads() == 1
    autograd.set_num_threads(before)
    assert autograd.get_num_threads() == before


def test_default_tensor_type() -> None:
    try:
        autograd.set_default_tensor_type(autograd.DoubleTensor)
        assert autograd.zeros(1).dtype is autograd.float64
        autograd.set_default_tensor_type("torch.FloatTensor")
        assert autograd.zeros(1).dtype is autograd.float32
    finally:
        autograd.set_default_dtype("float32")


def test_channels_last_keeps_the_gradient(rng: np.random.Generator) -> None:
    x = autograd.tensor(rng.normal(size=(2, 3, 4, 5)), requires_grad=True)
    g = autograd.tensor(rng.normal(size=(2, 3, 4, 5)))
    y = x.contiguous(memory_format=autograd.channels_last)
    assert y.equal(x)
    y.backward(g)
    assert x.grad.equal(g)
    (again,) = autograd.grad(x.clone(memory_format=autograd.channels_last), x, g)
    assert again.equal(g)


@pytest.mark.parametrize(
    "make",
    [
        lambda: autograd.tensor([[1.5, -2.0]], dtype=autograd.float64),
        lambda: autograd.arange(6).view(2, 3).t(),
        lambda: autograd.tensor([True, False]),
        lambda: autograd.ones(2, requires_grad=True),
        lambda: autograd.zeros(0, 3, dtype=autograd.float16),
    ],
)
def test_copies(make: Any) -> None:
    x = make()
    for y in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert y is not x
        assert (y.dtype, y.shape, y.requires_grad) == (x.dtype, x.shape, x.requires_grad)
        assert y.equal(x)
    assert not np.shares_memory(copy.deepcopy(x).array, x.array) or not x.numel()


def test_names_survive_pickling() -> None:
    for value in (
        autograd.float32, autograd.device("cuda:1"), autograd.strided, autograd.channels_last, autograd.LongTensor,
        autograd.Size([2, 3]),
    ):  # fmt: skip
        again = pickle.loads(pickle.dumps(value))
        assert again == value
        assert type(again) is type(value)


def _double(x: autograd.Tensor) -> autograd.Tensor:
    return x * 2


def test_between_processes() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (doubled,) = pool.map(_double, [autograd.tensor([1.0, 2.0], dtype=autograd.float64)])
    assert doubled.dtype is autograd.float64
    assert doubled.tolist() == [2.0, 4.0]
