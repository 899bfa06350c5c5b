"""The step-through page in a real browser: every control, every key, and numbers like Python's."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from autograd.show import Page, page, trace
from autograd.value import Value

from .browser import Browser, browser
from .pages import EVERY_OPERATION, NEURON, every_operation, expected, model_and_loss, neuron, page_of

ROOT = Path(__file__).resolve().parents[2]
WIDE, PHONE = (1280, 800), (390, 844)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="module")
def neuron_page(folder: Path) -> Path:
    made = neuron()
    names = {name: v for name, v in made.items() if name != "s"} | {"body.s": made["s"]}
    return page(made["loss"], names=names, params=[made["w1"], made["w2"], made["b"]]).save(
        folder / "neuron.html"
    )


@pytest.fixture(scope="module")
def tensor_page(folder: Path) -> Path:
    model, loss, names = model_and_loss()
    return page(loss, names=names, params=model).save(folder / "tensors.html")


@pytest.fixture(autouse=True)
def _quiet(chrome: Browser) -> Iterator[None]:
    """No page may complain in the console, or ask for anything but itself."""
    chrome.complaints(), chrome.requests()
    yield
    assert chrome.complaints() == []
    assert [url for url in chrome.requests() if not url.startswith("file:///") or "?" in url] == []


def node(chrome: Browser, name: str) -> dict[str, Any]:
    """What the page shows of a node: its numbers, classes and what is said to those who listen."""
    found = chrome.run(
        """const g = [...document.querySelectorAll("#graph .node")].find(g =>
             g.getAttribute("aria-label")?.startsWith(arguments[0] + ",") || g.dataset.id === arguments[0]);
           return {value: g.dataset.value, gradient: g.dataset.gradient, complete: g.dataset.complete,
                   id: g.dataset.id, classes: [...g.classList], said: g.getAttribute("aria-label")};""",
        name,
    )
    return dict(found)


def numbers(chrome: Browser, name: str) -> tuple[float, float]:
    found = node(chrome, name)
    return float(found["value"]), float(found["gradient"])


def step(chrome: Browser) -> int:
    return int(chrome.run("return document.body.dataset.step"))


def choose(chrome: Browser, name: str) -> None:
    chrome.run(
        "document.querySelector(`[data-id='${arguments[0]}']`).dispatchEvent(new MouseEvent('click', {bubbles: true}))",
        node(chrome, name)["id"],
    )


def type_number(chrome: Browser, text: str) -> None:
    field = chrome.find("#card .typed")
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(text)


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


def wait_for(chrome: Browser, condition: str) -> None:
    """Until something holds in the page; a page that never gets there fails."""
    chrome.driver.set_script_timeout(20)
    chrome.driver.execute_async_script(
        f"const done = arguments[0]; const look = () => {condition} ? done() : setTimeout(look, 20); look()"
    )


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
