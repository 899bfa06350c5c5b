"""The learning-rate range test: what it sees, and that nothing is changed by it."""

import numpy as np
import pytest

import autograd
import nn
import optim


def training(rule="Adam"):
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = getattr(optim, rule)(model.parameters(), lr=0.01)
    rng = np.random.default_rng(0)
    x = autograd.tensor(rng.standard_normal((64, 5)).astype(np.float32))
    y = x.sum(1, keepdim=True)

    def closure():
        optimizer.zero_grad()
        loss = ((model(x) - y) ** 2).mean()
        loss.backward()
        return loss

    return model, optimizer, closure


@pytest.mark.parametrize("rule", ["SGD", "Adam"])
def test_everything_is_put_back(rule):
    model, optimizer, closure = training(rule)
    for _ in range(3):
        optimizer.step(closure)
    before = {n: v.clone() for n, v in model.state_dict().items()}
    kept = [{n: v.clone() for n, v in s.items()} for s in optimizer.state.values()]
    result = optim.range_test(optimizer, closure, module=model)
    for name, value in model.state_dict().items():
        assert autograd.equal(value, before[name]), name
    for now, then in zip(optimizer.state.values(), kept, strict=True):
        assert all(autograd.equal(now[n], then[n]) for n in then)
    assert optimizer.param_groups[0]["lr"] == 0.01
    assert len(result.lrs) == len(result.losses) == len(result.smoothed)
    assert result.losses[0] == closure().item()


def test_the_optimizers_groups_stay_the_same_objects_and_no_step_is_noted():
    _, optimizer, closure = training()
    group, rate = optimizer.param_groups[0], autograd.tensor(0.01)
    group["lr"] = rate
    optim.range_test(optimizer, closure, num_steps=5)
    assert optimizer.param_groups[0] is group
    assert group["lr"] is rate
    assert rate.item() == np.float32(0.01)
    assert not optimizer.stepped


def test_the_rates_grow_evenly_and_the_run_stops_when_it_diverges():
    _, optimizer, closure = training("SGD")
    result = optim.range_test(optimizer, closure, 1e-4, 100.0, 61)
    np.testing.assert_allclose(np.diff(np.log(result.lrs)), np.log(1e6) / 60)
    assert 10 < len(result.lrs) < 61
    assert 1e-3 < result.suggestion() < 5
    assert result.smoothed[-1] <= 4 * min(result.smoothed)


def test_the_plot_shows_the_suggestion():
    pytest.importorskip("matplotlib").use("agg")
    _, optimizer, closure = training()
    result = optim.range_test(optimizer, closure)
    ax = result.plot()
    assert ax.get_xscale() == "log"
    assert f"{result.suggestion():.1e}" in ax.get_legend().get_texts()[2].get_text()


@pytest.mark.parametrize(
    "options", [{"start_lr": 0}, {"start_lr": 1, "end_lr": 0.1}, {"num_steps": 2}, {"smoothing": 1.0}]
)
def test_mistakes(options):
    _, optimizer, closure = training()
    with pytest.raises(ValueError, match="range_test"):
        optim.range_test(optimizer, closure, **options)
