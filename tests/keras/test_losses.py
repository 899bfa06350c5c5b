"""Losses: the numbers of Keras, functions and objects, weighted and reduced; and from scores, where these are known."""

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, PositionError, ShapeError
from nn.keras import activations, losses
from nn.keras.losses.names import as_loss

from .oracle import keras

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of Keras, with recent NumPy and PyTorch


def numbers(rng, shape=(6, 4)):
    return rng.standard_normal(shape).astype("float32"), rng.standard_normal(shape).astype("float32")


def positive(rng):
    y, p = numbers(rng)
    return np.abs(y), np.abs(p)


def chances(rng, shape=(6, 4)):
    return rng.integers(0, 2, shape).astype("float32"), rng.random(shape).astype("float32")


def one_hot(rng, shape=(6, 4)):
    y = np.eye(shape[-1], dtype="float32")[rng.integers(0, shape[-1], shape[:-1])]
    p = rng.random(shape).astype("float32")
    return y, p / p.sum(-1, keepdims=True)


def classes(rng, shape=(6, 4)):
    y, p = one_hot(rng, shape)
    return y.argmax(-1), p


def sequences(rng):
    y = rng.integers(1, 5, (6, 4))
    for row, length in zip(y, (4, 3, 2, 1, 0, 4), strict=True):
        row[length:] = 0
    return y, numbers(rng, (6, 9, 5))[1]


def embeddings(rng):
    e = numbers(rng, (6, 3))[0]
    return np.array([0, 1, 0, 2, 1, 0]), e / np.linalg.norm(e, axis=-1, keepdims=True)  # one has no partner


FUNCTIONS = [
    ("mean_squared_error", numbers, {}),
    ("mean_absolute_error", numbers, {}),
    ("mean_absolute_percentage_error", numbers, {}),
    ("mean_squared_logarithmic_error", positive, {}),
    ("cosine_similarity", numbers, {}),
    ("huber", numbers, {"delta": 0.7}),
    ("log_cosh", numbers, {}),
    ("hinge", numbers, {}),
    ("hinge", chances, {}),
    ("squared_hinge", chances, {}),
    ("categorical_hinge", one_hot, {}),
    ("kl_divergence", one_hot, {}),
    ("poisson", positive, {}),
    ("binary_crossentropy", chances, {}),
    ("binary_crossentropy", chances, {"label_smoothing": 0.2}),
    ("binary_crossentropy", lambda rng: (chances(rng)[0], numbers(rng)[1]), {"from_logits": True}),
    ("categorical_crossentropy", one_hot, {}),
    ("categorical_crossentropy", one_hot, {"label_smoothing": 0.2}),
    ("categorical_crossentropy", lambda rng: (one_hot(rng)[0], numbers(rng)[1]), {"from_logits": True}),
    ("sparse_categorical_crossentropy", classes, {}),
    ("sparse_categorical_crossentropy", lambda rng: classes(rng, (2, 3, 4)), {}),
    ("sparse_categorical_crossentropy", lambda rng: (classes(rng)[0][:, None], classes(rng)[1]), {}),
    (
        "sparse_categorical_crossentropy",
        lambda rng: (classes(rng)[0], numbers(rng)[1]),
        {"from_logits": True},
    ),
    ("sparse_categorical_crossentropy", classes, {"ignore_class": 1}),
    ("binary_focal_crossentropy", chances, {"gamma": 1.5, "apply_class_balancing": True}),
    ("categorical_focal_crossentropy", one_hot, {"label_smoothing": 0.1}),
    ("dice", chances, {}),
    ("tversky", chances, {"alpha": 0.3, "beta": 0.6}),
    ("ctc", sequences, {}),
    ("circle", embeddings, {}),
    ("circle", embeddings, {"gamma": 4, "margin": 0.2, "remove_diagonal": False}),
    ("circle", lambda rng: (embeddings(rng)[0] * 0, embeddings(rng)[1]), {}),
    ("categorical_generalized_cross_entropy", classes, {"q": 0.3}),
]
IDS = [f"{i}-{name}" for i, (name, _, _) in enumerate(FUNCTIONS)]


