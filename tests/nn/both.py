"""The same program here and on PyTorch: it gets (autograd, nn) or (torch, torch.nn) and returns plain data."""

from __future__ import annotations

import warnings
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError

torch = pytest.importorskip("torch")


def fill(lib, module):
    """Give all parameters and floating-point buffers values that are the same in both libraries."""
    with lib.no_grad():
        for i, t in enumerate([*module.parameters(), *module.buffers()]):
            if t.is_floating_point():
                values = np.sin(np.arange(t.numel()) * 1.3 + i).reshape(tuple(t.shape))
                t.copy_(lib.tensor(values, dtype=t.dtype))
    return module


def ramp(lib, *shape, dtype="float64", requires_grad=False):
    """A tensor of the same values in both libraries."""
    values = np.cos(np.arange(np.prod(shape, dtype=int)) * 0.7).reshape(shape)
    return lib.tensor(values, dtype=getattr(lib, dtype), requires_grad=requires_grad)


def plain(value):
    """What a program returned, without the library's own types: tensors as (dtype, array)."""
    if isinstance(value, autograd.Tensor | torch.Tensor):
        return str(value.dtype).split(".")[-1], np.array(value.detach().numpy(), copy=True)
    if isinstance(value, OrderedDict | dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return value


def assert_same(ours, theirs, tolerance):
    """The same structure, and numbers within the tolerance."""
    if isinstance(theirs, np.ndarray):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
    elif isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for key in theirs:
            assert_same(ours[key], theirs[key], tolerance)
    elif isinstance(theirs, list | tuple):
        assert len(ours) == len(theirs), (ours, theirs)
        for a, b in zip(ours, theirs, strict=True):
            assert_same(a, b, tolerance)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=tolerance, abs=tolerance)
    else:
        assert type(ours) is type(theirs)
        assert ours == theirs


def compare(program, tolerance=1e-10):
    """Run the program on both; where PyTorch raises, ours raises an error of our own that is also that built-in one."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            theirs = plain(program(torch, torch.nn))
        except Exception as error:  # noqa: BLE001  # whatever PyTorch raises is what is expected
            expected = error
        else:
            assert_same(plain(program(autograd, nn)), theirs, tolerance)
            return
        kind = next(k for k in type(expected).__mro__ if k.__module__ == "builtins")
        with pytest.raises(AutogradError) as found:
            program(autograd, nn)
        assert isinstance(found.value, kind), (found.value, expected)
