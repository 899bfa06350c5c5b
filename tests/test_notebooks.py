"""The notebooks as they are committed: whole, executed from top to bottom, with pictures, and fit for every machine.

`make notebooks` executes them; their own assertions check what they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "notebooks"

# What each is about, in words that its text or its headings must hold.
SUBJECTS = {
    "01_chain_rule": ("neuron by hand", "upstream", "local", "where paths meet", "reverse topological"),
    "02_scalar_network": ("value", "half moons", "decision boundary", "loss curve"),
    "03_tensors": ("broadcasting", "matmul", "digits", "collapsed", "expanded"),
    "04_activations_losses_optimizers": (
        "sigmoid",
        "tanh",
        "relu",
        "leaky relu",
        "softmax",
        "mean squared error",
        "cross entropy",
        "sgd",
        "momentum",
        "rmsprop",
        "adam",
        "saddle",
        "too low",
        "too high",
    ),
    "05_training_deeper": (
        "vanishing gradients",
        "initialisation",
        "skip connections",
        "dropout",
        "l1 and l2",
        "mini-batches",
    ),
}
LARGEST = 1_500_000  # bytes
A_MACHINE = re.compile(r"/home/|/Users/|/root/|/tmp/|/var/folders/|site-packages|[A-Z]:\\\\|ipykernel_\d")

notebooks = pytest.mark.parametrize("name", SUBJECTS)


def read(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def outputs(notebook: Any) -> Iterator[Any]:
    for cell in code(notebook):
        yield from cell.outputs


def texts(notebook: Any) -> Iterator[str]:
    """All that was written by a program: output but for PNG, which is base64, and metadata."""
    for output in outputs(notebook):
        yield output.get("text", "")
        yield from (str(v) for kind, v in output.get("data", {}).items() if kind != "image/png")
    yield str(notebook.metadata)
    yield from (str(cell.metadata) for cell in notebook.cells)


def test_there_are_these_notebooks_and_no_others() -> None:
    assert sorted(p.stem for p in FOLDER.glob("*.ipynb")) == sorted(SUBJECTS)


@notebooks
def test_the_file(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info.name == "python"
    assert (FOLDER / f"{name}.ipynb").stat().st_size < LARGEST


@notebooks
def test_every_cell_was_executed_in_order_and_without_a_complaint(name: str) -> None:
    notebook = read(name)
    assert [cell.execution_count for cell in code(notebook)] == list(range(1, len(code(notebook)) + 1))
    assert {output.output_type for output in outputs(notebook)} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    assert [output.text for output in outputs(notebook) if output.get("name") == "stderr"] == []


@notebooks
def test_nothing_tells_of_the_machine(name: str) -> None:
    for text in texts(read(name)):
        assert not A_MACHINE.search(text)
        assert str(ROOT) not in text


@notebooks
def test_there_is_something_to_see(name: str) -> None:
    """Real pictures, and numbers printed by real runs."""
    kinds = [kind for output in outputs(read(name)) for kind in output.get("data", {})]
    assert kinds.count("image/png") + kinds.count("image/svg+xml") >= 5
    assert sum(output.output_type == "stream" for output in outputs(read(name))) >= 5


@notebooks
def test_what_is_said_is_checked(name: str) -> None:
    source = "\n".join(cell.source for cell in code(read(name)))
    assert len(re.findall(r"^\s*assert ", source, re.MULTILINE)) >= 8
    assert not re.search(r"^\s*except\b", source, re.MULTILINE)


@notebooks
def test_the_text(name: str) -> None:
    """A title with its number, sections, formulas, questions before results, exercises with folded answers."""
    text = prose(read(name))
    assert text.startswith(f"# {int(name[:2])} · ")
    assert len(re.findall(r"^## ", text, re.MULTILINE)) >= 6
    assert len(re.findall(r"\$\$", text)) >= 4
    assert len(re.findall(r"\*\*[^*]+\?\*\*", text)) >= 5
    exercises = text.partition("## Exercises")[2]
    assert exercises.count("<details><summary>Answer</summary>") == exercises.count("</details>") >= 4


@notebooks
def test_the_subjects(name: str) -> None:
    text = re.sub(r"\s+", " ", prose(read(name)).replace("**", "").lower())
    assert [subject for subject in SUBJECTS[name] if subject not in text] == []


@notebooks
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", prose(read(name)))
    assert links
    for link in links:
        assert link.startswith("https://") or (FOLDER / link).exists(), link


def test_the_page_is_embedded() -> None:
    """As a frame that runs by itself; and as a picture, where notebooks are shown without their programs."""
    notebook = read("01_chain_rule")
    (frame,) = [
        page for o in outputs(notebook) if "<iframe" in (page := o.get("data", {}).get("text/html", ""))
    ]
    assert 'srcdoc="&lt;!' in frame
    assert "![" in prose(notebook)
    picture = FOLDER / "step_through.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 200_000


def test_the_graph_of_a_module_is_collapsed_and_expanded() -> None:
    pictures = [
        str(o.data["image/svg+xml"])
        for o in outputs(read("03_tensors"))
        if "image/svg+xml" in o.get("data", {})
    ]
    collapsed, expanded = pictures[1:3]
    assert "2,080" in collapsed  # the parameters of a module that is one node
    assert "2,080" not in expanded
    assert "(32, 64)" not in collapsed
    assert "(32, 64)" in expanded  # its weight
