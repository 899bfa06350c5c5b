"""How a notebook shows a drawing: whole, in the page itself and as the image that a conversion to HTML makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import autograd
import nn
from autograd.show import Drawing, draw, record
from autograd.show.drawing.drawing import WIDE
from autograd.value import Value
from tests.show.browser import Browser
from tests.show.reading import needs_renderer


def wide() -> Drawing:
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(6)))
    with record(model):
        y = model(autograd.ones(1, 2)).sum()
    return draw(y, params=model, fold=False)


def small() -> Drawing:
    return draw(Value(2.0) * 3.0, show=())


def box(chrome: Browser, css: str) -> Any:
    return chrome.run(
        "const r = document.querySelector(arguments[0]).getBoundingClientRect(); return [r.width, r.height]",
        css,
    )


@needs_renderer
@pytest.mark.parametrize("across", [500, 900])
def test_a_wide_drawing_is_as_wide_as_the_cell(chrome: Browser, tmp_path: Path, across: int) -> None:
    drawing = wide()
    svg = drawing._repr_svg_()
    assert svg is not None
    assert drawing._repr_mimebundle_()["image/svg+xml"] == svg
    root = ElementTree.fromstring(drawing.svg())
    natural = (
        float(root.get("width", "").removesuffix("pt")),
        float(root.get("height", "").removesuffix("pt")),
    )
    assert natural[0] > 900
    (tmp_path / "drawing.svg").write_text(svg)
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><div style="width: {across}px; overflow: hidden">'
        f'<img src="drawing.svg"><p>{svg}</p></div>'
    )
    chrome.open(page)
    for css in ("img", "p svg"):
        width, height = box(chrome, css)
        assert width == pytest.approx(across, abs=1)
        assert height == pytest.approx(across * natural[1] / natural[0], rel=0.02)


@needs_renderer
def test_in_a_wide_cell_it_has_its_own_size(chrome: Browser, tmp_path: Path) -> None:
    drawing = wide()
    width = float(ElementTree.fromstring(drawing.svg()).get("width", "").removesuffix("pt"))
    page = tmp_path / "page.html"
    page.write_text(f'<!doctype html><div style="width: {3 * width}px">{drawing._repr_svg_()}</div>')
    chrome.open(page)
    assert box(chrome, "svg")[0] == pytest.approx(width * 4 / 3, rel=0.01)


@needs_renderer
def test_a_small_drawing_keeps_its_size(chrome: Browser, tmp_path: Path) -> None:
    drawing = small()
    svg = drawing._repr_svg_()
    assert svg == drawing.svg()
    width = float(ElementTree.fromstring(svg).get("width", "").removesuffix("pt"))
    assert width <= WIDE
    (tmp_path / "drawing.svg").write_text(svg)
    page = tmp_path / "page.html"
    page.write_text('<!doctype html><div style="width: 1000px"><img src="drawing.svg"></div>')
    chrome.open(page)
    assert box(chrome, "img")[0] == pytest.approx(width * 4 / 3, abs=1)
