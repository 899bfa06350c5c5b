"""The two renderers, what becomes of their complaints, and which is taken."""

import contextlib
import importlib.util
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

import autograd
import nn
from autograd.errors import RenderError, ShapeError
from autograd.show import Drawing, draw, draw_module, record
from autograd.show.drawing import render as render_module
from autograd.show.drawing.dot import FACTS
from autograd.show.drawing.render import render
from autograd.value import Value
from tests.show.reading import svg_texts

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz' dot")
needs_pygraphviz = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None, reason="needs pygraphviz"
)

DOT = 'digraph { n0 [label="a"]; n1 [label="b"]; n0 -> n1 }'
NOISY = (
    'digraph { n0 [label=<<table width="1" height="1" fixedsize="true"><tr><td>too long</td></tr></table>>] }'
)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only program `dot` on the PATH, to be written by the test."""
    path = tmp_path / "bin" / "dot"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\nwhile read -r line; do :; done\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(path.parent), prepend=":")
    return path


@pytest.fixture
def no_pygraphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_module, "has_pygraphviz", lambda: False)


@needs_dot
def test_dot_renders() -> None:
    assert svg_texts(render(DOT, "svg").decode()) == {"n0": ["a"], "n1": ["b"], "n0->n1": []}


@needs_pygraphviz
@pytest.mark.parametrize(("format", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")])
def test_pygraphviz_renders_where_there_is_no_dot(
    monkeypatch: pytest.MonkeyPatch, format: str, start: bytes
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert render(DOT, format).startswith(start)  # type: ignore[arg-type]
    names = draw(Value(1.0, label='a "b" <c> & \\N 世界').exp())
    assert svg_texts(names.svg())["n0"][0] == 'a "b" <c> & \\N 世界'


def every_kind_of_drawing() -> list[Drawing]:
    """Drawings with all that labels may hold."""
    autograd.manual_seed(0)
    model, x = (
        nn.Sequential(*(nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(3))),
        autograd.rand(4, 2),
    )
    with record(model) as tape:
        loss = model(x).log().sum()  # of negative numbers, too
        loss.backward()
    a, b = Value(2.0, label="a"), Value(3.0)
    c = (a * b - a).tanh()
    c.backward()
    with contextlib.suppress(ShapeError), record(model) as failed:
        model(x) @ autograd.ones(5, 5)
    return [
        draw(c, show=FACTS),
        draw(tape, show=FACTS, color="grad", direction="TB"),
        draw(tape, names={"x": x}, depth=1, show=FACTS),
        draw(tape, fold=True, color="grad", direction="RL"),
        draw(tape, depth=1, fold=True, direction="BT"),
        draw(tape, max_nodes=2, fold=False),
        draw(failed),
        draw_module(model, x),
    ]


@needs_dot
def test_graphviz_has_nothing_to_complain_of() -> None:
    for drawing in every_kind_of_drawing():
        done = subprocess.run(["dot", "-Tsvg"], input=drawing.dot.encode(), capture_output=True, check=True)
        assert done.stderr == b""
        assert all(svg_texts(done.stdout.decode())[box.id] for box in drawing.scene.boxes())


@needs_pygraphviz
def test_pygraphviz_draws_modules_too(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    by_dot = [svg_texts(drawing.svg()) for drawing in every_kind_of_drawing()[2:5]]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert [svg_texts(drawing.svg()) for drawing in every_kind_of_drawing()[2:5]] == by_dot
    assert capfd.readouterr() == ("", "")


@needs_dot
@pytest.mark.usefixtures("no_pygraphviz")
def test_complaints_of_dot_are_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert render(NOISY, "svg")
    assert capfd.readouterr() == ("", "")


@needs_pygraphviz
def test_complaints_of_pygraphviz_are_not_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert render(NOISY, "svg")
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("no_pygraphviz")
def test_a_dot_that_fails_says_why(program: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program.write_text(
        "#!/bin/sh\nwhile read -r line; do :; done\necho first >&2\necho no fonts here >&2\nexit 3\n",
        encoding="utf-8",
    )
    with pytest.raises(
        RenderError, match=r"no SVG picture could be made: `dot` failed \(no fonts here\); pygraphviz"
    ):
        render(DOT, "svg")
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("no_pygraphviz", "program")
def test_a_dot_that_writes_nothing() -> None:
    with pytest.raises(RenderError, match="`dot` wrote nothing"):
        render(DOT, "png")


@needs_pygraphviz
def test_pygraphviz_takes_over_from_a_dot_that_fails(program: Path) -> None:
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert svg_texts(render(DOT, "svg").decode()).keys() == {"n0", "n1", "n0->n1"}


@needs_pygraphviz
def test_both_fail(program: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"`dot` failed .*; pygraphviz failed"):
        render("this is not DOT", "svg")
    assert capfd.readouterr() == ("", "")
