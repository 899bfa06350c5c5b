"""Each common mistake: the exception's type; the message names operation, shapes and fix; nothing is changed."""

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import errors


def leaf(*shape):
    return autograd.ones(*shape, requires_grad=True)


def saved_then_written():
    x = leaf(3)
    y = x * 1.0
    z = (y * y).sum()
    return y, z


def in_place_directly():
    y, z = saved_then_written()
    y += 1
    z.backward()


def in_place_through_a_view():
    y, z = saved_then_written()
    y[0] = 5.0
    z.backward()


def in_place_through_a_named_view():
    y, z = saved_then_written()
    view = y[1:]
    view.mul_(2.0)
    z.backward()


def in_place_through_detach():
    y, z = saved_then_written()
    y.detach().zero_()
    z.backward()


def backward_twice():
    y = (leaf(3) * 2.0).exp().sum()
    y.backward()
    y.backward()


def write_to_leaf():
    x = leaf(3)
    x += 1


def write_to_view_of_leaf():
    x = leaf(3)
    x[0] = 2.0


def load_wrong_keys():
    nn.Linear(2, 3).load_state_dict({"weight": autograd.zeros(3, 2), "biass": autograd.zeros(3)})


def load_wrong_shape():
    nn.Linear(2, 3).load_state_dict({"weight": autograd.zeros(2, 3), "bias": autograd.zeros(3)})


