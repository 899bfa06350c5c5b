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
