"""`show.watch`: a model seen while it trains. Every number is compared with one computed beside it."""

import gc
import math
import weakref

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import checkpoint
from autograd.errors import ArgumentError
from autograd.show import watch

from .watched import rows, small, train


def hooks_on(model):
    """How many forward hooks there are on the modules."""
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


# -- the numbers -------------------------------------------------------------------------------------------------------


def test_activations_gradients_and_updates_of_one_step():
    model = small().double()
    x = autograd.randn(5, 3, dtype=autograd.float64)
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    h = model[0](x)
    a = h.relu()
    out = model[2](a)
    for t in (h, a, out):
        t.retain_grad()
    (out**2).mean().backward()
    expected = {"0": h, "1": a, "2": out}
    weights = {name: p.detach().numpy().copy() for name, p in model.named_parameters()}
    gradients = {name: p.grad.numpy().copy() for name, p in model.named_parameters()}
    with watch(model, optimizer) as seen:
        train(model, optimizer, x)
    assert seen.layers == ["0", "1", "2"]
    for row in rows(seen, "activation"):
        array = expected[row.name].detach().numpy()
        assert row.count == array.size
        assert row.mean == pytest.approx(array.mean(), rel=1e-12)
        assert row.std == pytest.approx(array.std(), rel=1e-12)
        assert row.max_abs == np.abs(array).max()
        assert row.norm == pytest.approx(np.linalg.norm(array), rel=1e-12)
        assert row.zeros == (array == 0).mean()
    assert [r.name for r in rows(seen, "activation")] == ["0", "1", "2"]
    for row in rows(seen, "activation gradient"):
        assert row.norm == pytest.approx(np.linalg.norm(expected[row.name].grad.numpy()), rel=1e-12)
    for row in rows(seen, "parameter gradient"):
        assert row.norm == pytest.approx(np.linalg.norm(gradients[row.name]), rel=1e-12)
    for row in rows(seen, "parameter"):
        change = np.linalg.norm(0.1 * gradients[row.name])
        assert row.norm == pytest.approx(np.linalg.norm(weights[row.name]), rel=1e-12)
        assert row.update == pytest.approx(change / np.linalg.norm(weights[row.name]), rel=1e-9)
    assert {r.kind for r in rows(seen, "parameter", "0.weight")} == {"4×3"}


def test_dead_units_are_those_that_are_zero_in_the_whole_window():
    layer = nn.Linear(2, 4, bias=False)
    with autograd.no_grad():
        layer.weight.copy_(autograd.tensor([[1.0, 0], [0, 1], [-1, -1], [-1, 0]]))
    model = nn.Sequential(layer, nn.ReLU())
    optimizer = optim.SGD(model.parameters(), lr=0.0)
    batches = [[[1.0, -1.0], [2.0, -1.0]], [[1.0, 1.0], [2.0, -1.0]], [[1.0, -1.0]], [[1.0, -1.0]]]
    with watch(model, optimizer, window=2) as seen:
        for batch in batches:
            train(model, optimizer, autograd.tensor(batch))
    # units that live: {0}, {0, 1}, {0}, {0}
    assert [r.dead for r in rows(seen, "activation", "1")] == [0.75, 0.5, 0.5, 0.75]
    assert [r.dead for r in rows(seen, "activation", "0")] == [None] * 4
    with watch(model, optimizer, window=1) as seen:
        for batch in batches:
            train(model, optimizer, autograd.tensor(batch))
    assert [r.dead for r in rows(seen, "activation", "1")] == [0.75, 0.5, 0.75, 0.75]


