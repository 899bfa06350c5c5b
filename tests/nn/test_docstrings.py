"""Every layer, loss, initialisation and util shows how it is used; the examples themselves run as doctests."""

import inspect

import pytest

import nn
import nn.data
import nn.functional as F
import nn.plots
import nn.utils.parametrizations
import nn.utils.parametrize
import nn.utils.prune
import nn.utils.rnn

OLDER = {name for name in nn.init.__all__ if not name.endswith("_")} - {"calculate_gain"}
LOSSES = [
    name
    for name, found in vars(F).items()
    if inspect.isroutine(found) and (name.endswith(("_loss", "_entropy", "_logits")) or name == "kl_div")
]
PLACES = [
    (nn, [name for name in nn.__all__ if inspect.isclass(getattr(nn, name))]),
    (nn.init, [name for name in nn.init.__all__ if name not in OLDER]),
    (F, LOSSES),
    (nn.data, [n for n in nn.data.__all__ if n not in ("WorkerInfo", "datasets", "default_collate_fn_map")]),
    (nn.data.datasets, nn.data.datasets.__all__),
    (nn.plots, nn.plots.__all__),
    *(
        (module, [name for name in module.__all__ if not inspect.ismodule(getattr(module, name))])
        for module in (
            nn.utils, nn.utils.rnn, nn.utils.parametrize, nn.utils.parametrizations, nn.utils.prune,
        )
    ),
]  # fmt: skip
NAMES = [(module, name) for module, names in PLACES for name in names]


@pytest.mark.parametrize(("module", "name"), NAMES, ids=lambda x: getattr(x, "__name__", x))
def test_there_is_an_example(module, name):
    text = inspect.getdoc(getattr(module, name))
    assert text
    assert ">>> " in text


def test_nothing_is_left_out():
    assert len(LOSSES) > 20
    assert len(NAMES) > 250
