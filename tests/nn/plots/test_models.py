"""Decision boundaries, predictions beside what is true, filters, activations, attention: the numbers drawn."""

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn import plots

from .looking import assert_legible, image, legend, lines, render, ticks

POINTS, LABELS = np.array([[-1.0, 0.0], [1.0, 1.0], [0.5, -1.0]]), np.array([0, 1, 1])


def points_of(ax):
    """Of each class its name and its points."""
    scattered = [
        c for c in ax.collections if len(c.get_offsets()) and c.get_label() and c.get_label()[0] != "_"
    ]
    return {c.get_label(): c.get_offsets().tolist() for c in scattered}


def test_the_boundary_of_two_classes():
    model = nn.Linear(2, 1).double().float()
    with autograd.no_grad():
        model.weight.copy_(autograd.tensor([[2.0, 0.0]]))
        model.bias.fill_(1.0)
    ax = plots.decision_boundary(model, POINTS, LABELS, classes=["left", "right"], resolution=51)
    figure = render(ax)
    shown = np.array(image(ax))
    across = np.linspace(-1.24, 1.24, 51)
    np.testing.assert_allclose(shown, np.tile(1 / (1 + np.exp(-(2 * across + 1))), (51, 1)), rtol=1e-5)
    line = next(
        c for c in ax.collections if len(c.get_paths()) and not len(c.get_offsets()[0:1, 0].nonzero()[0])
    )
    assert {round(float(v), 2) for v in line.get_paths()[0].vertices[:, 0]} == {-0.5}
    assert points_of(ax) == {"left": [[-1.0, 0.0]], "right": [[1.0, 1.0], [0.5, -1.0]]}
    assert figure.axes[1].get_ylabel() == "probability of class right"
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("Decision boundary", "x₁", "x₂")
    assert legend(ax) == ["left", "right"]
    assert model.training
    assert_legible(figure)


def test_probabilities_logits_and_other_models():
    def shown(model, **options):
        return np.array(image(plots.decision_boundary(model, POINTS, LABELS, resolution=5, **options)))

    half = shown(lambda p: p[:, :1] * 0 + 0.25)
    np.testing.assert_allclose(half, 0.25)
    np.testing.assert_allclose(shown(lambda p: p[:, 0] * 0 + 0.25, logits=True), 1 / (1 + np.exp(-0.25)))
    two = shown(lambda p: autograd.stack([p[:, 0], -p[:, 0]], 1))
    np.testing.assert_allclose(two, shown(lambda p: -2 * p[:, 0]), rtol=1e-5)

    class Estimator:
        def predict_proba(self, places):
            assert isinstance(places, np.ndarray)
            return np.tile([0.3, 0.7], (len(places), 1))

    np.testing.assert_allclose(shown(Estimator()), 0.7)


def test_the_boundary_of_several_classes():
    angles = autograd.tensor([[1.0, 0.0], [-0.5, 0.866], [-0.5, -0.866]])
    x, y = np.array([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]]), [0, 1, 2]
    names = ("length (cm)", "width (cm)")
    ax = plots.decision_boundary(lambda p: p @ angles.T * 50, x, y, features=names, resolution=41)
    colours = np.array(image(ax))
    inks = {0: (0, 0x72, 0xB2), 1: (0xD5, 0x5E, 0), 2: (0, 0x9E, 0x73)}
    for row, column, k in ((20, 40, 0), (40, 10, 1), (0, 10, 2)):
        np.testing.assert_allclose(colours[row, column], 1 - 0.5 * (1 - np.array(inks[k]) / 255), atol=1e-6)
    assert list(points_of(ax)) == ["0", "1", "2"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == names
    assert_legible(render(ax))


def test_mistakes_of_boundaries():
    for arguments, message in (
        ((lambda p: p, np.ones((3, 3)), LABELS), r"x has shape \(N, 2\), got \(3, 3\)"),
        ((lambda p: p, POINTS, [0, 1]), "one length"),
        ((lambda p: p[:, 0] * np.inf, POINTS, LABELS), "scores that are NaN or infinite"),
        ((lambda p: p[:3], POINTS, LABELS), r"for M = 40000 places, got \(3, 2\)"),
        ((lambda p: p, POINTS * np.nan, LABELS), "x must be finite"),
        ((lambda p: p, POINTS, LABELS - 1), "integers from 0 on, got -1"),
        ((lambda p: p[:, 0], POINTS, LABELS, ["only"]), "names of 1"),
    ):
        with pytest.raises(AutogradError, match=message):
            plots.decision_boundary(*arguments)


def test_predictions_beside_what_is_true():
    true, predicted = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.5, 2.0, 2.5, 4.5])
    figure = plots.predicted_against_true(true[:, None], autograd.tensor(predicted), unit="kg", name="weight")
    left, right = render(figure).axes
    assert left.collections[0].get_offsets().tolist() == np.stack([true, predicted], 1).tolist()
    assert right.collections[0].get_offsets().tolist() == np.stack([predicted, true - predicted], 1).tolist()
    assert lines(left)[0][2:] == ([1.0, 4.5], [1.0, 4.5])
    assert left.get_title() == "Predicted against true: R² = 0.850"
    assert legend(left) == ["perfect", "RMSE = 0.433 kg"]
    assert (left.get_xlabel(), left.get_ylabel()) == ("true weight (kg)", "predicted weight (kg)")
    assert right.get_title() == "Residuals: mean -0.125, deviation 0.415 kg"
    assert right.get_ylabel() == "true - predicted (kg)"
    assert_legible(figure)


