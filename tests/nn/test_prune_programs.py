"""Pruning beside PyTorch's: masks, names, combinations, training through a mask, removal, mistakes."""

from importlib import import_module

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import ShapeError
from nn.utils import prune
from tests.nn.both import compare, fill, ramp


def pruner(n):
    return import_module(f"{n.__name__}.utils.prune")


def layer(lib, n):
    return fill(lib, n.Linear(4, 6).double())


def shown(lib, n, model):
    """Names, masks, outputs before and after a step, gradients."""
    out = model(ramp(lib, 2, 4))
    (out * out).sum().backward()
    gradients = [p.grad for p in model.parameters()]
    with lib.no_grad():
        for p in model.parameters():
            p -= 0.01 * p.grad
    after = model(ramp(lib, 2, 4))
    return model.state_dict(), out, gradients, after, model.weight


def rule(body):
    def program(lib, n):
        p = pruner(n)
        model = layer(lib, n)
        result = eval(body, {"lib": lib, "n": n, "p": p, "m": model, "ramp": lambda *k: ramp(lib, *k)})
        return (result is model, shown(lib, n, model), repr(model)) if "weight" in body else result

    program.__name__ = body
    return program


RULES = [
    rule(body)
    for body in (
        "p.identity(m, 'weight')",
        "p.l1_unstructured(m, 'weight', 5)",
        "p.l1_unstructured(m, 'weight', 0.3)",
        "p.l1_unstructured(m, 'weight', 0)",
        "p.l1_unstructured(m, 'weight', 1.0)",
        "p.l1_unstructured(m, 'weight', amount=7, importance_scores=ramp(6, 4))",
        "p.l1_unstructured(p.l1_unstructured(m, 'weight', 5), 'weight', 4)",
        "p.l1_unstructured(p.ln_structured(m, 'weight', 2, 2, 0), 'weight', 0.5)",
        "p.ln_structured(p.l1_unstructured(m, 'weight', 5), 'weight', 1, 2, 1)",
        "p.ln_structured(p.ln_structured(m, 'weight', 2, 2, 0), 'weight', 0.5, 1, 0)",
        "p.identity(p.l1_unstructured(m, 'weight', 5), 'weight')",
        "p.ln_structured(m, 'weight', 2, 1, 0)",
        "p.ln_structured(m, 'weight', 0.5, 2, -1)",
        "p.ln_structured(m, 'weight', 1, float('inf'), 1)",
        "p.ln_structured(m, 'weight', 1, float('-inf'), 0)",
        "p.ln_structured(m, 'weight', amount=1, n=2, dim=0, importance_scores=ramp(6, 4))",
        "p.ln_structured(m, 'weight', 0, 2, 0)",
        "p.custom_from_mask(m, 'weight', (ramp(6, 4) > 0).double())",
        "p.custom_from_mask(p.l1_unstructured(m, 'weight', 5), 'weight', ramp(6, 4) > 0)",
        "p.random_unstructured(m, 'weight', 1.0)",
        "p.random_structured(m, 'weight', 6, 0)",
        "p.remove(p.l1_unstructured(m, 'weight', 5), 'weight')",
        "p.remove(p.l1_unstructured(p.ln_structured(m, 'weight', 2, 2, 0), 'weight', 5), 'weight')",
        "p.l1_unstructured(p.l1_unstructured(m, 'bias', 2), 'weight', 5)",
        "p.is_pruned(m), p.is_pruned(n.Sequential(p.identity(m, 'bias')))",
        "p.L1Unstructured(3).prune(ramp(5))",
        "p.L1Unstructured(3).prune(ramp(5), default_mask=ramp(5) > 0)",
        "p.L1Unstructured(3).prune(ramp(5), importance_scores=-ramp(5).abs())",
        "p.LnStructured(1, 2, 0).prune(ramp(3, 4))",
        "p.CustomFromMask(ramp(5) > 0).prune(ramp(5))",
        "type(p.L1Unstructured.apply(m, 'bias', 2)).__name__",
        # mistakes
        "p.l1_unstructured(m, 'bias', 100)",
        "p.l1_unstructured(m, 'bias', -1)",
        "p.l1_unstructured(m, 'bias', 1.5)",
        "p.l1_unstructured(m, 'bias', 'all')",
        "p.l1_unstructured(m, 'nothing', 1)",
        "p.ln_structured(m, 'bias', 1, 2, 0)",
        "p.ln_structured(m, 'weight', 1, 2, 2)",
        "p.ln_structured(m, 'weight', 100, 2, 0)",
        "p.random_structured(m, 'weight', 100, 0)",
        "p.remove(m, 'weight')",
        "p.PruningContainer().add_pruning_method(3)",
        "p.global_unstructured(3, p.L1Unstructured, amount=1)",
        "p.global_unstructured([(m, 'bias')], p.L1Unstructured, importance_scores=3, amount=1)",
        "p.global_unstructured([(m, 'bias')], p.LnStructured, amount=1, n=2)",
    )
]


