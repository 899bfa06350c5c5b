"""What goes wrong: the message says what helps, and nothing has been changed."""

import numpy as np
import pytest

import nn
from autograd.errors import ArgumentError, AutogradError, DTypeError, ShapeError
from nn import keras


def network(outputs=1, activation=None):
    return keras.Sequential([keras.layers.Dense(outputs, activation=activation)])


def compiled(loss="mse", outputs=1, activation=None):
    model = network(outputs, activation)
    model.compile("sgd", loss)
    return model


X = np.ones((6, 2), "float32")


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_a_model_that_was_not_compiled(method):
    with pytest.raises(ArgumentError, match=rf"{method}: .*call compile\(optimizer=..., loss=...\) before"):
        getattr(network(), method)(X, X)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"optimizer": "adma"}, ArgumentError, "did you mean"),
        ({"loss": "mean_squared_eror"}, ArgumentError, "did you mean 'mean_squared_error'"),
        ({"loss": "mse", "metrics": ["acuracy"]}, ArgumentError, "did you mean 'accuracy'"),
        ({"loss": {"a": "msee"}}, ArgumentError, "did you mean 'mse'"),
        ({"loss": 3}, ArgumentError, "neither a name nor a loss"),
    ],
)
def test_names_that_there_are_not(arguments, kind, message):
    with pytest.raises(kind, match=message):
        network().compile(**arguments)


@pytest.mark.parametrize(
    ("x", "y", "options", "kind", "message"),
    [
        (X, np.ones(5), {}, ShapeError, "numbers of examples differ: x 6, y 5"),
        (X, np.ones(6), {"sample_weight": np.ones(4)}, ShapeError, "x 6, y 6, sample_weight 4"),
        ([X, X[:4]], np.ones(6), {}, ShapeError, r"x\[0\] 6, x\[1\] 4, y 6.*np.array\(x\)"),
        (X[:0], np.ones(0), {}, ArgumentError, "there are no examples"),
        ([], [], {}, ArgumentError, "there are no examples"),
        (iter([]), None, {}, ArgumentError, "there are no examples"),
        (np.array([["a", "b"]] * 6), np.ones(6), {}, DTypeError, "x holds <U1, not numbers"),
        (X, np.array(["cat", "dog"] * 3), {}, DTypeError, r"np.unique\(y, return_inverse=True\)\[1\]"),
        (X, np.array(["cat", 2.0] * 3, object), {}, DTypeError, "y holds objects that are not numbers"),
        ([[1.0, 2.0], [3.0]], [1, 2], {}, ShapeError, "rows differ in length"),
        (np.float32(3), np.ones(1), {}, ShapeError, "a single number"),
        (None, None, {}, ArgumentError, "x is None"),
        (X, None, {}, ArgumentError, "the loss 'mse' needs targets"),
        (X, np.ones(6), {"batch_size": 0}, ArgumentError, "batch_size is 1 or more"),
        (X, np.ones(6), {"steps_per_epoch": 0}, ArgumentError, "steps of an epoch are 1 or more"),
        (X, np.ones(6), {"shuffle": "yes"}, ArgumentError, "shuffle is True, False or 'batch'"),
        (X, np.ones(6), {"validation_split": 1.5}, ArgumentError, "between 0 and 1"),
        (X[:1], np.ones(1), {"validation_split": 0.5}, ArgumentError, "leaves a part without any"),
        (iter([(X, X)]), None, {"validation_split": 0.5}, ArgumentError, "give validation_data instead"),
        (iter([(X, X)]), np.ones(6), {}, ArgumentError, "leave out y and sample_weight"),
        (iter([(X, X, X, X)]), None, {}, ArgumentError, "got a tuple of 4"),
        (X, np.ones(6), {"verbose": 3}, ArgumentError, "verbose: is 0, 1, 2 or 'auto'"),
        (X, np.ones(6), {"callbacks": [print]}, ArgumentError, "for a function use LambdaCallback"),
        (X, np.ones((6, 3)), {}, ShapeError, "as many units as a target has numbers, 3"),
        (5, None, {}, ArgumentError, "x is a int; it may be arrays"),
    ],
)
def test_data_that_do_not_fit(x, y, options, kind, message):
    model = compiled()
    model.build_from(nn.keras.losses.loss.as_tensor(X))
    before = model.get_weights()
    with pytest.raises(kind, match=message) as caught:
        model.fit(x, y, **{"verbose": 0, **options})
    assert isinstance(caught.value, AutogradError)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_frames_name_the_columns_that_are_not_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"age": [1.0, 2.0], "name": ["a", "b"]})
    with pytest.raises(DTypeError, match=r"columns that are not numbers: 'name'.*get_dummies"):
        compiled().fit(frame, [0.0, 1.0], verbose=0)


