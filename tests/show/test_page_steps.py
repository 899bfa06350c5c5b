"""The step-through page in a browser: forward and backward, by buttons and keys, and what the panel says."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from autograd.show import page
from autograd.value import Value

from .browser import Browser, choose, node, numbers, step, wait_for
from .pages import NEURON, expected, model_and_loss, neuron

# ------------------------------------------------------------------------------------------------- step by step


def test_forward_and_backward_step_by_step(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    chrome.press(Keys.HOME)
    assert (step(chrome), chrome.text("#step h2")) == (0, "Start")
    assert node(chrome, "loss")["value"] == node(chrome, "loss")["gradient"] == ""
    assert node(chrome, "x1")["value"] == "2"
    headings, seen = [], []
    last = int(chrome.find("#scrub").get_attribute("max"))
    for _ in range(last):
        chrome.click("#forth")
        headings.append(chrome.text("#step h2"))
        seen.append(chrome.run("return document.querySelector('.node.active')?.dataset.id ?? null"))
    assert headings == [
        *(f"Forward {i} of 7" for i in range(1, 8)),
        "Backward begins",
        *(f"Backward {i} of 7" for i in range(1, 8)),
        "Done",
    ]
    assert seen[:7] == seen[14:7:-1], "backward goes the opposite way"
    assert not chrome.find("#forth").is_enabled()


def test_a_backward_step_tells_the_chain_rule(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    for _ in range(4):
        chrome.click("#back")
    wanted = expected(neuron, NEURON, "loss")
    active = chrome.run("return document.querySelector('.node.active').getAttribute('aria-label')")
    assert active.startswith("s, +")
    upstream = wanted["s"][1]
    said = chrome.text("#step")
    assert f"{upstream:.4g} × 1 = {upstream:.4g}".replace("-", "−") in said
    assert "sum there" in said
    assert node(chrome, "b")["complete"] == "true"
    assert node(chrome, "w1")["gradient"] == ""
    labels = chrome.run("return [...document.querySelectorAll('.edge.active text')].map(t => t.textContent)")
    assert len(labels) == 4
    assert labels[1] == f"= {upstream:.3g}".replace("-", "−")
    spoken = chrome.find("#spoken").get_attribute("textContent")
    assert spoken.startswith("Backward 4 of 7: The gradient")


def test_contributions_are_summed_one_by_one(chrome: Browser, folder: Path) -> None:
    a = Value(3.0)
    p, q = a * 2, a * 5
    y = p + q
    chrome.open(page(y, names={"a": a, "p": p, "q": q, "y": y}).save(folder / "sum.html"))
    chrome.press(Keys.ARROW_LEFT)
    chrome.press(Keys.ARROW_LEFT)
    half = node(chrome, "a")
    assert (half["gradient"], half["complete"]) == ("5", "false")
    assert half["said"].endswith("gradient 5 so far")
    chrome.press(Keys.ARROW_RIGHT)
    assert node(chrome, "a")["gradient"] == "7"
    assert "5 + 2 = 7" in chrome.text("#step")
    choose(chrome, "a")
    assert "2 contributions are added = 2 + 5" in chrome.text("#card")


def test_play_pause_speed_and_scrub(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    last = int(chrome.find("#scrub").get_attribute("max"))
    chrome.run(
        "const s = document.getElementById('speed'); s.value = '4'; s.dispatchEvent(new Event('change'))"
    )
    chrome.click("#play")
    assert step(chrome) < last
    assert chrome.find("#play").get_attribute("aria-label") == "Pause"
    wait_for(chrome, "Number(document.body.dataset.step) >= 2")
    chrome.click("#play")
    assert chrome.find("#play").get_attribute("aria-label") == "Play"
    assert chrome.run("return document.body.classList.contains('playing')") is False
    chrome.run("const s = document.getElementById('scrub'); s.value = 5; s.dispatchEvent(new Event('input'))")
    assert step(chrome) == 5
    chrome.click("#first")
    assert step(chrome) == 0
    chrome.click("#last")
    assert step(chrome) == last
    chrome.click("#first")
    chrome.press(" ")
    wait_for(chrome, f"Number(document.body.dataset.step) === {last}")
    assert chrome.find("#play").get_attribute("aria-label") == "Play", "it stops at the end"


# ------------------------------------------------------------------------------------------------------- keyboard


def test_the_keyboard(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    last = step(chrome)
    for key, wanted in ((Keys.ARROW_LEFT, last - 1), (Keys.HOME, 0), (Keys.ARROW_LEFT, 0), (Keys.ARROW_RIGHT, 1),
                        (Keys.END, last), (Keys.ARROW_RIGHT, last)):  # fmt: skip
        chrome.press(key)
        assert step(chrome) == wanted
    chrome.press("?")
    assert chrome.find("#keys").is_displayed()
    chrome.press(Keys.ESCAPE)
    assert not chrome.find("#keys").is_displayed()
    chrome.press(Keys.ARROW_DOWN)
    first = chrome.text("#card h2")
    chrome.press(Keys.ARROW_DOWN)
    assert chrome.text("#card h2") != first
    chrome.press(Keys.ARROW_UP)
    assert chrome.text("#card h2") == first
    chrome.press(Keys.ESCAPE)
    assert not chrome.find("#card").is_displayed()
    scale = "return new DOMMatrix(getComputedStyle(document.getElementById('world')).transform).a"
    before = chrome.run(scale)
    chrome.press("+")
    assert chrome.run(scale) == pytest.approx(before * 1.25)
    chrome.press("-")
    assert chrome.run(scale) == pytest.approx(before)
    chrome.press("/")
    assert chrome.run("return document.activeElement.id") == "search"
    chrome.press("loss")
    assert step(chrome) == last, "a field keeps its keys"


def test_a_node_is_reached_and_opened_by_the_keyboard_alone(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    chrome.run("document.getElementById('help').focus()")
    for _ in range(30):
        chrome.press(Keys.TAB)
        if chrome.run("return document.activeElement.matches('.node')"):
            break
    else:
        pytest.fail("Tab does not come to a node")
    outline = chrome.run("return getComputedStyle(document.activeElement.querySelector('.halo')).stroke")
    assert outline not in ("none", ""), "the focus is seen"
    chrome.press(Keys.ENTER)
    assert chrome.find("#card").is_displayed()
    assert chrome.run("return document.activeElement.id") == "card"


# -------------------------------------------------------------------------------------------------------- the card


def test_the_card_of_an_operation(chrome: Browser, neuron_page: Path) -> None:
    chrome.open(neuron_page)
    choose(chrome, "y")
    value, gradient = expected(neuron, NEURON, "loss")["y"]
    card = chrome.text("#card")
    assert f"{gradient:.8g}".replace("-", "−") in card
    assert "Finite difference" in card
    assert len(chrome.all("#card .check.agrees")) == 1
    assert chrome.find("#card .equation math").get_attribute("aria-label") == "tanh(x)"
    slope = chrome.run("return document.querySelector('#card .products math').getAttribute('aria-label')")
    assert slope == "1 - out**2"
    assert f"= {1 - value**2:.4g}" in card
    chrome.click("#card .products .link")
    assert chrome.text("#card h2") == "s", "a name in the card leads on"
    chrome.click("#card .close")
    assert not chrome.find("#card").is_displayed()


def test_the_source_line_and_the_module(chrome: Browser, tensor_page: Path) -> None:
    chrome.open(tensor_page)
    chrome.find("#search").send_keys("cross", Keys.ENTER)
    card = chrome.text("#card")
    assert "pages.py:" in card
    assert "loss = F.cross_entropy(out + out * 0.5, y)" in card
    chrome.find("#search").clear()
    chrome.find("#search").send_keys("0.weight", Keys.ENTER)
    assert "module 0" in chrome.text("#card .facts")


def test_an_operation_made_by_hand_stops_the_changing_and_says_so(chrome: Browser, folder: Path) -> None:
    x = Value(2.0, label="x")
    y = Value(x.data**2, (x,), "cube root", _locals=(4.0,))
    chrome.open(page(y, names={"y": y}).save(folder / "hand.html"))
    said = "“cube root” is not in the table of derivatives"
    assert f"Numbers cannot be changed here: {said}." in chrome.text("#notes")
    assert numbers(chrome, "x") == (2.0, 4.0)
    choose(chrome, "x")
    assert said in chrome.text("#card")
    assert chrome.all("#card .slider") == []
    chrome.press(Keys.ARROW_LEFT)
    assert "1 × 4 = 4" in chrome.text("#step")


# --------------------------------------------------------------------------------------------------------- tensors


def test_heat_maps_of_tensors(chrome: Browser, tensor_page: Path) -> None:
    chrome.open(tensor_page)
    choose(chrome, "0.weight" if chrome.all("[aria-label^='0.weight,']") else "weight")
    maps = chrome.all("#card .heat")
    assert len(maps) == 2, "value and gradient"
    assert maps[0].get_attribute("aria-label").startswith("Heat map of the value of weight, 4×3:")
    cells = chrome.run(
        "return [...document.querySelectorAll('#card .heat')].map(m => m.querySelectorAll('rect').length)"
    )
    assert cells == [12, 12]
    low, high = chrome.run(
        "return [...document.querySelector('#card .scale').querySelectorAll('span')].map(s => s.textContent)"
    )
    assert low == f"−{high}"
    chrome.run(
        """document.querySelector("#card .heat rect").dispatchEvent(new PointerEvent("pointermove", {bubbles: true}))"""
    )
    weight = model_and_loss()[0].get_parameter("0.weight")
    assert chrome.text("#card .under") == f"[0, 0] = {weight[0, 0].item():.6g}".replace("-", "−")


def test_tensors_step_by_step(chrome: Browser, tensor_page: Path) -> None:
    model, loss, _ = model_and_loss()
    chrome.open(tensor_page)
    chrome.press(Keys.HOME)
    last = int(chrome.find("#scrub").get_attribute("max"))
    partial = []
    for _ in range(last):
        chrome.press(Keys.ARROW_RIGHT)
        partial += chrome.run(
            "return [...document.querySelectorAll('.node.partial')].map(g => g.querySelector('.gradient').textContent)"
        )
    assert partial
    assert set(partial) == {"Σ 1/2"}, "out waits for both that it was used by"
    chrome.press(Keys.ARROW_LEFT)
    assert "to weight" in chrome.text("#step")
    choose(chrome, "weight")
    assert chrome.run("return document.querySelectorAll('#step .heat').length") == 3, (
        "upstream, weight and bias"
    )
    assert model.get_parameter("0.weight").grad is not None
    assert loss.item() == pytest.approx(float(node(chrome, "loss")["value"]), rel=1e-6)
