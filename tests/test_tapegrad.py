"""`import tapegrad as torch`: programs that reach everything through one name."""

import numpy as np
import pytest

import autograd
import nn
import optim
import tapegrad

PROGRAM = """
import torch

torch.manual_seed(0)

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
        for i, p in enumerate(self.parameters()):
            torch.nn.init.constant_(p, 0.1 * (i + 1))

    def forward(self, x):
        return torch.nn.functional.softplus(self.layers(x))

model = Net().to(torch.device("cpu"), torch.float64)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 5)
x = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(4, 3)
losses = []
for _ in range(10):
    optimizer.zero_grad()
    loss = torch.nn.MSELoss()(model(x), x.sum(1, keepdim=True))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    losses.append(loss.item())
with torch.no_grad():
    result = model(x)
assert isinstance(result, torch.Tensor) and torch.is_tensor(result)
"""


def test_a_program_with_one_import():
    pytest.importorskip("torch")
    theirs, ours = {}, {}
    exec(PROGRAM, theirs)
    exec(PROGRAM.replace("import torch", "import tapegrad as torch"), ours)
    np.testing.assert_allclose(ours["losses"], theirs["losses"], rtol=1e-10)
    np.testing.assert_allclose(ours["result"].numpy(), theirs["result"].numpy(), rtol=1e-10)


def test_the_names_are_those_of_the_packages():
    assert tapegrad.nn is nn
    assert tapegrad.optim is optim
    assert tapegrad.autograd is autograd.autograd
    x = tapegrad.autograd.Variable(tapegrad.ones(2), requires_grad=True)
    assert tapegrad.autograd.grad((x * 3).sum(), x)[0].tolist() == [3.0, 3.0]
    assert tapegrad.Tensor is autograd.Tensor
    assert tapegrad.__version__ == autograd.__version__
    assert set(autograd.__all__) <= set(dir(tapegrad))
    with pytest.raises(AttributeError, match="no attribute 'tensr'"):
        tapegrad.tensr  # noqa: B018  # it raises


CALLS = """
torch.conv2d(x, x[:, :, :2, :2], None, 2, 1); torch.conv1d(x[:, 0, :1], x[:, 0, :1, :2])
torch.max_pool2d(x, 2, 1, 1); torch.avg_pool1d(x[0], 2); torch.adaptive_avg_pool1d(x[0], 2); torch.pixel_unshuffle(x, 2)
torch.cosine_similarity(x, x + 1, dim=-1); torch.pairwise_distance(x[0, 0], x[0, 0] * 2); torch.layer_norm(x, [4])
torch.group_norm(x, 1); torch.rms_norm(x, (4,)); torch.dropout(x, 0.5, False); torch.alpha_dropout(x, 0.5, False)
torch.rrelu(x - 4, training=False); torch.conv_transpose2d(x, x[:, :, :2, :2])
torch.channel_shuffle(x.view(1, 4, 2, 2), 2)
"""


@pytest.mark.parametrize(
    "call", [c.strip() for line in CALLS.split("\n") for c in line.split(";") if c.strip()]
)
def test_functions_that_are_in_torch_and_in_functional(call):
    torch = pytest.importorskip("torch")
    ours, theirs = (
        eval(call, {"torch": library, "x": library.arange(16.0, dtype=library.float64).view(1, 1, 4, 4)})
        for library in (tapegrad, torch)
    )
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-10)


def test_compile_returns_what_it_is_given():
    model = nn.Linear(1, 1)
    assert tapegrad.compile(model) is model
    assert tapegrad.compile(model, mode="max-autotune", fullgraph=True) is model

    @tapegrad.compile
    def double(x):
        return x * 2

    assert tapegrad.compile(dynamic=True)(double)(3) == 6
    with pytest.raises(TypeError, match="needs a module or a function, got int"):
        tapegrad.compile(3)
    with pytest.raises(TypeError, match="unexpected argument fast"):
        tapegrad.compile(model, fast=True)