@pytest.mark.parametrize(
    ("loss", "outputs", "activation", "y", "message"),
    [
        (
            "categorical_crossentropy",
            3,
            "softmax",
            np.arange(6) % 3,
            "loss='sparse_categorical_crossentropy'",
        ),
        (
            "sparse_categorical_crossentropy",
            3,
            "softmax",
            np.eye(3)[np.arange(6) % 3],
            "categorical_crossentropy",
        ),
        ("sparse_categorical_crossentropy", 1, "softmax", np.arange(6) % 2, "activation='sigmoid'"),
        (
            "sparse_categorical_crossentropy",
            3,
            "softmax",
            np.arange(6),
            "4 units or more|5 units or more|6 units",
        ),
        ("sparse_categorical_crossentropy", 3, "softmax", np.linspace(0, 1, 6), "use loss='mse'"),
        ("binary_crossentropy", 3, "sigmoid", np.arange(6) % 2, "give the last layer 1 unit"),
        (
            "binary_crossentropy",
            1,
            "sigmoid",
            np.array([-1, 1] * 3),
            r"-1 to 1; for labels -1 and 1 use loss='hinge'",
        ),
        (
            "binary_crossentropy",
            1,
            "sigmoid",
            np.arange(6) % 3,
            "sparse_categorical_crossentropy' and 3 units",
        ),
        ("binary_crossentropy", 1, "sigmoid", np.linspace(0, 9, 6), "use loss='mse'"),
    ],
)
def test_a_loss_that_does_not_match_the_labels(loss, outputs, activation, y, message):
    with pytest.raises(AutogradError, match=message):
        compiled(loss, outputs, activation).fit(X, y, verbose=0)


def test_nothing_to_minimise_and_nothing_to_learn():
    model = network()
    model.compile("sgd")
    with pytest.raises(ArgumentError, match="nothing to minimise"):
        model.fit(X, np.ones(6), verbose=0)
    frozen = compiled()
    frozen.build_from(nn.keras.losses.loss.as_tensor(X))
    frozen.trainable = False
    held = frozen.get_weights()
    with pytest.warns(UserWarning, match="are all layers frozen"):
        history = frozen.fit(X, np.ones(6), epochs=2, verbose=0).history
    assert history["loss"][0] == history["loss"][1] == frozen.evaluate(X, np.ones(6), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(held, frozen.get_weights(), strict=True))


def test_a_loss_that_is_not_one_number():
    model = network()
    model.compile("sgd", keras.losses.MeanSquaredError(reduction="none"))
    with pytest.raises(ShapeError, match="one number is needed"):
        model.fit(X, np.ones(6), verbose=0)


@pytest.mark.parametrize("given", ["balanced", [1.0, 2.0], {"yes": 1.0}])
def test_class_weights_that_are_no_dict_of_numbers(given):
    with pytest.raises(ArgumentError, match="class_weight is a dict of class numbers and factors"):
        compiled().fit(X, np.ones(6), class_weight=given, verbose=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: keras.layers.Dense(2, activaton="relu"), "Dense: .*'activaton'; did you mean 'activation'"),
        (lambda: keras.layers.Dense(2, input_shap=(3,)), "Dense: .*'input_shap'; did you mean 'input_shape'"),
        (lambda: keras.layers.LSTM(2, return_sequence=True), "LSTM: .*did you mean 'return_sequences'"),
        (lambda: keras.layers.Add(nam="sum"), "Add: .*'nam'; did you mean 'name'"),
        (lambda: keras.Input((2,), dtyp="int64"), "Input: .*'dtyp'; did you mean 'dtype'"),
        (lambda: keras.Sequential(layer=[]), "Sequential: .*'layer'; did you mean 'layers'"),
        (lambda: network().compile(optimiser="adam"), "compile: .*'optimiser'; did you mean 'optimizer'"),
        (lambda: network().compile(metric=["mae"]), "compile: .*'metric'; did you mean 'metrics'"),
        (lambda: compiled().fit(X, X, epoch=3), "fit: .*'epoch'; did you mean 'epochs'"),
        (
            lambda: compiled().evaluate(X, X, batchsize=3),
            "evaluate: .*'batchsize'; did you mean 'batch_size'",
        ),
        (lambda: compiled().predict(X, verbos=0), "predict: .*'verbos'; did you mean 'verbose'"),
        (lambda: compiled().train_on_batch(X, X, sample_weights=X), "train_on_batch: .*'sample_weight'"),
        (lambda: compiled().save("x.keras", overwite=True), "save: .*'overwite'; did you mean 'overwrite'"),
        (lambda: keras.losses.Huber(delt=1.0), "Huber: .*'delt'; did you mean 'delta'"),
        (lambda: keras.metrics.AUC(num_threshold=3), "AUC: .*did you mean 'num_thresholds'"),
        (lambda: keras.callbacks.EarlyStopping(patienc=3), "EarlyStopping: .*did you mean 'patience'"),
        (lambda: keras.callbacks.History(x=1), "History: there is no argument 'x'. There are: none"),
    ],
)
def test_arguments_that_there_are_not(call, message):
    with pytest.raises(TypeError, match=message) as caught:
        call()
    assert isinstance(caught.value, ArgumentError)


def test_arguments_of_classes_of_ones_own():
    class Mine(keras.callbacks.Callback):
        def __init__(self, **options):
            super().__init__()
            self.options = options

    class Own(keras.losses.Loss):
        def __init__(self, factor=1.0):
            super().__init__()
            self.factor = factor

    assert Mine(anything=3).options == {"anything": 3}
    assert Own(factor=2.0).factor == 2.0
    with pytest.raises(ArgumentError, match="Own: there is no argument 'facto'; did you mean 'factor'"):
        Own(facto=2.0)
