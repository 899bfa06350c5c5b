"""`plots.history`: the curves drawn, where they are best, and histories of `fit`."""

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn import keras, plots

from .looking import legend, lines, render

BLUE, ORANGE = "#0072B2", "#D55E00"
CURVES = {
    "learning_rate": [0.1, 0.01, 0.001],
    "loss": [0.9, 0.5, 0.4],
    "accuracy": [0.5, 0.7, 0.8],
    "val_loss": [1.0, 0.7, 0.8],
    "val_accuracy": [0.4, 0.6, 0.7],
}


def test_a_panel_for_each_quantity():
    figure = render(plots.history(CURVES))
    loss, accuracy, rate = figure.axes
    assert [ax.get_title() for ax in figure.axes] == ["Loss", "Accuracy", "Learning rate"]
    assert [(ax.get_xlabel(), ax.get_ylabel()) for ax in figure.axes] == [
        ("epoch", "loss"), ("epoch", "accuracy"), ("epoch", "learning rate"),
    ]  # fmt: skip
    assert lines(loss)[:2] == [
        ("training", BLUE, [1, 2, 3], [0.9, 0.5, 0.4]),
        ("validation", ORANGE, [1, 2, 3], [1.0, 0.7, 0.8]),
    ]
    assert lines(loss)[2][2:] == ([2], [0.7])  # the best epoch
    assert legend(loss) == ["training", "validation", "best: 0.7 in epoch 2"]
    assert legend(accuracy)[-1] == "best: 70 % in epoch 3"
    assert "50 %" in [t.get_text() for t in accuracy.get_yticklabels()]
    assert lines(rate) == [("training", BLUE, [1, 2, 3], [0.1, 0.01, 0.001])]
    assert (rate.get_yscale(), loss.get_yscale()) == ("log", "linear")


def test_some_quantities_in_axes_that_are_given():
    from matplotlib import pyplot as plt

    _, axes = plt.subplots(1, 2)
    assert plots.history(CURVES, ["accuracy", "loss"], ax=axes) is axes
    assert [ax.get_title() for ax in axes] == ["Accuracy", "Loss"]
    ax = plt.subplots()[1]
    assert plots.history(CURVES, ax=ax) is ax
    assert ax.get_title() == "Loss"


def test_values_that_are_not_numbers_leave_gaps():
    ax = plots.history({"loss": [1.0, np.nan], "val_loss": [np.nan, 2.0]}).axes[0]
    assert legend(ax)[-1] == "best: 2 in epoch 2"
    ax = plots.history({"loss": autograd.tensor([1.0, 0.5])}).axes[0]
    assert lines(ax)[0][3] == [1.0, 0.5]


def test_mistakes():
    with pytest.raises(AutogradError, match="there is no 'auc', but 'loss', 'accuracy', 'learning_rate'"):
        plots.history(CURVES, ["auc"])
    for empty in ({}, {"loss": []}):
        with pytest.raises(AutogradError, match="has the model been trained"):
            plots.history(empty)
    for other in ([0.5, 0.4], None):
        with pytest.raises(AutogradError, match="needs lists by name"):
            plots.history(other)


def test_losses_that_require_gradients_can_be_drawn():
    losses = [autograd.tensor(2.0, requires_grad=True) / n for n in (1, 2)]
    (line,) = plots.history({"loss": losses}).axes[0].lines
    assert list(line.get_ydata()) == [2.0, 1.0]


def test_the_history_of_fit():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 2)).astype(np.float32)
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    found = model.fit(
        x, (x[:, 0] > 0).astype(int), epochs=6, initial_epoch=2, validation_split=0.25, verbose=0
    )
    figure = found.plot()
    assert [ax.get_title() for ax in figure.axes] == ["Loss", "Accuracy"]
    for ax, name in zip(figure.axes, ("loss", "accuracy"), strict=True):
        training, validation = lines(ax)[:2]
        assert training[2:] == ([3, 4, 5, 6], pytest.approx(found.history[name]))
        assert validation[2:] == ([3, 4, 5, 6], pytest.approx(found.history[f"val_{name}"]))
