"""Signatures, mistakes, states and hooks of every optimizer, beside PyTorch's."""

import copy
import importlib
import inspect
import pickle
import warnings

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import AssertedError, AutogradError, EntryError, StateDictError
from optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

torch = pytest.importorskip("torch")

RULES = {
    "SGD": {"lr": 0.1, "momentum": 0.9},
    "ASGD": {"t0": 2},
    "Rprop": {},
    "Adagrad": {},
    "RMSprop": {"centered": True, "momentum": 0.9},
    "Adadelta": {},
    "Adam": {"amsgrad": True},
    "AdamW": {},
    "Adamax": {},
    "NAdam": {},
    "RAdam": {},
    "Adafactor": {},
    "Muon": {},
    "LBFGS": {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 4},
}


def home(lib):
    return optim if lib is autograd else torch.optim


def weight(lib, *shape):
    return (nn if lib is autograd else torch.nn).Parameter(lib.ones(*(shape or (2, 2))))


def outcome(f, lib):
    """What it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            f(lib)
        except Exception as error:  # noqa: BLE001  # whichever it is
            return error
    return None


def assert_same_error(f):
    ours, theirs = outcome(f, autograd), outcome(f, torch)
    assert theirs is not None
    assert isinstance(ours, type(theirs)), repr(ours)
    assert isinstance(ours, AutogradError), repr(ours)


# ------------------------------------------------------------------------------------------ names and signatures


def parameters(f):
    return [(p.name, p.kind, p.default) for p in inspect.signature(f).parameters.values()]


HOMES = [
    (optim, torch.optim, [*RULES, "Optimizer"]),
    (optim.lr_scheduler, torch.optim.lr_scheduler, torch.optim.lr_scheduler.__all__),
    (optim.swa_utils, torch.optim.swa_utils, torch.optim.swa_utils.__all__),
]


@pytest.mark.parametrize(("ours", "theirs", "names"), HOMES, ids=["optim", "lr_scheduler", "swa_utils"])
def test_signatures(ours, theirs, names):
    for name in names:
        f, reference = getattr(ours, name), getattr(theirs, name)
        assert parameters(f) == parameters(reference), name
        methods = ("step", "zero_grad", "state_dict", "load_state_dict", "add_param_group")
        hooks = [n for n in dir(reference) if n.startswith("register_")] if ours is optim else []
        for method in (*methods, *hooks):
            if (
                hasattr(reference, method)
                and ours is not optim.swa_utils
                and (name, method) != ("LBFGS", "step")
            ):
                assert parameters(getattr(f, method)) == parameters(getattr(reference, method)), (
                    name,
                    method,
                )


def test_every_public_name_of_pytorch_is_there():
    # sparse gradients; and the tracing of a step by a compiler
    missing = set(torch.optim.__all__) - set(dir(optim)) - {"swa_utils"}
    assert missing == {"SparseAdam", "swap_in_optimizer_params_and_state"}
    for name in ("SGD", "ASGD", "Rprop", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax", "NAdam", "RAdam",
                 "LBFGS", "Optimizer"):  # fmt: skip
        module = importlib.import_module(f"optim.{name.lower()}")
        assert getattr(module, name) is getattr(optim, name)
        assert hasattr(importlib.import_module(f"torch.optim.{name.lower()}"), name)


# ------------------------------------------------------------------------------------------ mistakes

WRONG = [
    *((name, value) for name in ("lr", "eps", "weight_decay", "rho", "alpha", "momentum", "lr_decay",
                                 "initial_accumulator_value", "momentum_decay") for value in (-1.0, "1", None)),
    ("rho", 1.5),
    *(("betas", value) for value in ((-0.1, 0.9), (1.0, 0.9), (0.9, 1.0), (0.9, -1.0), ("a", "b"), 0.9)),
    *(("etas", value) for value in ((1.0, 1.2), (0.5, 0.9), (0.0, 1.2), 0.5)),
    ("d", 0.5), ("beta2_decay", 0.5), ("eps", (-1.0, 1e-3)), ("eps", (None, -1.0)),
    ("adjust_lr_fn", "largest"),
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_a_wrong_option_raises_what_pytorch_raises(rule):
    taken = inspect.signature(getattr(torch.optim, rule)).parameters
    tried = 0
    for name, value in WRONG:
        # ASGD's alpha may be anything; eps is one number or two
        if name not in taken or (rule, name) == ("ASGD", "alpha"):
            continue
        if name == "eps" and isinstance(value, tuple) != isinstance(taken["eps"].default, tuple):
            continue
        if (rule, name) == ("Muon", "eps"):  # PyTorch's takes any
            continue
        assert_same_error(lambda lib: getattr(home(lib), rule)([weight(lib)], **{name: value}))  # noqa: B023  # at once
        tried += 1
    assert tried >= 3
    assert_same_error(lambda lib: getattr(home(lib), rule)([weight(lib)], lr=lib.ones(2)))
    if "fused" in taken:
        assert_same_error(lambda lib: getattr(home(lib), rule)([weight(lib)], fused=True, foreach=True))


def test_betas_are_both_of_one_kind():
    for rule in ("Adam", "AdamW"):
        assert_same_error(lambda lib: getattr(home(lib), rule)([weight(lib)], betas=(0, 0.9)))  # noqa: B023  # at once
        assert_same_error(lambda lib: getattr(home(lib), rule)([weight(lib)], betas=(0.9, lib.tensor(0.9))))  # noqa: B023  # at once


PARAMETERS = {
    "none": lambda lib: [],
    "one tensor": weight,
    "a result": lambda lib: [weight(lib) * 2],
    "a number": lambda lib: [1.0],
    "no list": lambda lib: None,
    "an integer": lambda lib: 5,
    "in two groups": lambda lib: [{"params": [w]} for w in 2 * [weight(lib)]],
    "a group without": lambda lib: [{"lr": 0.1}],
    "a second group without": lambda lib: [{"params": [weight(lib)]}, {"lr": 0.1}],
    "a group of none": lambda lib: [{"params": None}],
    "a set": lambda lib: [{"params": {weight(lib)}}],
    "groups and tensors": lambda lib: [{"params": [weight(lib)]}, weight(lib)],
    "tensors and groups": lambda lib: [weight(lib), {"params": [weight(lib)]}],
    "some names": lambda lib: [("w", weight(lib)), weight(lib)],
    "names in one group": lambda lib: [{"params": [("w", weight(lib))]}, {"params": [weight(lib)]}],
    "text": lambda lib: "abc",
    "an array": lambda lib: np.ones((2, 2)),
}


@pytest.mark.parametrize("mistake", PARAMETERS)
def test_wrong_parameters_raise_what_pytorch_raises(mistake):
    for rule in RULES:
        assert_same_error(lambda lib: getattr(home(lib), rule)(PARAMETERS[mistake](lib)))  # noqa: B023  # at once


def test_what_only_some_refuse():
    assert_same_error(lambda lib: home(lib).Muon([weight(lib, 3)]))
    two = [lambda lib: {"params": [weight(lib)]}] * 2
    assert_same_error(lambda lib: home(lib).LBFGS([f(lib) for f in two]))

    def later(lib):
        optimizer = home(lib).LBFGS([weight(lib)])
        optimizer.add_param_group({"params": [weight(lib)]})
        optimizer.step(lambda: lib.ones(()))

    assert_same_error(later)
    assert isinstance(outcome(later, autograd), AssertedError)
    w = weight(autograd)
    for rule in RULES:  # PyTorch only warns
        assert isinstance(outcome(lambda lib: getattr(optim, rule)([w, w]), autograd), ValueError)  # noqa: B023  # at once


def test_a_refused_constructor_leaves_its_groups_as_they_were():
    good = {"params": (w for w in [weight(autograd)])}
    given = dict(good)
    with pytest.raises(EntryError, match=r"a group is a dict with 'params', got one with \['lr'\]"):
        optim.SGD([good, {"lr": 0.1}])
    assert good == given


STATES = {
    "empty": lambda s: {},
    "no state": lambda s: {"param_groups": s["param_groups"]},
    "no groups": lambda s: {"state": {}},
    "more groups": lambda s: {"state": {}, "param_groups": 2 * s["param_groups"]},
    "fewer parameters": lambda s: {"state": {}, "param_groups": [{**s["param_groups"][0], "params": []}]},
    "a group without": lambda s: {"state": {}, "param_groups": [{"lr": 1}]},
    "groups of none": lambda s: {"state": {}, "param_groups": None},
    "a list": lambda s: [1],
}


@pytest.mark.parametrize("rule", RULES)
def test_a_wrong_state_dict_raises_what_pytorch_raises_and_changes_nothing(rule):
    p = weight(autograd)
    optimizer = getattr(optim, rule)([p], **RULES[rule])
    run(optimizer, [p], 2)
    before = copy.deepcopy(optimizer.state_dict())
    for wrong in STATES.values():

        def load(lib, wrong=wrong):
            o = optimizer if lib is autograd else getattr(torch.optim, rule)([weight(lib)])
            o.load_state_dict(wrong(o.state_dict()))

        assert_same_error(load)
    for name, value in before["state"][0].items():  # PyTorch takes state of any shape
        tensor = value[0] if isinstance(value, list) else value
        if isinstance(tensor, autograd.Tensor) and tensor.ndim:
            bad = copy.deepcopy(before)
            longer = autograd.zeros(7, *tensor.shape)
            bad["state"][0][name] = [longer] if isinstance(value, list) else longer
            with pytest.raises(
                StateDictError, match=rf"'{name}' of parameter 0 has shape \(7, .*nothing|nothing"
            ):
                optimizer.load_state_dict(bad)
    with pytest.raises(StateDictError, match="parameter 0 is a int, not a dict"):
        optimizer.load_state_dict({**before, "state": {0: 3}})
    assert_same_state(optimizer.state_dict(), before)


# ------------------------------------------------------------------------------------------ states


def run(optimizer, params, steps):
    for _ in range(steps):

        def closure():
            optimizer.zero_grad()
            loss = sum(((p - 0.3) ** 4).sum() for p in params)
            loss.backward()
            return loss

        optimizer.step(closure)


def started(lib, rule, values, dtype="float64"):
    make = (nn if lib is autograd else torch.nn).Parameter
    params = [make(lib.tensor(np.asarray(a, dtype))) for a in values]
    return getattr(home(lib), rule)(params, **RULES[rule]), params


def values_of(params):
    return [np.array(p.detach().numpy()) for p in params]


def converted(x, f):
    """A nested state with its tensors converted."""
    if isinstance(x, dict):
        return {name: converted(value, f) for name, value in x.items()}
    if isinstance(x, list):
        return [converted(value, f) for value in x]
    return f(x) if isinstance(x, (torch.Tensor, autograd.Tensor)) else x


def form(x):
    """Its names, shapes and dtypes."""
    if isinstance(x, dict):  # "al" is PyTorch's work space
        return {name: form(value) for name, value in x.items() if name != "al"}
    if isinstance(x, list):
        return [form(value) for value in x]
    if isinstance(x, (torch.Tensor, autograd.Tensor)):
        return tuple(x.shape), str(x.dtype).split(".")[-1]
    return type(x)


def assert_same_state(found, expected):
    def plain(x):
        return converted(x, lambda t: t.tolist())

    assert plain(found) == plain(expected)


START = [np.random.default_rng(0).standard_normal((3, 2)), np.random.default_rng(1).standard_normal((2, 2))]


@pytest.mark.parametrize("steps", [0, 1, 4])
@pytest.mark.parametrize("rule", RULES)
def test_states_go_from_one_library_to_the_other(rule, steps):
    ours, p = started(autograd, rule, START)
    theirs, r = started(torch, rule, START)
    run(ours, p, steps)
    run(theirs, r, steps)
    assert form(ours.state_dict()) == form(theirs.state_dict())
    tolerance = 1e-2 if rule == "Muon" else 1e-10  # PyTorch's iterates in bfloat16

    state = theirs.state_dict()
    ends = [values_of(r)]
    for taken in (converted(state, lambda t: t.numpy()), state):
        other, q = started(autograd, rule, ends[0])
        other.load_state_dict(taken)
        run(other, q, 3)
        ends.append(values_of(q))
    back, s = started(torch, rule, values_of(p))
    back.load_state_dict(converted(ours.state_dict(), lambda t: torch.tensor(t.numpy())))
    run(theirs, r, 3)
    run(ours, p, 3)
    run(back, s, 3)
    for found in ends[1:]:
        for a, b in zip(found, values_of(r), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
    for a, b in zip(values_of(s), values_of(p), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rule", RULES)
def test_a_resumed_run_is_the_same_to_the_bit(rule, dtype, tmp_path):
    """By its state, plain arrays of it, a file, a copy and a pickle; with a frozen parameter."""
    ours, p = started(autograd, rule, [*START, np.ones((2, 3))], dtype)
    p[2].requires_grad_(False)
    run(ours, p, 3)
    autograd.save({"optimizer": ours.state_dict()}, tmp_path / "state")
    resumed = [copy.deepcopy((ours, p)), pickle.loads(pickle.dumps((ours, p)))]
    for state in (
        ours.state_dict(),
        converted(ours.state_dict(), lambda t: t.numpy()),
        autograd.load(tmp_path / "state")["optimizer"],
    ):
        other, q = started(autograd, rule, values_of(p), dtype)
        q[2].requires_grad_(False)
        other.load_state_dict(state)
        resumed.append((other, q))
    run(ours, p, 3)
    for other, q in resumed:
        run(other, q, 3)
        for a, b in zip(values_of(p), values_of(q), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in ("LBFGS", "Muon")])
def test_parameters_added_after_steps(rule):
    ends = []
    for lib in (autograd, torch):
        optimizer, params = started(lib, rule, START[:1])
        run(optimizer, params, 2)
        more = started(lib, rule, START[1:])[1]
        optimizer.add_param_group({"params": more, "lr": 0.02})
        if rule == "Adagrad" and lib is torch:  # it begins its sums when it is made
            optimizer.state[more[0]].update({"step": torch.tensor(0.0), "sum": torch.zeros_like(more[0])})
        run(optimizer, params + more, 3)
        ends.append(values_of(params + more))
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_a_loaded_state_replaces_what_a_schedule_has_noted():
    rates = []
    for lib in (autograd, torch):
        optimizer = home(lib).SGD([weight(lib)], lr=0.1)
        home(lib).lr_scheduler.StepLR(optimizer, 3)
        optimizer.load_state_dict(home(lib).SGD([weight(lib)], lr=0.5).state_dict())
        rates.append(home(lib).lr_scheduler.StepLR(optimizer, 3).base_lrs)
    assert rates == [[0.5], [0.5]]


def test_a_count_changed_by_hand_is_its_parameters_own():
    ends = []
    for lib in (autograd, torch):
        optimizer, params = started(lib, "Adam", START)
        run(optimizer, params, 3)
        optimizer.state[params[1]]["step"].fill_(0)
        run(optimizer, params, 2)
        ends.append(values_of(params))
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


def test_a_group_is_the_dict_that_was_given():
    for lib in (autograd, torch):
        w, group = weight(lib), {"lr": 0.5}
        group["params"] = w
        optimizer = home(lib).SGD([group], momentum=0.9)
        assert optimizer.param_groups[0] is group
        assert group["params"] == [w]
        assert group["momentum"] == 0.9


# ------------------------------------------------------------------------------------------ hooks


@pytest.mark.parametrize("rule", ["SGD", "LBFGS"])
def test_hooks_are_called_as_in_pytorch(rule):
    logs = []
    for lib in (autograd, torch):
        log = []
        optimizer, params = started(lib, rule, START)

        def note(name, log=log):
            return lambda o, *rest: log.append((name, type(o).__name__, [type(r).__name__ for r in rest]))

        def closure(params=params):
            loss = sum((p**2).sum() for p in params)
            loss.backward()
            return loss

        global_hooks = (
            (register_optimizer_step_pre_hook, register_optimizer_step_post_hook)
            if lib is autograd
            else (
                importlib.import_module("torch.optim.optimizer").register_optimizer_step_pre_hook,
                importlib.import_module("torch.optim.optimizer").register_optimizer_step_post_hook,
            )
        )
        handles = [register(note(f"all {i}")) for i, register in enumerate(global_hooks)]
        handles += [
            optimizer.register_step_pre_hook(note("before")),
            optimizer.register_step_pre_hook(lambda o, args, kwargs: log.append(len(args)) or None),  # noqa: B023  # now
            optimizer.register_step_post_hook(note("after")),
        ]
        for kind in ("state_dict_pre", "state_dict_post", "load_state_dict_pre", "load_state_dict_post"):
            register = getattr(optimizer, f"register_{kind}_hook")
            handles += [register(note(kind)), register(note(f"{kind} first"), prepend=True)]
        optimizer.step(closure)
        optimizer.load_state_dict(optimizer.state_dict())
        for handle in handles:
            handle.remove()
        optimizer.step(closure)
        optimizer.state_dict()
        logs.append(log)
    assert logs[0] == logs[1]
    assert len(logs[0]) == 13


def test_hooks_may_replace_what_they_are_given():
    p = weight(autograd)
    p.grad = autograd.ones(2, 2)
    optimizer = optim.SGD([p])
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((args[0], lambda: "another loss"), kwargs))
    assert optimizer.step() == "another loss"
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "epoch": 3})
    optimizer.register_load_state_dict_pre_hook(
        lambda o, state: {**state, "param_groups": [{"params": [0], "lr": 9.0}]}
    )
    saved = optimizer.state_dict()
    assert saved["epoch"] == 3
    optimizer.load_state_dict(saved)
    assert optimizer.param_groups[0]["lr"] == 9.0
    assert saved["param_groups"][0]["lr"] == 1e-3
    optimizer.register_step_pre_hook(lambda o, args, kwargs: "again")
    with pytest.raises(AutogradError, match=r"returns None or \(args, kwargs\), got str"):
        optimizer.step()


def test_a_step_of_ones_own_runs_the_hooks_once_and_is_noticed_by_schedules():
    class Twice(optim.SGD):
        def step(self, closure=None):
            super().step()
            return super().step(closure)

    p = weight(autograd)
    p.grad = autograd.ones(2, 2)
    optimizer = Twice([p], lr=0.5)
    seen = []
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(args))
    schedule = optim.lr_scheduler.StepLR(optimizer, 1)
    optimizer.step()
    schedule.step()  # does not warn
    assert seen == [(optimizer,)]
    assert p.tolist() == [[0.0, 0.0], [0.0, 0.0]]


# ------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    "options", [{}, {"lr": 0.0, "weight_decay": 0.1}, {"weight_decay": 0.1, "maximize": True}]
)
@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in ("LBFGS", "Muon")])
def test_a_group_of_several_dtypes(rule, options):
    """float16 too, and a rate that is a tensor."""
    if rule == "Rprop":
        options = {name: value for name, value in options.items() if name != "weight_decay"}
    rng = np.random.default_rng(1)
    kinds = [("f4", (3, 4)), ("f8", ()), ("f2", (5,)), ("f4", (70, 70)), ("f2", (2, 3, 4)), ("f8", (2, 3))]
    start = [rng.standard_normal(shape).astype(dtype) for dtype, shape in kinds]
    params = [nn.Parameter(autograd.tensor(a)) for a in start]
    reference = [torch.nn.Parameter(torch.tensor(a)) for a in start]
    rate = autograd.tensor(options.get("lr", 0.01), dtype=autograd.float64)
    ours = getattr(optim, rule)(params, **{**options, "lr": rate})
    theirs = getattr(torch.optim, rule)(reference, **{**options, "lr": rate.item()})
    for _ in range(10):
        for p, r in zip(params, reference, strict=True):
            g = rng.standard_normal(p.shape).astype(p.array.dtype)
            p.grad, r.grad = autograd.tensor(g), torch.tensor(g)
        ours.step()
        theirs.step()
    for p, r in zip(params, reference, strict=True):
        tolerance = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-10}[p.array.dtype.name]
        np.testing.assert_allclose(p.array, r.detach().numpy(), rtol=tolerance, atol=tolerance)


def test_options_that_are_tensors():
    ends = []
    for lib in (autograd, torch):
        params = [weight(lib), weight(lib)]
        optimizers = [
            home(lib).Adam(params[:1], betas=(lib.tensor(0.8), lib.tensor(0.9))),
            home(lib).SGD(params[1:], weight_decay=lib.tensor(0.5), lr=lib.tensor([0.1])),
        ]
        for i in range(3):
            for p in params:
                p.grad = lib.full((2, 2), 1.0 - i)
            for optimizer in optimizers:
                optimizer.step()
        ends.append(values_of(params))
    for a, b in zip(*ends, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
