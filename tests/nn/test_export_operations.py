"""Every operation of the export's table, on its own, and whole models."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import rand, randn, special, tensor
from nn.onnx_export.graph import ExportError
from nn.onnx_export.table import WRITERS
from nn.onnx_export.trace import trace
from tests.nn.export_cases import CASES
from tests.nn.test_export import Call, compare, exported

F = nn.functional


def x():
    return randn(2, 3, 4)


def positive():
    return rand(2, 3) + 0.5


def unit():
    return rand(2, 3) * 0.9 - 0.3


def whole():
    return tensor([[3, -7, 5], [0, 2, -4]])


def truth():
    return tensor([[True, False, True], [False, False, True]])


def entry(function, *makes):
    return function, makes


ROWS = {
    # one argument
    **{
        name: entry(getattr(autograd, name), unit)
        for name in [
            "abs",
            "acos",
            "asin",
            "atan",
            "atanh",
            "ceil",
            "cos",
            "cosh",
            "erf",
            "erfc",
            "exp",
            "exp2",
            "expm1",
            "floor",
            "neg",
            "sigmoid",
            "sign",
            "sin",
            "sinh",
            "square",
            "tan",
            "tanh",
            "trunc",
            "round",
            "asinh",
        ]
    },
    **{
        name: entry(getattr(autograd, name), positive)
        for name in ["log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal"]
    },
    "acosh": entry(autograd.acosh, lambda: positive() + 1),
    "of whole numbers": entry(autograd.sqrt, lambda: tensor([1, 4])),
    "abs of whole numbers": entry(autograd.abs, whole),
    **{
        name: entry(getattr(autograd, name), lambda: tensor([1.0, np.nan, np.inf, -np.inf]))
        for name in ("isnan", "isinf", "isfinite")
    },
    "isnan of whole numbers": entry(autograd.isnan, whole),
    "isinf of whole numbers": entry(lambda a: (a.isinf(), a.isfinite()), whole),
    "logical_not": entry(autograd.logical_not, whole),
    "bitwise_not": entry(lambda a, b: (~a, ~b), truth, whole),
    "cast": entry(lambda a: (a.double(), a.long(), a.bool(), a.to(autograd.float16)), x),
    "clone": entry(lambda a: (a.clone(), a.contiguous(), a.alias()), x),
    # two arguments
    **{
        name: entry(getattr(autograd, name), positive, positive)
        for name in [
            "add",
            "sub",
            "mul",
            "div",
            "pow",
            "maximum",
            "minimum",
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "remainder",
            "fmod",
            "floor_divide",
            "xlogy",
        ]
    },
    "with numbers": entry(lambda a: (1 - a, a / 2, 2**a, a**2, a < 3, a != 0, -1 * a), positive),
    "of other dtypes": entry(
        lambda a, b: (a + b, b / 2, a * 2, b > a, b == 2.5, b * 1.5), x, lambda: tensor(2)
    ),
    "broadcasting": entry(lambda a, b: a * b + b, x, lambda: randn(3, 1)),
    "whole numbers": entry(lambda a: (a // 3, a % 3, a + 1, a * a, a.remainder(-3), a.fmod(3)), whole),
    "logical": entry(lambda a, b: (a.logical_and(b), a.logical_or(b), a.logical_xor(b)), truth, whole),
    "bitwise": entry(lambda a, b: (a & b, a | b, a ^ b), truth, lambda: truth().flip(1)),
    "bitwise of whole numbers": entry(lambda a, b: (a & b, a | b, a ^ b), whole, lambda: whole() + 5),
    "where": entry(lambda m, a: (autograd.where(m, a, 0.0), a.masked_fill(m, -1)), truth, positive),
    "clamp": entry(lambda a: (a.clamp(-0.5, 0.5), a.clamp(min=0), a.clamp(max=0), a.clamp(a * 2, a * 3)), x),
    "lerp": entry(lambda a, b: (autograd.lerp(a, b, 0.3), autograd.lerp(a, b, a)), x, x),
    # activations
    "activations": entry(
        lambda a: (
            F.leaky_relu(a, 0.3),
            F.elu(a, 0.7),
            F.selu(a),
            F.celu(a, 0.8),
            F.softplus(a, 3.0, 2.0),
            F.glu(a, 2),
            F.threshold(a, 0.1, 5.0),
            F.hardtanh(a),
            F.gelu(a),
            F.silu(a),
            F.mish(a),
            F.logsigmoid(a),
            F.hardswish(a),
        ),
        x,
    ),
    # shapes
    "reshape": entry(lambda a: (a.reshape(4, -1), a.flatten(1), a[0, 0, 0].reshape(1, 1), a.view(-1)), x),
    "squeeze": entry(lambda a: (a[:, :1].squeeze(), a[:, :1].squeeze(1), a.squeeze(0), a.unsqueeze(-1)), x),
    "transpose": entry(lambda a: (a.transpose(0, 2), a.permute(2, 0, 1), a.mT, a.movedim(0, -1)), x),
    "expand": entry(lambda a: (a[:, :, :1].expand(2, 3, 5), a.expand(6, -1, -1, -1), a.repeat(2, 1, 3)), x),
    "split": entry(lambda a: (*a.unbind(1), *a.split(3, 2), *a.chunk(2), *a.split([1, 2], 1)), x),
    "join": entry(lambda a, b: (autograd.cat([a, b * 2], 1), autograd.stack([a, b], -1)), x, x),
    "join dtypes": entry(lambda a, b: autograd.cat([a, b], 0), positive, whole),
    "flip": entry(lambda a: (a.flip(1), a.flip((0, -1)), a.roll(1, 2), a.roll((-1, 5), (0, 1))), x),
    "triangles": entry(lambda a: (a.tril(), a.triu(1), a.tril(-1)), x),
    # indices
    "getitem": entry(
        lambda a: (
            a[0],
            a[-1, 1],
            a[..., 1:3],
            a[:, None, ::2],
            a[1:, :, -2:],
            a[:, 5:],
            a[None, ..., 0],
            a[:, :-1],
            a[0, 1, 2],
        ),
        x,
    ),
    "getitem by arrays": entry(
        lambda a: (
            a[[1, 0, 1]],
            a[:, [2, 0]],
            a[:, [0, 1], [1, 2]],
            a[[0, 1], :, [2, 3]],
            a[[0, 1], [1, 2]],
            a[1:, [0, 2]],
            a[[[0], [1]], [[1, 2]], 0],
            a[0, :, [1, 2]],
        ),
        x,
    ),
    "getitem by a value": entry(
        lambda a, i: (a[i], a[:, i], a[i, i], a.index_select(1, i)), x, lambda: tensor([1, 0])
    ),
    "gather": entry(
        lambda a, i: (a.gather(2, i), autograd.take(a, i), a.take_along_dim(i, 2)),
        x,
        lambda: tensor([[[1, 0]] * 3] * 2),
    ),
    "picked": entry(lambda a: (a.max(1).values, a.max(1, keepdim=True).values, a.min(-1)), x),
    "scatter": entry(
        lambda a, i, v: a.scatter(2, i, v), x, lambda: tensor([[[1, 0]] * 3] * 2), lambda: randn(2, 3, 2)
    ),
    "index_put": entry(
        lambda a, v: (a.index_put((tensor([0, 1]),), v), a.index_copy(0, tensor([1]), v[:1])),
        x,
        lambda: randn(2, 3, 4),
    ),
    "bag": entry(
        lambda w: F.embedding_bag(
            tensor([0, 2, 1]), w, tensor([0, 2]), mode="sum", per_sample_weights=tensor([1.0, 2, 3])
        ),
        lambda: randn(4, 3),
    ),
    "embedding": entry(lambda i: F.embedding(i, tensor([[1.0, 2], [3, 4]])), lambda: tensor([[0, 1, 1]])),
    # reductions
    **{
        name: entry(
            lambda a, name=name: (
                getattr(a, name)(),
                getattr(a, name)(1),
                getattr(a, name)((0, 2), keepdim=True),
            ),
            x,
        )
        for name in ("sum", "mean", "amax", "amin", "logsumexp", "var", "std")
        if name != "logsumexp"
    },
    "logsumexp": entry(lambda a: (a.logsumexp(1), a.logsumexp((0, 2), keepdim=True)), x),
    "prod": entry(lambda a: (a.prod(), a.prod(1), a.prod(2, keepdim=True)), x),
    "sum of truth": entry(lambda a: (a.sum(), a.sum(0), a.long().sum(1)), truth),
    "spread": entry(lambda a: (a.var(1, correction=0), a.std(correction=2), *autograd.std_mean(a, 0)), x),
    "all": entry(lambda a: (a.all(), a.any(), a.all(0), a.any(1, keepdim=True)), truth),
    "count_nonzero": entry(lambda a: (a.count_nonzero(), a.count_nonzero(0)), whole),
    "norm": entry(
        lambda a: (
            [autograd.linalg.vector_norm(a, p, 1) for p in (1, 2, 3, np.inf, -np.inf)]
            + [a.norm(), a.norm(2, (0, 1), keepdim=True)]
        ),
        x,
    ),
    "places": entry(
        lambda a: (
            a.argmax(),
            a.argmin(1),
            a.argmax(-1, keepdim=True),
            a.argsort(1),
            a.argsort(2, descending=True),
        ),
        x,
    ),
    "sort": entry(lambda a: (*a.sort(1), *a.topk(2, -1), *a.topk(1, 0, largest=False)), x),
    "one_hot": entry(lambda a: F.one_hot(a, 9), lambda: tensor([[3, 0], [8, 2]])),
    "mixed": entry(
        lambda a: F.grid_sample(a, tensor([[[[-1.0, 0.3], [0.5, 2.0]]]]), align_corners=False),
        lambda: randn(1, 2, 3, 4),
    ),
    "cumsum": entry(lambda a: (a.cumsum(1), a.cumsum(-1)), x),
    "softmax": entry(lambda a: (a.softmax(1), a.log_softmax(-1), a.softmax(0)), x),
    # products
    "matmul": entry(lambda a, b: (a @ b, a[0] @ b[0], a @ b[0], a[0, 0] @ b[0]), x, lambda: randn(2, 4, 5)),
    "einsum": entry(lambda a, b: autograd.einsum("nij,nkj->nik", a, b), x, x),
    "linear": entry(
        lambda a, w, b: (F.linear(a, w, b), F.linear(a[0], w)), x, lambda: randn(5, 4), lambda: randn(5)
    ),
    "attention": entry(
        lambda q, m: (
            F.scaled_dot_product_attention(q, q, q),
            F.scaled_dot_product_attention(q, q, q, is_causal=True),
            F.scaled_dot_product_attention(q, q, q, m),
            F.scaled_dot_product_attention(q, q, q, m.float()),
        ),
        lambda: randn(2, 2, 3, 4),
        lambda: tensor([[True, False, True], [False, False, False], [True, True, True]]),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_operation(name):
    function, makes = ROWS[name]
    autograd.manual_seed(0)
    model, args = Call(function), tuple(make() for make in makes)
    compare(model, exported(model, args, dynamic=False), args)


def test_every_writer_has_a_row():
    """Each entry of the export's table is used by an operation here or a layer."""
    seen = set()
    rows = [(Call(function), tuple(make() for make in makes)) for function, makes in ROWS.values()]
    for model, args in rows + [(case.make(), case.inputs()) for case in CASES.values()]:
        if any(True for p in model.parameters() if "Uninitialized" in type(p).__name__):
            continue
        names = [f"in{i}" for i, a in enumerate(args) if isinstance(a, autograd.Tensor)]
        graph = trace(model.eval(), args, names, None)
        seen |= {node.source for node in graph.nodes}
    without_a_node = {"alias", "clone", "copy_in_c_order", "kinked"}
    assert WRITERS.keys() - seen - without_a_node == set()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda a: a[a > 0], "getitem"),
        (lambda a: autograd.linalg.svdvals(a[0]), "linalg_svdvals"),
        (lambda a: autograd.round(a, decimals=2), "round"),
        (lambda a: special.digamma(a), "digamma"),
    ],
)
def test_what_has_no_mapping(function, name):
    with pytest.raises(ExportError, match=f"{name}|size of the result"):
        nn.export_onnx(Call(function), x())


