"""What `import autograd` loads, and that the names which are loaded on use are there all the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

import autograd

ON_USE = sorted(autograd._NAMES)


def fresh(program: str) -> str:
    """What a new interpreter prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def test_little_is_loaded_with_the_package() -> None:
    """Of the standard library nothing that NumPy does not load but `heapq`; of us nothing that few programs need."""
    program = "import sys, numpy; before = set(sys.modules); import autograd; print(*sorted(set(sys.modules) - before))"
    loaded = set(fresh(program).split())
    others = {m for m in loaded if m.split(".")[0] not in ("autograd", "heapq", "_heapq", "__future__")}
    assert others == set()
    on_use = {f"autograd.{m}" for m in autograd._MODULES | set(autograd._NAMES.values())}
    rarely = {
        "autograd.numpy_functions",
        "autograd.numpy_linalg",
        "autograd.batching.table",
        "autograd.ops.polynomial",
    }
    assert loaded & (on_use | rarely) == {"autograd.batching"}


def test_names_that_are_loaded_on_use_survive_the_import_of_every_module() -> None:
    """Importing a module binds its name in the package: it must not be the name of one of its functions."""
    program = """
import importlib, pkgutil, types
import autograd
for module in pkgutil.walk_packages(autograd.__path__, "autograd."):
    importlib.import_module(module.name)
for name in autograd._NAMES:
    assert not isinstance(getattr(autograd, name), types.ModuleType), name
for name in autograd._MODULES:
    assert isinstance(getattr(autograd, name), types.ModuleType), name
for name in ("tensor", "backward", "primitive"):
    assert callable(getattr(autograd, name)), name
print("good")
"""
    assert fresh(program) == "good"


@pytest.mark.parametrize("name", ON_USE)
def test_a_name_that_is_loaded_on_use(name: str) -> None:
    assert name in autograd.__all__
    assert name in dir(autograd)
    value = getattr(autograd, name)
    assert value is getattr(autograd, name)
    assert value.__name__ == name
    assert value.__module__ == f"autograd.{autograd._NAMES[name]}"


@pytest.mark.parametrize(
    "statement",
    [
        "from autograd import func; func.vmap",
        "import autograd.func; autograd.func.vmap",
        "import autograd; autograd.vmap(autograd.exp)(autograd.ones(2))",
        "import autograd; autograd.func.vmap(autograd.func.grad(autograd.exp))(autograd.ones(2))",
        "import autograd as t; t.autograd.grad, t.autograd.functional.jacobian, t.autograd.graph.Node",
        "import autograd as t; t.utils.checkpoint.checkpoint, t.backends.cudnn.benchmark, t.cuda.is_available()",
        "from autograd import *; vmap, gradcheck, save, special.expit, Function, Value",
        "import autograd, numpy as np; np.linalg.solve(autograd.eye(2), autograd.ones(2))",
        "import autograd.files; assert callable(autograd.save)",
        "import autograd; assert 'chebyshev_polynomial_t' in dir(autograd.special)",
        "import autograd; assert {'func', 'vmap', 'Value'} <= set(dir(autograd))",
    ],
)
def test_programs_that_begin_with_a_name_that_is_loaded_on_use(statement: str) -> None:
    assert fresh(statement) == ""


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'autograd' has no attribute 'nothing'"):
        autograd.nothing  # noqa: B018  # asking is the point
    assert not hasattr(autograd, "nothing")
