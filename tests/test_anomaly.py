"""Anomaly mode: the first NaN, with the operation, the shapes and the user's line."""

import re
import threading

import pytest

import autograd
import nn
from autograd import errors


def leaf(values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


def message(run):
    with pytest.raises(errors.AnomalyError) as caught:
        run()
    return str(caught.value)


def test_forward_nan_names_operation_shapes_dtypes_and_line():
    x, y = leaf([1.0, -1.0]), leaf([2.0, 2.0])

    def run():
        with autograd.detect_anomaly():
            z = x * y
            z.log()  # here it goes wrong

    text = message(run)
    assert (
        "forward: 'log' returned NaN in 1 of 2 elements of its result float64 (2,) (x: float64 (2,))" in text
    )
    assert "z.log()  # here it goes wrong" in text
    assert "test_anomaly.py" in text
    assert "autograd/" not in text.split("called here:")[1]


def test_backward_nan_names_operation_shapes_and_line():
    x = leaf([0.0, 1.0])
    with autograd.detect_anomaly():
        y = x.sqrt() * 0.0  # recorded here
        text = message(lambda: y.sum().backward())
    assert re.search(
        r"backward: the gradient of 'sqrt' for its input 'x' of shape \(2,\) is NaN in 1 of 2", text
    )
    assert "recorded here" in text
    assert x.grad is None


def test_the_line_is_the_users_through_composites_and_modules():
    def softsign():
        with autograd.detect_anomaly():
            autograd.softsign(leaf([float("inf")]))  # through a composite

    text = message(softsign)
    assert "'div'" in text
    assert text.rstrip().endswith("# through a composite")

    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with autograd.no_grad():
        model[0].weight.fill_(float("inf"))

    def module():
        with autograd.detect_anomaly():
            model(autograd.tensor([[1.0, -1.0]]))  # through a module

    text = message(module)
    assert "'linear'" in text
    assert text.rstrip().endswith("# through a module")
    assert "nn/" not in text.split("called here:")[1]


def test_a_custom_function_and_several_results():
    class Bad(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g * float("nan")

    with autograd.detect_anomaly():
        y = Bad.apply(leaf([1.0, 2.0]))  # a function of the user's
        text = message(lambda: y.sum().backward())
    assert "'Bad'" in text
    assert "a function of the user's" in text

    def split():
        with autograd.detect_anomaly():
            leaf([1.0, float("nan")]).chunk(2)

    assert "NaN" in message(split)


def test_a_nan_from_outside_the_graph_is_told_at_its_entry():
    x = leaf([1.0, 2.0])

    def run():
        with autograd.detect_anomaly():
            with autograd.no_grad():
                scale = autograd.tensor(
                    [1.0, -1.0], dtype=autograd.float64
                ).log()  # not recorded, not checked
            x * scale

    text = message(run)
    assert "'mul'" in text
    assert "y: float64 (2,) with NaN" in text
    assert "the NaN was in its input" in text


def test_without_checking_only_lines_are_kept():
    x = leaf([1.0, -1.0])
    with autograd.detect_anomaly(check_nan=False):
        assert autograd.is_anomaly_enabled()
        assert not autograd.is_anomaly_check_nan_enabled()
        y = x.log().sum()  # this very line
        y.backward()
    assert x.grad.tolist() == [1.0, -1.0]
    z = x.exp()
    with autograd.detect_anomaly(check_nan=False):
        w = (z * z).sum()  # that very line
    z.add_(1)
    with pytest.raises(errors.InPlaceError, match="that very line"):
        w.backward()
    with pytest.raises(errors.GraphFreedError, match="this very line"):
        y.backward()


def test_switches_nest_and_end():
    assert not autograd.is_anomaly_enabled()
    with autograd.detect_anomaly():
        with autograd.set_detect_anomaly(False):
            assert not autograd.is_anomaly_enabled()
            leaf([-1.0]).log()
        assert autograd.is_anomaly_enabled()
        with autograd.detect_anomaly(check_nan=False), autograd.no_grad(), autograd.enable_grad():
            assert not autograd.is_anomaly_check_nan_enabled()
            leaf([-1.0]).log()
        assert autograd.is_anomaly_check_nan_enabled()
    autograd.set_detect_anomaly(True)
    try:
        assert autograd.is_anomaly_enabled()
        seen = []
        other = threading.Thread(target=lambda: seen.append(autograd.is_anomaly_enabled()))
        other.start()
        other.join()
        assert seen == [False]  # a mode belongs to its thread
    finally:
        autograd.set_detect_anomaly(False)
    assert not autograd.is_anomaly_enabled()
    with pytest.raises(errors.AnomalyError), autograd.detect_anomaly():
        leaf([-1.0]).log()
    assert not autograd.is_anomaly_enabled()

    @autograd.detect_anomaly()
    def decorated():
        return autograd.is_anomaly_enabled()

    assert decorated()


def test_second_derivatives_are_checked_too():
    x = leaf(0.0)
    with autograd.detect_anomaly():
        y = x.abs() ** 1.5
        (g,) = autograd.grad(y, x, create_graph=True)  # finite: 0
        assert g.item() == 0.0
        text = message(lambda: autograd.grad(g, x))
    assert "NaN" in text


def test_the_same_program_runs_in_pytorch():
    torch = pytest.importorskip("torch")

    def first_bad(lib):
        x = lib.tensor([0.0, 1.0], requires_grad=True)
        with lib.autograd.detect_anomaly():
            y = (x.sqrt() * 0.0).sum()
            try:
                y.backward()
            except RuntimeError as error:
                return "nan" in str(error).lower() and "sqrt" in str(error).lower()
        return False

    with pytest.warns(UserWarning, match="Anomaly Detection|Error detected"):
        assert first_bad(torch)
    assert first_bad(autograd)
