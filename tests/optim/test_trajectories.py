"""Every rule takes the same path as PyTorch's, for a grid of its options, however the parameters are arranged."""

import numpy as np
import pytest

import autograd
import nn
import optim
from optim import blocks

torch = pytest.importorskip("torch")

SHAPES = [(3, 4), (4,), (), (50, 30), (0,), (1700,)]
MIXED = [
    *((np.float64, shape) for shape in ((3, 4), (4,), (0,), (1700,))),
    *((np.float32, shape) for shape in ((3, 4), (), (50, 30), (5,))),
]
STEPS = 200

GRID = [
    ("SGD", {"lr": 0.05}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.001, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.99), "eps": 1e-3}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.001, "weight_decay": 0.1, "amsgrad": True, "maximize": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.3, "amsgrad": True}),
    ("AdamW", {"lr": 0.001, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.7}),
    ("RMSprop", {"lr": 0.02, "centered": True}),
    ("RMSprop", {"lr": 0.001, "centered": True, "momentum": 0.7, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.02, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.01, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.7, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adadelta", {"lr": 0.1, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adamax", {"lr": 0.001, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.05, "betas": (0.8, 0.99), "momentum_decay": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.001, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.001, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.05, "etas": (0.3, 1.5), "step_sizes": (1e-3, 0.5)}),
    ("Rprop", {"lr": 0.001, "step_sizes": (1e-6, 0.01), "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.05, "lambd": 0.1, "alpha": 0.5, "t0": 20, "weight_decay": 0.1}),
    ("ASGD", {"lr": 0.001, "t0": 50, "maximize": True}),
    ("Adafactor", {}),
    ("Adafactor", {"lr": 0.1, "beta2_decay": -0.5, "eps": (1e-3, 1e-2), "d": 2.0, "weight_decay": 0.1}),
    ("Adafactor", {"lr": 0.001, "maximize": True}),
]  # fmt: skip
IDS = [f"{rule}-{'-'.join(f'{k}={v}' for k, v in options.items())}" for rule, options in GRID]


class Problem:
    """A noisy quadratic bowl: the gradient at p is slope * (p - bottom) + noise, the same for everyone."""

    def __init__(self, dtype, shapes=SHAPES, seed=0, rule=""):
        kinds = MIXED if dtype == "mixed" else [(dtype, s) for s in shapes]
        if rule == "Adafactor":  # PyTorch's divides by the number of elements
            kinds = [(kind, s) for kind, s in kinds if 0 not in s]
        rng = np.random.default_rng(seed)
        self.start = [rng.standard_normal(s).astype(kind) for kind, s in kinds]
        self.bottom = [rng.standard_normal(s).astype(kind) for kind, s in kinds]
        self.slope = [rng.uniform(0.1, 2, s).astype(kind) for kind, s in kinds]
        self.noise = np.random.default_rng(seed + 1)

    def ours(self):
        return [nn.Parameter(autograd.tensor(a)) for a in self.start]

    def theirs(self):
        return [torch.nn.Parameter(torch.tensor(a)) for a in self.start]

    def gradients(self, values):
        """For a step, by the values of our parameters."""
        return [
            np.asarray(s * (v - b) + 0.1 * self.noise.standard_normal(v.shape), v.dtype)
            for v, b, s in zip(values, self.bottom, self.slope, strict=True)
        ]


def walk(problem, ours, theirs, params, reference, steps=STEPS, skip=lambda step, i: False):
    """Take the same steps with both optimizers."""
    for step in range(steps):
        for i, g in enumerate(problem.gradients([p.array for p in params])):
            missing = skip(step, i)
            params[i].grad = None if missing else autograd.tensor(g)
            reference[i].grad = None if missing else torch.tensor(g)
        ours.step()
        theirs.step()


def assert_same(params, reference):
    for p, r in zip(params, reference, strict=True):
        tolerance = 1e-10 if p.array.dtype == np.float64 else 1e-5
        np.testing.assert_allclose(p.detach().numpy(), r.detach().numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_the_path_is_that_of_pytorch(rule, options, monkeypatch):
    """Parameters of two dtypes and of all sizes, in one group."""
    monkeypatch.setattr(blocks, "BLOCK", 640)  # so that there are packs, blocks and a last, shorter block
    monkeypatch.setattr(blocks, "SMALL", 100)
    problem = Problem("mixed", rule=rule)
    params, reference = problem.ours(), problem.theirs()
    walk(
        problem,
        getattr(optim, rule)(params, **options),
        getattr(torch.optim, rule)(reference, **options),
        params,
        reference,
    )
    assert_same(params, reference)


@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_missing_gradients(rule, options):
    """A parameter without a gradient is left alone, and its count of steps stands still."""
    problem = Problem(np.float64, rule=rule)
    params, reference = problem.ours(), problem.theirs()
    ours = getattr(optim, rule)(params, **options)
    theirs = getattr(torch.optim, rule)(reference, **options)
    walk(problem, ours, theirs, params, reference, 40, skip=lambda step, i: (step // 3 + i) % 3 == 0)
    assert_same(params, reference)


@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_arranging_does_not_change_the_numbers(rule, options, monkeypatch):
    """Whole, packed, or cut into blocks of any size: but for the last bit, in which BLAS may round once less."""
    results = []
    for block, small in ((32768, 0), (32768, 4096), (7, 5), (1000, 100)):
        monkeypatch.setattr(blocks, "BLOCK", block)
        monkeypatch.setattr(blocks, "SMALL", small)
        problem = Problem(np.float32)
        params = problem.ours()
        optimizer = getattr(optim, rule)(params, **options)
        for _ in range(5):
            for p, g in zip(params, problem.gradients([p.array for p in params]), strict=True):
                p.grad = autograd.tensor(g)
            optimizer.step()
        results.append(np.concatenate([p.array.ravel() for p in params]))
    for other in results[1:]:
        np.testing.assert_allclose(results[0], other, rtol=1e-5, atol=5e-6)


@pytest.mark.parametrize("rule", ["SGD", "Adam", "RMSprop"])
def test_groups_have_options_of_their_own(rule):
    problem = Problem(np.float64, [(3,), (4, 2), (5,)])
    params, reference = problem.ours(), problem.theirs()

    def groups(ps):
        return [{"params": ps[0], "lr": 0.2}, {"params": ps[1:], "weight_decay": 0.1}]

    ours = getattr(optim, rule)(groups(params), lr=0.01)
    theirs = getattr(torch.optim, rule)(groups(reference), lr=0.01)
    walk(problem, ours, theirs, params, reference, 60)
    for group, other in zip(ours.param_groups, theirs.param_groups, strict=True):  # as a schedule does
        group["lr"] *= 0.5
        other["lr"] *= 0.5
    walk(problem, ours, theirs, params, reference, 60)
    assert_same(params, reference)


def test_parameters_may_be_added_frozen_and_replaced():
    problem = Problem(np.float64, [(3, 2), (4,), (5,)])
    params, reference = problem.ours(), problem.theirs()
    ours = optim.Adam(params[:2], lr=0.05)
    theirs = torch.optim.Adam(reference[:2], lr=0.05)
    walk(problem, ours, theirs, params, reference, 10)
    ours.add_param_group({"params": params[2], "lr": 0.1})
    theirs.add_param_group({"params": reference[2], "lr": 0.1})
    walk(problem, ours, theirs, params, reference, 10)
    for p, r in zip(params[:2], reference[:2], strict=True):  # new memory, with gaps in the first
        new = np.asfortranarray(np.full(p.shape, 0.5))
        p.data = autograd.from_numpy(new)
        r.data = torch.tensor(new)
    walk(problem, ours, theirs, params, reference, 10)
    params[1].requires_grad_(False)
    walk(problem, ours, theirs, params, reference, 10, skip=lambda step, i: i == 1)
    assert_same(params, reference)


def test_a_parameter_may_change_its_memory_between_steps():
    """Views into larger memory, transposed, and large enough for several blocks."""
    values = np.random.default_rng(0).standard_normal((300, 400))
    p, r = nn.Parameter(autograd.tensor(values)), torch.nn.Parameter(torch.tensor(values))
    p.data = autograd.from_numpy(np.ascontiguousarray(values.T)).T
    assert not p.is_contiguous()
    ours, theirs = optim.Adam([p], lr=0.1), torch.optim.Adam([r], lr=0.1)
    for step in range(6):
        g = np.random.default_rng(step).standard_normal((400, 300))
        p.grad = autograd.from_numpy(g).T  # a view, not contiguous
        r.grad = torch.tensor(g).T.contiguous()
        ours.step()
        theirs.step()
        if step == 2:
            p.data = p.data.contiguous()
    assert_same([p], [r])


def test_options_may_be_turned_on_and_off():
    problem = Problem(np.float64, [(3,), (4, 2)])
    params, reference = problem.ours(), problem.theirs()
    ours, theirs = optim.SGD(params, lr=0.05), torch.optim.SGD(reference, lr=0.05)
    for momentum in (0.0, 0.9, 0.0, 0.5):
        for optimizer in (ours, theirs):
            optimizer.param_groups[0]["momentum"] = momentum
        walk(problem, ours, theirs, params, reference, 5)
    assert_same(params, reference)


@pytest.mark.parametrize(("rule", "options"), GRID, ids=IDS)
def test_parameters_that_share_memory(rule, options):
    """Two parameters on overlapping parts of one vector: each takes its step, one after the other."""

    def split(whole, lib):
        parts = [lib.nn.Parameter() if lib is torch else nn.Parameter() for _ in range(3)]
        for p, (a, b) in zip(parts, ((0, 6), (4, 9), (9, 12)), strict=True):
            p.data = whole[a:b]
        return parts

    values = np.random.default_rng(0).standard_normal(12)
    params, reference = split(autograd.tensor(values), autograd), split(torch.tensor(values), torch)
    ours = getattr(optim, rule)(params, **options)
    theirs = getattr(torch.optim, rule)(reference, **options)
    for step in range(20):
        for p, r in zip(params, reference, strict=True):
            g = np.random.default_rng(step).standard_normal(p.shape)
            p.grad, r.grad = autograd.tensor(g), torch.tensor(g)
        ours.step()
        theirs.step()
    assert_same(params, reference)


def test_gradients_that_are_views_are_left_as_they_were():
    gradient = autograd.ones(4, 6)
    p = nn.Parameter(autograd.zeros(3, 4))
    p.grad = gradient.T[::2]
    for rule in (optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop):
        rule([p], lr=0.1, weight_decay=0.5, maximize=True).step()
    assert (gradient == 1).all()


def test_lr_may_be_a_tensor():
    problem = Problem(np.float64, [(3,)])
    params, reference = problem.ours(), problem.theirs()
    lr = autograd.tensor(0.1, dtype=autograd.float64)
    ours, theirs = optim.SGD(params, lr=lr), torch.optim.SGD(reference, lr=0.1)
    walk(problem, ours, theirs, params, reference, 5)
    lr.fill_(0.02)
    theirs.param_groups[0]["lr"] = 0.02
    walk(problem, ours, theirs, params, reference, 5)
    assert_same(params, reference)
