"""Figures are drawn without a screen, and closed after each test."""

import pytest

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def _closed():
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    yield
    plt.close("all")
