"""The step-through page: what stands in the file, and what is refused. Others look at it in a browser."""

from __future__ import annotations

import html
import json
import math
import re
import tomllib
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, draw
from autograd.errors import ArgumentError
from autograd.show import Page, page, record, trace
from autograd.show.formulas.mathml import mathml
from autograd.show.formulas.symbols import Name, Symbol
from autograd.show.page.document import SCRIPTS
from autograd.show.page.operations import of_tensors, of_value
from autograd.show.tensors import FREED
from autograd.value import dot
from nn.scalar import MLP

from .browser import browser
from .pages import every_operation, model_and_loss, neuron, page_of


def data_of(shown: Page) -> Any:
    """What the page reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', shown.html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def node(data: Any, name: str) -> Any:
    (found,) = [n for n in data["nodes"] if n["name"] == name or (not n["name"] and n["op"] == name)]
    return found


# ------------------------------------------------------------------------------------------------------- the file


def test_the_file_needs_nothing_else() -> None:
    shown = page_of(neuron(), "loss")
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", shown.html)
    assert [a for a in addresses if not a.startswith("#")] == []
    assert set(re.findall(r"https?://[^\s\"'`]+", shown.html)) <= {"http://www.w3.org/2000/svg"}
    policy = html.unescape(
        re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', shown.html)[1]
    )  # type: ignore[index]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert " style=" not in shown.html.split("<body>")[1].split("<script")[0]
    assert re.findall(r"\son\w+=", shown.html.split("<body>")[1].split("<script")[0]) == []


def test_every_file_of_the_page_is_shipped_and_used() -> None:
    assets = {f.name for f in (files("autograd.show.page") / "assets").iterdir()}
    assert assets == {"page.html", "page.css", *(f"{name}.js" for name in SCRIPTS)}
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "autograd" in wheel["packages"], "all files of a package are in the wheel"
    assert "exclude" not in wheel


def test_the_same_graph_gives_the_same_page() -> None:
    assert page_of(neuron(), "loss").html == page_of(neuron(), "loss").html


def test_names_cannot_break_out_of_the_page() -> None:
    x = Value(1.0, label="</script><script>alert(1)</script>")
    shown = page(x.exp(), title='<img src="x"> & co')
    assert shown.html.count("<script") == 2
    assert "<title>&lt;img src=&quot;x&quot;&gt; &amp; co</title>" in shown.html
    assert data_of(shown)["nodes"][0]["name"] == x.label
    of_a_template = page(x.exp(), title="{{script}} {{data}}").html
    assert "<title>{{script}} {{data}}</title>" in of_a_template
    assert of_a_template.count('"use strict"') == 1


def test_saving(tmp_path: Path) -> None:
    shown = page_of(neuron(), "loss")
    assert repr(shown) == "<Page: 13 nodes, 12 edges>"
    assert shown.save(tmp_path / "n.html").read_text(encoding="utf-8") == shown.html
    with pytest.raises(ArgumentError, match=r"save: a page is saved as \.html"):
        shown.save(tmp_path / "n.svg")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        shown.save(tmp_path / "none" / "n.html")
    made = neuron()
    draw(made["loss"], names=made).save(tmp_path / "drawn.html")
    assert "<title>How loss comes about</title>" in (tmp_path / "drawn.html").read_text(encoding="utf-8")


def test_a_notebook_shows_it_in_a_frame() -> None:
    shown = page_of(neuron(), "loss")
    found = re.search(r'srcdoc="([^"]*)"', shown._repr_html_())
    assert found is not None
    assert html.unescape(found[1]) == shown.html
    assert 'sandbox="allow-scripts"' in shown._repr_html_()


def test_without_a_browser_the_tests_of_pages_fail_and_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.show.browser.shutil.which", lambda _: None)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium chromium-driver"), browser():
        pass


# ---------------------------------------------------------------------------------------------------- what it holds


def test_it_holds_the_graph_its_formulas_and_its_numbers() -> None:
    made = neuron()
    made["loss"].backward()
    data = data_of(page_of(made, "loss", params=[made["w1"], made["w2"], made["b"]]))
    graph = trace(made["loss"], names=made)
    assert [n["id"] for n in data["nodes"]] == [n.id for n in graph.nodes]
    (frame,) = data["frames"]
    assert frame["values"] == [n.value.elements[0] for n in graph.nodes]  # type: ignore[union-attr,index]
    assert frame["locals"] == [e.local for e in graph.edges]
    assert data["frozen"] == ""
    y = node(data, "y")
    assert y["computes"]["text"] == "tanh(x)"
    assert re.sub(' stretchy="false"', "", y["computes"]["mathml"]) == (
        "<mrow><mi>tanh</mi><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow></mrow>"
    )
    (into,) = [data["edges"][e] for e in y["inputs"]]
    assert into["derivative"]["text"] == "1 - out**2"
    assert node(data, "w1")["kind"] == "parameter"
    assert node(data, "loss")["sign"] == "x²"


def test_positions_are_apart_and_in_order() -> None:
    data = data_of(page_of(every_operation(), "total"))
    width, height = data["size"]
    for direction, along in (("LR", 0), ("TB", 1)):
        layout = data["layouts"][direction]
        places = layout["nodes"]
        for e, drawn in zip(data["edges"], layout["edges"], strict=True):
            assert places[e["source"]][along] < places[e["target"]][along], "from the inputs to the result"
            for end, point in ((e["source"], drawn["points"][0]), (e["target"], drawn["points"][-1])):
                assert abs(point[0] - places[end][0]) <= width / 2 + 1
                assert abs(point[1] - places[end][1]) <= height / 2 + 1
        spots = np.array(list(places.values()))
        apart = np.abs(spots[:, None] - spots[None])
        meet = (apart[..., 0] < width) & (apart[..., 1] < height)
        assert meet.sum() == len(spots), "no node lies on another"


def test_a_recorded_model_has_modules_lines_checks_and_arrays() -> None:
    model, loss, names = model_and_loss()
    shown = page(loss, names=names, params=model)
    data = data_of(shown)
    assert [(m["path"], m["kind"]) for m in data["modules"]] == [
        ("0", "Linear"),
        ("1", "Tanh"),
        ("2", "Linear"),
    ]
    weight = node(data, "0.weight")
    assert (weight["module"], weight["local"]) == ("0", "weight")
    i = data["nodes"].index(weight)
    value = data["frames"][0]["values"][i]
    expected = model.get_parameter("0.weight")
    assert value["shape"] == [4, 3]
    np.testing.assert_allclose(value["elements"], expected.detach().numpy().ravel(), rtol=1e-6)
    (edge,) = [e for e, x in enumerate(data["edges"]) if x["source"] == weight["id"]]
    sent = data["frames"][0]["contributions"][edge]["elements"]
    np.testing.assert_allclose(sent, expected.grad.numpy().ravel(), rtol=1e-6)
    assert weight["check"]["difference"] < 1e-6
    assert node(data, "loss")["source"]["text"] == "loss = F.cross_entropy(out + out * 0.5, y)"
    assert data["frozen"].startswith("the page computes with single numbers only")
    assert data["notes"] == []


def test_a_graph_that_was_not_recorded_is_swept_without_leaving_a_trace() -> None:
    w = autograd.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=autograd.float64, requires_grad=True)
    y = (w.exp() @ w).sum()
    data = data_of(page(y, names={"w": w, "y": y}))
    assert w.grad is None
    parts = [data["frames"][0]["contributions"][i]["elements"] for i, e in enumerate(data["edges"])
             if e["source"] == node(data, "w")["id"]]  # fmt: skip
    y.backward()
    np.testing.assert_allclose(np.sum(parts, 0), w.grad.numpy().ravel(), rtol=1e-6)
    assert node(data, "w")["check"]["difference"] < 1e-6


def test_scalar_tensors_can_be_changed_as_values_can() -> None:
    x = autograd.tensor(1.5, dtype=autograd.float64, requires_grad=True)
    data = data_of(page((x * 3 + x.sin()) ** 2, names={"x": x}))
    assert (data["scalar"], data["frozen"]) == (True, "")
    softplus = nn.functional.softplus(x)
    frozen = data_of(page(softplus))["frozen"]
    assert frozen == "the graph does not tell beta, threshold of “softplus”"


def test_a_graph_that_backward_has_freed_is_shown_with_what_is_left() -> None:
    w = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = (w * 2).exp().sum()
    y.backward()
    data = data_of(page(y, names={"w": w, "y": y}))
    assert [n["op"] for n in data["nodes"] if n["op"]] == ["mul", "exp", "sum"]
    assert data["notes"][0] == FREED
    assert node(data, "w")["check"] is None
    assert w.grad.tolist() == pytest.approx([2 * math.exp(2), 2 * math.exp(4)])


def test_ranges_alone_are_said_to_be_ranges() -> None:
    with record():
        x = autograd.ones(3, 4, requires_grad=True)
        y = x.exp().sum()
        y.backward()
    assert data_of(page(y))["notes"] == [
        "Of some arrays only the range was recorded: record(elements=4096) keeps them for heat maps."
    ]


def test_a_program_that_stopped_is_shown_up_to_there() -> None:
    x = autograd.ones(2, 3, requires_grad=True)
    with suppress(RuntimeError), record() as tape:
        _ = x.exp() @ autograd.ones(2, 3)
    data = data_of(page(tape))
    (failed,) = [n for n in data["nodes"] if n["error"]]
    assert failed["op"] == "matmul"


# ------------------------------------------------------------------------------------------------------ large graphs


def test_a_large_model_is_folded_and_says_so() -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 8, batch_first=True)
    model = nn.TransformerEncoder(layer, 12)
    with record(model):
        y = model(autograd.randn(1, 3, 8)).sum()
        y.backward()
    data = data_of(page(y, params=model, max_nodes=60))
    assert len(data["nodes"]) <= 60
    assert re.fullmatch(r"\d\d\d nodes are shown as \d\d\.", data["notes"][0])
    assert any("TransformerEncoderLayer ×12" in note for note in data["notes"])
    assert not data["whole"]
    few = data_of(page(y, params=model, max_nodes=8))
    assert len(few["nodes"]) <= 8
    assert any(n["notes"] and n["notes"][0].endswith("operations") for n in few["nodes"])


def test_a_large_network_of_values_is_collapsed() -> None:
    model = MLP(3, [12, 12, 1])
    with record(model):
        y = model([1.0, 2.0, 3.0])
        y.backward()
    data = data_of(page(y, names={"y": y}, params=dict(model.named_parameters()), max_nodes=60))
    assert len(data["nodes"]) <= 60
    neurons = [n for n in data["nodes"] if n["op"] == "Neuron"]
    assert neurons[0]["notes"] == ["2 operations", "4 parameters"]
    assert (neurons[0]["name"], neurons[0]["local"]) == ("layers.0.neurons.0", "neurons.0")
    assert all(n["block"] for n in neurons)


def test_a_cut_operation_keeps_the_formulas_of_its_inputs() -> None:
    y = dot([float(i) for i in range(30)], [Value(1.0, label=f"w{i}") for i in range(1, 31)])
    y.backward()
    data = data_of(page(y, names={"y": y}, max_nodes=45))
    ws = [e for e in data["edges"] if e["parameter"].startswith("w")]
    assert len(ws) == 14
    assert all(e["derivative"]["text"] == f"g * x{e['parameter'][1:]}" for e in ws)


def test_a_chain_of_a_hundred_thousand_is_cut_at_once() -> None:
    v = Value(1.0)
    for _ in range(100_000):
        v = v + 1.0
    data = data_of(page(v))
    assert len(data["nodes"]) <= 200
    assert "More than" in " ".join(data["notes"])
    assert data["frozen"] == "a part of the graph is not shown"


# ------------------------------------------------------------------------------------------------------- recordings


def steps(count: int) -> dict[str, Any]:
    w = Value(2.0, label="w")
    found = {}
    for i in range(count):
        loss = (w * 3 - 1) ** 2
        w.grad = 0
        loss.backward()
        found[f"step {i}"] = trace(loss, names={"loss": loss})
        w.data -= 0.01 * w.grad
    return found


def test_recordings_become_frames() -> None:
    frames = steps(3)
    shown = page(frames=frames, title="Training")
    data = data_of(shown)
    assert [f["label"] for f in data["frames"]] == ["step 0", "step 1", "step 2"]
    i = data["nodes"].index(node(data, "w"))
    weights = [f["values"][i] for f in data["frames"]]
    assert weights == [g.nodes[i].value.elements[0] for g in frames.values()]
    assert weights[0] == 2.0 > weights[1] > weights[2]
    assert repr(shown) == "<Page: 6 nodes, 5 edges, 3 recordings>"


def test_recordings_of_different_computations_are_refused() -> None:
    frames = steps(2) | {"other": trace(Value(1.0).exp())}
    with pytest.raises(ArgumentError, match="the recording 'other' is of another computation than the first"):
        page(frames=frames)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "either a result or frames"),
        ({"root": Value(1.0), "frames": {}}, "either a result or frames"),
        ({"frames": {}}, "either a result or frames"),
        ({"root": 3}, "page: needs a Tensor, a Value, a list of either, or a recording; got int"),
        ({"root": record()}, "page: nothing was recorded"),
        ({"frames": [Value(1.0)]}, "frames must be a dict of label -> trace"),
        ({"root": Value(1.0), "max_nodes": 0}, "page: max_nodes must be at least 1, got 0"),
        ({"root": Value(1.0), "max_nodes": 2.5}, "page: max_nodes must be a whole number, got 2.5"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        page(**arguments)


# ------------------------------------------------------------------------------------------------------- operations


def test_javascript_of_the_operations_of_values() -> None:
    assert of_value("dot", 5).javascript.startswith(
        "{value: (x1, x2, w1, w2, b) => ((b + (x1 * w1)) + (x2 * w2))"
    )
    assert of_value("LeakyReLU 0.25", 1).javascript == (
        "{value: (x) => ((x > 0) ? x : (0.25 * x)), slopes: [(out, x) => ((x > 0) ? 1 : 0.25)]}"
    )
    assert (
        of_value("**3", 1).javascript
        == "{value: (x) => (x ** 3.0), slopes: [(out, x) => (3.0 * (x ** 2.0))]}"
    )
    assert of_value("mix", 3).parameters == ("x1", "x2", "x3")
    assert of_value("cube root", 1).reason == "“cube root” is not in the table of derivatives"


def test_why_an_operation_of_tensors_cannot_be_computed() -> None:
    assert of_tensors("tanh", ["x"]).reason == ""
    assert of_tensors("leaky_relu", ["x"]).reason == "the graph does not tell negative_slope of “leaky_relu”"
    assert of_tensors("mish", ["x"]).reason == "“mish” is not written in JavaScript"
    assert of_tensors("cat", ["tensors", "tensors"]).reason == "“cat” takes a sequence"
    assert (
        of_tensors("layer_norm", ["x"]).reason
        == "the derivative of “layer_norm” is computed by a fused kernel"
    )


def test_mathml_has_brackets_where_they_are_needed() -> None:
    x, y = Symbol(Name("x")), Symbol(Name("y"))
    as_text = {
        "(x+y)·x": (x + y) * x,
        "x−(y−x)": x - (y - x),
        "x−y−x": (x - y) - x,
        "−(x+y)": -(x + y),
        "x·(−y)": x * -y,
        "(x+y)2": (x + y) ** 2,
        "(ex)2": np.exp(x) ** 2,
        "|x|": abs(x),
        "xT": x.T,
        "σ(x)": autograd.ops.sigmoid(x),
    }
    for wanted, e in as_text.items():
        written = mathml(e.value)
        assert re.sub("<[^>]*>", "", written) == wanted


def test_mathml_of_every_formula_is_well_formed() -> None:
    from xml.etree import ElementTree as ET

    from autograd.show.formulas.formula import formula
    from autograd.table import registry

    count = 0
    for name, p in registry().items():
        for argument in p.differentiable:
            found = formula(name, argument)
            if not found.reason:
                ET.fromstring(f"<math>{mathml(found.expression).replace('&#160;', ' ')}</math>")
                count += 1
    assert count > 200
