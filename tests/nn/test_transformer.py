"""Transformers are PyTorch's: outputs and gradients, masks and hints, what padded positions give in evaluation."""

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from tests.nn.test_attention import LATER, TOLERANCE, compare, masks, numbers, pair, same

torch = pytest.importorskip("torch")
pytestmark = [  # PyTorch's warnings
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors:UserWarning"),
]

BOTH = pytest.mark.parametrize("dtype", TOLERANCE)
ENDS = np.arange(4) >= np.array([3, 4, 2])[:, None]  # (N, S)
GAPS = np.array([[False, True, False, False]] * 3)

LAYERS: dict[str, dict[str, Any]] = {
    "plain": {},
    "gelu, norm first": {"activation": "gelu", "norm_first": True},
    "function, no bias": {"activation": lambda x: x.tanh(), "bias": False},
    "batch first, eps": {"batch_first": True, "layer_norm_eps": 0.1},
    "no bias, batch first, norm first": {"bias": False, "batch_first": True, "norm_first": True},
}
GIVEN: dict[str, dict[str, Any]] = {
    "no mask": {},
    "causal": {"src_mask": LATER},
    "a hint": {"src_mask": LATER, "is_causal": True},
    "padding": {"src_key_padding_mask": ENDS},
    "both": {"src_mask": LATER, "src_key_padding_mask": ENDS},
    "numbers": {
        "src_mask": numbers((6, 4, 4), np.float64),
        "src_key_padding_mask": np.where(ENDS, -np.inf, 0.0),
    },
}


def shaped(options: dict[str, Any], length: int = 4) -> tuple[int, ...]:
    return (3, length, 8) if options.get("batch_first") else (length, 3, 8)


def settings(options: dict[str, Any]) -> dict[str, Any]:
    return {"dim_feedforward": 12, "dropout": 0.0, **options}


def test_the_dtype_of_masks() -> None:
    layer = nn.TransformerEncoderLayer(8, 2)
    with pytest.warns(UserWarning, match="same type"):
        layer(
            autograd.zeros(4, 3, 8),
            src_mask=autograd.tensor(LATER),
            src_key_padding_mask=autograd.tensor(ENDS).float(),
        )


@BOTH
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", LAYERS)
def test_encoder_layers(name: str, training: bool, dtype: Any) -> None:
    options = LAYERS[name]
    ours, theirs = pair("TransformerEncoderLayer", (8, 2), settings(options), dtype)
    x = [numbers(shaped(options), dtype)]
    compare(ours.train(training), theirs.train(training), x, {}, dtype, alike=False)


@pytest.mark.parametrize("name", GIVEN)
def test_masks_of_an_encoder_layer(name: str) -> None:
    for options in LAYERS.values():
        ours, theirs = pair("TransformerEncoderLayer", (8, 2), settings(options), np.float64)
        compare(ours, theirs, [numbers(shaped(options), float)], GIVEN[name], np.float64, alike=False)


@BOTH
@pytest.mark.parametrize("name", LAYERS)
def test_decoder_layers(name: str, dtype: Any) -> None:
    options = LAYERS[name]
    ours, theirs = pair("TransformerDecoderLayer", (8, 2), settings(options), dtype)
    arrays = [numbers(shaped(options), dtype), numbers(shaped(options, 5), dtype, 1)]
    compare(ours, theirs, arrays, {}, dtype, alike=False)
    if dtype == np.float64:
        given = {
            "tgt_mask": LATER,
            "tgt_key_padding_mask": ENDS,
            "memory_key_padding_mask": np.arange(5) >= np.array([5, 2, 4])[:, None],
            "memory_mask": np.random.default_rng(0).random((4, 5)) < 0.2,
        }
        compare(ours, theirs, arrays, given, dtype, alike=False)


def whole(lib: Any, norm: bool = True, **options: Any) -> Any:
    """An encoder of two layers."""
    layer = lib.TransformerEncoderLayer(8, 2, **settings(options))
    return lib.TransformerEncoder(layer, 2, lib.LayerNorm(8) if norm else None)


def both_encoders(**options: Any) -> tuple[Any, Any]:
    theirs, ours = whole(torch.nn, **options).double(), whole(nn, **options).double()
    assert repr(ours) == repr(theirs)
    with torch.no_grad():
        for i, p in enumerate(theirs.parameters()):
            p.add_(torch.tensor(numbers(p.shape, float, i) * 0.1))
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    return ours, theirs


@pytest.mark.parametrize("padding", [ENDS, GAPS], ids=["ends", "gaps"])
@pytest.mark.parametrize("options", [{"batch_first": True}, {}, {"batch_first": True, "norm_first": True}])
def test_padded_positions_in_evaluation(options: dict[str, Any], padding: Any) -> None:
    """Where PyTorch leaves them out of its computation, they are 0 before the last norm."""
    for norm in (True, False):
        ours, theirs = both_encoders(norm=norm, **options)
        x = numbers(shaped(options), float)
        for recorded in (True, False):
            with autograd.set_grad_enabled(recorded), torch.set_grad_enabled(recorded):
                a, b = (
                    model.eval()(lib.tensor(x), src_key_padding_mask=lib.tensor(padding))
                    for lib, model in ((autograd, ours), (torch, theirs))
                )
            same(a, b, np.float64)
    no_batch = numbers((4, 8), float)
    same(ours(autograd.tensor(no_batch)), theirs(torch.tensor(no_batch)), np.float64)


