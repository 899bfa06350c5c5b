"""A real browser for the tests of pages, headless Chromium driven by Selenium; and what they do with a page in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = (
    "The tests of pages run in Chromium, and {what} was not found. Install it: on Debian `apt-get install chromium "
    "chromium-driver`, as `.ci/run` does."
)


def found(names: tuple[str, ...], what: str) -> str:
    """Where a program is; a test fails that needs one which is not there."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail(MISSING.format(what=what), pytrace=False)
    return path


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser without a window, for a block of code."""
    options = webdriver.ChromeOptions()
    options.binary_location = found(BROWSERS, "the browser")
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(found(("chromedriver",), "its driver")))
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """What the tests do with a page, and what they look at."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(
        self, path: Path, width: int = 1280, height: int = 800, theme: str = "light", motion: bool = True
    ) -> None:
        """Show a page in a window of this size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "no-preference" if motion else "reduce"},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get(path.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """What a piece of JavaScript returns."""
        return self.driver.execute_script(script, *arguments)

    def find(self, css: str) -> Any:
        """The first element that a selector names."""
        return self.driver.find_element("css selector", css)

    def all(self, css: str) -> list[Any]:
        """All elements that a selector names."""
        return list(self.driver.find_elements("css selector", css))

    def click(self, css: str) -> None:
        """Click on an element."""
        self.find(css).click()

    def press(self, key: str) -> None:
        """Press a key, wherever the focus is."""
        webdriver.ActionChains(self.driver).send_keys(key).perform()

    def text(self, css: str) -> str:
        """The text of an element."""
        return str(self.find(css).text)

    def complaints(self) -> list[str]:
        """What stood in the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


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


def wait_for(chrome: Browser, condition: str) -> None:
    """Until something holds in the page; a page that never gets there fails."""
    chrome.driver.set_script_timeout(20)
    chrome.driver.execute_async_script(
        f"const done = arguments[0]; const look = () => {condition} ? done() : setTimeout(look, 20); look()"
    )
