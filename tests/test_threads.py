"""Threads: eight models trained at once give exactly the numbers they give one after another."""

import threading

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.checkpoint import checkpoint
from autograd.graph import saved_tensors_hooks


def at_once(work, n=8):
    """Run `work(i)` in n threads that start together; return what each returned."""
    results = [None] * n
    errors = []
    start = threading.Barrier(n)

    def run(i):
        try:
            start.wait()
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert errors == []
    return results


def training(i):
    """A training run with everything that has a state of its own: generator, modes, hooks, views, files apart."""
    generator = autograd.Generator().manual_seed(i)

    def values(*shape):
        return autograd.randn(*shape, generator=generator)

    model = nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 3))
    for p in model.parameters():
        with autograd.no_grad():
            p.copy_(values(*p.shape) * 0.3)
    rule = (optim.SGD, optim.Adam, optim.RMSprop)[i % 3]
    optimizer = rule(model.parameters(), lr=0.01)
    losses = []
    for step in range(15):
        x, y = values(10, 6), autograd.randint(0, 3, (10,), generator=generator)
        mask = autograd.rand(10, 6, generator=generator) > 0.2
        optimizer.zero_grad()
        hidden = model[:2](x * mask)
        if i % 2:
            hidden = checkpoint(model[2:4], hidden, preserve_rng_state=False)
        else:
            with saved_tensors_hooks(lambda t: t.numpy().copy(), autograd.from_numpy):
                hidden = model[2:4](hidden)
        hidden[:, 0] = hidden[:, 1] * 2
        loss = autograd.cross_entropy(model[4](hidden), y)
        if step % 5 == 4:  # a penalty on the gradient: a second derivative
            (g,) = autograd.grad(loss, model[0].weight, create_graph=True)
            loss = loss + 0.1 * (g * g).sum()
        with autograd.set_detect_anomaly(step % 7 == 0):
            loss.backward()
        optimizer.step()
        with autograd.no_grad():
            assert not (model[0].weight * 2).requires_grad
            losses.append(model(x).sum().item())
        assert autograd.is_grad_enabled()
    return losses, [p.array.copy() for p in model.parameters()]


def test_eight_models_at_once_are_eight_models_one_by_one():
    alone = [training(i) for i in range(8)]
    together = at_once(training)
    for (losses, parameters), (others, their) in zip(alone, together, strict=True):
        assert losses == others
        for p, q in zip(parameters, their, strict=True):
            np.testing.assert_array_equal(p, q)


def test_threads_add_to_one_leaf_without_losing_any():
    w = autograd.tensor(np.arange(50.0), requires_grad=True)
    retained = autograd.zeros(50, dtype=autograd.float64)

    def work(i):
        for _ in range(30):
            ((w * float(i + 1)).sum() * 1.0).backward()

    at_once(work)
    assert w.grad.tolist() == [30.0 * 36] * 50
    assert retained.grad is None


def test_modes_belong_to_their_thread():
    switches = [
        autograd.no_grad(),
        autograd.inference_mode(),
        autograd.enable_grad(),
        autograd.detect_anomaly(),
        saved_tensors_hooks(lambda t: t.clone(), lambda t: t),
    ]
    x = autograd.ones(3, requires_grad=True)
    both = threading.Barrier(len(switches))

    def work(i):
        with switches[i]:
            both.wait()
            seen = (x * 2).requires_grad, autograd.is_anomaly_enabled(), autograd.is_inference_mode_enabled()
            both.wait()
        return seen

    assert at_once(work, len(switches)) == [
        (False, False, False),
        (False, False, True),
        (True, False, False),
        (True, True, False),
        (True, False, False),
    ]
    assert autograd.is_grad_enabled()


def test_one_graph_swept_by_several_threads():
    """A retained graph may be swept at the same time; nothing of one sweep is seen by another."""
    x = autograd.tensor(np.linspace(-1, 1, 200), requires_grad=True)
    y = x
    for _ in range(30):
        y = (y * 1.1).sin() + x
    total = y.sum()

    def work(i):
        (g,) = autograd.grad(total * (i + 1.0), x, retain_graph=True)
        return g.array / (i + 1.0)

    (expected,) = autograd.grad(total, x, retain_graph=True)
    for g in at_once(work):
        np.testing.assert_allclose(g, expected.array, rtol=1e-12)


@pytest.mark.parametrize("n", [2, 8])
def test_each_thread_draws_from_its_own_generator(n):
    def draw(i):
        g = autograd.Generator().manual_seed(i)
        return [autograd.rand(100, generator=g).array for _ in range(20)]

    for i, drawn in enumerate(at_once(draw, n)):
        np.testing.assert_array_equal(drawn, draw(i))
