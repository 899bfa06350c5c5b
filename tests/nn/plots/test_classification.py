"""Confusion matrices, ROC and precision-recall curves: the numbers drawn are scikit-learn's."""

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn import plots

from .looking import assert_legible, image, legend, lines, render, ticks

metrics = pytest.importorskip("sklearn.metrics")


def drawn(n=200, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    scores = rng.standard_normal((n, classes)).round(1)  # with ties
    scores[np.arange(n), y] += 1
    return y, scores


@pytest.mark.parametrize("normalize", [None, "true", "pred", "all"])
def test_a_confusion_matrix(normalize):
    y, scores = drawn()
    names = ["ant", "bee", "cat", "dog"]
    for predicted in (scores.argmax(1), scores, autograd.tensor(scores)):
        ax = plots.confusion_matrix(autograd.tensor(y), predicted, classes=names, normalize=normalize)
        expected = metrics.confusion_matrix(y, scores.argmax(1), normalize=normalize)
        np.testing.assert_allclose(image(ax), expected)
    figure = render(ax)
    texts = {tuple(reversed(t.get_position())): t.get_text() for t in ax.texts}
    assert len(texts) == 16
    for (i, j), text in texts.items():
        assert text == (f"{expected[i, j]:.2f}" if normalize else str(expected[i, j]))
    assert ticks(ax.xaxis) == ticks(ax.yaxis) == names
    assert ax.get_title() == f"Confusion matrix: {100 * (scores.argmax(1) == y).mean():.3g} % correct"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    label = figure.axes[1].get_ylabel()
    assert label == {
        None: "samples", "true": "share of the true class", "pred": "share of the predicted class",
        "all": "share of all samples",
    }[normalize]  # fmt: skip
    assert_legible(figure)


def test_classes_that_do_not_occur():
    ax = plots.confusion_matrix([0, 2], [0, 2], classes="abcd", normalize="true")
    assert image(ax) == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert np.shape(image(plots.confusion_matrix([0, 1], [1, 3]))) == (4, 4)


def test_numbers_can_be_read_on_every_colour():
    ax = plots.confusion_matrix([0] * 9 + [1], [0] * 9 + [1])
    assert [t.get_color() for t in ax.texts] == ["white", "#767676", "#767676", "black"]


def test_mistakes_of_confusion_matrices():
    for arguments, message in (
        (([0, 1], [0]), "one length: y_true 2, y_pred 1"),
        (([], []), "nothing to draw"),
        (([0.5], [0]), "y_true must hold classes"),
        (([0, -1], [0, 0]), "y_true must hold classes"),
        (([0, 2], [0, 1], ["a", "b"]), "there are 3 classes, but names of 2"),
        ((["a"], ["a"]), "must hold numbers"),
        (([0], [0], None, "rows"), "'true', 'pred' or 'all'"),
        (([0.0, np.nan], [0, 1]), "y_true must hold classes"),
        (([[0], [0, 1]], [0, 1]), "rows of one length"),
        (([0, 10**9], [0, 1]), "at most 1000 of them; got the number 1000000000"),
    ):
        with pytest.raises(AutogradError, match=message):
            plots.confusion_matrix(*arguments)


@pytest.mark.parametrize("seed", range(3))
def test_a_roc_curve_is_scikit_learns(seed):
    y, scores = drawn(classes=2, seed=seed)
    score = scores[:, 1]
    for given in (score, score[:, None], scores[:, [0, 1]] * [0, 1], autograd.tensor(score)):
        ax = plots.roc_curve(y, given)
        false, true, _ = metrics.roc_curve(y, score, drop_intermediate=False)
        label, _, x, height = lines(ax)[0]
        np.testing.assert_allclose(x, false)
        np.testing.assert_allclose(height, true)
        area = metrics.roc_auc_score(y, score)
        assert label == f"AUC = {area:.3f}"
        assert plots.roc_auc(y, given) == pytest.approx(area, abs=1e-12)
    assert lines(ax)[1][2:] == ([0, 1], [0, 1])
    assert ax.get_title() == "ROC curve"
    assert_legible(render(ax))


@pytest.mark.parametrize("seed", range(3))
def test_a_precision_recall_curve_is_scikit_learns(seed):
    y, scores = drawn(classes=2, seed=seed)
    score = scores[:, 1]
    ax = plots.precision_recall_curve(y, score)
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    label, _, x, height = lines(ax)[0]
    np.testing.assert_allclose(x, recall)
    np.testing.assert_allclose(height, precision)
    average = metrics.average_precision_score(y, score)
    assert label == f"AP = {average:.3f}"
    assert plots.average_precision(y, score) == pytest.approx(average, abs=1e-12)
    assert lines(ax)[1][3] == [y.mean()] * 2
    assert legend(ax)[1] == f"by chance: {y.mean():.3f}"
    assert_legible(render(ax))


def test_a_curve_for_each_class_against_the_others():
    y, scores = drawn(classes=10, n=400)
    ax = plots.roc_curve(y, scores, classes=[f"digit {k}" for k in range(10)])
    areas = [metrics.roc_auc_score(y == k, scores[:, k]) for k in range(10)]
    assert [label for label, *_ in lines(ax)[:-1]] == [
        f"digit {k}: AUC = {a:.3f}" for k, a in enumerate(areas)
    ]
    assert len({(line.get_color(), str(line.get_linestyle())) for line in ax.lines}) == 11
    assert_legible(render(ax))
    ax = plots.precision_recall_curve(y, scores)
    averages = [metrics.average_precision_score(y == k, scores[:, k]) for k in range(10)]
    assert legend(ax) == [f"{k}: AP = {a:.3f}" for k, a in enumerate(averages)]


def test_perfect_and_useless_scores():
    assert plots.roc_auc([0, 0, 1, 1], [1, 2, 3, 4]) == 1
    assert plots.roc_auc([0, 0, 1, 1], [4, 3, 2, 1]) == 0
    assert plots.roc_auc([0, 1, 0, 1], [5, 5, 5, 5]) == 0.5
    assert plots.average_precision([0, 1, 0, 1], [5, 5, 5, 5]) == 0.5


@pytest.mark.parametrize(("dtype", "expected"), [(np.uint8, 0.75), (bool, 0.75), (np.int8, 0.75)])
def test_scores_of_any_dtype_are_ordered(dtype, expected):
    scores = np.array([0, 0, 1, 0]).astype(dtype)  # of unsigned numbers -0 is the least
    assert plots.roc_auc([0, 0, 1, 1], scores) == expected == metrics.roc_auc_score([0, 0, 1, 1], scores)


def test_mistakes_of_areas():
    for area in (plots.roc_auc, plots.average_precision):
        with pytest.raises(AutogradError, match=r"of 3 classes take one at a time, as y_true == k"):
            area([0, 1, 2], np.eye(3))
        with pytest.raises(AutogradError, match="scores has shape"):
            area([0, 1], 1.0)


def test_mistakes_of_curves():
    for arguments, message in (
        (([0, 1], [0.5]), "one length"),
        (([0, 0], [0.1, 0.2]), "class 1 has no samples"),
        (([1, 1], [0.1, 0.2]), "class 1 has all samples"),
        (([0, 2], [0.1, 0.2]), r"give scores \(N, C\)"),
        (([0, 1], [0.1, np.nan]), "must be finite"),
        (([0, 1], np.zeros((2, 3, 1))), r"got \(2, 3, 1\)"),
    ):
        for function in (plots.roc_curve, plots.precision_recall_curve):
            with pytest.raises(AutogradError, match=message):
                function(*arguments)
