"""The step-through page in a browser: search, modules, zoom, light and dark, sizes, names."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

import autograd
from autograd import Value
from autograd.show import Page, page, record, trace

from .browser import Browser, choose, numbers, wait_for
from .pages import neuron, page_of

WIDE, PHONE = (1280, 800), (390, 844)


# ------------------------------------------------------------------------------------- search, modules, zoom, looks


def test_search(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    field = chrome.find("#search")
    field.send_keys("leaf")
    assert chrome.text("#found") == "3 found"
    dimmed = chrome.run("return [...document.querySelectorAll('.node.dimmed')].length")
    assert dimmed == len(chrome.all("#graph .node")) - 3
    field.send_keys(Keys.ENTER)
    first = chrome.text("#card h2")
    field.send_keys(Keys.ENTER)
    assert chrome.text("#found") == "2 of 3"
    assert chrome.text("#card h2") != first
    field.send_keys(Keys.ESCAPE)
    assert field.get_attribute("value") == ""
    assert chrome.all(".node.dimmed") == []


def test_modules_collapse_and_expand(chrome: Browser, tensor_page: Path) -> None:
    chrome.open(tensor_page)
    total = len(chrome.all("#graph .node[data-id]"))
    edges = len(chrome.all("#graph .edge"))
    chrome.run(
        "document.querySelector('[data-module=\"0\"]').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert len(chrome.all("#graph .node[data-id]")) == total - 3, (
        "a weight, a bias and the operation are hidden"
    )
    box = chrome.find(".node.collapsed")
    assert box.get_attribute("aria-label") == "Expand module 0, Linear, 1 operation"
    assert len(chrome.all("#graph .edge")) == edges - 2
    assert overlaps(chrome) == []
    chrome.press(Keys.ENTER)
    assert len(chrome.all("#graph .node[data-id]")) == total
    chrome.click("#modules")
    assert len(chrome.all(".node.collapsed")) == 3
    assert overlaps(chrome) == []
    chrome.press(Keys.HOME)
    chrome.press(Keys.ARROW_RIGHT)
    assert chrome.find(".node.active").get_attribute("data-module") == "0", (
        "a collapsed module is seen to work"
    )
    chrome.click("#modules")
    assert chrome.all(".node.collapsed") == []
    chrome.click("#modules")
    chrome.find("#search").send_keys("tanh", Keys.ENTER)
    assert len(chrome.all(".node.collapsed")) == 2, "what is chosen is brought to light"


def overlaps(chrome: Browser) -> list[Any]:
    """Pairs of nodes that lie on one another."""
    return list(
        chrome.run(
            """const boxes = [...document.querySelectorAll("#graph .node")].map(g =>
                 [g.dataset.id ?? g.dataset.module, g.querySelector(".body").getBoundingClientRect()]);
               const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
               return boxes.flatMap(([n, a], i) =>
                 boxes.slice(i + 1).filter(([, b]) => meet(a, b)).map(([m]) => [n, m]));"""
        )
    )


def test_zoom_pan_and_turn(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    where = """const m = new DOMMatrix(getComputedStyle(document.getElementById('world')).transform);
               return [m.a, m.e, m.f]"""
    scale, x, y = chrome.run(where)
    chrome.click("#zoom-in")
    assert chrome.run(where)[0] == pytest.approx(scale * 1.25)
    chrome.click("#zoom-out")
    assert chrome.run(where) == pytest.approx([scale, x, y])
    graph = chrome.find("#graph")
    corner = {"width": graph.size["width"] // 2 - 30, "height": graph.size["height"] // 2 - 120}
    drag = ActionChains(chrome.driver).move_to_element_with_offset(graph, corner["width"], -corner["height"])
    drag.click_and_hold().move_by_offset(-40, 25).release().perform()
    assert chrome.run(where) == pytest.approx([scale, x - 40, y + 25])
    chrome.run(
        """document.getElementById('graph').dispatchEvent(new WheelEvent('wheel',
             {deltaY: -200, clientX: 300, clientY: 300, cancelable: true}))"""
    )
    assert chrome.run(where)[0] == pytest.approx(scale * math.exp(0.3))
    chrome.click("#fit")
    assert chrome.run(where)[0] <= 1.5
    order = (
        "return [...document.querySelectorAll('.node')].map(g => Math.round(g.getBoundingClientRect().left))"
    )
    before = chrome.run(order)
    chrome.click("#turn")
    assert chrome.run(order) != before


def test_two_fingers_zoom(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page, *PHONE)
    scale = "return new DOMMatrix(getComputedStyle(document.getElementById('world')).transform).a"
    before = chrome.run(scale)
    chrome.run(
        """const graph = document.getElementById("graph");
           const touch = (type, id, x) => graph.dispatchEvent(new PointerEvent(type,
             {pointerId: id, clientX: x, clientY: 300, button: 0, bubbles: true, pointerType: "touch"}));
           graph.setPointerCapture = () => {};
           touch("pointerdown", 11, 150); touch("pointerdown", 12, 200);
           touch("pointermove", 12, 250);
           touch("pointerup", 11, 150); touch("pointerup", 12, 250);"""
    )
    assert chrome.run(scale) == pytest.approx(before * 2)


def test_light_and_dark(chrome: Browser, neuron_page: Path) -> None:
    paper = "return getComputedStyle(document.body).backgroundColor"
    for theme, wanted in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 26, 32)")):
        chrome.open(neuron_page, theme=theme)
        assert chrome.run(paper) == wanted
    seen = []
    for _ in range(3):
        chrome.click("#theme")
        seen.append((chrome.find("#theme").get_attribute("aria-label"), chrome.run(paper)))
    assert seen == [
        ("Colours: light", "rgb(255, 255, 255)"),
        ("Colours: dark", "rgb(23, 26, 32)"),
        ("Colours: as the system has them", "rgb(23, 26, 32)"),
    ]


def test_help_by_its_button(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    chrome.click("#help")
    assert "play or pause" in chrome.text("#keys")
    chrome.click("#close-keys")
    assert not chrome.find("#keys").is_displayed()


def test_who_wants_no_motion_sees_none(chrome: Browser, neuron_page: Path) -> None:
    running = "return document.getAnimations().filter(a => a.playState === 'running').length"
    for motion in (True, False):
        chrome.open(neuron_page, motion=motion)
        chrome.press(Keys.ARROW_LEFT)
        assert (chrome.run(running) > 0) == motion


# ---------------------------------------------------------------------------------------------------------- looks


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("which", ["neuron_page", "tensor_page"])
def test_nothing_is_written_too_small_or_beside_the_page(
    chrome: Browser, request: pytest.FixtureRequest, which: str, size: tuple[int, int]
) -> None:
    chrome.open(request.getfixturevalue(which), *size)
    for keys in ("", Keys.ARROW_LEFT * 3, Keys.ARROW_DOWN, "0", "---"):
        for key in keys:
            chrome.press(key)
        small = chrome.run(
            """const found = [];
               for (const e of document.querySelectorAll("body *")) {
                 if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
                 if (["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(e.tagName)) continue;
                 if (!e.checkVisibility() || !e.getClientRects().length) continue;
                 const scale = e.getScreenCTM ? e.getScreenCTM().a : 1;
                 const size = parseFloat(getComputedStyle(e).fontSize) * scale;
                 if (size > 0 && size < 11.95) found.push([e.textContent.slice(0, 20), size]);
               }
               return found;"""
        )
        assert small == []
        assert chrome.run("return document.documentElement.scrollWidth") <= size[0]
        assert chrome.run("return document.documentElement.scrollHeight") <= size[1]


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_long_numbers_and_labels_have_room(chrome: Browser, folder: Path, size: tuple[int, int]) -> None:
    x = Value(-1.23456e-9, label="x")
    frames = {f"{k}: {'a long label ' * 9}": trace(x * 2.3456e-7 + x**2) for k in range(2)}
    chrome.open(page(frames=frames).save(folder / "small.html"), *size)
    for key in (Keys.HOME, Keys.END):
        chrome.press(key)
        assert chrome.run("return document.documentElement.scrollWidth") <= size[0]
        chrome.press("0")
        over = chrome.run(
            """const found = [];
               for (const node of document.querySelectorAll("#graph .node")) {
                 const [value, grad] = node.querySelectorAll(".quiet");
                 for (const [name, number] of [[value, ".value"], [grad, ".gradient"]]) {
                   const [left, right] = [name, node.querySelector(number)].map(e => e.getBoundingClientRect());
                   if (left.width && left.right > right.left) found.push(node.textContent);
                 }
               }
               return found;"""
        )
        assert over == []


def test_the_numbers_of_arrays_stay_in_the_panel(chrome: Browser, folder: Path) -> None:
    w = autograd.tensor([[0.2246, -0.1746, -0.0538], [0.0606, 0.1234, -0.5678]], requires_grad=True)
    with record():
        loss = (w * w).sum()
        loss.backward()
    names = {"encoder.layers.0.self_attention.weight": w}
    chrome.open(page(loss, names=names).save(folder / "panel.html"), *WIDE)
    for key in (Keys.END, Keys.HOME, Keys.ARROW_RIGHT):
        chrome.press(key)
        assert (
            chrome.run(
                """const panel = document.querySelector(".side"), edge = panel.getBoundingClientRect().right;
               return [...panel.querySelectorAll("td")].filter(
                 td => td.getBoundingClientRect().right > edge || td.scrollWidth > td.clientWidth + 1
               ).map(td => td.textContent);"""
            )
            == []
        )
        widths = chrome.run(
            "return [...document.querySelectorAll('.inputs .link')].map(e => e.getBoundingClientRect().width)"
        )
        assert all(width >= 58 for width in widths)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_what_is_chosen_is_in_sight(chrome: Browser, tensor_page: Path, size: tuple[int, int]) -> None:
    chrome.open(tensor_page, *size)
    chrome.find("#search").send_keys("0.weight", Keys.ENTER)
    wait_for(chrome, "document.querySelector('.node.chosen') !== null")
    wait_for(
        chrome,
        """(() => { const a = document.querySelector(".node.chosen .body").getBoundingClientRect();
                    const b = document.querySelector(".stage").getBoundingClientRect();
                    return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom; })()""",
    )


def test_everything_has_a_name(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    choose(chrome, "w1")
    nameless = chrome.run(
        """return [...document.querySelectorAll("button, input, select, [role=button], svg[role=img]")]
             .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
             .map(e => e.outerHTML)"""
    )
    assert nameless == []
    assert chrome.run("return document.documentElement.lang") == "en"
    assert chrome.find("#spoken").get_attribute("aria-live") == "polite"


def test_in_a_notebook_it_stands_in_a_frame(chrome: Browser, folder: Path) -> None:
    made = neuron()
    shown: Page = page_of(made, "loss")
    path = folder / "notebook.html"
    path.write_text(f"<!doctype html><body>{shown._repr_html_()}</body>", encoding="utf-8")
    chrome.open(path)
    chrome.driver.switch_to.frame(chrome.find("iframe"))
    try:
        assert numbers(chrome, "loss")[0] == pytest.approx(float(made["loss"].data))
        chrome.click("#back")
        assert chrome.text("#step h2") == "Backward 7 of 7"
    finally:
        chrome.driver.switch_to.default_content()
