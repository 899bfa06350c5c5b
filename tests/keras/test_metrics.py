"""Metrics: the numbers of scikit-learn and of Keras, gathered in batches."""

import numpy as np
import pytest

from autograd.errors import ArgumentError, ShapeError
from nn.keras import metrics
from nn.keras.metrics.names import as_metric

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of Keras, with recent NumPy and PyTorch
sklearn = pytest.importorskip("sklearn.metrics")


def in_batches(metric, y, p, weight=None, size=7):
    """The result after batches of uneven sizes."""
    metric.reset_state()
    for i in range(0, len(y), size):
        metric.update_state(
            y[i : i + size], p[i : i + size], None if weight is None else weight[i : i + size]
        )
    return metric.result()


@pytest.fixture
def binary(rng):
    y = rng.integers(0, 2, 50)
    return y, np.round(np.clip(y * 0.3 + rng.random(50) * 0.7, 0, 1), 2), rng.random(50)


@pytest.fixture
def several(rng):
    y, p = rng.integers(0, 4, 50), rng.random((50, 4))
    return y, p / p.sum(1, keepdims=True), rng.random(50)


def test_decisions_are_those_of_scikit_learn(binary):
    y, p, w = binary
    decided = p > 0.5
    for weight in (None, w):
        expected = {
            "BinaryAccuracy": sklearn.accuracy_score(y, decided, sample_weight=weight),
            "Precision": sklearn.precision_score(y, decided, sample_weight=weight),
            "Recall": sklearn.recall_score(y, decided, sample_weight=weight),
            "F1Score": sklearn.f1_score(y, decided, sample_weight=weight),
        }
        for name, value in expected.items():
            made = as_metric(name)
            assert in_batches(made, y, p, weight) == pytest.approx(value, abs=1e-9), name
            assert in_batches(made, y[:, None], p[:, None], weight) == pytest.approx(value, abs=1e-9), name
        (tn, fp), (fn, tp) = sklearn.confusion_matrix(y, decided, sample_weight=weight)
        found = [
            in_batches(as_metric(name), y, p, weight)
            for name in ("TrueNegatives", "FalsePositives", "FalseNegatives", "TruePositives")
        ]
        assert found == pytest.approx([tn, fp, fn, tp])


@pytest.mark.parametrize(("curve", "score"), [("ROC", "roc_auc_score"), ("PR", "average_precision_score")])
def test_the_exact_area_is_that_of_scikit_learn(curve, score, binary):
    y, p, w = binary
    for weight in (None, w):
        exact = in_batches(metrics.AUC(curve=curve, exact=True), y, p, weight)
        assert exact == pytest.approx(getattr(sklearn, score)(y, p, sample_weight=weight), abs=1e-9)
    coarse = in_batches(metrics.AUC(curve=curve), y, p)
    assert coarse == pytest.approx(getattr(sklearn, score)(y, p), abs=0.02)


def test_classes_are_those_of_scikit_learn(several):
    y, p, w = several
    hot = np.eye(4)[y]
    for weight in (None, w):
        right = sklearn.accuracy_score(y, p.argmax(1), sample_weight=weight)
        assert in_batches(metrics.SparseCategoricalAccuracy(), y, p, weight) == pytest.approx(right)
        assert in_batches(metrics.CategoricalAccuracy(), hot, p, weight) == pytest.approx(right)
        second = sklearn.top_k_accuracy_score(y, p, k=2, sample_weight=weight)
        assert in_batches(metrics.SparseTopKCategoricalAccuracy(k=2), y, p, weight) == pytest.approx(second)
        assert in_batches(metrics.TopKCategoricalAccuracy(k=2), hot, p, weight) == pytest.approx(second)
        log = sklearn.log_loss(y, p, sample_weight=weight, labels=range(4))
        assert in_batches(metrics.SparseCategoricalCrossentropy(), y, p, weight) == pytest.approx(
            log, rel=1e-5
        )
    assert in_batches(metrics.SparseCategoricalAccuracy(), y[:, None], p) == pytest.approx(
        (p.argmax(1) == y).mean()
    )
    for average in ("micro", "macro", "weighted"):
        expected = sklearn.f1_score(y, p.argmax(1), average=average)
        assert in_batches(metrics.F1Score(average=average), hot, p) == pytest.approx(expected)
        expected = sklearn.fbeta_score(y, p.argmax(1), average=average, beta=2.0)
        assert in_batches(metrics.FBetaScore(average=average, beta=2.0), hot, p) == pytest.approx(expected)
    each = in_batches(metrics.F1Score(), hot, p)
    np.testing.assert_allclose(each, sklearn.f1_score(y, p.argmax(1), average=None))


