"""200 steps on problems that optimizers are known by: Rosenbrock's valley, a random quadratic, a small network."""

import numpy as np
import pytest

import autograd
import nn
import optim
from tests.optim.test_trajectories import GRID, IDS

torch = pytest.importorskip("torch")


def rosenbrock(lib, dtype):
    home = nn if lib is autograd else torch.nn
    w = home.Parameter(lib.tensor([-1.2, 1.0], dtype=dtype))
    return [w], lambda: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2


def quadratic(lib, dtype):
    home = nn if lib is autograd else torch.nn
    rng = np.random.default_rng(0)
    half = rng.standard_normal((6, 6))
    a, b = lib.tensor(half @ half.T / 6, dtype=dtype), lib.tensor(rng.standard_normal(6), dtype=dtype)
    w = home.Parameter(lib.tensor(rng.standard_normal(6), dtype=dtype))
    return [w], lambda: 0.5 * w @ a @ w - b @ w


def network(lib, dtype):
    home = nn if lib is autograd else torch.nn
    rng = np.random.default_rng(1)
    model = home.Sequential(home.Linear(4, 8), home.Tanh(), home.Linear(8, 3)).to(dtype)
    with lib.no_grad():
        for p in model.parameters():
            p.copy_(lib.tensor(rng.standard_normal(tuple(p.shape)) * 0.5, dtype=dtype))
    x, y = lib.tensor(rng.standard_normal((20, 4)), dtype=dtype), lib.tensor(rng.integers(0, 3, 20))
    return list(model.parameters()), lambda: home.functional.cross_entropy(model(x), y)


PROBLEMS = {f.__name__: f for f in (rosenbrock, quadratic, network)}


def walk(lib, problem, rule, options, dtype, steps):
    """The losses on the way, and where it ends."""
    params, loss_of = PROBLEMS[problem](lib, dtype)
    optimizer = getattr(optim if lib is autograd else torch.optim, rule)(params, **options)
    losses = []
    for _ in range(steps):

        def closure():
            optimizer.zero_grad()
            loss = loss_of()
            loss.backward()
            return loss

        loss = optimizer.step(closure)
        losses.append(loss.item())
    return np.array(losses), np.concatenate([p.detach().numpy().ravel() for p in params])


TOLERANCES = {"float64": 1e-10, "float32": 1e-5}


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_the_walk_is_that_of_pytorch(rule, options, problem):
    # Near a minimum a rule that divides by the size of the gradient jumps to and fro across it, and the last bit of a
    # rounding decides which way; with small steps none gets there.
    options = {**options, "lr": min(options.get("lr", 1e-3), 1e-6 if options.get("maximize") else 1e-3)}
    if rule == "Rprop":
        options["step_sizes"] = (1e-6, 1e-2)
    for dtype, tolerance in TOLERANCES.items():
        if dtype == "float32" and problem == "rosenbrock":
            tolerance = 1e-4  # so steep that a rounding grows tenfold
        ours = walk(autograd, problem, rule, options, getattr(autograd, dtype), 200)
        theirs = walk(torch, problem, rule, options, getattr(torch, dtype), 200)
        for a, b in zip(ours, theirs, strict=True):
            assert np.isfinite(b).all()
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


LBFGS = [
    {},
    {"line_search_fn": "strong_wolfe"},
    {"lr": 0.1, "max_iter": 4, "history_size": 3},
    {"lr": 0.5, "max_iter": 5, "max_eval": 8, "line_search_fn": "strong_wolfe", "history_size": 2},
    {"line_search_fn": "strong_wolfe", "tolerance_grad": 1e-3, "tolerance_change": 1e-4},
]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("options", LBFGS, ids=range(len(LBFGS)))
def test_lbfgs_walks_as_in_pytorch(options, problem):
    if problem == "rosenbrock" and "line_search_fn" not in options:
        options = {**options, "lr": 1e-3}
    ours = walk(autograd, problem, "LBFGS", options, autograd.float64, 8)
    theirs = walk(torch, problem, "LBFGS", options, torch.float64, 8)
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-6, atol=1e-8)


def test_lbfgs_finds_the_minimum_of_rosenbrocks_valley():
    options = {"line_search_fn": "strong_wolfe", "tolerance_change": 1e-15}
    losses, end = walk(autograd, "rosenbrock", "LBFGS", options, autograd.float64, 5)
    np.testing.assert_allclose(end, [1, 1], atol=1e-6)
    assert losses[-1] < 1e-12


def test_lbfgs_goes_on_from_its_state():
    runs = []
    for stop in (False, True):
        params, loss_of = network(autograd, autograd.float64)
        optimizer = optim.LBFGS(params, max_iter=3)
        for step in range(6):
            if stop and step == 3:
                state = optimizer.state_dict()
                optimizer = optim.LBFGS(params, max_iter=3)
                optimizer.load_state_dict(state)

            def closure():
                optimizer.zero_grad()  # noqa: B023  # called at once
                loss = loss_of()  # noqa: B023
                loss.backward()
                return loss

            optimizer.step(closure)
        runs.append(np.concatenate([p.array.ravel() for p in params]))
    np.testing.assert_array_equal(*runs)