def all_at_once(lib, n):
    p = pruner(n)
    model = fill(lib, n.Sequential(n.Linear(4, 3), n.Tanh(), n.Linear(3, 2)).double())
    places = [(model[0], "weight"), (model[2], "weight"), (model[0], "bias")]
    p.global_unstructured(places, p.L1Unstructured, amount=0.4)
    first = model.state_dict()
    p.global_unstructured(places, p.L1Unstructured, amount=3)
    scores = {(model[0], "weight"): ramp(lib, 3, 4)}
    p.global_unstructured(places, p.L1Unstructured, importance_scores=scores, amount=2)
    return first, model.state_dict(), model(ramp(lib, 2, 4)), p.is_pruned(model)


def a_method_of_ones_own(lib, n):
    p = pruner(n)

    class EverySecond(p.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            mask = default_mask.clone()
            mask.view(-1)[::2] = 0
            return mask

    model = layer(lib, n)
    EverySecond.apply(model, "weight")
    first = model.weight.detach().clone()
    method = EverySecond.apply(model, "weight")
    return first, model.weight, len(method), type(method[0]).__name__, [type(k).__name__ for k in method]


def an_unknown_type(lib, n):
    p = pruner(n)

    class Odd(p.BasePruningMethod):
        PRUNING_TYPE = "odd"

        def compute_mask(self, t, default_mask):
            return default_mask

    Odd.apply(layer_twice := layer(lib, n), "weight")
    Odd.apply(layer_twice, "weight")


def loading_a_pruned_state(lib, n):
    p = pruner(n)
    a, b = p.l1_unstructured(layer(lib, n), "weight", 5), p.identity(n.Linear(4, 6).double(), "weight")
    b.load_state_dict(a.state_dict())
    return b(ramp(lib, 2, 4)), b.weight_mask


def random_counts(lib, n):
    p = pruner(n)
    counts = []
    for amount in (0, 3, 0.5):
        model = p.random_unstructured(layer(lib, n), "weight", amount)
        counts.append(int((model.weight_mask == 0).sum()))
        model = p.random_structured(layer(lib, n), "weight", amount, 0)
        counts.append(int((model.weight_mask.sum(1) == 0).sum()))
        again = p.random_unstructured(model, "weight", 2)
        counts.append(int((again.weight_mask == 0).sum()))
    return counts


PROGRAMS = [
    *RULES, all_at_once, a_method_of_ones_own, an_unknown_type, loading_a_pruned_state, random_counts,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program)


def test_a_mask_that_fails_changes_nothing():
    model = nn.Linear(4, 2)
    with pytest.raises(ValueError, match="smaller than the number of parameters"):
        prune.l1_unstructured(model, "weight", 100)
    assert list(model.state_dict()) == ["weight", "bias"]
    prune.l1_unstructured(model, "weight", 3)
    mask = model.weight_mask.clone()
    with pytest.raises(ValueError, match="smaller than the number of parameters"):
        prune.l1_unstructured(model, "weight", 100)
    np.testing.assert_array_equal(model.weight_mask.numpy(), mask.numpy())
    assert len(model._forward_pre_hooks) == 1
    assert prune.remove(model, "weight") is model


@pytest.mark.parametrize(
    "mistake",
    [
        lambda m: prune.custom_from_mask(m, "weight", autograd.ones(3)),
        lambda m: prune.l1_unstructured(m, "weight", 1, importance_scores=autograd.ones(3)),
        lambda m: prune.L1Unstructured(1).prune(m.weight, importance_scores=autograd.ones(3)),
    ],
)
def test_masks_and_scores_of_another_shape(mistake):
    model = nn.Linear(4, 2)
    with pytest.raises(ShapeError, match=r"shape.*\(3,\)"):
        mistake(model)
    assert list(model.state_dict()) == ["weight", "bias"]


def test_random_pruning_follows_the_seed():
    masks = []
    for _ in range(2):
        autograd.manual_seed(4)
        masks.append(prune.random_unstructured(nn.Linear(10, 10), "weight", 0.5).weight_mask.tolist())
    assert masks[0] == masks[1]
