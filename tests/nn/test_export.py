"""`nn.export_onnx`: every layer and operation, exported, checked, run by onnxruntime and compared."""

import inspect
import warnings

import numpy as np
import onnx
import onnxruntime as ort
import pytest

import autograd
import nn
from autograd import pytree
from autograd.errors import ArgumentError, AutogradError
from nn.export import _resized
from nn.onnx_export.graph import ExportError
from tests.nn.export_cases import CASES

ort.set_default_logger_severity(3)

WITHOUT = {
    "AdaptiveLogSoftmaxWithLoss": "looks at the numbers of its target",
    "CTCLoss": "has no counterpart in ONNX",
    "LinearCrossEntropyLoss": "a loss for training alone: it looks at the numbers of its target",
    "Module": "the base class",
    "ModuleDict": "a container without forward",
    "ModuleList": "a container without forward",
    "ParameterDict": "a container without forward",
    "ParameterList": "a container without forward",
    "NLLLoss2d": "an older name of NLLLoss",
    "RNNBase": "a base class",
    "RNNCellBase": "a base class",
    "Sequential": "in the models below",
}


def session(proto):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])


def arrays_of(args):
    return [a.detach().numpy() for a in pytree.flatten(args)[0] if isinstance(a, autograd.Tensor)]


def compare(model, proto, args, tolerance=1e-5):
    """The same results from onnxruntime as from the model in evaluation mode."""
    run = session(proto)
    names = [i.name for i in run.get_inputs()]
    given = {i.name: a for i, a in zip(proto.graph.input, arrays_of(args), strict=True)}
    got = run.run(None, {name: given[name] for name in names})
    modes = [m.training for m in model.modules()]
    with autograd.no_grad():
        expected = arrays_of(model.eval()(*_copies(args)))
    for m, mode in zip(model.modules(), modes, strict=True):
        m.training = mode
    assert len(got) == len(expected)
    for g, e in zip(got, expected, strict=True):
        assert g.shape == e.shape
        assert g.dtype == e.dtype
        np.testing.assert_allclose(g, e, rtol=tolerance, atol=tolerance)


def _copies(args):
    """Copies of tensors: a layer may write in place."""
    leaves, structure = pytree.flatten(args)
    return pytree.rebuilt(structure, [x.clone() if isinstance(x, autograd.Tensor) else x for x in leaves])


def exported(model, args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return nn.export_onnx(model, args, **options)


class Call(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


def dims_of(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]


# -- layers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_layer(name):
    case = CASES[name]
    autograd.manual_seed(0)
    model, args = case.make(), case.inputs()
    if "Lazy" in name:
        model(*args)
    for buffer in (b for n, b in model.named_buffers() if n.endswith(("running_mean", "running_var"))):
        buffer.uniform_(0.5, 1.5)
    proto = exported(model, args, dynamic=not case.fixed, batch_dim=case.dim)
    onnx.checker.check_model(proto, full_check=True)
    compare(model, proto, args)
    if not case.fixed:
        tensors = [a for a in args if isinstance(a, autograd.Tensor)]
        n = tensors[0].shape[case.dim]
        rows = [i for i, a in enumerate(tensors) if a.ndim > case.dim and a.shape[case.dim] == n]
        for size in (1, 4):
            compare(model, proto, _resized(args, rows, case.dim, size))


def test_every_layer_has_a_case():
    layers = {
        name
        for name in nn.__all__
        if inspect.isclass(getattr(nn, name)) and issubclass(getattr(nn, name), nn.Module)
    }
    made = {type(case.make()).__name__ for case in CASES.values()}
    assert layers - made == WITHOUT.keys()


# -- models ------------------------------------------------------------------------------------------------------------


def test_a_batch_of_any_size_has_a_name():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 10))
    args = (autograd.randn(2, 1, 8, 8),)
    proto = exported(model, args[0])
    assert dims_of(proto.graph.input[0]) == ["batch", 1, 8, 8]
    assert dims_of(proto.graph.output[0]) == ["batch", 10]
    assert [n.op_type for n in proto.graph.node] == ["Conv", "Relu", "MaxPool", "Reshape", "Gemm", "Identity"]
    assert {t.name for t in proto.graph.initializer} >= {"0.weight", "0.bias", "4.weight", "4.bias"}
    assert proto.graph.node[0].name == "0/Conv_0"
    for size in (1, 7):
        compare(model, proto, (autograd.randn(size, 1, 8, 8),))
    fixed = exported(model, args, dynamic=False)
    assert dims_of(fixed.graph.input[0]) == [2, 1, 8, 8]