def test_lbfgs_refuses():
    p = nn.Parameter(autograd.zeros(2))
    with pytest.raises(ValueError, match="one group"):
        optim.LBFGS([{"params": [p]}, {"params": [nn.Parameter(autograd.zeros(1))]}])
    with pytest.raises(ValueError, match="strong_wolfe"):
        optim.LBFGS([p], line_search_fn="weak")
    with pytest.raises(ValueError, match="closure"):
        optim.LBFGS([p]).step()


# -------------------------------------------------------------------------------------------------- Muon and Lion


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"nesterov": False, "lr": 0.02},
        {"adjust_lr_fn": "match_rms_adamw", "momentum": 0.8, "weight_decay": 0.3},
    ],
)
def test_muon_follows_pytorch_as_far_as_bfloat16_goes(options):
    rng = np.random.default_rng(0)
    starts = [rng.standard_normal(s).astype(np.float32) for s in ((8, 5), (5, 8), (6, 6))]
    params = [nn.Parameter(autograd.tensor(a)) for a in starts]
    reference = [torch.nn.Parameter(torch.tensor(a)) for a in starts]
    ours, theirs = optim.Muon(params, **options), torch.optim.Muon(reference, **options)
    lr = options.get("lr", 1e-3)
    for _ in range(20):
        for p, r in zip(params, reference, strict=True):
            g = rng.standard_normal(p.shape).astype(np.float32)
            p.grad, r.grad = autograd.tensor(g), torch.tensor(g)
        ours.step()
        theirs.step()
    for p, r, start in zip(params, reference, starts, strict=True):
        moved = np.linalg.norm(r.detach().numpy() - start)
        assert moved > lr
        assert np.linalg.norm(p.array - r.detach().numpy()) < 0.02 * moved
        np.testing.assert_allclose(
            ours.state[p]["momentum_buffer"].array, theirs.state[r]["momentum_buffer"], rtol=1e-5, atol=1e-6
        )


def test_muon_takes_steps_that_are_nearly_orthogonal():
    rng = np.random.default_rng(0)
    p = nn.Parameter(autograd.tensor(np.zeros((20, 12))))
    p.grad = autograd.tensor(rng.standard_normal((20, 12)))
    optim.Muon([p], lr=1.0, weight_decay=0.0).step()
    values = np.linalg.svd(p.array / (20 / 12) ** 0.5, compute_uv=False)
    assert values.min() > 0.6
    assert values.max() < 1.3


def test_muon_is_for_matrices():
    with pytest.raises(ValueError, match="only matrices"):
        optim.Muon([nn.Parameter(autograd.zeros(3))])


def test_lion_step_by_step():
    """The rule of the paper, written out."""
    rng = np.random.default_rng(0)
    w, m = rng.standard_normal(5), np.zeros(5)
    p = nn.Parameter(autograd.tensor(w))
    optimizer = optim.Lion([p], lr=0.1, betas=(0.8, 0.95), weight_decay=0.2)
    for _ in range(50):
        g = rng.standard_normal(5)
        p.grad = autograd.tensor(g)
        optimizer.step()
        w = w - 0.1 * 0.2 * w - 0.1 * np.sign(0.8 * m + 0.2 * g)
        m = 0.95 * m + 0.05 * g
    np.testing.assert_allclose(p.array, w, rtol=1e-12)


# ------------------------------------------------------------------------------------------- state from PyTorch


@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_a_run_goes_on_from_pytorchs_state(rule, options):
    """30 steps there; its weights and its state as plain arrays; 30 steps more, in both."""
    params, loss_of = network(torch, torch.float64)
    theirs = getattr(torch.optim, rule)(params, **options)

    def steps(optimizer, loss_of):
        for _ in range(30):
            optimizer.zero_grad()
            loss_of().backward()
            optimizer.step()

    steps(theirs, loss_of)
    plain = theirs.state_dict()
    plain = {
        "state": {
            i: {n: v.numpy() if isinstance(v, torch.Tensor) else v for n, v in kept.items()}
            for i, kept in plain["state"].items()
        },
        "param_groups": plain["param_groups"],
    }
    own, own_loss = network(autograd, autograd.float64)
    for p, r in zip(own, params, strict=True):
        p.data = autograd.tensor(r.detach().numpy())
    ours = getattr(optim, rule)(own, **options)
    ours.load_state_dict(plain)
    steps(ours, own_loss)
    steps(theirs, loss_of)
    for p, r in zip(own, params, strict=True):
        np.testing.assert_allclose(p.array, r.detach().numpy(), rtol=1e-10, atol=1e-10)
    kept, expected = ours.state_dict()["state"], theirs.state_dict()["state"]
    assert kept.keys() == expected.keys()
    for i in kept:
        assert {n for n, v in kept[i].items() if v is not None} == {
            n for n, v in expected[i].items() if v is not None
        }
        for name, value in kept[i].items():
            if value is not None:
                np.testing.assert_allclose(value.array, expected[i][name].numpy(), rtol=1e-6, atol=1e-9)