@pytest.mark.parametrize(("name", "draw", "options"), FUNCTIONS, ids=IDS)
def test_functions_have_the_numbers_of_keras(name, draw, options, rng):
    y, p = draw(rng)
    ours = getattr(losses, name)(y, p, **options)
    theirs = getattr(keras.losses, name)(y, keras.ops.convert_to_tensor(p), **options)
    np.testing.assert_allclose(ours.numpy(), keras.ops.convert_to_numpy(theirs), rtol=3e-5, atol=3e-6)


OBJECTS = [
    ("MeanSquaredError", numbers, {}),
    ("MeanAbsoluteError", numbers, {}),
    ("MeanAbsolutePercentageError", numbers, {}),
    ("MeanSquaredLogarithmicError", positive, {}),
    ("CosineSimilarity", numbers, {}),
    ("Huber", numbers, {"delta": 0.5}),
    ("LogCosh", numbers, {}),
    ("Hinge", numbers, {}),
    ("SquaredHinge", numbers, {}),
    ("CategoricalHinge", one_hot, {}),
    ("KLDivergence", one_hot, {}),
    ("Poisson", positive, {}),
    ("BinaryCrossentropy", chances, {"label_smoothing": 0.1}),
    ("CategoricalCrossentropy", one_hot, {}),
    ("SparseCategoricalCrossentropy", classes, {}),
    ("BinaryFocalCrossentropy", chances, {}),
    ("CategoricalFocalCrossentropy", one_hot, {}),
    ("CTC", sequences, {}),
    ("Circle", embeddings, {"gamma": 5.0, "margin": 0.3}),
    ("CategoricalGeneralizedCrossEntropy", classes, {"q": 0.8}),
]


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "none", "mean_with_sample_weight"])
@pytest.mark.parametrize(("name", "draw", "options"), OBJECTS, ids=[name for name, _, _ in OBJECTS])
def test_objects_reduce_as_keras_does(name, draw, options, reduction, rng):
    y, p = draw(rng)
    ours = getattr(losses, name)(reduction=reduction, **options)
    theirs = getattr(keras.losses, name)(reduction=reduction, **options)
    for weight in (None, rng.random(6).astype("float32")):
        expected = keras.ops.convert_to_numpy(theirs(y, keras.ops.convert_to_tensor(p), sample_weight=weight))
        np.testing.assert_allclose(ours(y, p, weight).numpy(), expected, rtol=3e-5, atol=3e-6)
    again = losses.deserialize(losses.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == ours.get_config()
    assert set(options.items()) <= set(again.get_config().items())


def test_gradients_are_those_of_keras(rng):
    import torch

    for name, draw, options in FUNCTIONS:
        y, p = draw(rng)
        ours = autograd.tensor(p, requires_grad=True)
        getattr(losses, name)(y, ours, **options).sum().backward()
        theirs = torch.tensor(p, requires_grad=True)
        getattr(keras.losses, name)(keras.ops.convert_to_tensor(y), theirs, **options).sum().backward()
        np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=2e-4, atol=2e-5, err_msg=name)


def test_every_loss_has_a_name_that_compile_takes():
    for name in ("mse", "mae", "mape", "msle", "bce", "kld", "logcosh", "MSE", "KLD", "huber", "hinge"):
        assert isinstance(as_loss(name), losses.Loss), name
    assert losses.get("mse") is losses.mean_squared_error
    assert isinstance(losses.get("Huber"), losses.Huber)
    assert losses.get(None) is None
    assert isinstance(as_loss(losses.mean_squared_error), losses.MeanSquaredError)
    with pytest.raises(ArgumentError, match="did you mean 'mse'"):
        losses.get("msee")
    with pytest.raises(ArgumentError, match="neither a name nor a loss"):
        losses.get(3)
    with pytest.raises(ArgumentError, match="reduction is one of"):
        losses.MeanSquaredError(reduction="average")
    with pytest.raises(ArgumentError, match="positive"):
        losses.Huber(delta=0.0)


