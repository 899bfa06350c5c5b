"""Every schedule gives PyTorch's learning rates, exactly, over a hundred epochs, also when it is resumed."""

import math

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError

torch = pytest.importorskip("torch")


class Halving:
    """A factor that can be called, and holds something."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, epoch):
        return self.rate**epoch


GRID = [
    ("LambdaLR", {"lr_lambda": lambda epoch: 1 / (1 + 0.1 * epoch)}),
    ("LambdaLR", {"lr_lambda": [lambda epoch: 0.95**epoch, Halving(0.9)]}),
    ("MultiplicativeLR", {"lr_lambda": lambda epoch: 0.97 + 0.001 * (epoch % 3)}),
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 30, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [3, 20, 20, 60], "gamma": 0.3}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 40}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "end_factor": 0.7, "total_iters": 30}),
    ("ExponentialLR", {"gamma": 0.93}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 50, "power": 2.5}),
    ("CosineAnnealingLR", {"T_max": 10}),
    ("CosineAnnealingLR", {"T_max": 33, "eta_min": 0.003}),
    ("CosineAnnealingWarmRestarts", {"T_0": 8}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 2, "eta_min": 0.001}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 7}),
    ("CyclicLR", {"base_lr": [0.01, 0.02], "max_lr": 0.2, "step_size_up": 5, "step_size_down": 9}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 5, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.2, "step_size_up": 4, "mode": "exp_range", "gamma": 0.97}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.2, "scale_fn": lambda x: 1 / x, "cycle_momentum": False}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 100}),
    ("OneCycleLR", {"max_lr": [0.3, 0.5], "epochs": 10, "steps_per_epoch": 10, "pct_start": 0.4}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 100, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 100, "three_phase": True, "div_factor": 10.0}),
    ("SWALR", {"swa_lr": 0.02}),
    ("SWALR", {"swa_lr": [0.02, 0.5], "anneal_epochs": 30, "anneal_strategy": "linear"}),
    ("SWALR", {"swa_lr": 0.02, "anneal_epochs": 0}),
]  # fmt: skip
IDS = [f"{name}-{i}" for i, (name, _) in enumerate(GRID)]


def pair(rule="SGD", **options):
    """The same two groups of parameters, with a rate of their own each, in both libraries."""
    options = options or {"momentum": 0.9}

    def groups(make):
        return [{"params": [make()], "lr": 0.1}, {"params": [make()], "lr": 0.25}]

    ours = getattr(optim, rule)(groups(lambda: nn.Parameter(autograd.zeros(2))), **options)
    theirs = getattr(torch.optim, rule)(groups(lambda: torch.nn.Parameter(torch.zeros(2))), **options)
    return ours, theirs


def schedule(name, optimizer, **options):
    if isinstance(optimizer, optim.Optimizer):
        home = optim.swa_utils if name == "SWALR" else optim.lr_scheduler
    else:
        home = torch.optim.swa_utils if name == "SWALR" else torch.optim.lr_scheduler
    return getattr(home, name)(optimizer, **options)


def facts(optimizer):
    """What a schedule may have set."""
    return [
        {n: g.get(n) for n in ("lr", "momentum", "betas", "initial_lr", "min_lr", "max_lr", "swa_lr")}
        for g in optimizer.param_groups
    ]


def go(ours, theirs, schedules, epochs):
    for _ in range(epochs):
        ours.step()
        theirs.step()
        for s in schedules:
            s.step()
        assert facts(ours) == facts(theirs)
        assert schedules[0].get_last_lr() == schedules[1].get_last_lr()


@pytest.mark.parametrize("rule", ["SGD", "Adam"])
@pytest.mark.parametrize(("name", "options"), GRID, ids=IDS)
def test_the_rates_are_those_of_pytorch(name, options, rule):
    ours, theirs = pair(rule, **({"momentum": 0.9} if rule == "SGD" else {"betas": (0.8, 0.99)}))
    schedules = [schedule(name, o, **options) for o in (ours, theirs)]
    assert facts(ours) == facts(theirs)
    go(ours, theirs, schedules, 99)


@pytest.mark.parametrize(("name", "options"), GRID, ids=IDS)
def test_a_schedule_goes_on_from_its_state(name, options):
    """Ours from ours, and ours from PyTorch's: the rates are those of a schedule that was never stopped."""
    ours, theirs = pair()
    schedules = [schedule(name, o, **options) for o in (ours, theirs)]
    go(ours, theirs, schedules, 37)
    for i in (0, 1):
        again, _ = pair()
        again.load_state_dict({**ours.state_dict(), "state": {}})
        resumed = schedule(name, pair()[0], **options)
        resumed.optimizer = again
        resumed.load_state_dict(schedules[i].state_dict())
        reference_optimizer = pair()[1]
        reference = schedule(name, reference_optimizer, **options)
        reference_optimizer.load_state_dict(theirs.state_dict())
        reference.load_state_dict(schedules[1].state_dict())
        go(again, reference_optimizer, [resumed, reference], 40)


