"""Averaged models, and batch norms computed anew, beside PyTorch's."""

import numpy as np
import pytest

import autograd
import nn
import optim
from optim import swa_utils

torch = pytest.importorskip("torch")


def model_of(lib):
    home = nn if lib is autograd else torch.nn
    rng = np.random.default_rng(0)
    model = home.Sequential(home.Linear(3, 4), home.BatchNorm1d(4), home.ReLU(), home.Linear(4, 2))
    with lib.no_grad():
        for p in model.parameters():
            p.copy_(lib.tensor(rng.standard_normal(tuple(p.shape)).astype(np.float32)))
    return model


def averages(lib):
    home = swa_utils if lib is autograd else torch.optim.swa_utils
    return {
        "mean": {},
        "ema": {"avg_fn": home.get_ema_avg_fn(0.8)},
        "ema lists": {"multi_avg_fn": home.get_ema_multi_avg_fn(0.8)},
        "swa": {"avg_fn": home.get_swa_avg_fn()},
        "swa lists": {"multi_avg_fn": home.get_swa_multi_avg_fn()},
        "own": {"avg_fn": lambda a, w, n: a * 0.5 + w / (n + 2)},
        "buffers": {"use_buffers": True},
    }


def run(lib, which):
    home = swa_utils if lib is autograd else torch.optim.swa_utils
    model = model_of(lib)
    average = home.AveragedModel(model, **averages(lib)[which])
    optimizer = (optim if lib is autograd else torch.optim).SGD(model.parameters(), lr=0.05)
    rng = np.random.default_rng(1)
    batches = [lib.tensor(rng.standard_normal((8, 3)).astype(np.float32)) for _ in range(6)]
    for x in batches:
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()
        average.update_parameters(model)
    state = {name: v.numpy().copy() for name, v in average.state_dict().items()}
    average.eval()
    home.update_bn([(x, 0) for x in batches], average)
    assert not average.training
    return (
        state,
        {name: v.numpy() for name, v in average.state_dict().items()},
        average(batches[0]).detach().numpy(),
    )


@pytest.mark.parametrize("which", averages(autograd))
def test_the_average_is_pytorchs(which):
    (ours, ours_bn, out), (theirs, theirs_bn, expected) = run(autograd, which), run(torch, which)
    assert list(ours) == list(theirs)
    for name in ours:
        assert ours[name].dtype == theirs[name].dtype
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(ours_bn[name], theirs_bn[name], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)


def test_the_model_itself_is_left_alone():
    model = model_of(autograd)
    before = [p.array.copy() for p in model.parameters()]
    average = swa_utils.AveragedModel(model)
    average.update_parameters(model)
    average.module[0].weight.detach().fill_(0)
    for p, b in zip(model.parameters(), before, strict=True):
        np.testing.assert_array_equal(p.array, b)


def test_mistakes():
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        swa_utils.get_ema_avg_fn(1.5)
    with pytest.raises(ValueError, match="not both"):
        swa_utils.AveragedModel(nn.Linear(1, 1), avg_fn=swa_utils.get_swa_avg_fn(), multi_avg_fn=print)
