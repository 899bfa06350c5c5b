"""What every optimizer does besides its rule: groups, state dicts, hooks, closures, errors."""

import copy
import gc
import math
import tracemalloc

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import (
    ArgumentError,
    AutogradError,
    EntryError,
    InPlaceError,
    ShapeError,
    StateDictError,
)

RULES = [
    (optim.SGD, {"lr": 0.1}),
    (optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    (optim.RMSprop, {"lr": 0.1, "momentum": 0.9, "centered": True}),
    (optim.Adam, {"lr": 0.1}),
    (optim.AdamW, {"lr": 0.1, "amsgrad": True}),
]
IDS = ["SGD", "SGD-momentum", "RMSprop", "Adam", "AdamW"]


def weight(*values, **options):
    return nn.Parameter(autograd.tensor(list(values)), **options)


def take_steps(optimizer, params, count):
    for _ in range(count):
        optimizer.zero_grad()
        sum((p * p * p).sum() for p in params).backward()
        optimizer.step()


# ------------------------------------------------------------------------------------------ mistakes

MISTAKES = [
    (lambda: optim.SGD([]), ValueError, "SGD: got no parameters"),
    (lambda: optim.SGD(weight(1.0)), TypeError, "put it in brackets"),
    (lambda: optim.SGD([1.0]), TypeError, r"params\[0\] is a float"),
    (lambda: optim.SGD([{"params": {weight(1.0)}}]), TypeError, "a set has no order"),
    (lambda: optim.SGD([weight(1.0) * 2]), ValueError, r"params\[0\], of shape \(1,\), is the result of an operation"),
    (lambda: optim.SGD([weight(1.0)] + 2 * [weight(2.0)]), ValueError, r"params\[2\], of shape \(1,\), is there twice"),
    (lambda: optim.SGD([weight(1.0)], lr=-1), ValueError, "SGD: lr must be 0 or more, got -1"),
    (lambda: optim.SGD([weight(1.0)], lr=autograd.ones(2)), ValueError, r"lr is one number.*\(2,\)"),
    (lambda: optim.SGD([weight(1.0)], momentum=-1), ValueError, "momentum must be 0 or more"),
    (lambda: optim.SGD([weight(1.0)], weight_decay=-1), ValueError, "weight_decay must be 0 or more"),
    (lambda: optim.SGD([weight(1.0)], nesterov=True), ValueError, "nesterov needs a momentum and no dampening"),
    (lambda: optim.Adam([weight(1.0)], lr=-1), ValueError, "Adam: lr"),
    (lambda: optim.Adam([weight(1.0)], eps=-1), ValueError, "Adam: eps"),
    (lambda: optim.AdamW([weight(1.0)], betas=(1.0, 0.9)), ValueError, r"AdamW: betas\[0\] must be in \[0, 1\)"),
    (lambda: optim.Adam([weight(1.0)], betas=(0.9, -0.1)), ValueError, r"betas\[1\]"),
    (lambda: optim.Adam([weight(1.0)], differentiable=True), ValueError, "differentiable=True is not supported"),
    (lambda: optim.RMSprop([weight(1.0)], alpha=-1), ValueError, "RMSprop: alpha"),
    (lambda: optim.RMSprop([weight(1.0)], momentum=-1), ValueError, "RMSprop: momentum"),
    (lambda: optim.SGD([{"params": [weight(1.0)], "lr": -2}]), ValueError, "lr must be 0 or more, got -2"),
    (lambda: optim.SGD([("w", weight(1.0)), weight(2.0)]), ValueError, "name all parameters of a group or none"),
    (lambda: optim.SGD([weight(1.0)]).add_param_group([weight(1.0)]), TypeError, "a group is a dict"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "message"), MISTAKES)
def test_mistakes(mistake, kind, message):
    with pytest.raises(AutogradError, match=message) as found:
        mistake()
    assert isinstance(found.value, kind)


def test_a_refused_group_changes_nothing():
    first, second = weight(1.0), weight(2.0)
    optimizer = optim.SGD([first], lr=0.1)
    for group in ({"params": [second, first]}, {"params": [second], "lr": -1}):
        given = dict(group)
        with pytest.raises(ArgumentError):
            optimizer.add_param_group(group)
        assert group == given
    assert [g["params"] for g in optimizer.param_groups] == [[first]]


def test_a_read_only_parameter_is_refused():
    array = np.zeros(3)
    array.flags.writeable = False
    p = nn.Parameter(autograd.from_numpy(np.zeros(3)))
    p.array = array
    p.grad = autograd.ones(3, dtype=autograd.float64)
    q = weight(1.0)
    q.grad = autograd.ones(1)
    optimizer = optim.SGD([q, p], momentum=0.9)
    with pytest.raises(InPlaceError, match=r"shape \(3,\) is read-only"):
        optimizer.step()
    assert q.item() == 1
    assert not any(optimizer.state.values())


def test_the_rule_of_a_new_optimizer_is_asked_for():
    p = weight(1.0)
    p.grad = autograd.ones(1)
    with pytest.raises(NotImplementedError, match="has no update"):
        optim.Optimizer([p], {"lr": 0.1}).step()


# ------------------------------------------------------------------------------------------ the step


def test_a_step_is_noticed_by_graphs_that_saved_the_parameter():
    p = weight(1.0, 2.0)
    loss = (p * p).sum()
    p.grad = autograd.ones(2)
    optim.SGD([p], lr=0.1).step()
    with pytest.raises(InPlaceError):
        loss.backward()


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_a_step_is_not_recorded_and_keeps_memory_and_identity(rule, options):
    p = weight(1.0, 2.0)
    array = p.array
    take_steps(rule([p], **options), [p], 3)
    assert p.array is array
    assert p.is_leaf
    assert p.requires_grad
    assert p.grad.grad_fn is None


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_a_step_allocates_next_to_nothing(rule, options):
    params = [nn.Parameter(autograd.randn(1000, 1000)), *(nn.Parameter(autograd.randn(30)) for _ in range(9))]
    for p in params:
        p.grad = autograd.randn(*p.shape)
    optimizer = rule(params, **options)
    optimizer.step()
    tracemalloc.start()
    optimizer.step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000  # one block alone takes 1,048,576


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_zero_size_and_zero_dimensional_parameters(rule, options):
    params = [nn.Parameter(autograd.zeros(0, 3)), nn.Parameter(autograd.tensor(2.0))]
    take_steps(rule(params, **options), params, 2)
    assert params[1].item() < 2


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_gradients_that_are_not_finite_do_not_warn(rule, options):
    p = nn.Parameter(autograd.zeros(3))
    p.grad = autograd.tensor([math.inf, math.nan, 3e38])
    optimizer = rule([p], **options)
    optimizer.step()
    optimizer.step()
    assert np.isnan(p.array[1])


def test_a_closure_computes_the_loss_with_gradients():
    p = weight(3.0)
    optimizer = optim.SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with autograd.no_grad():
        loss = optimizer.step(closure)
    assert loss.item() == 9
    assert p.item() == pytest.approx(2.4)


def test_hooks_run_around_each_step():
    p = weight(1.0)
    p.grad = autograd.ones(1)
    optimizer = optim.SGD([p], lr=0.5)
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", p.item())))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", p.item())))
    optimizer.step()
    before.remove()
    optimizer.step()
    assert seen == [("before", 1.0), ("after", 0.5), ("after", 0.0)]