# -- whole models ------------------------------------------------------------------------------------------------------


def example(name):
    """A program of `examples/`, as a module."""
    file = Path(__file__).resolve().parents[2] / "examples" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_example", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def whole_model(model, *args, tolerance=1e-5):
    """Export it with a batch of any size, and compare for two sizes."""
    with autograd.no_grad():
        for name, buffer in model.named_buffers():
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    proto = exported(model, args, dynamic=True)
    compare(model, proto, args, tolerance)
    compare(model, proto, tuple(a[:1] for a in args), tolerance)
    return proto


def test_mlp():
    autograd.manual_seed(0)
    proto = whole_model(example("digits").make_model(), rand(3, 64))
    assert [n.op_type for n in proto.graph.node] == ["Gemm", "Relu", "Gemm", "Relu", "Gemm", "Identity"]


def test_resnet():
    autograd.manual_seed(0)
    proto = whole_model(example("resnet_digits").ResNet(), rand(2, 1, 8, 8))
    assert {n.op_type for n in proto.graph.node} >= {"Conv", "BatchNormalization", "Relu", "Add", "Gemm"}


def test_lstm():
    autograd.manual_seed(0)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(20, 8)
            self.lstm = nn.LSTM(8, 16, 2, batch_first=True, dropout=0.1)
            self.head = nn.Linear(16, 20)

        def forward(self, text):
            out, _ = self.lstm(self.table(text))
            return self.head(out[:, -1])

    proto = whole_model(Model(), autograd.randint(0, 20, (3, 7)))
    assert [n.op_type for n in proto.graph.node].count("LSTM") == 2


def test_transformer_encoder():
    autograd.manual_seed(0)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            layer = nn.TransformerEncoderLayer(16, 4, 32, activation="gelu", batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 2)
            self.head = nn.Linear(16, 3)

        def forward(self, x, padding):
            return self.head(self.encoder(x, src_key_padding_mask=padding).mean(1))

    padding = tensor([[False, False, False, True], [False, True, True, True]])
    whole_model(Model(), randn(2, 4, 16), padding)


def test_gpt():
    autograd.manual_seed(0)
    gpt = example("gpt")
    whole_model(gpt.GPT(30), autograd.randint(0, 30, (2, 12)), tolerance=2e-5)


def test_keras_models():
    from nn.keras import Sequential, layers

    autograd.manual_seed(0)
    images = Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    whole_model(images, rand(3, 8, 8, 1))
    text = Sequential(
        [
            layers.Input((5,)),
            layers.Embedding(20, 8),
            layers.LSTM(6, return_sequences=True),
            layers.Bidirectional(layers.GRU(4)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    proto = whole_model(text, autograd.randint(0, 20, (3, 5)))
    assert [n.op_type for n in proto.graph.node].count("GRU") == 2