def test_sizes_that_are_computed_from_the_batch():
    def function(x):
        n, c, h, w = x.shape
        tokens = x.reshape(n, c, h * w).transpose(1, 2)
        first = autograd.zeros(1, 1, c).expand(n, -1, -1)
        both = autograd.cat([first + 1, tokens], 1)
        folded = both.reshape(n * (h * w + 1), c)
        return folded, folded.view(n, -1).sum(1) / n, x.new_full((n, 2), 3.0) * x.mean()

    args = (autograd.randn(2, 3, 2, 2),)
    model = Call(function)
    proto = exported(model, args, dynamic=True)
    assert [dims_of(o)[0] for o in proto.graph.output] == [
        0,
        "batch",
        "batch",
    ]  # 0: not known, 5 times the batch
    for size in (1, 3):
        compare(model, proto, (autograd.randn(size, 3, 2, 2),))


def test_what_depends_on_the_batch_in_another_way():
    model = Call(lambda x: x * autograd.arange(len(x)).reshape(-1, 1))
    args = (autograd.randn(2, 3),)
    with pytest.raises(ExportError, match=r"'mul'.*depends on the size of the batch"):
        nn.export_onnx(model, args, dynamic=True)
    with pytest.warns(UserWarning, match="the example's size alone"):
        proto = nn.export_onnx(model, args)
    assert dims_of(proto.graph.input[0]) == [2, 3]
    compare(model, proto, args)
    unrolled = Call(lambda x: sum(row for row in x))
    with pytest.raises(ExportError, match="something else for a batch of another size"):
        nn.export_onnx(unrolled, args, dynamic=True)
    compare(unrolled, exported(unrolled, args, dynamic=False), args)