def test_units_of_a_convolution_are_channels_and_of_a_sequence_features():
    conv = nn.Conv2d(1, 3, 1)
    with autograd.no_grad():
        conv.weight.copy_(autograd.tensor([1.0, -1, -1]).reshape(3, 1, 1, 1))
        conv.bias.zero_()
    model = nn.Sequential(conv, nn.ReLU())
    seen = watch(model)
    model(autograd.ones(2, 1, 4, 4)).sum().backward()
    assert rows(seen, "activation", "1")[0].dead == pytest.approx(2 / 3)
    conv1 = nn.Conv1d(1, 3, 1)
    with autograd.no_grad():
        conv1.weight.copy_(autograd.tensor([1.0, -1, -1]).reshape(3, 1, 1))
        conv1.bias.zero_()
    model = nn.Sequential(conv1, nn.ReLU())
    seen = watch(model)
    model(autograd.ones(2, 1, 4)).sum().backward()
    assert rows(seen, "activation", "1")[0].dead == pytest.approx(2 / 3)
    line = nn.Linear(2, 4, bias=False)
    with autograd.no_grad():
        line.weight.copy_(autograd.tensor([[1.0, 0], [-1, 0], [-1, 0], [-1, 0]]))
    model = nn.Sequential(line, nn.ReLU())
    seen = watch(model)
    model(autograd.ones(2, 5, 2)).sum().backward()
    assert rows(seen, "activation", "1")[0].dead == 0.75


@pytest.mark.parametrize(
    ("layer", "inputs", "share"),
    [
        (nn.Sigmoid(), [0.0, 4.3, 4.5, -5.0], 0.5),  # σ' / σ'(0) is 0.053 at 4.3, 0.043 at 4.5
        (nn.Tanh(), [0.0, 2.1, 2.2, -3.0], 0.5),  # tanh' is 0.058 at 2.1, 0.048 at 2.2
        (nn.Hardtanh(), [0.0, 0.5, 1.5, -2.0], 0.5),
        (nn.ReLU6(), [1.0, 7.0, 8.0, 2.0], 0.5),
        (nn.Hardsigmoid(), [0.0, 1.0, 5.0, -4.0], 0.5),
    ],
)
def test_saturated_is_where_the_derivative_is_small(layer, inputs, share):
    seen = watch(layer)
    layer(autograd.tensor(inputs, requires_grad=True)).sum().backward()
    assert rows(seen, "activation")[0].saturated == share


def test_what_is_not_finite_is_counted_with_step_and_layer():
    model = small()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer) as seen:
        train(model, optimizer, autograd.ones(2, 3))
        train(model, optimizer, autograd.tensor([[math.nan, 0, 0], [math.inf, 1, 1]]))
    first = [r for r in seen.history if r.nans or r.infinities]
    assert {r.step for r in first} == {1}
    row = rows(seen, "activation", "0")[1]
    assert row.nans + row.infinities == 8
    assert row.count == 8
    (finding,) = [f for f in seen.findings() if f.problem == "nan"]
    assert (finding.name, finding.step) == ("0", 1)
    assert "first at step 1" in finding.text
    assert "detect_anomaly" in finding.text
    (line,) = [line for line in str(seen).splitlines() if line.startswith("0 ")]
    assert line.split()[:3] == ["0", "Linear", "0%"]  # no mean and no deviation of what is not finite


def test_moments_of_several_arrays_together_and_of_large_numbers():
    from autograd.show.watching.numbers import Sums

    parts = [np.array([1e8, 1e8 + 1]), np.array([1e8 + 2]), np.zeros(0), np.array([np.inf, np.nan])]
    sums = Sums(histogram=True)
    for part in parts:
        sums.add(part)
    whole = np.concatenate(parts[:2])
    assert (sums.count, sums.finite, sums.nans, sums.infinities) == (5, 3, 1, 1)
    assert sums.std == pytest.approx(whole.std(), rel=1e-9)
    assert sums.norm == pytest.approx(np.linalg.norm(whole), rel=1e-12)
    assert sums.buckets.sum() == 3


# -- steps, samples and hooks ------------------------------------------------------------------------------------------


