"""Optimizers with Keras's arguments: the numbers of Keras, step by step; schedules; and those of `optim`."""

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from nn.keras import optimizers
from nn.keras.optimizers import schedules
from nn.keras.optimizers.names import built

from .oracle import keras

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of Keras, with recent NumPy and PyTorch

START = [np.array([[0.5, -1.0, 2.0], [0.1, 0.0, -0.3]], "float32"), np.array([1.0, -2.0], "float32")]


def walked(make, steps, gradients):
    """The parameters after some steps here."""
    params = [nn.Parameter(autograd.tensor(a.copy())) for a in START]
    optimizer = make(optimizers, schedules)
    optimizer.build(params)
    for i in range(steps):
        optimizer.zero_grad()
        for p, g in zip(params, gradients[i], strict=True):
            p.grad = autograd.tensor(g)
        optimizer.step()
    return [p.detach().numpy() for p in params], optimizer


def walked_there(make, steps, gradients):
    """The parameters after the same steps in Keras."""
    variables = [keras.Variable(a) for a in START]
    optimizer = make(keras.optimizers, keras.optimizers.schedules)
    for i in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients[i]], variables)
    return [keras.ops.convert_to_numpy(v) for v in variables]


RULES = {
    "sgd": lambda o, s: o.SGD(0.1),
    "momentum": lambda o, s: o.SGD(0.1, momentum=0.9),
    "nesterov": lambda o, s: o.SGD(0.1, momentum=0.9, nesterov=True),
    "decay": lambda o, s: o.SGD(0.1, weight_decay=0.1),
    "rmsprop": lambda o, s: o.RMSprop(0.01),
    "rmsprop-all": lambda o, s: o.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True),
    "adam": lambda o, s: o.Adam(0.01),
    "adam-epsilon": lambda o, s: o.Adam(0.01, beta_1=0.8, beta_2=0.99, epsilon=0.1),
    "amsgrad": lambda o, s: o.Adam(0.01, amsgrad=True),
    "adamw": lambda o, s: o.AdamW(0.01),
    "adamax": lambda o, s: o.Adamax(0.01),
    "nadam": lambda o, s: o.Nadam(0.01),
    "adagrad": lambda o, s: o.Adagrad(0.1),
    "adadelta": lambda o, s: o.Adadelta(1.0),
    "ftrl": lambda o, s: o.Ftrl(0.1),
    "ftrl-all": lambda o, s: o.Ftrl(
        0.1,
        l1_regularization_strength=0.05,
        l2_regularization_strength=0.1,
        l2_shrinkage_regularization_strength=0.02,
        beta=0.3,
    ),
    "adafactor": lambda o, s: o.Adafactor(0.1),
    "adafactor-all": lambda o, s: o.Adafactor(
        0.5, beta_2_decay=-0.5, epsilon_1=0.01, epsilon_2=0.7, clip_threshold=0.8, weight_decay=0.1
    ),
    "adafactor-schedule": lambda o, s: o.Adafactor(s.ExponentialDecay(0.5, 2, 0.5), relative_step=False),
    "lamb": lambda o, s: o.Lamb(0.1),
    "lamb-all": lambda o, s: o.Lamb(0.1, beta_1=0.8, beta_2=0.9, epsilon=0.01, weight_decay=0.1),
    "muon": lambda o, s: o.Muon(0.1),
    "muon-all": lambda o, s: o.Muon(
        0.1,
        0.8,
        0.9,
        0.1,
        0.01,
        0.2,
        adam_lr_ratio=0.5,
        momentum=0.8,
        ns_steps=3,
        nesterov=False,
        rms_rate=None,
    ),
    "muon-coefficients": lambda o, s: o.Muon(
        s.ExponentialDecay(0.1, 2, 0.5), muon_a=2.0, muon_b=-1.5, muon_c=0.5
    ),
    "lion": lambda o, s: o.Lion(0.01, weight_decay=0.1),
    "clipnorm": lambda o, s: o.SGD(0.1, clipnorm=1.0),
    "clipvalue": lambda o, s: o.SGD(0.1, clipvalue=0.5),
    "global_clipnorm": lambda o, s: o.Adam(0.1, global_clipnorm=1.0),
    "exponential": lambda o, s: o.SGD(s.ExponentialDecay(0.1, 2, 0.5)),
    "staircase": lambda o, s: o.Adam(s.ExponentialDecay(0.1, 2, 0.5, staircase=True)),
    "inverse": lambda o, s: o.SGD(s.InverseTimeDecay(0.1, 2, 0.5)),
    "piecewise": lambda o, s: o.SGD(s.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01])),
    "polynomial": lambda o, s: o.SGD(s.PolynomialDecay(0.1, 3, 0.01, power=2.0, cycle=True)),
    "cosine": lambda o, s: o.SGD(s.CosineDecay(0.01, 4, alpha=0.1, warmup_target=0.1, warmup_steps=2)),
    "restarts": lambda o, s: o.SGD(s.CosineDecayRestarts(0.1, 2, t_mul=2.0, m_mul=0.8)),
}