def test_numbers_are_those_of_scikit_learn(rng):
    y, p, w = rng.standard_normal((50, 2)) + 1e4, rng.standard_normal((50, 2)) + 1e4, rng.random(50)
    for weight in (None, w):
        expected = {
            "MeanSquaredError": sklearn.mean_squared_error(y, p, sample_weight=weight),
            "MeanAbsoluteError": sklearn.mean_absolute_error(y, p, sample_weight=weight),
            "R2Score": sklearn.r2_score(y, p, sample_weight=weight),
        }
        for name, value in expected.items():
            assert in_batches(as_metric(name), y, p, weight) == pytest.approx(value, rel=1e-9), name
    assert in_batches(metrics.RootMeanSquaredError(), y, p) == pytest.approx(
        sklearn.mean_squared_error(y, p) ** 0.5
    )
    for aggregation, multioutput in (
        (None, "raw_values"),
        ("variance_weighted_average", "variance_weighted"),
    ):
        found = in_batches(metrics.R2Score(class_aggregation=aggregation), y, p)
        np.testing.assert_allclose(found, sklearn.r2_score(y, p, multioutput=multioutput))
    plain = sklearn.r2_score(y, p)
    adjusted = in_batches(metrics.R2Score(num_regressors=3), y, p)
    assert adjusted == pytest.approx(1 - (1 - plain) * 49 / 46)


def against_keras(name, y, p, weight=None, **options):
    """The result here and in Keras."""
    from .oracle import keras

    theirs = getattr(keras.metrics, name)(**options)
    for i in range(0, len(y), 7):
        theirs.update_state(y[i : i + 7], p[i : i + 7], None if weight is None else weight[i : i + 7])
    expected = keras.ops.convert_to_numpy(theirs.result())
    np.testing.assert_allclose(
        in_batches(getattr(metrics, name)(**options), y, p, weight), expected, rtol=2e-5, atol=2e-6
    )


@pytest.mark.parametrize("curve", ["ROC", "PR"])
@pytest.mark.parametrize("method", ["interpolation", "minoring", "majoring"])
def test_areas_at_thresholds_are_those_of_keras(curve, method, binary):
    y, p, w = (a.astype("float32") for a in binary)
    for options in ({}, {"num_thresholds": 11}, {"thresholds": [0.2, 0.25, 0.7]}):
        against_keras("AUC", y, p, w, curve=curve, summation_method=method, **options)


def test_areas_of_several_labels_are_those_of_keras(rng):
    y, p = rng.integers(0, 2, (30, 3)).astype("float32"), rng.random((30, 3)).astype("float32")
    against_keras("AUC", y, p, multi_label=True)
    against_keras("AUC", y, p, multi_label=True, label_weights=[0.2, 0.5, 0.3])


def test_thresholds_and_the_largest_are_those_of_keras(rng):
    y, p = rng.integers(0, 2, (30, 3)).astype("float32"), rng.random((30, 3)).astype("float32")
    for name in ("Precision", "Recall"):
        for options in ({"thresholds": [0.2, 0.5, 0.9]}, {"top_k": 2}, {"class_id": 1}, {"thresholds": 0.7}):
            against_keras(name, y, p, **options)


@pytest.mark.parametrize(
    "name",
    ["MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCoshError", "CosineSimilarity", "Poisson",
     "Hinge", "SquaredHinge", "CategoricalHinge", "KLDivergence", "BinaryCrossentropy", "CategoricalCrossentropy"],
)  # fmt: skip
def test_losses_as_metrics_are_those_of_keras(name, rng):
    y = np.eye(3, dtype="float32")[rng.integers(0, 3, 30)]
    p = rng.random((30, 3)).astype("float32")
    against_keras(name, y, p / p.sum(1, keepdims=True))


def test_names():
    for name in (
        "mse",
        "rmse",
        "mae",
        "mape",
        "msle",
        "auc",
        "AUC",
        "f1",
        "r2",
        "precision",
        "recall",
        "top_k",
    ):
        assert isinstance(metrics.get(name), metrics.Metric), name
    assert metrics.get("mae").name == "mae"
    assert metrics.get(metrics.Recall).result() == 0.0
    with pytest.raises(ArgumentError, match="did you mean 'precision'"):
        metrics.get("precison")
    with pytest.raises(ArgumentError, match="neither a name"):
        as_metric(3)
    for metric in (
        metrics.AUC(curve="PR"),
        metrics.Precision(thresholds=[0.1, 0.3]),
        metrics.F1Score("macro"),
    ):
        again = metrics.deserialize(metrics.serialize(metric))
        assert again.get_config() == metric.get_config()