@pytest.mark.parametrize("hint", [None, True, False])
def test_an_encoder_finds_out_that_its_mask_is_causal(hint: bool | None) -> None:
    ours, theirs = both_encoders()
    mask = np.triu(np.full((4, 4), -np.inf), 1)
    same(
        nn.Transformer.generate_square_subsequent_mask(4, dtype=autograd.float64),
        torch.tensor(mask),
        np.float64,
    )
    compare(
        ours, theirs, [numbers((4, 3, 8), float)], {"mask": mask, "is_causal": hint}, np.float64, alike=False
    )
    other = np.where(np.tri(4, k=1) == 0, -np.inf, 0.0)
    compare(ours, theirs, [numbers((4, 3, 8), float)], {"mask": other}, np.float64, alike=False)


MODELS: dict[str, dict[str, Any]] = {
    "plain": {},
    "batch first, norm first, gelu": {"batch_first": True, "norm_first": True, "activation": "gelu"},
    "no bias": {"bias": False, "layer_norm_eps": 0.01},
}


@BOTH
@pytest.mark.parametrize("name", MODELS)
def test_transformers(name: str, dtype: Any) -> None:
    options = MODELS[name]
    ours, theirs = pair("Transformer", (8, 2, 2, 2), settings(options), dtype)
    arrays = [numbers(shaped(options, 5), dtype), numbers(shaped(options), dtype, 1)]
    compare(ours, theirs, arrays, {}, dtype, alike=False)
    given = {"tgt_mask": np.triu(np.full((4, 4), -np.inf, dtype), 1)}
    compare(ours, theirs, arrays, given, dtype, alike=False)
    padding = np.arange(5) >= np.array([5, 2, 4])[:, None]
    given = {
        "src_key_padding_mask": padding,
        "memory_key_padding_mask": padding,
        "tgt_key_padding_mask": ENDS,
    }
    if not options.get("batch_first"):  # some of PyTorch's own values are nan there
        compare(ours, theirs, arrays, given, dtype, alike=False)


def test_layers_are_copies() -> None:
    layer = nn.TransformerEncoderLayer(8, 2, activation=nn.GELU())
    encoder = nn.TransformerEncoder(layer, 2)
    first, second = encoder.layers
    assert first is not layer
    assert first.linear1.weight.tolist() == second.linear1.weight.tolist() == layer.linear1.weight.tolist()
    first.linear1.weight.data.zero_()
    assert layer.linear1.weight.abs().max().item() > 0
    assert isinstance(second.activation, nn.GELU)


def test_custom_parts_and_initial_weights() -> None:
    class Encoder(nn.Module):
        def forward(self, x: Any, mask: Any, src_key_padding_mask: Any, is_causal: Any) -> Any:
            return 2 * x

    class Decoder(nn.Module):
        def forward(self, x: Any, memory: Any, **given: Any) -> Any:
            return x + memory

    model = nn.Transformer(4, 2, custom_encoder=Encoder(), custom_decoder=Decoder())
    assert model(autograd.ones(3, 1, 4), autograd.ones(3, 1, 4)).tolist() == (3 * np.ones((3, 1, 4))).tolist()
    weight = nn.Transformer(64, 4, 1, 1, 100).encoder.layers[0].linear1.weight
    bound = (6 / 164) ** 0.5
    assert 0.98 * bound < weight.abs().max().item() <= bound


def test_dropout_in_training() -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.5)
    x = autograd.randn(4, 3, 8)
    assert (layer(x) != layer(x)).any()
    assert (layer.eval()(x) == layer(x)).all()


MISTAKES: list[tuple[str, Any]] = [
    ("activation", lambda lib, t: lib.TransformerEncoderLayer(8, 2, activation="tanh")),
    ("batch", lambda lib, t: lib.Transformer(8, 2, 1, 1, 8)(t((4, 3, 8)), t((4, 2, 8)))),
    ("batch", lambda lib, t: lib.Transformer(8, 2, 1, 1, 8, batch_first=True)(t((4, 3, 8)), t((3, 3, 8)))),
    ("d_model", lambda lib, t: lib.Transformer(8, 2, 1, 1, 8)(t((4, 3, 8)), t((4, 3, 6)))),
    ("d_model", lambda lib, t: lib.Transformer(8, 2, 1, 1, 8)(t((4, 3, 6)), t((4, 3, 8)))),
]


@pytest.mark.parametrize(("message", "mistake"), MISTAKES)
def test_mistakes(message: str, mistake: Any) -> None:
    with pytest.raises(AutogradError, match=message) as ours:
        mistake(nn, lambda shape: autograd.zeros(*shape))
    with pytest.raises(Exception, match=message) as theirs:
        mistake(torch.nn, lambda shape: torch.zeros(*shape))
    assert isinstance(ours.value, theirs.type)


def test_merged_masks() -> None:
    ours, theirs = pair("MultiheadAttention", (8, 2), {}, np.float64)
    given = {"attn_mask": numbers((4, 4), float), "key_padding_mask": np.where(ENDS, -np.inf, 0.0)}
    for names in ((), ("attn_mask",), ("key_padding_mask",), ("attn_mask", "key_padding_mask")):
        chosen = {**dict.fromkeys(given), **{n: given[n] for n in names}}
        (a, kind), (b, expected) = (
            layer.merge_masks(**masks(lib, chosen), query=lib.zeros(3, 4, 8))
            for lib, layer in ((autograd, ours), (torch, theirs))
        )
        assert kind == expected
        same(a, b, np.float64)