def test_targets_of_one_number_go_with_predictions_of_one_unit(rng):
    y, p = numbers(rng, (5,))
    flat = losses.MeanSquaredError()(y, p).item()
    assert losses.MeanSquaredError()(y, p[:, None]).item() == flat
    assert losses.MeanSquaredError()(y[:, None], p).item() == flat
    assert losses.mean_squared_error(y, p[:, None]).shape == (5,)
    labels = (y > 0).astype("float64")
    chance = 1 / (1 + np.exp(-p))
    one = losses.BinaryCrossentropy()(labels, chance).item()
    assert losses.BinaryCrossentropy()(labels, chance[:, None]).item() == pytest.approx(one, rel=1e-6)


@pytest.mark.parametrize(
    ("loss", "y", "p", "message"),
    [
        ("categorical_crossentropy", np.array([0, 2, 1]), np.ones((3, 3)), "sparse_categorical_crossentropy"),
        ("categorical_crossentropy", np.array([[0], [2]]), np.ones((2, 3)), r"to_categorical\(y, 3\)"),
        ("mse", np.zeros(3), np.zeros((3, 2)), "give the last layer 1 unit"),
        ("mse", np.zeros((3, 4)), np.zeros((3, 2)), "as many units as a target has numbers, 4"),
        ("mse", np.zeros(3), np.zeros((4, 1)), "one target for each example"),
        ("binary_crossentropy", np.array([0, 1, 2]), np.full((3, 3), 0.5), "sparse_categorical_crossentropy"),
        ("sparse_categorical_crossentropy", np.eye(3), np.ones((3, 3)) / 3, r"y\.argmax\(-1\)"),
        ("sparse_categorical_crossentropy", np.zeros(3), np.ones((3, 1)), "binary_crossentropy"),
        ("categorical_crossentropy", np.ones((3, 1)), np.ones((3, 1)), "binary_crossentropy"),
    ],
)
def test_a_loss_that_does_not_match_its_labels_says_what_does(loss, y, p, message):
    with pytest.raises(ShapeError, match=message):
        as_loss(loss)(y, p)


def test_class_numbers_that_there_are_not():
    loss = as_loss("sparse_categorical_crossentropy")
    with pytest.raises(PositionError, match=r"class 3.*0 to 2.*4 units or more"):
        loss([0, 3], np.ones((2, 3)) / 3)
    with pytest.raises(PositionError, match=r"class -1.*Number the classes from 0"):
        loss([0, -1], np.ones((2, 3)) / 3)
    with pytest.raises(ArgumentError, match=r"got 0\.5.*loss='mse'"):
        loss([0.5, 1.0], np.ones((2, 3)) / 3)


def test_scores_are_used_where_the_activation_is_known():
    """Probabilities that round to 0 or 1 have lost their scores; the loss has not."""
    scores = autograd.tensor([[120.0, 0.0], [0.0, 120.0]], requires_grad=True)
    loss = losses.SparseCategoricalCrossentropy()(np.array([1, 1]), activations.softmax(scores))
    assert loss.item() == 60.0
    loss.backward()
    np.testing.assert_allclose(scores.grad.numpy(), [[0.5, -0.5], [0, 0]])
    scores = autograd.tensor([[-120.0], [3.0]], requires_grad=True)
    loss = losses.BinaryCrossentropy()(np.array([1.0, 1.0]), activations.sigmoid(scores))
    assert loss.item() == pytest.approx((120 + np.log1p(np.exp(-3))) / 2)
    plain = losses.BinaryCrossentropy()(np.array([1.0, 1.0]), scores.detach().sigmoid())
    assert plain.item() < 9  # as Keras: probabilities are 10⁻⁷ at least
    hot = losses.CategoricalCrossentropy()(
        np.array([[0.0, 1.0]]), activations.softmax(autograd.tensor([[90.0, 0.0]]))
    )
    assert hot.item() == 90.0


def test_a_loss_of_your_own_and_a_weight_too_many():
    class Largest(losses.Loss):
        def call(self, y_true, y_pred):
            return (y_true - y_pred).abs().amax(-1)

    loss = Largest(reduction="sum")
    assert loss([[0.0, 1.0], [2.0, 2.0]], [[0.5, 1.0], [0.0, 2.0]]).item() == 2.5
    assert loss.name == "largest"
    with pytest.raises(ShapeError, match="one weight for each example"):
        loss(np.zeros((2, 2)), np.zeros((2, 2)), [1.0, 2.0, 3.0])
    config = losses.serialize(loss)
    assert config["class_name"] == "Largest"
    assert config["config"] == {"name": "largest", "reduction": "sum"}


