"""Anomaly mode, printing, copying: the tools around the engine."""

import copy
import pickle

import numpy as np
import pytest

import autograd
from autograd import errors


def leaf(values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


# -- anomaly mode ---------------------------------------------------------------------------------------------------


def test_anomaly_names_operation_shapes_and_line_of_the_forward_nan():
    x = leaf([1.0, -1.0])
    with autograd.detect_anomaly(), pytest.raises(errors.AnomalyError) as caught:
        x.log()  # the line that made it
    text = str(caught.value)
    assert "'log'" in text
    assert "(2,)" in text
    assert "the line that made it" in text


def test_anomaly_names_operation_and_line_of_the_backward_nan():
    x = leaf([0.0, 1.0])
    with autograd.detect_anomaly():
        y = x.sqrt() * 0.0  # recorded here
        with pytest.raises(errors.AnomalyError) as caught:
            y.sum().backward()
    text = str(caught.value)
    assert "backward" in text
    assert "'sqrt'" in text
    assert "recorded here" in text


def test_anomaly_mode_adds_the_line_to_a_freed_graph_error():
    with autograd.detect_anomaly():
        y = leaf(2.0).exp()  # this very line
    y.backward()
    with pytest.raises(errors.GraphFreedError, match="this very line"):
        y.backward()


def test_set_detect_anomaly():
    autograd.set_detect_anomaly(True)
    assert autograd.is_anomaly_enabled()
    autograd.set_detect_anomaly(False)
    assert not autograd.is_anomaly_enabled()


# -- printing -------------------------------------------------------------------------------------------------------

PRINTED = [
    np.array([1.0, 2.0, 3.0], np.float32),
    np.array([1.5, -2.25, 3.0], np.float32),
    np.array([[1.0, 2.0], [3.0, 4.5]], np.float32),
    np.array(3.0, np.float32),
    np.array(3, np.int64),
    np.array([1, -20, 300]),
    np.array([1, 2], np.int32),
    np.array([True, False]),
    np.array([], np.float32),
    np.zeros((2, 0), np.float32),
    np.zeros(0, np.int64),
    np.array([1e-7, 1.0], np.float32),
    np.array([1e9, 2e9], np.float32),
    np.array([1e5, 2.5], np.float32),
    np.array([0.001, 1.0], np.float32),
    np.array([np.inf, 1.0, -np.inf, np.nan], np.float32),
    np.array([np.inf, np.nan], np.float32),
    np.array([np.nan, 1.5], np.float32),
    np.array([0.1, 0.2]),
    np.arange(24.0, dtype=np.float32).reshape(2, 3, 4),
    np.arange(30.0, dtype=np.float32),
    np.linspace(-1, 1, 50, dtype=np.float32),
    np.arange(2000),
    np.arange(5000.0, dtype=np.float32).reshape(50, 100),
    np.zeros(3, np.float32),
    np.array([[0.0, -0.5]], np.float32),
]


@pytest.mark.parametrize("values", PRINTED, ids=str)
def test_repr_is_pytorchs(values):
    torch = pytest.importorskip("torch")
    theirs = repr(torch.tensor(values)).replace("torch.", "autograd.")
    assert repr(autograd.tensor(values)) == theirs


def test_repr_shows_what_is_not_default():
    x = leaf([1.0, 2.0])
    assert repr(x) == "tensor([1., 2.], dtype=autograd.float64, requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], dtype=autograd.float64, grad_fn=<MulBackward0>)"
    assert repr(autograd.tensor(2.0, requires_grad=True)) == "tensor(2., requires_grad=True)"
    assert f"{autograd.tensor(2.34567):.2f}" == "2.35"


def test_print_options():
    t = autograd.tensor([1.23456, 2.0])
    try:
        autograd.set_printoptions(precision=2)
        assert repr(t) == "tensor([1.23, 2.00])"
        autograd.set_printoptions(sci_mode=True)
        assert repr(t) == "tensor([1.23e+00, 2.00e+00])"
    finally:
        autograd.set_printoptions(profile="default")
    assert repr(t) == "tensor([1.2346, 2.0000])"


# -- copying --------------------------------------------------------------------------------------------------------


def test_deepcopy_and_pickle_of_leaves():
    x = leaf([1.0, 2.0])
    (x * 3).sum().backward()
    y = copy.deepcopy(x)
    assert y.requires_grad
    assert y.is_leaf
    assert y.grad.tolist() == [3.0, 3.0]
    y.array[0] = 9
    assert x.tolist() == [1.0, 2.0]
    z = pickle.loads(pickle.dumps(x))
    assert z.tolist() == [1.0, 2.0]
    assert z.requires_grad
    with pytest.raises(errors.GradientError, match="leaves"):
        copy.deepcopy(x * 2)


def test_attributes_can_be_set_on_tensors():
    x = leaf([1.0])
    x.tag = "weights"
    assert x.tag == "weights"
