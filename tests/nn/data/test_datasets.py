"""The data sets that are there: shapes, ranges, names, and that they are what their sources are."""

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn.data import DataLoader, datasets
from nn.data.datasets import Characters

sklearn = pytest.importorskip("sklearn.datasets")


@pytest.mark.parametrize(
    ("name", "shape", "classes", "counts"),
    [
        ("digits", (1797, 64), 10, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]),
        ("iris", (150, 4), 3, [50, 50, 50]),
        ("wine", (178, 13), 3, [59, 71, 48]),
        ("breast_cancer", (569, 30), 2, [212, 357]),
    ],
)
def test_classes(name, shape, classes, counts):
    data = getattr(datasets, name)()
    source = getattr(sklearn, f"load_{name}")()
    assert (data.x.shape, data.x.dtype, data.y.dtype) == (shape, autograd.float32, autograd.int64)
    np.testing.assert_allclose(data.x.numpy(), source.data / (16 if name == "digits" else 1), rtol=1e-6)
    np.testing.assert_array_equal(data.y.numpy(), source.target)
    assert data.y.bincount().tolist() == counts
    assert len(data.classes) == classes
    assert len(data.features) == shape[1]
    assert f"{shape[0]} samples" in repr(data)


def test_names_are_those_of_the_sources_columns():
    for name in ("iris", "wine", "breast_cancer"):
        ours = getattr(datasets, name)().features
        theirs = getattr(sklearn, f"load_{name}")().feature_names
        for a, b in zip(ours, theirs, strict=True):
            words = set(b.replace("_", " ").replace("(cm)", "").lower().split()) - {"error"}
            assert words <= set(a.replace("error of", "").lower().split()), (a, b)


def test_images_of_digits():
    data = datasets.digits(images=True)
    assert data.x.shape == (1797, 1, 8, 8)
    assert (data.x.min().item(), data.x.max().item()) == (0, 1)
    assert autograd.equal(data.x.flatten(1), datasets.digits().x)


def test_a_measured_target():
    data = datasets.diabetes()
    assert (data.x.shape, data.y.shape, data.y.dtype) == ((442, 10), (442, 1), autograd.float32)
    assert (data.y.min().item(), data.y.max().item()) == (25, 346)
    ages = data.x[:, 0]
    assert (ages.min().item(), ages.max().item()) == (19, 79)
    assert set(data.x[:, 1].tolist()) == {1, 2}
    assert data.classes == ()


def test_moons_are_half_circles():
    data = datasets.moons(101, noise=0)
    upper, lower = data.x[data.y == 0], data.x[data.y == 1]
    assert (len(upper), len(lower)) == (51, 50)
    np.testing.assert_allclose((upper**2).sum(1).numpy(), 1, atol=1e-6)
    np.testing.assert_allclose(((lower - autograd.tensor([1.0, 0.5])) ** 2).sum(1).numpy(), 1, atol=1e-6)
    assert upper[:, 1].min() > -1e-6
    assert lower[:, 1].max() < 0.5 + 1e-6


def test_spirals_turn_around_the_origin():
    data = datasets.spirals(300, classes=3, turns=0.5, noise=0)
    assert data.y.bincount().tolist() == [100] * 3
    radius = (data.x**2).sum(1).sqrt()
    assert sorted(radius[data.y == 0].tolist()) == pytest.approx(np.linspace(0, 1, 100).tolist(), abs=1e-6)
    for k in range(3):
        end = data.x[(data.y == k) & (radius > 0.999)][0]
        angle = 2 * np.pi * (k / 3 + 0.5)
        assert end.tolist() == pytest.approx([np.cos(angle), np.sin(angle)], abs=1e-6)


@pytest.mark.parametrize("make", [datasets.moons, datasets.spirals])
def test_noise_and_order_follow_from_the_generator(make):
    def drawn(seed, noise=0.1):
        return make(2000, noise=noise, generator=autograd.Generator().manual_seed(seed))

    assert autograd.equal(drawn(1).x, drawn(1).x)
    assert not autograd.equal(drawn(1).x, drawn(2).x)
    noise = drawn(1).x - drawn(1, noise=0).x
    assert noise.std().item() == pytest.approx(0.1, rel=0.05)
    assert drawn(1).y.tolist() != sorted(drawn(1).y.tolist())
    with pytest.raises(AutogradError, match="n=0"):
        make(0)
    with pytest.raises(AutogradError, match="noise=-1"):
        make(5, noise=-1)


def test_pieces_of_a_text():
    data = Characters("abcdefghij", length=3, step=2)
    pieces = [(data.decode(x), data.decode(y)) for x, y in data]
    assert pieces == [("abc", "bcd"), ("cde", "def"), ("efg", "fgh"), ("ghi", "hij")]
    assert data.decode(data[-1][0]) == "ghi"
    assert [len(Characters("x" * n, 3)) for n in (4, 6, 7, 10)] == [1, 1, 2, 3]
    x, y = next(iter(DataLoader(data, batch_size=4)))
    assert [data.decode(row) for row in x] == [a for a, _ in pieces]
    assert [data.decode(row) for row in y] == [b for _, b in pieces]
    assert data.encode("cab").tolist() == [2, 0, 1]
    assert Characters("aab", 1, symbols="ba").numbers.tolist() == [1, 1, 0]


def test_mistakes_of_a_text():
    for length, step in ((10, None), (0, None), (2, 0)):
        with pytest.raises(AutogradError, match="it has 10"):
            Characters("abcdefghij", length, step)
    with pytest.raises(AutogradError, match="'z' is not among"):
        Characters("abc", 1).encode("z")
    with pytest.raises(IndexError, match="no piece 4"):
        Characters("abcdefghij", 3, 2)[4]
    with pytest.raises(IndexError, match="no piece 4"):
        list(DataLoader(Characters("abcdefghij", 3, 2), batch_sampler=[[4]]))


def test_the_manual():
    data = datasets.manual(length=32, characters=1000)
    text = data.decode(data.numbers)
    assert len(text) == 1000
    assert "".join(data.decode(x) for x, _ in data) == text[: 32 * len(data)]
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        datasets.nothing  # noqa: B018  # asking is the point