def test_several_outputs_and_axes_that_are_given():
    from matplotlib import pyplot as plt

    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    true = rng.standard_normal((50, 2))
    predicted = true + 0.3 * rng.standard_normal((50, 2))
    ax = plt.subplots()[1]
    assert plots.predicted_against_true(true, predicted, outputs=["x", "y"], ax=ax) is ax
    each = metrics.r2_score(true, predicted, multioutput="raw_values")
    assert ax.get_title() == f"Predicted against true: mean R² = {each.mean():.3f}"
    assert [text.split(",")[0] for text in legend(ax)[1:]] == [
        f"x: R² = {each[0]:.3f}",
        f"y: R² = {each[1]:.3f}",
    ]
    assert len(ax.figure.axes) == 1
    with pytest.raises(AutogradError, match=r"\(50, 2\) and \(50, 1\)"):
        plots.predicted_against_true(true, predicted[:, 0])
    with pytest.raises(AutogradError, match="one length"):
        plots.predicted_against_true(true, predicted[:9])


def test_mistakes_of_predictions():
    for arguments, message in (
        (([], []), "nothing to draw"),
        ((1.0, 2.0), "got a single number"),
        (([1.0, np.nan], [1.0, 2.0]), "y_true must be finite"),
        (([1.0, 2.0], [1.0, np.inf]), "y_pred must be finite"),
        (([[1.0, 2.0]], [[1.0, 3.0]], None, "value", ["only"]), "there are 2 outputs, but names of 1"),
    ):
        with pytest.raises(AutogradError, match=message):
            plots.predicted_against_true(*arguments)


def test_there_are_no_pictures_of_nothing():
    for draw in (
        lambda: plots.filters(np.zeros((0, 1, 3, 3))),
        lambda: plots.filters(np.zeros((4, 1, 3, 3)), most=0),
        lambda: plots.activations(nn.Sequential(nn.Conv2d(1, 2, 3)), np.zeros((0, 1, 5, 5)), "0"),
        lambda: plots.attention_maps(np.zeros((4, 0))),
    ):
        with pytest.raises(AutogradError, match="there is nothing to draw"):
            draw()


def test_layers_of_keras_have_their_channels_last():
    model = nn.keras.Sequential(
        [nn.keras.Input((8, 7, 3)), nn.keras.layers.Conv2D(4, (3, 2)), nn.keras.layers.ReLU()]
    )
    figure = plots.filters(model.layers[0], channel=1)
    kernel = model.layers[0].kernel.numpy(force=True)
    assert [ax.images[0].get_array().tolist() for ax in figure.axes[:4]] == [
        kernel[:, :, 1, k].tolist() for k in range(4)
    ]
    picture = np.random.default_rng(0).random((8, 7, 3), np.float32)
    expected = model(autograd.tensor(picture[None])).numpy(force=True)[0]
    figure = plots.activations(model, picture, model.layers[1])
    assert len(figure.axes) == 5
    for k in range(4):
        np.testing.assert_allclose(figure.axes[k].images[0].get_array(), expected[..., k])


