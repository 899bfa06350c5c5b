"""What the tests of pages share: one browser, and the pages they look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd.show import page

from .browser import Browser, browser
from .pages import model_and_loss, neuron


@pytest.fixture(scope="session")
def _browser() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture
def chrome(_browser: Browser) -> Iterator[Browser]:
    """The browser. No page may complain in its console, or ask for anything but itself."""
    _browser.complaints(), _browser.requests()
    yield _browser
    assert _browser.complaints() == []
    assert [url for url in _browser.requests() if not url.startswith("file:///") or "?" in url] == []


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def neuron_page(folder: Path) -> Path:
    made = neuron()
    names = {name: v for name, v in made.items() if name != "s"} | {"body.s": made["s"]}
    shown = page(made["loss"], names=names, params=[made["w1"], made["w2"], made["b"]])
    return shown.save(folder / "neuron.html")


@pytest.fixture(scope="session")
def tensor_page(folder: Path) -> Path:
    model, loss, names = model_and_loss()
    return page(loss, names=names, params=model).save(folder / "tensors.html")