def test_zero_grad():
    p, q = weight(1.0), weight(2.0)
    p.grad = autograd.ones(1)
    optimizer = optim.SGD([p, q])
    kept = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is kept
    assert kept.item() == 0
    assert q.grad is None
    optimizer.zero_grad()
    assert p.grad is None


def test_training_leaves_nothing_behind():
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4))
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    x, y = autograd.randn(32, 8), autograd.randint(0, 4, (32,))

    def train(steps):
        for _ in range(steps):
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    train(10)
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        before, memory = len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
        train(200)
        after, grown = len(gc.get_objects()), tracemalloc.get_traced_memory()[0] - memory
    finally:
        tracemalloc.stop()
        gc.enable()
    assert after - before <= 10
    assert grown < 100_000  # the graphs of 200 steps take 2 MB; Python itself keeps some hundred freed tuples


# ------------------------------------------------------------------------------------------ state


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_a_run_goes_on_from_its_state_dict(rule, options):
    params = [weight(1.0, 2.0), weight(0.5)]
    optimizer = rule(params, **options)
    take_steps(optimizer, params, 3)
    others = copy.deepcopy(params)
    other = rule(others, **options)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    take_steps(optimizer, params, 3)
    take_steps(other, others, 3)
    for p, q in zip(params, others, strict=True):
        np.testing.assert_array_equal(p.array, q.array)
    assert other.state_dict()["param_groups"] == optimizer.state_dict()["param_groups"]


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_a_copy_goes_its_own_way(rule, options):
    p = weight(1.0, 2.0)
    optimizer = rule([p], **options)
    take_steps(optimizer, [p], 2)
    q, other = copy.deepcopy((p, optimizer))
    take_steps(optimizer, [p], 2)
    take_steps(other, [q], 2)
    np.testing.assert_array_equal(p.array, q.array)
    take_steps(other, [q], 1)
    assert (p != q).all()