@pytest.mark.parametrize(
    "name", ["StepLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR", "LambdaLR"]
)
def test_resuming_by_last_epoch(name):
    options = dict(next(o for n, o in GRID if n == name))
    ours, theirs = pair()
    go(ours, theirs, [schedule(name, o, **options) for o in (ours, theirs)], 12)
    schedules = [schedule(name, o, last_epoch=12, **options) for o in (ours, theirs)]
    assert facts(ours) == facts(theirs)
    go(ours, theirs, schedules, 20)


@pytest.mark.parametrize(
    "name",
    ["StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR"],
)
def test_going_to_an_epoch(name):
    """The deprecated argument: the closed form, where there is one."""
    options = dict(next(o for n, o in GRID if n == name))
    ours, theirs = pair()
    schedules = [schedule(name, o, **options) for o in (ours, theirs)]
    ours.step()
    theirs.step()
    for epoch in (5, 3, 50, 0, 20):
        for s in schedules:
            with pytest.warns(UserWarning, match="epoch"):
                s.step(epoch)
        assert facts(ours) == facts(theirs)


def test_warm_restarts_at_fractions_of_an_epoch():
    ours, theirs = pair()
    schedules = [schedule("CosineAnnealingWarmRestarts", o, T_0=3, T_mult=2) for o in (ours, theirs)]
    for i in range(200):
        for s in schedules:
            s.step(i / 7)
        assert facts(ours) == facts(theirs)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"patience": 2, "factor": 0.5, "cooldown": 3},
        {"mode": "max", "patience": 1, "threshold": 0.05},
        {"threshold_mode": "abs", "threshold": 0.02, "patience": 3, "min_lr": [0.01, 0.1]},
        {"mode": "max", "threshold_mode": "abs", "threshold": 0.02, "patience": 3, "min_lr": 0.05},
    ],
)
def test_plateau(options):
    ours, theirs = pair()
    schedules = [schedule("ReduceLROnPlateau", o, **options) for o in (ours, theirs)]
    figures = np.random.default_rng(0).standard_normal(100) * 0.1 + np.exp(-np.arange(100) / 20)
    for i, figure in enumerate(figures):
        for s in schedules:
            s.step(figure)
        assert facts(ours) == facts(theirs)
        assert schedules[0].num_bad_epochs == schedules[1].num_bad_epochs
        if i == 50:
            state = schedules[1].state_dict()
            schedules[0] = schedule("ReduceLROnPlateau", ours, **options)
            schedules[0].load_state_dict(state)


def test_one_schedule_after_the_other():
    ours, theirs = pair()

    def made(o):
        parts = [
            schedule("LinearLR", o, total_iters=5),
            schedule("CosineAnnealingLR", o, T_max=20),
            schedule("ExponentialLR", o, gamma=0.9),
        ]
        return schedule("SequentialLR", o, schedulers=parts, milestones=[6, 40])

    schedules = [made(ours), made(theirs)]
    assert facts(ours) == facts(theirs)
    go(ours, theirs, schedules, 45)
    state = schedules[1].state_dict()
    again = made(pair()[0])
    for part in (again, *again._schedulers):
        part.optimizer = ours
    again.load_state_dict(state)
    go(ours, theirs, [again, schedules[1]], 50)


def test_all_schedules_at_once():
    ours, theirs = pair()

    def made(o):
        parts = [
            schedule("ConstantLR", o, factor=0.2, total_iters=4),
            schedule("ExponentialLR", o, gamma=0.9),
        ]
        return schedule("ChainedScheduler", None, schedulers=parts) if o is None else parts

    ours_parts, theirs_parts = made(ours), made(theirs)
    schedules = [
        optim.lr_scheduler.ChainedScheduler(ours_parts),
        torch.optim.lr_scheduler.ChainedScheduler(theirs_parts),
    ]
    assert facts(ours) == facts(theirs)
    go(ours, theirs, schedules, 99)


def test_a_rate_that_is_a_tensor_is_set_in_place():
    rate = autograd.tensor(0.5)
    optimizer = optim.SGD([nn.Parameter(autograd.zeros(2))], lr=rate)
    s = optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    optimizer.step()
    s.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.25
    assert s.base_lrs[0].item() == 0.5