def test_only_sampled_steps_have_hooks_on_the_layers():
    model = small()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    before = hooks_on(model)
    seen = watch(model, optimizer, every=3)
    counts = []
    for _ in range(7):
        counts.append(hooks_on(model) - before)
        train(model, optimizer, autograd.ones(2, 3))
    assert [n > 0 for n in counts] == [True, False, False, True, False, False, True]
    assert sorted({r.step for r in seen.history}) == [0, 3, 6]
    assert seen.steps == 7
    seen.close()
    seen.close()
    assert hooks_on(model) == before
    assert all(m._call_hooks is None or not m._call_hooks for m in model.modules())
    assert not optimizer.hooks.before
    assert not optimizer.hooks.after
    kept = len(seen.history)
    train(model, optimizer, autograd.ones(2, 3))
    assert len(seen.history) == kept


def test_gradient_accumulation_is_one_step():
    model = small().double()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    halves = autograd.randn(2, 5, 3, dtype=autograd.float64)
    with watch(model, optimizer) as seen:
        for half in halves:
            model(half).sum().backward()
        gradient = np.linalg.norm(model[0].weight.grad.numpy())
        optimizer.step()
    assert seen.steps == 1
    assert rows(seen, "activation", "0")[0].count == 2 * 5 * 4
    assert rows(seen, "activation gradient", "2")[0].norm == pytest.approx(math.sqrt(20))
    assert rows(seen, "parameter gradient", "0.weight")[0].norm == pytest.approx(gradient, rel=1e-12)


def test_without_an_optimizer_a_forward_after_a_backward_begins_a_step():
    model = small()
    seen = watch(model)
    for _ in range(3):
        model(autograd.ones(2, 3))
        model(autograd.ones(2, 3)).sum().backward()
    assert [r.step for r in rows(seen, "activation", "0")] == [0, 1, 2]  # the last is under way
    assert [r.count for r in rows(seen, "activation", "0")] == [16, 16, 16]
    assert {r.update for r in rows(seen, "parameter")} == {None}
    assert len(rows(seen, "parameter gradient", "0.weight")) == 3
    assert seen.steps == 2
    seen.close()
    assert seen.steps == 3
    assert [r.step for r in rows(seen, "activation", "0")] == [0, 1, 2]
    assert hooks_on(model) == 0
    assert not model[0].weight.node.extras.post_hooks


def test_evaluation_is_passed_over():
    model = small()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    with watch(model, optimizer) as seen:
        model.eval()
        model(autograd.ones(50, 3))
        model.train()
        with autograd.no_grad():
            model(autograd.ones(50, 3))
        train(model, optimizer, autograd.ones(2, 3))
    assert [r.count for r in rows(seen, "activation", "0")] == [8]


def test_a_shared_module_is_one_layer():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(3, 3)
            self.again = self.layer

        def forward(self, x):
            return self.again(self.layer(x))

    model = Twice()
    seen = watch(model)
    model(autograd.ones(2, 3)).sum().backward()
    assert seen.layers == ["layer"]
    assert rows(seen, "activation")[0].count == 12
    assert len(rows(seen, "parameter gradient")) == 2


def test_a_checkpointed_module_is_counted_once():
    class Saving(nn.Module):
        def __init__(self):
            super().__init__()
            self.part = small()
            self.last = nn.Linear(2, 1)

        def forward(self, x):
            return self.last(checkpoint.checkpoint(self.part, x))

    model = Saving()
    plain, seen = [], []
    for found, run in ((plain, lambda x: model.last(model.part(x))), (seen, model)):
        with watch(model) as w:
            run(autograd.ones(2, 3)) if run is model else model(autograd.ones(2, 3))
            (run(autograd.ones(2, 3)) ** 2).sum().backward()
        found += [(r.name, r.what, r.count) for r in w.history if r.name.startswith("part.")]
    counts = {name: count for name, what, count in seen if what == "activation"}
    assert counts == {"part.0": 16, "part.1": 16, "part.2": 8}
    gradients = {name: count for name, what, count in seen if what == "activation gradient"}
    assert gradients == {"part.0": 8, "part.1": 8, "part.2": 4}


def test_lazy_layers_are_seen_once_they_have_a_shape():
    model = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1))
    seen = watch(model)
    model(autograd.ones(2, 3)).sum().backward()
    assert [r.kind for r in rows(seen, "activation")] == ["Linear", "ReLU", "Linear"]
    model(autograd.ones(2, 3)).sum().backward()
    assert {r.name for r in rows(seen, "parameter gradient")} == {"0.weight", "0.bias", "2.weight", "2.bias"}