def test_state_may_be_changed_by_hand():
    params = [weight(1.0, 2.0), weight(3.0)]
    optimizer = optim.SGD(params, lr=1.0, momentum=1.0)
    for p in params:
        p.grad = autograd.zeros(*p.shape)
    optimizer.step()
    optimizer.state[params[0]]["momentum_buffer"] = autograd.tensor([1.0, 1.0])
    optimizer.state[params[1]]["momentum_buffer"].fill_(2.0)
    optimizer.step()
    assert [p.tolist() for p in params] == [[0.0, 1.0], [1.0]]
    optimizer.state.clear()
    optimizer.step()
    assert [p.tolist() for p in params] == [[0.0, 1.0], [1.0]]


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_state_goes_through_a_file(rule, options, tmp_path):
    params = [weight(1.0, 2.0)]
    optimizer = rule(params, **options)
    take_steps(optimizer, params, 3)
    state = optimizer.state_dict()
    tensors = {f"{i}.{name}": t for i, kept in state["state"].items() for name, t in kept.items()}
    autograd.save(tensors, tmp_path / "state.safetensors")
    read = autograd.load(tmp_path / "state.safetensors")
    kept = {name.partition(".")[2]: t for name, t in read.items()}
    others = copy.deepcopy(params)
    other = rule(others, **options)
    other.load_state_dict({"state": {0: kept} if kept else {}, "param_groups": state["param_groups"]})
    take_steps(optimizer, params, 2)
    take_steps(other, others, 2)
    np.testing.assert_array_equal(params[0].array, others[0].array)


def test_a_state_dict_that_does_not_fit_changes_nothing():
    p, q = weight(1.0, 2.0), weight(3.0)
    optimizer = optim.Adam([p, q], lr=0.1)
    take_steps(optimizer, [p, q], 1)
    before = copy.deepcopy(optimizer.state_dict())
    good = copy.deepcopy(before)
    good["param_groups"][0]["lr"] = 7.0
    wrong_shape = copy.deepcopy(good)
    wrong_shape["state"][0]["exp_avg"] = autograd.zeros(3)
    wrong_shape["state"][1]["exp_avg_sq"] = autograd.zeros(2)
    fewer = copy.deepcopy(good)
    fewer["param_groups"][0]["params"] = [0]
    more = copy.deepcopy(good)
    more["param_groups"].append(good["param_groups"][0])
    for bad, message in (
        (wrong_shape, r"'exp_avg' of parameter 0 has shape \(3,\) in the place of \(2,\)"),
        (wrong_shape, r"'exp_avg_sq' of parameter 1"),
        (fewer, r"groups of \[1\] parameters, the optimizer has \[2\]"),
        (more, r"groups of \[2, 2\] parameters"),
    ):
        with pytest.raises(StateDictError, match=message) as found:
            optimizer.load_state_dict(bad)
        assert isinstance(found.value, ValueError)  # as in PyTorch
        after = optimizer.state_dict()
        assert after["param_groups"] == before["param_groups"]
        for i in (0, 1):
            for name, t in before["state"][i].items():
                np.testing.assert_array_equal(after["state"][i][name].array, t.array)
    with pytest.raises(EntryError, match="'state' and 'param_groups'"):
        optimizer.load_state_dict({"state": {}})


