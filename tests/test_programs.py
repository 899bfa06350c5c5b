"""Whole programs written for PyTorch, in `programs/`, run with only their import lines changed.

Each file has a `main()`, which returns its numbers by name, and a `check()`, which says what must hold of them. A
program is run as ours, by replacing the import lines listed here and nothing else; and, where PyTorch is installed, as
it stands. Numbers, dtypes, shapes and what was printed must be the same.
"""

import contextlib
import functools
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))

IMPORTS = {
    "import torch": "import autograd as torch",
    "import torch.autograd as autograd": "import autograd",
    "import torch.nn as nn": "import nn",
    "import torch.nn.functional as F": "import nn.functional as F",
    "import torch.nn.init as init": "import nn.init as init",
    "import torch.optim as optim": "import optim",
    "from torch import Tensor": "from autograd import Tensor",
    "from torch import nn": "import nn",
    "from torch import nn, optim": "import nn, optim",
    "from torch import optim": "import optim",
    "from torch.autograd import Function": "from autograd import Function",
    "from torch.autograd import grad": "from autograd import grad",
    "from torch.nn import functional as F": "from nn import functional as F",
    "from torch.nn.utils.parametrizations import spectral_norm, weight_norm": (
        "from nn.utils.parametrizations import spectral_norm, weight_norm"
    ),
    "from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence": (
        "from nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence"
    ),
}


def converted(source: str) -> str:
    """The program with its import lines changed."""
    lines = [IMPORTS.get(line, line) for line in source.splitlines()]
    left = [line for line in lines if re.match(r"\s*(import|from) torch\b", line)]
    assert not left, f"import lines without a counterpart: {left}"
    return "\n".join(lines)


def run(path: Path, source: str) -> tuple[dict[str, Any], str, float | None]:
    """What `main()` returns, as arrays, what it prints, and its tolerance if it states one."""
    namespace: dict[str, Any] = {"__name__": path.stem}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, str(path), "exec"), namespace)  # the file is ours
        results = namespace["main"]()
    plain = {name: array(value) for name, value in results.items()}
    for name, value in plain.items():
        assert np.isfinite(value).all() or name.startswith("nonfinite"), name
    namespace["check"]({name: host(value) for name, value in results.items()})
    return plain, printed.getvalue().replace("autograd.", "torch."), namespace.get("RTOL")


@functools.cache
def ours(path: Path) -> tuple[dict[str, Any], str, float | None]:
    """The program run as ours, once for both of its tests."""
    return run(path, converted(path.read_text(encoding="utf-8")))


def host(value: Any) -> Any:
    """A tensor without its graph."""
    return value.detach() if hasattr(value, "detach") else value


def array(value: Any) -> np.ndarray:
    """A number, a (nested) list of numbers, an array or a tensor as an array."""
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


@pytest.fixture(autouse=True)
def _settings_restored() -> Iterator[None]:
    """Programs set the default dtype and how tensors print."""
    default = autograd.get_default_dtype()
    yield
    autograd.set_default_dtype(default)
    autograd.set_printoptions(profile="default")


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_runs(path: Path) -> None:
    """As ours; `check` is in the run."""
    results, *_ = ours(path)
    assert results


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_gives_the_numbers_of_pytorch(path: Path) -> None:
    torch = pytest.importorskip("torch")
    results, printed, tolerance = ours(path)
    default = torch.get_default_dtype()
    try:
        theirs, expected, _ = run(path, path.read_text(encoding="utf-8"))
    finally:
        torch.set_default_dtype(default)
        torch.set_printoptions(profile="default")
    assert results.keys() == theirs.keys()
    for name, value in theirs.items():
        assert results[name].dtype == value.dtype, name
        assert results[name].shape == value.shape, name
        if value.dtype.kind == "f":
            relative = tolerance or (1e-9 if value.dtype == np.float64 else 1e-4)
            scale = float(np.nanmax(np.abs(value), initial=1e-300, where=np.isfinite(value)))
            np.testing.assert_allclose(
                results[name], value, rtol=relative, atol=relative * scale, err_msg=name
            )
        else:
            np.testing.assert_array_equal(results[name], value, err_msg=name)
    assert printed == expected


def test_enough_programs() -> None:
    assert len(PROGRAMS) >= 18
