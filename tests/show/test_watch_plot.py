"""The figures of `watch`, read back from matplotlib's objects, and its event files, read by their format."""

import itertools
import math
import struct

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from autograd.show import watch
from autograd.show.watching.numbers import EDGES


def trained(model=None, steps=4, lr=0.1, **options):
    if model is None:
        autograd.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 2))
    optimizer = optim.SGD(model.parameters(), lr=lr)
    autograd.manual_seed(1)
    with watch(model, optimizer, **options) as seen:
        for _ in range(steps):
            optimizer.zero_grad()
            (model(autograd.randn(8, 3)) ** 2).mean().backward()
            optimizer.step()
    return seen


def of(seen, what, name, step):
    return next(r for r in seen.history if (r.what, r.name, r.step) == (what, name, step))


def texts(axes):
    legend = axes.get_legend()
    return [t.get_text() for t in legend.get_texts()] if legend is not None else []


def test_all_views_in_one_figure():
    figure = trained().plot()
    FigureCanvasAgg(figure).draw()
    axes = [a for part in figure.subfigs for a in part.axes if a.get_title(loc="left")]
    assert [a.get_title(loc="left").split(":")[0] for a in axes] == [
        "Activations",
        "Gradients by layer and step",
        "Updates",
        "Dead units and saturated activations",
    ]
    size = min(
        t.get_size() for a in axes for t in (*a.get_xticklabels(), *a.get_yticklabels(), a.xaxis.label)
    )
    assert size >= 12


def test_no_text_overlaps_or_is_cut():
    for seen in (trained(), trained(every=3, steps=2)):
        figure = seen.plot()
        FigureCanvasAgg(figure).draw()
        whole = figure.bbox
        boxes = []
        for part in figure.subfigs:
            for axes in part.axes:
                shown = [axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
                for axis in (axes.xaxis, axes.yaxis):
                    low, high = sorted(axis.get_view_interval())
                    shown += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
                shown += axes.get_legend().get_texts() if axes.get_legend() else []
                boxes += [t.get_window_extent() for t in shown if t.get_text() and t.get_visible()]
        assert len(boxes) > 30
        for box in boxes:
            assert box.x0 >= whole.x0
            assert box.y0 >= whole.y0
            assert box.x1 <= whole.x1
            assert box.y1 <= whole.y1
        for a, b in itertools.combinations(boxes, 2):
            assert not (a.x0 < b.x1 - 1 and b.x0 < a.x1 - 1 and a.y0 < b.y1 - 1 and b.y0 < a.y1 - 1)


def test_activations_are_drawn_at_their_mean_and_spread():
    seen = trained()
    (axes,) = seen.plot("activations").axes
    assert [t.get_text() for t in axes.get_yticklabels()] == [
        "0  Linear",
        "1  ReLU",
        "2  Linear",
        "3  Tanh",
        "4  Linear",
    ]
    assert texts(axes) == ["step 0", "step 3"]
    for step, container in zip((0, 3), axes.containers, strict=True):
        points, _, (bars,) = container
        for i, (x, bar) in enumerate(zip(points.get_xdata(), bars.get_segments(), strict=True)):
            row = of(seen, "activation", str(i), step)
            assert x == row.mean
            assert bar[:, 0] == pytest.approx([row.mean - row.std, row.mean + row.std])


def test_gradients_are_a_heat_map_of_norms():
    seen = trained()
    axes, bar = seen.plot("gradients").axes
    (mesh,) = axes.collections
    grid = mesh.get_array()
    assert grid.shape == (3, 4)
    for i, name in enumerate(("0", "2", "4")):
        for step in range(4):
            assert grid[i, step] == pytest.approx(of(seen, "activation gradient", name, step).norm)
    assert type(mesh.norm).__name__ == "LogNorm"
    assert (mesh.norm.vmin, mesh.norm.vmax) == (grid.min(), grid.max())
    assert bar.get_ylabel() == "norm of ∂loss/∂result, logarithmic"


def test_what_is_not_finite_is_red_in_the_heat_map():
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    seen = watch(model)
    model(autograd.ones(1, 1)).sum().backward()
    (model(autograd.ones(1, 1)) * math.inf).sum().backward()
    axes = seen.plot("gradients").axes[0]
    reds = [c for c in axes.collections if np.allclose(c.get_facecolor()[0][:3], (0xD5 / 255, 0x5E / 255, 0))]
    assert len(reds) == 2
    assert "red: NaN or inf" in axes.get_xlabel()


def test_updates_have_the_guide_line():
    seen = trained()
    (axes,) = seen.plot("updates").axes
    assert axes.get_yscale() == "log"
    assert texts(axes) == ["0.weight", "2.weight", "4.weight", "usual: 1/1000"]
    *lines, guide = axes.get_lines()
    assert list(guide.get_ydata()) == [1e-3, 1e-3]
    for name, line in zip(texts(axes), lines, strict=False):
        assert list(line.get_xdata()) == [0, 1, 2, 3]
        assert list(line.get_ydata()) == [of(seen, "parameter", name, s).update for s in range(4)]


def test_units():
    seen = trained()
    (axes,) = seen.plot("units").axes
    assert texts(axes) == ["1 dead", "3 saturated"]
    dead, saturated = axes.get_lines()
    assert list(dead.get_ydata()) == [of(seen, "activation", "1", s).dead for s in range(4)]
    assert list(saturated.get_ydata()) == [of(seen, "activation", "3", s).saturated for s in range(4)]


def test_views_with_nothing_to_show_say_so():
    model = nn.Sequential(nn.Linear(3, 2))
    seen = watch(model)
    model(autograd.ones(1, 3)).sum().backward()
    said = {view: seen.plot(view).axes[0].texts[0].get_text() for view in ("updates", "units")}
    assert said == {
        "updates": "no updates were seen: give watch() the optimizer",
        "units": "no ReLU, sigmoid or tanh was seen",
    }
    assert len(seen.plot("gradients").axes) == 2
    with pytest.raises(ArgumentError, match="activations, gradients, updates, units"):
        seen.plot("weights")


def test_many_layers_have_a_short_legend():
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 8), *[nn.Linear(8, 8) for _ in range(20)])
    (axes,) = trained(model, steps=2).plot("updates").axes
    assert len(texts(axes)) == 9
    assert axes.get_legend().get_title().get_text() == "8 of 21"
    assert len(axes.get_lines()) == 22


