"""The step-through page in a browser: its numbers are Python's, also when an input is changed, and in a training."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from autograd.show import page, trace
from autograd.value import Value

from .browser import Browser, choose, node, numbers, type_number, wait_for
from .pages import EVERY_OPERATION, NEURON, every_operation, expected, neuron, page_of

ROOT = Path(__file__).resolve().parents[2]

# ------------------------------------------------------------------------------------------- numbers like Python's


def test_the_end_shows_what_python_computed(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    for name, (value, gradient) in expected(neuron, NEURON, "loss").items():
        assert numbers(chrome, name) == pytest.approx((value, gradient), rel=1e-12, abs=1e-12)
    assert chrome.text("#step h2") == "Done"


@pytest.mark.parametrize(
    "changed",
    [{"a": 1.9}, {"b": 0.35}, {"c": 0.031}, {"d": -7.0}, {"a": -0.7, "b": 2.25, "c": 11.5, "d": 0.0}],
)
def test_a_changed_number_gives_what_python_gives(
    chrome: Browser, folder: Path, changed: dict[str, float]
) -> None:
    path = page_of(every_operation(), "total").save(folder / "all.html")
    chrome.open(path)
    for name, x in changed.items():
        choose(chrome, name)
        type_number(chrome, repr(x))
    for name, wanted in expected(every_operation, {**EVERY_OPERATION, **changed}, "total").items():
        assert numbers(chrome, name) == pytest.approx(wanted, rel=1e-9, abs=1e-9), name
    checks = chrome.all("#card .check.agrees")
    assert len(checks) == 1, "the finite difference agrees with the chain rule"


def test_a_node_is_dragged_sideways(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    g = chrome.find(f"[data-id='{node(chrome, 'x1')['id']}']")
    ActionChains(chrome.driver).click_and_hold(g).move_by_offset(30, 0).move_by_offset(
        45, 0
    ).release().perform()
    value, _ = numbers(chrome, "x1")
    assert value == pytest.approx(2.0 + 75 * 2 / 150)
    for name, wanted in expected(neuron, {**NEURON, "x1": value}, "loss").items():
        assert numbers(chrome, name) == pytest.approx(wanted, rel=1e-9, abs=1e-9), name
    chrome.click("#reset")
    assert numbers(chrome, "x1")[0] == 2.0
    assert not chrome.find("#reset").is_displayed()


def test_the_slider_and_undo(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    choose(chrome, "w2")
    slider = chrome.find("#card .slider")
    slider.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_RIGHT)
    value, _ = numbers(chrome, "w2")
    assert value != 0.9
    for name, wanted in expected(neuron, {**NEURON, "w2": value}, "loss").items():
        assert numbers(chrome, name) == pytest.approx(wanted, rel=1e-9, abs=1e-9), name
    assert float(chrome.find("#card .typed").get_attribute("value")) == value
    chrome.click("#card .control button")
    assert numbers(chrome, "w2")[0] == 0.9


def test_what_is_no_number_is_refused(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    choose(chrome, "b")
    for text in ("abc", "1e", "--3"):
        type_number(chrome, text)
        assert chrome.find("#card .typed").get_attribute("aria-invalid") == "true"
    type_number(chrome, "−2,5")
    assert chrome.find("#card .typed").get_attribute("aria-invalid") == "false"
    assert numbers(chrome, "b")[0] == -2.5


def test_infinite_numbers_go_through(chrome: Browser, folder: Path) -> None:
    x = Value(0.0, label="x")
    y = 1 / x
    chrome.open(page(y, names={"y": y}).save(folder / "inf.html"))
    assert numbers(chrome, "y") == (math.inf, 1.0)
    assert node(chrome, "y")["said"].endswith("value ∞, gradient 1")


# -------------------------------------------------------------------------------------------------------- training


def test_the_steps_of_a_training(chrome: Browser, folder: Path) -> None:
    w = Value(2.0, label="w")
    frames, wanted = {}, []
    for i in range(4):
        loss = (w * 3 - 1) ** 2
        w.grad = 0
        loss.backward()
        frames[f"step {i}"] = trace(loss, names={"loss": loss})
        wanted.append((float(w.data), float(w.grad), float(loss.data)))
        w.data -= 0.02 * w.grad
    chrome.open(page(frames=frames).save(folder / "training.html"))
    assert chrome.text("#frame-label") == "step 0"
    slider = chrome.find("#frame")
    for i, (x, gradient, loss_was) in enumerate(wanted):
        chrome.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", slider, i
        )
        assert chrome.text("#frame-label") == f"step {i}"
        assert numbers(chrome, "w") == pytest.approx((x, gradient), rel=1e-9)
        assert numbers(chrome, "loss")[0] == pytest.approx(loss_was, rel=1e-9)
    chrome.press(Keys.PAGE_UP)
    assert chrome.text("#frame-label") == "step 2"
    choose(chrome, "w")
    type_number(chrome, "0.5")
    assert numbers(chrome, "loss")[0] == pytest.approx(0.25, rel=1e-9)
    chrome.press(Keys.ESCAPE)
    chrome.run("document.activeElement.blur()")
    chrome.press(Keys.PAGE_UP)
    assert numbers(chrome, "w") == pytest.approx(wanted[1][:2], rel=1e-9), "another step has its own numbers"
    chrome.click("#train")
    wait_for(chrome, "document.getElementById('frame-label').textContent === 'step 3'")
    assert chrome.find("#train").get_attribute("aria-label") == "Play the training"
    curve = chrome.find("#curve .line").get_attribute("d")
    assert len(curve.split("L")) == 4, "a point of the curve for each step"


def test_an_attention_head_and_its_checks(chrome: Browser, folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("see_backprop", ROOT / "examples" / "see_backprop.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    chrome.open(program.attention().save(folder / "attention.html"))
    for name in ("head.query.weight", "head.key.weight", "head.value.weight"):
        chrome.find("#search").clear()
        chrome.find("#search").send_keys(name, Keys.ENTER)
        assert len(chrome.all("#card .check.agrees")) == 1
        assert "Finite difference of each element: apart by" in chrome.text("#card .check")
    chrome.find("#search").clear()
    chrome.find("#search").send_keys("softmax", Keys.ENTER)
    assert len(chrome.all("#card .heat")[0].find_elements("css selector", "rect")) == 25


def test_what_was_folded_is_said_in_a_note(chrome: Browser, folder: Path) -> None:
    v = Value(1.0)
    for _ in range(500):
        v = v.sin()
    v.backward()
    chrome.open(page(v, max_nodes=20).save(folder / "chain.html"))
    note = chrome.find("#notes summary")
    assert note.text.startswith("501 nodes are shown as 20.")
    note.click()
    assert "nearest the result" in chrome.text("#notes")
    assert len(chrome.all("#graph .node")) == 20