@pytest.mark.parametrize("name", RULES)
def test_steps_are_those_of_keras(name, rng):
    gradients = [[rng.standard_normal(a.shape).astype("float32") for a in START] for _ in range(7)]
    ours, optimizer = walked(RULES[name], 7, gradients)
    for a, b in zip(ours, walked_there(RULES[name], 7, gradients), strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)
    assert optimizer.iterations == 7
    again = optimizers.deserialize(optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()


@pytest.mark.parametrize("name", RULES)
def test_a_state_dict_goes_on_bit_for_bit(name, rng, tmp_path):
    gradients = [[rng.standard_normal(a.shape).astype("float32") for a in START] for _ in range(6)]
    whole, _ = walked(RULES[name], 6, gradients)
    half, first = walked(RULES[name], 3, gradients)
    autograd.save(first.state_dict(), tmp_path / "state.safetensors")
    params = [nn.Parameter(autograd.tensor(a)) for a in half]
    second = RULES[name](optimizers, schedules)
    second.build(params)
    second.load_state_dict(autograd.load(tmp_path / "state.safetensors"))
    for i in range(3, 6):
        for p, g in zip(params, gradients[i], strict=True):
            p.grad = autograd.tensor(g)
        second.step()
    for a, p in zip(whole, params, strict=True):
        assert a.tobytes() == p.detach().numpy().tobytes()


@pytest.mark.parametrize(
    "name",
    [
        "SGD",
        "RMSprop",
        "Adam",
        "AdamW",
        "Adamax",
        "Nadam",
        "Adagrad",
        "Adadelta",
        "Ftrl",
        "Lion",
        "Adafactor",
        "Lamb",
        "Muon",
    ],
)
def test_defaults_are_those_of_keras(name):
    ours, theirs = optimizers.get(name).get_config(), getattr(keras.optimizers, name)().get_config()
    for key, value in ours.items():
        assert key == "name" or value == pytest.approx(theirs[key]), key


def test_names_and_classes():
    assert isinstance(optimizers.get("ADAM"), optimizers.Adam)
    assert isinstance(optimizers.get(optimizers.Adam), optimizers.Adam)
    with pytest.raises(ArgumentError, match="did you mean 'adam'"):
        optimizers.get("adan")
    with pytest.raises(ArgumentError, match=r"neither a name nor an? optimizer"):
        optimizers.get(3)
    with pytest.raises(ArgumentError, match=r"not one of nn\.keras\.optimizers"):
        optimizers.serialize(optim.SGD([nn.Parameter(autograd.ones(1))]))


def test_optimizers_of_optim_are_taken_too():
    model = nn.Linear(2, 1)
    own = optim.Adam(model.parameters())
    assert built(own, model.parameters()) is own
    assert isinstance(built(optim.SGD, model.parameters()), optim.SGD)
    made = built(lambda params: optim.SGD(params, lr=0.5), model.parameters())
    assert made.param_groups[0]["lr"] == 0.5
    with pytest.raises(ArgumentError, match="optimizes none of the model's parameters"):
        built(optim.Adam(nn.Linear(2, 1).parameters()), model.parameters())
    with pytest.raises(ArgumentError, match="no parameters that are to be learnt"):
        built(optimizers.Adam(), [])


def test_the_learning_rate_can_be_set_unless_a_schedule_has_it():
    optimizer = optimizers.Adam(0.1)
    p = nn.Parameter(autograd.ones(2))
    optimizer.learning_rate = 0.2
    optimizer.build([p])
    assert optimizer.learning_rate == optimizer.lr == optimizer.param_groups[0]["lr"] == 0.2
    optimizer.lr = 0.3
    assert optimizer.get_config()["learning_rate"] == 0.3
    optimizer.build([p])  # the same again
    with pytest.raises(ArgumentError, match="make a new optimizer for each model"):
        optimizer.build([nn.Parameter(autograd.ones(2))])
    scheduled = optimizers.SGD(schedules.ExponentialDecay(0.1, 10, 0.9))
    with pytest.raises(ArgumentError, match="follows ExponentialDecay"):
        scheduled.learning_rate = 0.1
    asked = iter([0.5, 0.25, 0.125])
    called = optimizers.SGD(lambda: next(asked))
    called.build([p])
    p.grad = autograd.ones(2)
    called.step()
    assert p.tolist() == [0.75, 0.75]


def test_a_loop_that_applies_gradients_itself():
    p = nn.Parameter(autograd.tensor([1.0, 2.0]))
    optimizer = optimizers.SGD(0.5)
    optimizer.apply_gradients([(autograd.tensor([1.0, 1.0]), p)])
    assert p.tolist() == [0.5, 1.5]
    optimizer.apply([np.array([1.0, 0.0])])
    assert p.tolist() == [0.0, 1.5]
    with pytest.raises(ArgumentError, match="2 gradients for 1 parameters"):
        optimizer.apply([None, None], [p])


def test_mistakes():
    for make, message in [
        (lambda: optimizers.SGD(-0.1), "learning_rate must not be negative"),
        (lambda: optimizers.SGD("fast"), "a number or a schedule"),
        (lambda: optimizers.SGD(momentum=2.0), "momentum must be in"),
        (lambda: optimizers.Adam(beta_1=1.0), "beta_1 must be in"),
        (lambda: optimizers.Adam(clipnorm=1.0, clipvalue=1.0), "give one of"),
        (lambda: optimizers.Adam(clipnorm=-1.0), "must be positive"),
        (lambda: optimizers.Adam(use_ema=True), "use_ema=True is not supported"),
        (lambda: optimizers.Adam().step(), "it has no parameters yet"),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps must be positive"),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), "one value more than boundaries"),
        (lambda: schedules.deserialize({"class_name": "Nothing"}), "schedule"),
    ]:
        with pytest.raises(ArgumentError, match=message):
            make()
    with pytest.raises(TypeError, match="there is no argument 'learning_rat'; did you mean 'learning_rate'"):
        optimizers.Adam(learning_rat=0.1)


def test_muon_leaves_embeddings_and_what_it_is_told_to_adam(rng):
    """A model with both, trained here and in Keras; then every matrix, which is something else."""
    import nn.keras as ours

    x, y = rng.integers(0, 5, (8, 3)), rng.standard_normal((8, 1)).astype("float32")

    def trained(k, start, **options):
        layers = k.layers
        model = k.Sequential(
            [
                k.Input((3,), dtype="int64"),
                layers.Embedding(5, 2),
                layers.Flatten(),
                layers.Dense(4, name="hidden"),
                layers.Dense(1, name="last"),
            ]
        )
        model.set_weights(start)
        model.compile(k.optimizers.Muon(0.1, **options), "mse")
        for _ in range(3):
            model.train_on_batch(x, y)
        return model

    start = [rng.standard_normal(shape) for shape in [(5, 2), (6, 4), (4,), (4, 1), (1,)]]
    seen = []
    for options in ({}, {"exclude_layers": ["la.t"]}, {"exclude_embeddings": False}):
        model = trained(ours, start, **options)
        theirs = trained(keras, start, **options).get_weights()
        for a, b in zip(model.get_weights(), theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
        seen.append(np.concatenate([w.ravel() for w in model.get_weights()]))
        again = optimizers.deserialize(optimizers.serialize(model.optimizer))
        assert again.get_config() == model.optimizer.get_config()
        assert again.get_config().items() >= options.items()
    assert not np.allclose(seen[0], seen[1], atol=1e-3)
    assert not np.allclose(seen[0], seen[2], atol=1e-3)


def test_muon_gives_gradients_to_parameters_in_the_order_in_which_they_came():
    vector, matrix = nn.Parameter(autograd.zeros(2)), nn.Parameter(autograd.zeros(2, 2))
    optimizer = optimizers.Muon(0.1)
    optimizer.build([vector, matrix])
    optimizer.apply([autograd.tensor([1.0, 0.0]), autograd.eye(2)])
    assert vector.tolist() == pytest.approx([-0.1, 0.0], rel=1e-4)
    assert [group["adam"] for group in optimizer.param_groups] == [False, True]
    assert matrix.tolist()[0][1] == 0.0
    assert matrix.tolist()[0][0] < 0.0


def test_norms_of_zero():
    """LAMB steps by lr u from weights of 0; nothing moves without a gradient."""
    p = nn.Parameter(autograd.zeros(2))
    lamb = optimizers.Lamb(0.5)
    lamb.apply([autograd.tensor([1.0, -1.0])], [p])
    np.testing.assert_allclose(p.detach(), [-0.5, 0.5], rtol=1e-5)
    for make in (optimizers.Lamb, optimizers.Muon, optimizers.Adafactor):
        q = nn.Parameter(autograd.ones(2, 2))
        optimizer = make(0.1, weight_decay=None)
        optimizer.apply([autograd.zeros(2, 2)], [q])
        assert q.tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.Adafactor(beta_2_decay=0.5), "Adafactor: beta_2_decay must be in"),
        (lambda: optimizers.Adafactor(clip_threshold=0.0), "Adafactor: clip_threshold must be in"),
        (lambda: optimizers.Lamb(beta_1=1.0), "Lamb: beta_1 must be in"),
        (lambda: optimizers.Muon(momentum=1.0), "Muon: momentum must be in"),
        (lambda: optimizers.Muon(ns_steps=100), "Muon: ns_steps must be in"),
    ],
)
def test_options_out_of_their_range(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()
