"""The shape of the project, read from its source: who imports whom, what is exported, what is never used."""

import ast
import functools
import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd", "nn", "optim", "tapegrad")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
INITS = [path for path in FILES if path.name == "__init__.py"]
LONGEST = (
    500  # lines; a longer file is split by concept (an __init__ is a list of names, however many there are)
)

# Which of our packages a package may import. The most specific entry holds.
ALLOWED = {
    "autograd": {"autograd"},
    "optim": {"autograd", "optim"},
    "optim.swa_utils": {"autograd", "nn", "optim"},  # an averaged model is a module; loaded on use
    "nn": {"autograd", "nn"},
    "nn.keras": {"autograd", "nn", "optim"},
    "tapegrad": {"autograd", "nn", "optim", "tapegrad"},
}

# Libraries imported where they are used, inside a function, so that `import autograd` stays quick.
ON_USE = {"cupy", "graphviz", "IPython", "matplotlib", "mpi4py", "onnx", "pygraphviz", "safetensors", "scipy"}
ON_USE |= {"sklearn", "tensorboardX", "tqdm"}
EARLY: dict[tuple[str, str], str] = {
    # (file, library): why it is imported with its module
    (
        "nn/sklearn.py",
        "sklearn",
    ): "its classes inherit from scikit-learn's, and nothing else imports the file",
}

# Formats that run code when they are read.
UNSAFE = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}


class Import(NamedTuple):
    """One imported module, absolute, and when the statement runs."""

    module: str
    star: bool
    on_use: bool  # inside a function
    typing_only: bool  # under `if TYPE_CHECKING:`
    line: int


def name_of(path: Path) -> str:
    """The dotted name of the module in a file, relative to the root."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def imports(path: Path) -> tuple[Import, ...]:
    """Every import statement of a file, at any depth."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]

    def walk(node: ast.AST, on_use: bool, typing_only: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, False, on_use, typing_only, child.lineno)
            elif isinstance(child, ast.ImportFrom):
                base = (
                    ".".join(package.split(".")[: len(package.split(".")) - child.level + 1])
                    if child.level
                    else ""
                )
                module = ".".join(filter(None, (base, child.module)))
                for alias in child.names:
                    star = alias.name == "*"
                    yield Import(
                        module if star else f"{module}.{alias.name}", star, on_use, typing_only, child.lineno
                    )
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from walk(child, on_use, True)
            else:
                function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, on_use or function, typing_only)

    return tuple(walk(tree_of(path), False, False))


def allowed(module: str) -> set[str]:
    """The packages that `module` may import, by its nearest entry in ALLOWED."""
    while module not in ALLOWED:
        module = module.rpartition(".")[0]
    return ALLOWED[module]


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def fail_if(faults: list[str]) -> None:
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_imports_point_one_way() -> None:
    faults = [
        f"{where(path, found.line)} imports {found.module}; {name_of(path)} may import {sorted(allowed(name_of(path)))}"
        for path in FILES
        for found in imports(path)
        if found.module.split(".")[0] in PACKAGES and found.module.split(".")[0] not in allowed(name_of(path))
    ]
    fail_if(faults)


def test_heavy_libraries_are_imported_on_use() -> None:
    faults = [
        f"{where(path, found.line)} imports {found.module} with its module: move it into the function that needs it"
        for path in FILES
        for found in imports(path)
        if (library := found.module.split(".")[0]) in ON_USE
        and not (found.on_use or found.typing_only)
        and (str(path.relative_to(ROOT)), library) not in EARLY
    ]
    fail_if(faults)


def test_every_early_import_still_exists() -> None:
    real = {
        (str(path.relative_to(ROOT)), found.module.split(".")[0]) for path in FILES for found in imports(path)
    }
    assert EARLY.keys() <= real


def test_no_star_imports() -> None:
    fail_if([where(path, found.line) for path in FILES for found in imports(path) if found.star])


def test_nothing_unpickles() -> None:
    faults = [
        f"{where(path, found.line)} imports {found.module}"
        for path in FILES
        for found in imports(path)
        if found.module.split(".")[0] in UNSAFE
    ]
    faults += [
        f"{where(path, node.lineno)} sets allow_pickle"
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "allow_pickle"
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    fail_if(faults)


def test_methods_are_listed_in_their_class() -> None:
    """No `setattr` while a module is imported, and no assignment to an attribute of a class from outside it."""

    def at_import(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                yield child
                yield from at_import(child)

    faults = []
    for path in FILES:
        for node in at_import(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
                faults.append(f"{where(path, node.lineno)} calls setattr on import")
            elif isinstance(node, ast.Assign):
                faults += [
                    f"{where(path, node.lineno)} sets {ast.unparse(target)} from outside its class"
                    for target in node.targets
                    if isinstance(target, ast.Attribute) and target.attr != "__module__"
                ]
    fail_if(faults)


def test_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    longest = {
        path: 2 * LONGEST if path in INITS else LONGEST for path in FILES
    }  # an __init__ is a list of names
    fail_if([f"{path.relative_to(ROOT)}: {n} lines" for path, n in lengths.items() if n > longest[path]])


@pytest.mark.parametrize("package", PACKAGES)
def test_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").is_file()
    assert (ROOT / package / "__init__.py").is_file()


@pytest.mark.parametrize("path", INITS, ids=name_of)
def test_all_is_what_is_exported(path: Path) -> None:
    """`__all__` holds each public name that the `__init__` takes from us or defines, once, and nothing else."""
    module = importlib.import_module(name_of(path))
    bound = public_names(path)
    assert bound or module.__doc__, "an __init__ exports something or says what its package is"
    declared = Counter(getattr(module, "__all__", ()))
    assert [name for name, times in declared.items() if times > 1] == []
    assert set(declared) == bound
    for name in declared:
        assert hasattr(module, name)


def public_names(path: Path) -> set[str]:
    """The names without an underscore that an `__init__` defines or imports from our own packages."""
    names: set[str] = set()
    body = tree_of(path).body
    for node in body:  # what `__getattr__` loads on use, stands there for type checkers
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            body = body + node.body
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] in PACKAGES):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}