def test_state_that_belongs_to_no_parameter_is_kept():
    optimizer = optim.SGD([weight(1.0)])
    state = optimizer.state_dict()
    state["state"] = {"phase": {"name": "warm-up"}, 0: {"note": "text"}}
    optimizer.load_state_dict(state)
    assert optimizer.state["phase"] == {"name": "warm-up"}
    assert optimizer.state_dict()["state"] == state["state"]


def test_an_optimizer_in_the_style_of_pytorch():
    class Plain(optim.Optimizer):
        def __init__(self, params, lr):
            super().__init__(params, {"lr": lr})

        @autograd.no_grad()
        def step(self):
            for group in self.param_groups:
                for p in group["params"]:
                    state = self.state[p]
                    state["steps"] = state.get("steps", 0) + 1
                    p.add_(p.grad, alpha=-group["lr"])

    p = weight(1.0, 2.0)
    optimizer = Plain([p], lr=0.1)
    take_steps(optimizer, [p], 2)
    assert optimizer.state_dict()["state"] == {0: {"steps": 2}}
    assert p.tolist() == pytest.approx([0.553, 0.608], abs=1e-6)


def test_named_parameters():
    model = nn.Linear(2, 1)
    optimizer = optim.SGD(model.named_parameters(), lr=0.1)
    assert optimizer.param_groups[0]["param_names"] == ["weight", "bias"]
    assert optimizer.param_groups[0]["params"] == list(model.parameters())
    with pytest.raises(ArgumentError, match="all groups or of none"):
        optimizer.add_param_group({"params": [weight(1.0)]})


# ------------------------------------------------------------------------------------------ like PyTorch's


@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_repr_and_state_dict_are_those_of_pytorch(rule, options):
    torch = pytest.importorskip("torch")
    p, r = weight(1.0, 2.0), torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    ours, theirs = rule([p], **options), getattr(torch.optim, rule.__name__)([r], **options)
    assert repr(ours) == repr(theirs)
    take_steps(ours, [p], 3)
    take_steps(theirs, [r], 3)
    found, expected = ours.state_dict(), theirs.state_dict()
    assert found["param_groups"] == expected["param_groups"]
    assert {i: list(kept) for i, kept in found["state"].items()} == {
        i: list(kept) for i, kept in expected["state"].items()
    }
    for i, kept in expected["state"].items():
        for name, value in kept.items():
            assert found["state"][i][name].shape == tuple(value.shape)
            assert str(found["state"][i][name].dtype).split(".")[1] == str(value.dtype).split(".")[1]
            np.testing.assert_allclose(found["state"][i][name].array, value.numpy(), rtol=1e-5)


@pytest.mark.parametrize("plain", [False, True], ids=["tensors", "arrays"])
@pytest.mark.parametrize(("rule", "options"), RULES, ids=IDS)
def test_a_run_of_pytorch_goes_on_here(rule, options, plain):
    torch = pytest.importorskip("torch")
    r = torch.nn.Parameter(torch.tensor([1.0, 2.0], dtype=torch.float64))
    theirs = getattr(torch.optim, rule.__name__)([r], **options)
    take_steps(theirs, [r], 3)
    state = theirs.state_dict()
    if plain:
        state["state"] = {
            i: {name: np.asarray(value) for name, value in kept.items()} for i, kept in state["state"].items()
        }
    p = nn.Parameter(autograd.tensor(r.detach().numpy()))
    ours = rule([p], lr=123.0)
    ours.load_state_dict(state)
    take_steps(theirs, [r], 5)
    take_steps(ours, [p], 5)
    np.testing.assert_allclose(p.array, r.detach().numpy(), rtol=1e-10)


# ------------------------------------------------------------------------------- memory, and small parameters


def small_layers():
    autograd.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))