def test_a_closure_runs_in_one_step():
    model = small().double()
    optimizer = optim.LBFGS(model.parameters(), max_iter=4, lr=0.5)
    x = autograd.randn(4, 3, dtype=autograd.float64)

    def closure():
        optimizer.zero_grad()
        loss = (model(x) ** 2).mean()
        loss.backward()
        return loss

    with watch(model, optimizer) as seen:
        optimizer.step(closure)
        optimizer.step(closure)
    assert seen.steps == 2
    assert {r.step for r in rows(seen, "parameter gradient")} == {0, 1}
    assert rows(seen, "activation", "0")[0].count > 16
    assert all(r.update > 0 for r in rows(seen, "parameter", "0.weight"))


def test_several_optimizers_end_a_step_together():
    model = small()
    first = optim.SGD(model[0].parameters(), lr=0.1)
    second = optim.SGD(model[2].parameters(), lr=0.2)
    with watch(model, [first, second]) as seen:
        for _ in range(2):
            model(autograd.ones(2, 3)).sum().backward()
            first.step()
            second.step()
    assert seen.steps == 2
    assert {r.name for r in rows(seen, "parameter") if r.update} >= {"0.weight", "2.weight"}


def test_activations_called_as_functions_are_layers():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(3, 4), nn.Linear(4, 4)

        def forward(self, x):
            return nn.functional.relu(self.b(nn.functional.relu(self.a(x)))).tanh()

    model = Net()
    seen = watch(model)
    model(autograd.ones(2, 3)).sum().backward()
    names = [(r.name, r.kind) for r in rows(seen, "activation") if r.kind.endswith("()")]
    assert names == [("relu", "relu()"), ("relu 2", "relu()"), ("tanh", "tanh()")]
    assert rows(seen, "activation", "relu")[0].dead is not None
    assert rows(seen, "activation", "tanh")[0].saturated is not None
    assert rows(seen, "activation gradient", "relu 2")[0].count == 8


def test_layers_with_other_results_than_one_tensor():
    model = nn.Sequential(nn.LSTM(3, 4, batch_first=True))
    seen = watch(model)
    out, _ = model(autograd.ones(2, 5, 3))
    out.sum().backward()
    assert rows(seen, "activation", "0")[0].count == 2 * 5 * 4 + 2 * 2 * 4


def test_watching_changes_no_number_and_keeps_no_graph():
    def run(watched):
        autograd.manual_seed(0)
        model = small(nn.Linear(3, 8), nn.Dropout(0.5), nn.ReLU(inplace=True), nn.Linear(8, 2))
        optimizer = optim.Adam(model.parameters())
        seen = watch(model, optimizer, every=2) if watched else None
        autograd.manual_seed(1)
        train(model, optimizer, autograd.ones(4, 3), steps=5)
        return model, seen

    plain, _ = run(False)
    watched, seen = run(True)
    for p, q in zip(plain.parameters(), watched.parameters(), strict=True):
        assert (p == q).all()
    gc.disable()
    try:
        out = watched(autograd.ones(4, 3))
        node = weakref.ref(out.grad_fn)
        del out
        assert node() is None
    finally:
        gc.enable()
    seen.close()


def test_an_error_in_forward_leaves_the_mode_as_it_was():
    model = small()
    seen = watch(model)
    with pytest.raises(autograd.errors.ShapeError):
        model(autograd.ones(2, 5))
    from autograd.modes import MODE

    assert MODE.get().recorder is None
    model(autograd.ones(2, 3)).sum().backward()
    assert rows(seen, "activation", "2")[0].count == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("model",), "needs a module"),
        ((nn.Linear(1, 1), "sgd"), "needs an optimizer"),
        ((nn.Linear(1, 1), None, 0), "every must be at least 1, got 0"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        watch(*arguments)