# -- event files -------------------------------------------------------------------------------------------------------


def records(folder):
    """The records of an event file by its format: length, checksum, data, checksum."""
    from tensorboardX.crc32c import crc32c
    from tensorboardX.proto.event_pb2 import Event

    def masked(data):
        crc = crc32c(data)
        return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF

    (file,) = folder.iterdir()
    data, found = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(data[:8])
        body = data[12 : 12 + length]
        assert len(body) == length
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked(body)
        event = Event()
        event.ParseFromString(body)
        found.append(event)
        data = data[16 + length :]
    return found


def test_event_files_hold_every_number(tmp_path):
    seen = trained(logdir=tmp_path / "run", every=2)
    events = records(tmp_path / "run")
    assert events[0].file_version == "brain.Event:2"
    scalars, histograms = {}, {}
    for event in events:
        for value in event.summary.value:
            if value.HasField("histo"):
                histograms[value.tag, event.step] = value.histo
            else:
                scalars[value.tag, event.step] = value.simple_value
    expected = {}
    for row in seen.history:
        what = row.what.replace(" ", "_")
        for field in ("mean", "std", "max_abs", "norm", "zeros", "dead", "saturated", "update"):
            if getattr(row, field) is not None:
                expected[f"{what}/{field}/{row.name}", row.step] = getattr(row, field)
    assert scalars.keys() == expected.keys()
    for key, value in expected.items():
        assert scalars[key] == pytest.approx(value, rel=1e-6), key
    assert {step for _, step in scalars} == {0, 2}
    assert {tag for tag, _ in histograms} == {f"{r.what.replace(' ', '_')}/{r.name}" for r in seen.history}
    for row in seen.history:
        found = histograms[f"{row.what.replace(' ', '_')}/{row.name}", row.step]
        assert found.num == row.count == sum(found.bucket)
        assert found.sum == pytest.approx(row.mean * row.count, abs=1e-9)
        assert found.sum_squares == pytest.approx(row.norm**2, rel=1e-9)
        assert max(abs(found.min), abs(found.max)) == row.max_abs
        assert len(found.bucket) == len(found.bucket_limit)


def test_histograms_count_numbers_between_their_edges(tmp_path):
    model = nn.Identity()
    numbers = np.array([-2.0, -2.0, 0.0, 1e-20, 0.5, 3.0, 1e30])
    with watch(model, logdir=tmp_path) as seen:
        model(autograd.tensor(numbers, requires_grad=True)).sum().backward()
    assert len(seen.history) == 2
    histogram = next(
        v.histo for e in records(tmp_path) for v in e.summary.value if v.tag == "activation/Identity"
    )
    low = -math.inf
    for limit, count in zip(histogram.bucket_limit, histogram.bucket, strict=True):
        assert count == ((numbers > low) & (numbers <= limit)).sum()
        low = limit
    assert histogram.bucket[0] == 0
    assert set(histogram.bucket_limit) <= set(EDGES)


def test_without_histograms(tmp_path):
    trained(logdir=tmp_path, histograms=False)
    kinds = {v.WhichOneof("value") for e in records(tmp_path) for v in e.summary.value}
    assert kinds == {"simple_value"}


def test_counts_of_what_is_not_finite_are_written(tmp_path):
    model = nn.Identity()
    with watch(model, logdir=tmp_path):
        model(autograd.tensor([math.nan, 1.0, math.inf], requires_grad=True)).sum().backward()
    found = {v.tag: v.simple_value for e in records(tmp_path) for v in e.summary.value}
    assert found["activation/nonfinite/Identity"] == 2