def train(model, optimizer, steps=3):
    x = autograd.ones(5, 3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(x).pow(2).sum().backward()
        optimizer.step()


HOLDERS = {
    "array": lambda p: p.detach().numpy(),
    "view of the array": lambda p: p.detach().numpy().T,
    "detached": lambda p: p.detach(),
    "data": lambda p: p.data,
    "view": lambda p: p.view(-1),
    "buffer": lambda p: memoryview(p.detach().numpy()),
}


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
@pytest.mark.parametrize("early", [True, False], ids=["before the first step", "between steps"])
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_what_shares_memory_with_a_parameter_sees_its_steps(rule, early, holder):
    model = small_layers()
    optimizer = rule(model.parameters(), lr=0.1)
    if not early:
        train(model, optimizer)
    held = [holder(p) for p in model.parameters()]
    start = [p.detach().numpy().copy() for p in model.parameters()]
    train(model, optimizer)
    alone = small_layers()
    train(alone, rule(alone.parameters(), lr=0.1), 3 if early else 6)
    for p, shared, before, twin in zip(model.parameters(), held, start, alone.parameters(), strict=True):
        now = np.asarray(shared.detach() if isinstance(shared, autograd.Tensor) else shared)
        assert np.abs(p.detach().numpy() - before).min() > 0
        np.testing.assert_array_equal(np.sort(now.ravel()), np.sort(p.detach().numpy().ravel()))
        np.testing.assert_array_equal(p.detach().numpy(), twin.detach().numpy())


def test_each_parameter_stays_a_storage_of_its_own():
    model = small_layers()
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    first, second = model[0].weight, model[2].weight
    versions = [p._version for p in model.parameters()]
    train(model, optimizer, 2)
    assert [p._version for p in model.parameters()] == [v + 2 for v in versions]
    assert first.storage_offset() == 0
    assert first.untyped_storage().nbytes() == 12 * 4
    row = first.detach()[1]
    assert (row.storage_offset(), row.untyped_storage().data_ptr()) == (3, first.data_ptr())
    assert row.as_strided((2,), (3,), 0).tolist() == first.detach()[:2, 0].tolist()

    loss = (first * first).sum()  # saves the one
    with autograd.no_grad():
        second.zero_()  # writes to the other
    loss.backward()
    loss = (first * first).sum()
    optimizer.step()
    with pytest.raises(InPlaceError, match="at version"):
        loss.backward()


def test_a_copy_of_the_model_is_trained_alone():
    model = small_layers()
    train(model, optim.Adam(model.parameters()))
    before = [p.detach().clone() for p in model.parameters()]
    twin = copy.deepcopy(model)
    train(twin, optim.Adam(twin.parameters()))
    for p, q, start in zip(model.parameters(), twin.parameters(), before, strict=True):
        assert p.equal(start)
        assert not q.equal(start)


def test_two_optimizers_take_turns():
    results = []
    for shared in (True, False):
        model = small_layers()
        first = optim.SGD(model.parameters(), lr=0.1)
        second = first if not shared else optim.SGD(model.parameters(), lr=0.1)
        for optimizer in (first, second, first, second):
            train(model, optimizer, 1)
        results.append([p.tolist() for p in model.parameters()])
    assert results[0] == results[1]


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
def test_a_gradient_of_another_shape_is_refused(rule):
    w, b = weight(1.0, 2.0), weight(3.0)
    optimizer = rule([w, b], lr=0.1)
    take_steps(optimizer, [w, b], 1)
    w.data = autograd.ones(2, 2)
    with pytest.raises(ShapeError, match=r"step: .*\(2,\).*\(2, 2\)"):
        optimizer.step()
    assert w.tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam])
def test_a_gradient_that_took_another_shape_between_steps_is_refused(rule, count):
    params = [weight(1.0, 2.0) for _ in range(count)]
    optimizer = rule(params, lr=0.1)
    take_steps(optimizer, params, 2)
    before = [p.tolist() for p in params]
    kept = [int(state["step"]) for state in optimizer.state.values() if "step" in state]
    params[0].grad.data = autograd.ones(3)
    with pytest.raises(ShapeError, match=r"step: a gradient has shape \(3,\), its parameter \(2,\)"):
        optimizer.step()
    assert [p.tolist() for p in params] == before
    assert [int(state["step"]) for state in optimizer.state.values() if "step" in state] == kept