def test_filters_of_a_convolution():
    layer = nn.Conv2d(3, 5, (2, 4))
    weights = layer.weight.detach().numpy()
    for channel, expected in ((None, weights.mean(1)), (2, weights[:, 2])):
        figure = plots.filters(layer, channel)
        pictures = figure.axes[:5]
        np.testing.assert_array_equal([image(ax) for ax in pictures], expected)
        assert {ax.images[0].get_clim() for ax in pictures} == {
            (-np.abs(expected).max(), np.abs(expected).max())
        }
        assert [ax.get_title() for ax in pictures] == list("01234")
        what = "mean of 3 input channels" if channel is None else "input channel 2"
        assert figure.get_suptitle() == f"Filters, {what}"
        assert figure.axes[5].get_ylabel() == "weight"
        assert_legible(render(figure))
    figure = plots.filters(nn.Conv1d(4, 6, 3).weight, most=2)
    assert np.shape(image(figure.axes[0])) == (4, 3)
    assert figure.get_suptitle() == "Filters: 2 of 6"
    with pytest.raises(AutogradError, match="no input channel 3, there are 3"):
        plots.filters(layer, 3)
    with pytest.raises(AutogradError, match=r"got \(1, 2\)"):
        plots.filters(nn.Linear(2, 1))


def test_activations_of_a_layer():
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.Dropout(0.5), nn.ReLU(), nn.Flatten(), nn.Linear(48, 2)
    )
    pixels = autograd.rand(4, 1, 4, 4)
    with autograd.no_grad():
        expected = model[0](pixels[:1]).relu()[0].numpy()
    for picture, layer in ((pixels, "2"), (pixels[0].numpy(), model[2])):
        figure = plots.activations(model, picture, layer)
        np.testing.assert_allclose([image(ax) for ax in figure.axes[:3]], expected, rtol=1e-6)
    assert figure.get_suptitle() == "Activations of 2 (ReLU)"
    assert figure.axes[3].get_ylabel() == "activation"
    assert model.training
    assert model[1].training
    assert not model[2]._forward_hooks
    assert_legible(render(figure))
    with pytest.raises(AutogradError, match="has no layer 'conv', but 0, 1, 2, 3, 4"):
        plots.activations(model, pixels, "conv")
    with pytest.raises(AutogradError, match=r"'4' gives \(1, 2\)"):
        plots.activations(model, pixels, "4")
    model.append(nn.ModuleList([nn.Identity()]))
    with pytest.raises(NotImplementedError):
        plots.activations(model, pixels, "2")


def test_attention_of_heads():
    weights = autograd.rand(1, 3, 4, 4).softmax(-1)
    words = ["the", "end", "is", "near"]
    figure = plots.attention_maps(weights, queries=words)
    heads = render(figure).axes[:3]
    np.testing.assert_array_equal([image(ax) for ax in heads], weights[0].numpy())
    for h, ax in enumerate(heads):
        assert ax.get_title() == f"head {h}"
        assert ticks(ax.xaxis) == ticks(ax.yaxis) == words
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("attended to", "attending")
        assert ax.images[0].get_clim() == (0, weights.max().item())
    assert figure.axes[3].get_ylabel() == "attention weight"
    assert_legible(figure)


def test_attention_to_something_else():
    from matplotlib import pyplot as plt

    ax = plt.subplots()[1]
    assert plots.attention_maps(np.full((2, 3), 1 / 3), queries=["a", "b"], keys="xyz", ax=ax) is ax
    assert (ticks(ax.xaxis), ticks(ax.yaxis)) == (["x", "y", "z"], ["a", "b"])
    with pytest.raises(AutogradError, match="there are 3 keys, but names of 2"):
        plots.attention_maps(np.full((2, 3), 1 / 3), keys="xy")
    with pytest.raises(AutogradError, match=r"got \(2, 3, 4, 5\)"):
        plots.attention_maps(np.ones((2, 3, 4, 5)))


def test_figures_of_pytorchs_tensors():
    torch = pytest.importorskip("torch")
    x = torch.tensor([[0.0, 1.0], [1.0, 0.0]], requires_grad=True)
    assert image(plots.attention_maps(x).axes[0]) == [[0, 1], [1, 0]]
    assert image(plots.confusion_matrix(torch.tensor([0, 1]), x)) == [[0, 1], [1, 0]]
    assert plots.roc_auc(torch.tensor([0, 1]), torch.tensor([0.2, 0.7])) == 1


def test_pictures_that_people_can_tell_apart():
    from nn.plots.canvas import COLOURS

    assert len(set(COLOURS)) == 8
    okabe_ito = {"#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    assert set(COLOURS) - okabe_ito == {"#B8A800"}  # its yellow, darker


def test_matplotlib_is_loaded_on_use():
    import subprocess
    import sys

    program = "import sys, nn.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)