def test_a_function_is_a_metric_of_its_mean():
    def distance(y_true, y_pred):
        return (y_true - y_pred).abs().mean(-1)

    made = as_metric(distance)
    assert made.name == "distance"
    assert in_batches(made, np.zeros((20, 2), "float32"), np.full((20, 2), 3, "float32")) == 3.0


def test_state_goes_from_one_to_another(binary):
    y, p, _ = binary
    for made in (metrics.AUC(), metrics.AUC(exact=True), metrics.R2Score(), metrics.Mean()):
        first, second = type(made).from_config(made.get_config()), type(made).from_config(made.get_config())
        arguments = (y, p) if not isinstance(made, metrics.Mean) else (p,)
        first.update_state(*arguments)
        second.set_state(first.get_state())
        assert second.result() == first.result() != 0
        second.reset_state()
        assert second.result() != first.result()


def test_mistakes():
    with pytest.raises(ShapeError, match="sparse_categorical_accuracy: class numbers of shape"):
        metrics.SparseCategoricalAccuracy()(np.zeros((3, 2)), np.zeros((3, 2)))
    with pytest.raises(ShapeError, match="targets have shape"):
        metrics.MeanSquaredError()(np.zeros(3), np.zeros((3, 2)))
    with pytest.raises(ArgumentError, match="from_logits=True"):
        metrics.AUC()([0, 1], [-3.0, 2.0])
    with pytest.raises(ArgumentError, match=r"numbers in \[0, 1\]"):
        metrics.Precision(thresholds=1.5)
    with pytest.raises(ArgumentError, match="2 thresholds or more"):
        metrics.AUC(num_thresholds=1)
    with pytest.raises(ArgumentError, match="'ROC' or 'PR'"):
        metrics.AUC(curve="LIFT")
    with pytest.raises(ArgumentError, match="average is"):
        metrics.F1Score(average="median")
    with pytest.raises(ShapeError, match="sample_weight has shape"):
        metrics.MeanSquaredError()(np.zeros(3), np.zeros(3), np.ones(2))


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("SensitivityAtSpecificity", "specificity"),
        ("SpecificityAtSensitivity", "sensitivity"),
        ("PrecisionAtRecall", "recall"),
        ("RecallAtPrecision", "precision"),
    ],
)
def test_tradeoffs_are_those_of_keras(name, argument, binary):
    y, p, w = (a.astype("float32") for a in binary)
    for options in ({}, {"num_thresholds": 7}, {"num_thresholds": 1}):
        for rate in (0.3, 0.8, 1.0):
            against_keras(name, y, p, w, **{argument: rate}, **options)
    with pytest.raises(ArgumentError, match=f"{argument} is in"):
        getattr(metrics, name)(1.5)
    assert getattr(metrics, name)(0.5).result() == 0.0
    made = getattr(metrics, name)(0.5, num_thresholds=7)
    again = metrics.deserialize(metrics.serialize(made))
    assert again.get_config() == made.get_config()


def test_intersections_over_unions_are_those_of_keras(rng):
    y, p = rng.integers(0, 4, (30, 5)), rng.integers(0, 4, (30, 5))
    scores = rng.random((30, 5, 4)).astype("float32")
    against_keras("IoU", y, p, num_classes=4, target_class_ids=[0, 2])
    against_keras("IoU", y, p, num_classes=4, target_class_ids=[0, 2], ignore_class=1)
    against_keras("MeanIoU", y % 3, p % 3, num_classes=5)
    against_keras("MeanIoU", y, scores, num_classes=4, sparse_y_pred=False)
    against_keras("OneHotIoU", np.eye(4)[y], scores, num_classes=4, target_class_ids=[1])
    against_keras("OneHotMeanIoU", np.eye(4)[y], scores, num_classes=4)
    against_keras("BinaryIoU", y > 1, scores[..., 0], target_class_ids=[1], threshold=0.3)
    with pytest.raises(ArgumentError, match="are below num_classes=2"):
        metrics.IoU(2, [2])
    for made in (metrics.IoU(3, [1]), metrics.BinaryIoU(), metrics.MeanIoU(3), metrics.OneHotMeanIoU(2)):
        assert made.result() == 0.0
        assert metrics.deserialize(metrics.serialize(made)).get_config() == made.get_config()


def test_weighted_regions():
    metric = metrics.MeanIoU(2)
    metric.update_state([[0, 1], [1, 1]], [[0, 0], [1, 1]], [[1.0, 0.0], [2.0, 1.0]])
    assert metric.result() == 1.0
    metric.update_state([1], [0], [4.0])
    assert metric.result() == pytest.approx((1 / 5 + 3 / 7) / 2)
