"""`KerasClassifier` and `KerasRegressor`: scikit-learn's own checks, and its pipelines, searches and scores."""

import numpy as np
import pytest
from sklearn import datasets
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn
from autograd.errors import ArgumentError
from nn import keras
from nn.sklearn import KerasClassifier, KerasRegressor

# scikit-learn itself exempts its MLPClassifier and MLPRegressor from this check, and from this one alone.
UPSTREAM = {
    "check_sample_weight_equivalence_on_dense_data": "mini-batches of weighted examples are not those of repeated ones"
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks(
    [
        KerasClassifier(hidden_layer_sizes=(16,), epochs=40),
        KerasRegressor(hidden_layer_sizes=(16,), epochs=40),
    ],
    expected_failed_checks=lambda estimator: UPSTREAM,
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def moons():
    x, y = datasets.make_moons(240, noise=0.15, random_state=0)
    return train_test_split(x, np.array(["upper", "lower"])[y], test_size=0.25, random_state=0)


def test_a_pipeline_and_scores(moons):
    x, x_test, y, y_test = moons
    pipeline = make_pipeline(StandardScaler(), KerasClassifier(hidden_layer_sizes=(32, 16), random_state=0))
    assert pipeline.fit(x, y).score(x_test, y_test) > 0.93
    assert set(pipeline.predict(x_test)) == {"upper", "lower"}
    np.testing.assert_allclose(pipeline.predict_proba(x_test).sum(1), 1)
    assert cross_val_score(pipeline, x, y, cv=3, scoring="roc_auc").min() > 0.95


def test_a_search_over_models_and_over_fit(moons):
    def make(n_features, n_classes, n_outputs, units=1):
        assert (n_features, n_classes, n_outputs) == (2, 2, 1)
        return keras.Sequential(
            [
                keras.layers.Dense(units, activation="tanh"),
                keras.layers.Dense(n_outputs, activation="sigmoid"),
            ]
        )

    x, _, y, _ = moons
    search = GridSearchCV(
        KerasClassifier(make, random_state=0, epochs=40),
        {"model_options": [{"units": 1}, {"units": 32}], "learning_rate": [1e-5, 0.03]},
        cv=2,
    ).fit(x, y)
    assert search.best_params_ == {"model_options": {"units": 32}, "learning_rate": 0.03}
    assert search.best_score_ > 0.85
    assert search.best_estimator_.model_.layers[0].units == 32


def test_a_regression_of_several_outputs():
    x, y = datasets.make_regression(150, 5, n_targets=2, noise=1.0, random_state=0)
    y = y / y.std(0)
    regressor = KerasRegressor(random_state=0, validation_split=0.2, metrics=["mae"]).fit(x, y)
    assert regressor.score(x, y) > 0.97
    assert regressor.predict(x).shape == (150, 2)
    assert set(regressor.history_) == {"loss", "mae", "val_loss", "val_mae"}
    assert regressor.n_iter_ == 100


def test_a_model_that_is_given_stays_as_it_is(moons):
    x, _, y, _ = moons
    model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", input_dim=2)])
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
    before = model.get_weights()
    classifier = KerasClassifier(model, epochs=20, random_state=1)
    first, second = clone(classifier).fit(x, y), clone(classifier).fit(x, y)
    np.testing.assert_array_equal(first.predict_proba(x), second.predict_proba(x))
    assert first.score(x, y) > 0.8
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    other = clone(classifier).set_params(random_state=2).fit(x, y)
    assert not np.array_equal(first.predict_proba(x), other.predict_proba(x))


def test_warm_start_goes_on(moons):
    x, _, y, _ = moons
    classifier = KerasClassifier(epochs=1, warm_start=True, random_state=0)
    losses = [classifier.fit(x, y).history_["loss"][0] for _ in range(8)]
    assert losses[-1] < losses[0] / 2


def test_random_numbers_of_a_program_are_left_alone(moons):
    import autograd

    x, _, y, _ = moons
    autograd.manual_seed(3)
    KerasClassifier(epochs=1).fit(x, y)
    after = autograd.rand(2)
    autograd.manual_seed(3)
    assert (after == autograd.rand(2)).all()


def test_images_go_to_a_model_that_takes_them():
    digits = datasets.load_digits(n_class=3)
    images = digits.images[:200, :, :, None] / 16

    def make(n_outputs):
        return keras.Sequential(
            [
                keras.layers.Conv2D(4, 3, activation="relu"),
                keras.layers.Flatten(),
                keras.layers.Dense(n_outputs, activation="softmax"),
            ]
        )

    classifier = KerasClassifier(make, epochs=4, random_state=0).fit(images, digits.target[:200])
    assert classifier.score(images, digits.target[:200]) > 0.95


def test_a_warm_start_has_the_labels_of_the_first_fit(moons):
    x, _, y, _ = moons
    classifier = KerasClassifier(epochs=1, warm_start=True).fit(x, np.where(y == y[0], "b", "d"))
    with pytest.raises(ValueError, match=r"those of the first fit, \['b' 'd'\], got \['a' 'c'\]"):
        classifier.fit(x, np.where(y == y[0], "a", "c"))
    assert classifier.classes_.tolist() == ["b", "d"]


def test_mistakes(moons):
    x, _, y, _ = moons
    with pytest.raises(ArgumentError, match=r"a keras\.Model, a function that makes one, or None"):
        KerasClassifier(nn.Linear(2, 1)).fit(x, y)
    with pytest.raises(ArgumentError, match=r"a keras\.Model, a function that makes one, or None"):
        KerasClassifier(3).fit(x, y)
    with pytest.raises(ValueError, match="needs 2 classes or more"):
        KerasClassifier().fit(x, np.ones(len(x)))