def test_a_schedule_before_the_optimizer_warns():
    ours, _ = pair()
    s = schedule("StepLR", ours, step_size=2)
    with pytest.warns(UserWarning, match="optimizer.step"):
        s.step()


def swa(optimizer):
    return (optim if isinstance(optimizer, optim.Optimizer) else torch.optim).swa_utils


MISTAKES = [
    ("StepLR", lambda home, o: home.StepLR(3, 1)),
    ("LambdaLR", lambda home, o: home.LambdaLR(o, [lambda e: 1.0])),
    ("MultiplicativeLR", lambda home, o: home.MultiplicativeLR(o, [3, 4])),
    ("ConstantLR", lambda home, o: home.ConstantLR(o, factor=1.5)),
    ("LinearLR", lambda home, o: home.LinearLR(o, start_factor=0.0)),
    ("LinearLR end", lambda home, o: home.LinearLR(o, end_factor=1.5)),
    ("WarmRestarts", lambda home, o: home.CosineAnnealingWarmRestarts(o, T_0=0)),
    ("WarmRestarts mult", lambda home, o: home.CosineAnnealingWarmRestarts(o, T_0=2, T_mult=1.5)),
    ("WarmRestarts eta", lambda home, o: home.CosineAnnealingWarmRestarts(o, T_0=2, eta_min="a")),
    ("CyclicLR", lambda home, o: home.CyclicLR(o, 0.1, 0.2, mode="square")),
    ("CyclicLR lrs", lambda home, o: home.CyclicLR(o, [0.1], 0.2)),
    ("OneCycleLR", lambda home, o: home.OneCycleLR(o, 0.1)),
    ("OneCycleLR steps", lambda home, o: home.OneCycleLR(o, 0.1, total_steps=-1)),
    ("OneCycleLR start", lambda home, o: home.OneCycleLR(o, 0.1, total_steps=5, pct_start=2.0)),
    ("OneCycleLR way", lambda home, o: home.OneCycleLR(o, 0.1, total_steps=5, anneal_strategy="step")),
    ("Plateau", lambda home, o: home.ReduceLROnPlateau(o, factor=1.0)),
    ("Plateau mode", lambda home, o: home.ReduceLROnPlateau(o, mode="least")),
    ("Plateau lrs", lambda home, o: home.ReduceLROnPlateau(o, min_lr=[0.1])),
    ("Sequential", lambda home, o: home.SequentialLR(o, [home.StepLR(o, 1)], milestones=[1])),
    ("Sequential none", lambda home, o: home.SequentialLR(o, [], milestones=[])),
    ("Sequential plateau", lambda home, o: home.SequentialLR(o, [home.ReduceLROnPlateau(o)], milestones=[])),
    ("Chained", lambda home, o: home.ChainedScheduler([])),
    ("resumed SWALR", lambda home, o: swa(o).SWALR(o, 0.1, last_epoch=3)),
    ("resumed", lambda home, o: home.StepLR(o, 1, last_epoch=3)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mistake"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_raises_what_pytorch_raises(name, mistake):
    ours, theirs = pair()
    before = facts(ours)
    with pytest.raises(Exception) as reference:  # noqa: PT011  # whichever it is
        mistake(torch.optim.lr_scheduler, theirs)
    with pytest.raises(reference.type) as raised:
        mistake(optim.lr_scheduler, ours)
    assert isinstance(raised.value, autograd.errors.AutogradError)
    if "Sequential" not in name:
        assert facts(ours) == before


def test_a_schedule_does_not_know_groups_that_came_later():
    ours, theirs = pair()
    for o, lib in ((ours, autograd), (theirs, torch)):
        s = schedule("LambdaLR", o, lr_lambda=lambda epoch: 0.5)
        make = nn.Parameter if lib is autograd else torch.nn.Parameter
        o.add_param_group({"params": make(lib.zeros(1))})
        o.step()
        with pytest.raises(ValueError, match="make a new schedule" if lib is autograd else "zip"):
            s.step()


def test_momentum_cycles_need_a_momentum():
    o = optim.Adagrad([nn.Parameter(autograd.zeros(1))])
    with pytest.raises(ArgumentError, match="cycle_momentum=False"):
        optim.lr_scheduler.CyclicLR(o, 0.1, 0.2)
    s = optim.lr_scheduler.CyclicLR(o, 0.1, 0.2, cycle_momentum=False)
    assert math.isclose(s.get_last_lr()[0], 0.1)
