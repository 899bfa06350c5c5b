"""`Drawing`: files, notebooks, text."""

import re
import shutil
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd.errors import ArgumentError, AutogradError, RenderError
from autograd.show import Drawing, draw
from autograd.show.drawing import render as render_module
from autograd.show.drawing.drawing import MOST_PIXELS, fluid
from autograd.value import Value
from tests.show.reading import needs_renderer, read_dot, svg_texts


@pytest.fixture
def drawing() -> Drawing:
    x, w, b = Value(1.5, label="x"), Value(-2.0, label="w"), Value(0.5, label="b")
    y = (w * x + b).tanh()
    y.label = "y"
    y.backward()
    return draw(y, params=[w, b])


@pytest.fixture
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with neither `dot` nor pygraphviz."""
    monkeypatch.setattr(shutil, "which", lambda program: None)
    monkeypatch.setattr(render_module, "has_pygraphviz", lambda: False)


# -- text --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_renderer")
def test_text_needs_no_renderer(drawing: Drawing, tmp_path: Path) -> None:
    assert str(drawing) == drawing.dot
    assert repr(drawing) == "<Drawing: 6 nodes, 5 edges>"
    for name in ("g.dot", "g.gv", "G.DOT"):
        path = drawing.save(tmp_path / name)
        assert path == tmp_path / name
        assert path.read_text(encoding="utf-8") == drawing.dot


def test_a_drawing_does_not_change(drawing: Drawing) -> None:
    x = Value(1.0, label="x")
    y = x.exp()
    before = draw(y)
    y.backward()
    assert "not computed" in before.dot
    assert "not computed" not in draw(y).dot


# -- pictures ----------------------------------------------------------------------------------------------------------


@needs_renderer
def test_svg_says_what_the_text_says(drawing: Drawing) -> None:
    texts = svg_texts(drawing.svg())
    nodes, edges = read_dot(drawing.dot)
    assert texts.keys() == {*nodes, *(f"{a}->{b}" for a, b, _ in edges)}
    for id, node in nodes.items():
        assert "".join(texts[id]).replace(" ", "").startswith(node.title.replace(" ", ""))
        for fact, value in node.facts.items():
            assert texts[id][texts[id].index(fact) + 1] == value
    for a, b, label in edges:
        assert texts[f"{a}->{b}"] == [label]


@needs_renderer
def test_arrows_point_from_inputs_to_the_result(drawing: Drawing) -> None:
    """Laid out from left to right, every arrow's head is to the right of its start."""
    svg = "{http://www.w3.org/2000/svg}"
    for group in ElementTree.fromstring(drawing.svg()).iter(f"{svg}g"):
        if group.get("class") == "edge":
            line, head = group.find(f"{svg}path"), group.find(f"{svg}polygon")
            assert line is not None
            assert head is not None
            start = float(line.get("d", "").split(",")[0][1:])
            tip = max(float(point.split(",")[0]) for point in head.get("points", "").split())
            assert tip > start


@needs_renderer
@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG\r\n"), ("pdf", b"%PDF-")])
def test_picture_files(drawing: Drawing, tmp_path: Path, ending: str, start: bytes) -> None:
    path = drawing.save(str(tmp_path / f"graph.{ending}"))
    assert path.read_bytes().startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [f"graph.{ending}"]