class Tied(nn.Module):
    """Shared weights, several inputs in a dict and a tuple, several results, functions between layers."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 6)
        self.layer = nn.Linear(6, 6)
        self.register_buffer("scale", autograd.tensor(2.0))
        self.norm = nn.utils.parametrizations.weight_norm(nn.Linear(6, 6))

    def forward(self, numbers, parts, flag=True):
        x = self.embedding(numbers) + parts["a"][..., None] * self.scale
        for _ in range(2):
            x = nn.functional.relu(self.layer(x)) + x
        x = self.norm(x)
        mask = (numbers > 4) & (numbers % 2 == 0)
        x = autograd.where(mask[..., None], x, -x) if flag else x
        scores = x @ self.embedding.weight.T
        return {"scores": scores, "best": scores.argmax(-1), "parts": (parts["b"][0] * 2, x.mean((0, 1)))}


def test_a_model_with_everything():
    autograd.manual_seed(0)
    model = Tied()
    args = (
        autograd.tensor([[1, 4, 6], [8, 9, 2]]),
        {"a": autograd.randn(2, 3), "b": (autograd.randn(2),)},
        True,
    )
    proto = exported(model, args, dynamic=True)
    assert [i.name for i in proto.graph.input] == ["numbers", "parts_0", "parts_1"]
    assert [o.name for o in proto.graph.output] == ["output_0", "output_1", "output_2", "output_3"]
    assert sum(t.name == "embedding.weight" for t in proto.graph.initializer) == 1
    compare(model, proto, args)
    named = exported(model, args, input_names=["n", "a", "b"], output_names=["s", "i", "p", "m"])
    assert [i.name for i in named.graph.input] == ["n", "a", "b"]
    assert [o.name for o in named.graph.output] == ["s", "i", "p", "m"]


def test_writes_in_place():
    def function(x):
        y = x * 2
        y.add_(1)
        y[:, 0] = x[:, 1]
        y[0] = 0.0
        z = x.new_zeros(2, 3)
        z[:, 1] = y[:, 2]
        x.mul_(3)
        return y, z, x

    model, args = Call(function), (autograd.randn(2, 3),)
    before = args[0].clone()
    proto = exported(model, args, dynamic=False)
    assert (args[0] == before).all()
    compare(model, proto, args)


def test_views_of_what_is_written_are_refused():
    def through_a_view(x):
        y = x * 1
        y[0].add_(1)
        return y

    def view_before(x):
        y = x * 1
        row = y.view(-1)
        y.add_(1)
        return row

    for function in (through_a_view, view_before):
        with pytest.raises(ExportError, match="view"):
            nn.export_onnx(Call(function), autograd.randn(2, 3))


def test_the_model_is_left_as_it_was():
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout())
    model[1].eval()
    before = {name: t.clone() for name, t in model.state_dict().items()}
    exported(model, autograd.randn(4, 3))
    assert [m.training for m in model.modules()] == [True, True, False, True]
    assert all(m._call_hooks is None or not m._call_hooks for m in model.modules())
    for name, t in model.state_dict().items():
        assert (t == before[name]).all()
    broken = nn.Sequential(nn.Linear(3, 3), Call(lambda x: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        nn.export_onnx(broken, autograd.randn(4, 3))
    assert all(m._call_hooks is None or not m._call_hooks for m in broken.modules())
    assert broken.training


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    model = nn.Linear(3, 2)
    path = tmp_path / "model.onnx"
    proto = exported(model, autograd.randn(1, 3), path=path)
    assert onnx.load(path) == proto
    compare(model, onnx.load(path), (autograd.randn(5, 3),))
    assert proto.opset_import[0].version == 20
    assert proto.producer_name == "tapegrad"
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        nn.export_onnx(nn.Linear(3, 4), autograd.randn(1, 3), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]


# -- errors ------------------------------------------------------------------------------------------------------------


def test_an_operation_without_a_mapping_is_named_with_its_module():
    model = nn.Sequential(nn.Linear(3, 3), nn.Sequential(Call(autograd.special.bessel_j0)))
    with pytest.raises(ExportError, match=r"'bessel_j0' in module '1\.0' has no mapping to ONNX") as caught:
        nn.export_onnx(model, autograd.randn(1, 3))
    assert isinstance(caught.value, NotImplementedError)
    assert isinstance(caught.value, AutogradError)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x if x.sum() > 0 else -x,
        lambda x: x * x.sum().item(),
        lambda x: x * float(x.sum()),
        lambda x: x[: int(x.sum())],
        lambda x: autograd.tensor(x.numpy()),
        lambda x: autograd.tensor(np.asarray(x)),
        lambda x: autograd.tensor(x.tolist()),
    ],
)
def test_a_model_that_looks_at_numbers_is_refused(function):
    model = nn.Sequential(Call(function))
    with pytest.raises(ExportError, match=r"looks at the numbers of a tensor.* in module '0'"):
        nn.export_onnx(model, autograd.randn(2, 3))


def test_random_numbers_are_refused():
    with pytest.raises(ExportError, match="random"):
        nn.export_onnx(Call(lambda x: nn.functional.dropout(x, 0.5, training=True)), autograd.randn(2, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((3, autograd.zeros(1)), {}, "needs a module"),
        ((nn.Identity(), 3.0), {}, "no tensor in the example"),
        ((nn.Identity(), autograd.zeros(1)), {"input_names": ["a", "b"]}, "needs 1 different names"),
        ((nn.Linear(1, 1), autograd.zeros(1)), {"input_names": ["weight"]}, "no parameter has"),
        ((nn.Identity(), autograd.zeros(1)), {"output_names": ["a", "b"]}, "returns 1 tensors"),
        ((Call(lambda x: 3), autograd.zeros(1)), {}, "returns no tensor"),
    ],
)
def test_wrong_arguments(arguments, options, message):
    with pytest.raises((ArgumentError, ExportError), match=message):
        nn.export_onnx(*arguments, **options)


def test_a_parameter_may_have_the_name_of_an_argument():
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = nn.Parameter(autograd.ones(3))

        def forward(self, x):
            return x * self.x

    model = Named()
    proto = exported(model, autograd.randn(2, 3))
    assert proto.graph.input[0].name == "x_input"
    compare(model, proto, (autograd.randn(2, 3),))


def test_the_model_is_as_it_was():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(3)
            self.register_buffer("calls", autograd.zeros(1))
            self.register_buffer("last", autograd.zeros(1))

        def forward(self, x):
            self.calls += 1
            self.last = self.calls + 1
            return self.norm(x)

    model = Counting()
    model.norm.eval()
    before = {name: (b, b.clone()) for name, b in model.named_buffers()}
    state = autograd.get_rng_state()
    nn.export_onnx(model, autograd.randn(2, 3, generator=autograd.Generator()))
    assert model.training
    assert not model.norm.training
    for name, b in model.named_buffers():
        assert b is before[name][0]
        assert autograd.equal(b, before[name][1])
    assert autograd.equal(autograd.get_rng_state(), state)