@pytest.mark.parametrize(
    ("name", "draw", "options"),
    [("ctc", sequences, {}), ("circle", embeddings, {"gamma": 3.0}), ("circle", embeddings, {})],
)
def test_gradients_of_sequences_and_embeddings_are_those_of_keras(name, draw, options, rng):
    y, p = draw(rng)
    ours = autograd.tensor(p, requires_grad=True)
    theirs = keras.ops.convert_to_tensor(p).clone().requires_grad_()
    weight = rng.standard_normal(len(p)).astype("float32")
    (getattr(losses, name)(y, ours, **options) * autograd.tensor(weight)).sum().backward()
    expected = getattr(keras.losses, name)(y, theirs, **options)
    partners = (
        np.array([(y == label).sum() > 1 for label in y]) if name == "circle" else np.ones(len(p), bool)
    )
    (expected * keras.ops.convert_to_tensor(weight))[
        partners
    ].sum().backward()  # Keras's are NaN without a partner
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=2e-4, atol=2e-4)
    assert np.abs(ours.grad.numpy()).max() > 1e-3


def test_embeddings_without_partners_have_no_loss_and_no_gradient(rng):
    e = autograd.tensor(embeddings(rng)[1], requires_grad=True)
    loss = losses.Circle()(np.arange(6), e)
    loss.backward()
    assert loss.item() == 0.0
    assert e.grad.abs().max().item() == 0.0
    others = losses.circle([0], [[1.0, 0.0]], [[0], [1]], [[1.0, 0.0], [0.0, 1.0]], remove_diagonal=False)
    theirs = keras.losses.circle(
        np.array([0]),
        np.float32([[1, 0]]),
        np.array([0, 1]),
        np.float32([[1, 0], [0, 1]]),
        remove_diagonal=False,
    )
    np.testing.assert_allclose(others, keras.ops.convert_to_numpy(theirs), rtol=1e-5)


def test_sequences_are_learnt_by_fit(rng):
    """Labels of different lengths; the loss is that of an evaluation in Keras."""
    from nn import keras as ours

    y, x = sequences(rng)
    results = []
    for k in (ours, keras):
        model = k.Sequential([k.Input((9, 5)), k.layers.Dense(5)])
        model.set_weights([np.eye(5, dtype="float32"), np.zeros(5, "float32")])
        model.compile(k.optimizers.SGD(0.5), "ctc" if k is ours else k.losses.CTC())
        model.fit(x, y, batch_size=6, epochs=3, verbose=0)
        results.append(model.evaluate(x, y, verbose=0))
    assert results[0] == pytest.approx(results[1], rel=1e-4)
    assert losses.serialize(losses.CTC())["class_name"] == "CTC"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: losses.ctc([1, 2], np.zeros((1, 3, 4))), ShapeError, r"ctc: takes labels \(N, S\)"),
        (lambda: losses.ctc([[1]], np.zeros((3, 4))), ShapeError, r"got \(1, 1\) and \(3, 4\)"),
        (lambda: losses.ctc([[0.5]], np.zeros((1, 3, 4))), ArgumentError, "ctc: labels are whole numbers"),
        (lambda: losses.ctc([[7]], np.zeros((1, 3, 4))), IndexError, "ctc_loss"),
        (lambda: losses.circle([0, 1], np.zeros((3, 2))), ShapeError, r"circle: takes class numbers \(N\)"),
        (
            lambda: losses.circle([0], np.zeros((1, 2)), [0], np.zeros((2, 2))),
            ShapeError,
            "circle: takes reference class numbers",
        ),
        (
            lambda: losses.categorical_generalized_cross_entropy([[0, 1]], np.ones((2, 2)), 0.5),
            ShapeError,
            r"takes class numbers \(2,\)",
        ),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.0), ArgumentError, "q is between 0 and 1"),
    ],
)
def test_mistakes_with_class_numbers(call, error, message):
    with pytest.raises(error, match=message):
        call()