@pytest.mark.parametrize("name", ["graph", "graph.jpg"])
def test_other_endings(drawing: Drawing, tmp_path: Path, name: str) -> None:
    with pytest.raises(
        ArgumentError, match=r"a drawing is saved as \.svg, \.png, \.pdf, \.dot, \.gv, \.html; got"
    ):
        drawing.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(drawing: Drawing, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere"):
        drawing.save(tmp_path / "nowhere" / "g.dot")


@pytest.mark.usefixtures("no_renderer")
def test_a_failure_leaves_the_old_file(drawing: Drawing, tmp_path: Path) -> None:
    path = tmp_path / "g.svg"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(RenderError):
        drawing.save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_renamed_into_place(
    drawing: Drawing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all of it is written, the old file is there."""
    path = tmp_path / "g.dot"
    path.write_text("old", encoding="utf-8")
    seen = []
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append((self.read_text(encoding="utf-8"), Path(target).read_text(encoding="utf-8")))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    drawing.save(path)
    assert seen == [(drawing.dot, "old")]


# -- without a renderer ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_renderer")
def test_the_error_names_both_renderers_and_how_to_install_them(drawing: Drawing) -> None:
    with pytest.raises(RenderError) as caught:
        drawing.svg()
    message = str(caught.value)
    for part in (
        "apt install graphviz",
        "brew install graphviz",
        "pip install 'tapegrad[render]'",
        "pygraphviz",
    ):
        assert part in message
    assert "`dot` was not found" in message
    assert "drawing.dot" in message
    assert isinstance(caught.value, AutogradError)


# -- the README's picture ----------------------------------------------------------------------------------------------


@needs_renderer
def test_the_picture_in_the_readme_is_what_its_example_draws() -> None:
    root = Path(__file__).parents[2]
    readme = (root / "README.md").read_text(encoding="utf-8")
    (source,) = [
        code
        for code in re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
        if "picture = draw(loss" in code
    ]
    names: dict[str, Any] = {}
    exec(compile(source, "README.md", "exec"), names)
    committed = (root / "assets" / "readme-graph.svg").read_text(encoding="utf-8")
    assert svg_texts(committed) == svg_texts(names["picture"].svg())
    assert (
        "![The graph of a neuron: values, gradients and local derivatives](assets/readme-graph.svg)" in readme
    )
    assert 'style="max-width: 100%; height: auto"' in committed


# -- notebooks ---------------------------------------------------------------------------------------------------------


@needs_renderer
def test_a_notebook_shows_the_picture(drawing: Drawing) -> None:
    bundle = drawing._repr_mimebundle_()
    assert bundle == {"image/svg+xml": fluid(drawing.svg()), "text/plain": repr(drawing)}
    assert drawing._repr_svg_() == fluid(drawing.svg())


@needs_renderer
def test_a_picture_shrinks_with_the_cell_of_a_notebook_and_is_not_cut_off(drawing: Drawing) -> None:
    root = ElementTree.fromstring(drawing.svg())
    assert root.get("style") == "max-width: 100%; height: auto"
    width, height = (float(root.get(side, "").removesuffix("pt")) for side in ("width", "height"))
    x, y, across, down = map(float, root.get("viewBox", "").split())
    assert (x, y) == (0, 0)
    assert (across, down) == pytest.approx((width, height), abs=1)
    svg = "{http://www.w3.org/2000/svg}"
    for text in root.iter(f"{svg}text"):  # the drawing's own coordinates begin at the lower left
        assert 0 <= float(text.get("x", "")) <= width
        assert -height <= float(text.get("y", "")) <= 0


@needs_renderer
def test_a_bitmap_of_a_large_drawing_has_no_more_pixels_than_can_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 2_000_000
    assert most < MOST_PIXELS
    monkeypatch.setattr("autograd.show.drawing.drawing.MOST_PIXELS", most)
    x = Value(1.0)
    y = sum(((x * i).tanh() for i in range(20)), Value(0.0))
    drawing = draw(y, fold=False, max_nodes=500)
    path = drawing.save(tmp_path / "large.png")
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    assert most / 2 < width * height <= most * 1.05
    small = draw(x.exp()).save(tmp_path / "small.png").read_bytes()
    assert struct.unpack(">I", small[16:20])[0] > 300  # twice the pixels of a plain screen


@pytest.mark.usefixtures("no_renderer")
def test_a_notebook_without_renderer_shows_the_text_and_why(drawing: Drawing) -> None:
    assert drawing._repr_svg_() is None
    bundle = drawing._repr_mimebundle_(include=None, exclude=None)
    assert bundle.keys() == {"text/plain"}
    assert "pip install 'tapegrad[render]'" in bundle["text/plain"]
    assert bundle["text/plain"].endswith(drawing.dot)