# name: (what is done, our class, the built-in a user expects, what the message must hold)
MISTAKES = {
    "add of unequal shapes": (
        lambda: autograd.ones(2, 3) + autograd.ones(4),
        errors.ShapeError,
        RuntimeError,
        ["add", "(2, 3)", "(4,)", "3 and 4", "reshape"],
    ),
    "matmul of unequal shapes": (
        lambda: autograd.ones(2, 3) @ autograd.ones(2, 3),
        errors.ShapeError,
        RuntimeError,
        ["matmul", "(2, 3)", "transpose"],
    ),
    "backward on a non-scalar": (
        lambda: (leaf(2, 3) * 2).backward(),
        errors.GradientError,
        RuntimeError,
        ["backward", "(2, 3)", ".sum()"],
    ),
    "backward without requires_grad": (
        lambda: autograd.ones(()).backward(),
        errors.GradientError,
        RuntimeError,
        ["backward", "()", "requires_grad=True"],
    ),
    "backward twice": (
        backward_twice,
        errors.GraphFreedError,
        RuntimeError,
        ["backward", "exp", "retain_graph=True"],
    ),
    "in place on a leaf": (write_to_leaf, errors.InPlaceError, RuntimeError, ["leaf", "(3,)", "no_grad()"]),
    "in place on a view of a leaf": (
        write_to_view_of_leaf,
        errors.InPlaceError,
        RuntimeError,
        ["leaf", "(3,)", "no_grad()"],
    ),
    "in place on a saved tensor": (
        in_place_directly,
        errors.InPlaceError,
        RuntimeError,
        ["'mul'", "(3,)", "version 1", "version 0", "clone()"],
    ),
    "in place through indexing": (
        in_place_through_a_view,
        errors.InPlaceError,
        RuntimeError,
        ["'mul'", "(3,)", "version 1", "version 0", "clone()"],
    ),
    "in place through a view": (
        in_place_through_a_named_view,
        errors.InPlaceError,
        RuntimeError,
        ["'mul'", "(3,)", "version 1", "version 0", "clone()"],
    ),
    "in place through detach": (
        in_place_through_detach,
        errors.InPlaceError,
        RuntimeError,
        ["'mul'", "(3,)", "version 1", "version 0", "clone()"],
    ),
    "integer tensor with requires_grad": (
        lambda: autograd.tensor([1, 2], requires_grad=True),
        errors.DTypeError,
        RuntimeError,
        ["int64", "(2,)", ".float()"],
    ),
    "numpy() of a tensor that requires grad": (
        lambda: leaf(2, 3).numpy(),
        errors.GradientError,
        RuntimeError,
        ["numpy", "(2, 3)", ".detach().numpy()"],
    ),
    "np.asarray of a tensor that requires grad": (
        lambda: np.asarray(leaf(2, 3)),
        errors.GradientError,
        RuntimeError,
        ["numpy", "(2, 3)", ".detach().numpy()"],
    ),
    "item() of many": (
        lambda: autograd.ones(2, 3).item(),
        errors.ShapeError,
        RuntimeError,
        ["item", "(2, 3)", ".tolist()"],
    ),
    "truth of many": (
        lambda: bool(autograd.ones(2)),
        errors.ShapeError,
        RuntimeError,
        ["bool", "(2,)", ".any()"],
    ),
    "bad dim in sum": (
        lambda: autograd.ones(2, 3).sum(2),
        errors.DimensionError,
        IndexError,
        ["sum", "(2, 3)", "[-2, 1]", "2"],
    ),
    "bad dim in transpose": (
        lambda: autograd.ones(2, 3).transpose(0, 5),
        errors.DimensionError,
        IndexError,
        ["transpose", "(2, 3)", "[-2, 1]", "5"],
    ),
    "bad dim in softmax": (
        lambda: autograd.ones(2, 3).softmax(-3),
        errors.DimensionError,
        IndexError,
        ["softmax", "(2, 3)", "[-2, 1]", "-3"],
    ),
    "index out of range": (
        lambda: autograd.ones(2, 3)[5],
        errors.DimensionError,
        IndexError,
        ["5", "2"],
    ),
    "reshape to another size": (
        lambda: autograd.ones(2, 3).reshape(4, 2),
        errors.ShapeError,
        RuntimeError,
        ["reshape", "(2, 3)", "(4, 2)"],
    ),
    "gradient of the wrong shape": (
        lambda: (leaf(2, 3) * 2).backward(autograd.ones(3)),
        errors.ShapeError,
        RuntimeError,
        ["backward", "(3,)", "(2, 3)"],
    ),
    ".grad of the wrong shape": (
        lambda: setattr(leaf(2, 3), "grad", autograd.ones(3)),
        errors.ShapeError,
        RuntimeError,
        ["grad", "(3,)", "(2, 3)"],
    ),
    "cross entropy with a class that does not exist": (
        lambda: nn.functional.cross_entropy(leaf(2, 3), autograd.tensor([1, 3])),
        errors.DimensionError,
        IndexError,
        ["cross_entropy", "3", "[0, 2]"],
    ),
    "unknown key in a state dict": (
        load_wrong_keys,
        errors.StateDictError,
        RuntimeError,
        ["Linear", "bias", "biass"],
    ),
    "wrong shape in a state dict": (
        load_wrong_shape,
        errors.StateDictError,
        RuntimeError,
        ["weight", "(2, 3)", "(3, 2)"],
    ),
    "cat of unequal shapes": (
        lambda: autograd.cat([autograd.ones(2, 3), autograd.ones(2, 4)]),
        errors.ShapeError,
        RuntimeError,
        ["cat", "(2, 3)", "(2, 4)"],
    ),
    "complex numbers": (lambda: autograd.tensor(1j), errors.DTypeError, TypeError, ["complex"]),
    "a string as operand": (
        lambda: autograd.ones(2) + "a",
        errors.DTypeError,
        TypeError,
        ["add", "str", "tensor"],
    ),
    "an integer result in place of a float": (
        lambda: autograd.tensor([1, 2]).__iadd__(0.5),
        errors.DTypeError,
        RuntimeError,
        ["int64", "float32", ".to("],
    ),
    "broadcast in place": (
        lambda: autograd.ones(3).add_(autograd.ones(2, 3)),
        errors.ShapeError,
        RuntimeError,
        ["add_", "(2, 3)", "(3,)"],
    ),
    "negative learning rate": (
        lambda: optim.SGD([leaf(2)], lr=-1.0),
        errors.AutogradError,
        ValueError,
        ["lr", "-1.0"],
    ),
    "another device": (
        lambda: autograd.ones(2, device="cuda"),
        errors.DeviceError,
        RuntimeError,
        ["cuda", "cpu"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name):
    act, ours, builtin, words = MISTAKES[name]
    with pytest.raises(ours) as caught:
        act()
    assert isinstance(caught.value, builtin)
    message = str(caught.value)
    missing = [word for word in words if word not in message]
    assert not missing, f"{missing} not in: {message}"


def test_a_failed_in_place_write_changes_nothing():
    x = autograd.tensor([1, 2])
    with pytest.raises(errors.DTypeError):
        x += 0.5
    assert x.tolist() == [1, 2]
    assert x._version == 0


def test_a_failed_load_changes_nothing():
    layer = nn.Linear(2, 3)
    before = layer.weight.detach().clone()
    with pytest.raises(errors.StateDictError):
        layer.load_state_dict({"weight": autograd.zeros(3, 2), "bias": autograd.zeros(4)})
    assert layer.weight.tolist() == before.tolist()


def test_the_tree_is_one_tree():
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)]
    assert len(classes) >= 12
    for c in classes:
        assert issubclass(c, errors.AutogradError)
        assert c.__name__ in errors.__doc__
