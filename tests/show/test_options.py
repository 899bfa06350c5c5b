"""Options of wrong types: each error names the function, the option and what it takes, for every option there is."""

from __future__ import annotations

import inspect

import pytest

import autograd
import nn
from autograd import Value, show
from autograd.errors import ArgumentError

MODEL = nn.Sequential(nn.Linear(2, 3), nn.Tanh())
X = autograd.ones(4, 2)


def result():
    return MODEL(X).sum()


def _explain(**options):
    return show.explain(result(), **{"wrt": MODEL[0].weight, **options})


CALLS = {
    show.draw: lambda **options: show.draw(result(), **options),
    show.draw_module: lambda **options: show.draw_module(MODEL, X, **options),
    show.page: lambda **options: show.page(None if "frames" in options else result(), **options),
    show.trace: lambda **options: show.trace(result(), **options),
    show.explain: _explain,
    show.watch: lambda **options: show.watch(MODEL, **options),
    show.record: lambda **options: show.record(**options),
    nn.summary: lambda **options: nn.summary(MODEL, X, **options),
}

WHOLE = "must be (a whole number|at least|at most)"
FLAG = "is True or False"
NAMES = "must be a dict of name -> tensor or Value, such as locals"
WORDS = "takes a string or a list of strings"
KEYWORDS = "must be a dict of the keyword arguments"

TAKES = {
    "names": (NAMES, [3, "x", [1]]),
    "params": ("params must be a module, a dict of named parameters, or a list|params must hold", [3, [1]]),
    "direction": ("direction is 'LR'", [3, None, ["LR"], "left"]),
    "show": (WORDS, [3, True, [1], b"grad", {"grad": 1}]),
    "values": (FLAG, [None, 1, "no", []]),
    "color": ("color is 'grad' or None", [3, ["grad"], "red"]),
    "depth": (WHOLE, [2.0, "1", True, [1], -1]),
    "collapse": (WORDS, [3, 2.5, True, [None], b"0", MODEL]),
    "fold": (FLAG, [1, "yes", 0.0]),
    "max_nodes": (WHOLE, [2.0, "1", True, 0, 10**30]),
    "elements": (WHOLE, [2.0, None, -1, 10**30]),
    "kwargs": (KEYWORDS, [3, [("x", 1)], {1: 2}]),
    "title": ("title is a string", [3, None, ["x"]]),
    "frames": (r"frames must be a dict of label -> trace\(...\)", [3, [1], "x"]),
    "wrt": ("both Values or both tensors", [3, "x"]),
    "again": ("again is a function that computes the result anew", [3, "x", [1]]),
    "optimizer": ("needs an optimizer or a list of them", [3, "adam", [None]]),
    "every": (WHOLE, [0, 1.5, None, True, "2"]),
    "window": (WHOLE, [0, 1.5, None]),
    "logdir": ("logdir is the path of a folder", [3, ["x"], b"x"]),
    "histograms": (FLAG, [None, 1, "yes"]),
    "modules": ("record", [3, "x", [1]]),
    "input_size": ("", []),  # the table's own tests have them
    "dtypes": ("", []),
}

WRONG = [
    (function, option, given)
    for function in CALLS
    for option, kind in inspect.signature(function).parameters.items()
    if option not in ("root", "model", "inputs")
    for given in TAKES[option][1]
]


@pytest.mark.parametrize(("function", "option", "given"), WRONG)
def test_a_wrong_type_says_what_the_option_takes(function, option, given):
    call = (lambda **o: show.record(o["modules"])) if option == "modules" else CALLS[function]
    with pytest.raises(ArgumentError, match=TAKES[option][0]) as caught:
        call(**{option: given})
    if option not in ("params", "direction", "color", "wrt", "modules", "max_nodes", "depth", "optimizer"):
        assert str(caught.value).startswith(f"{function.__name__}: {option} ")


def test_what_a_function_computes_anew_is_one_number():
    large = MODEL(autograd.ones(2000, 2)).sum()
    with pytest.raises(ArgumentError, match="explain: again must return one number, got str"):
        show.explain(large, wrt=MODEL[0].weight, again=lambda: "one")


def test_options_that_are_right():
    loss = result()
    assert len(list(show.draw(loss, collapse=None, show=["shape"], fold=False).scene.boxes())) == 6
    assert "Linear" in show.draw(loss, params=MODEL, collapse=("0",)).dot
    x = Value(2.0)
    assert show.explain(x * x, wrt=x, names={}).total == 4.0
