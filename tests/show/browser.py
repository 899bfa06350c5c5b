"""A real browser for the tests of pages: headless Chromium, driven by Selenium."""

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
