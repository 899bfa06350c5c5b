"""What the parameters of new layers are drawn from: PyTorch's distributions, by a test of two samples."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

import autograd
import nn

torch = pytest.importorskip("torch")

LAYERS = [
    ("Linear", (60, 50), {}),
    ("Bilinear", (20, 30, 10), {}),
    ("Conv1d", (20, 30, 5), {"groups": 2}),
    ("Conv2d", (20, 30, 5), {}),
    ("Conv3d", (6, 8, 3), {}),
    ("ConvTranspose1d", (20, 30, 5), {}),
    ("ConvTranspose2d", (20, 30, 5), {"groups": 2}),
    ("ConvTranspose3d", (6, 8, 3), {}),
    ("Embedding", (100, 50), {"padding_idx": 3}),
    ("EmbeddingBag", (100, 50), {}),
    ("RNN", (30, 40), {"num_layers": 2}),
    ("LSTM", (30, 40), {"proj_size": 20}),
    ("GRU", (30, 40), {"bidirectional": True}),
    ("RNNCell", (30, 40), {}),
    ("LSTMCell", (30, 40), {}),
    ("GRUCell", (30, 40), {}),
    ("MultiheadAttention", (60, 4), {"add_bias_kv": True}),
    ("MultiheadAttention", (60, 4), {"kdim": 30, "vdim": 40}),
    ("TransformerEncoderLayer", (40, 4, 80), {}),
    ("TransformerDecoderLayer", (40, 4, 80), {}),
    ("AdaptiveLogSoftmaxWithLoss", (40, 300, [100, 200]), {}),
    ("PReLU", (30,), {}),
    ("LayerNorm", (30,), {}),
    ("GroupNorm", (2, 30), {}),
    ("RMSNorm", (30,), {}),
    ("BatchNorm2d", (30,), {}),
    ("InstanceNorm2d", (30,), {"affine": True}),
]


@pytest.mark.parametrize(("name", "args", "options"), LAYERS, ids=lambda x: x if isinstance(x, str) else "")
def test_distributions(name, args, options):
    autograd.manual_seed(7)
    torch.manual_seed(7)
    ours = dict(getattr(nn, name)(*args, **options).named_parameters())
    theirs = dict(getattr(torch.nn, name)(*args, **options).named_parameters())
    assert list(ours) == list(theirs)
    for key, expected in theirs.items():
        drawn, expected = ours[key].detach().numpy().ravel(), expected.detach().numpy().ravel()
        assert drawn.shape == expected.shape
        if np.ptp(expected) == 0:
            np.testing.assert_array_equal(drawn, expected)
        else:
            assert len(np.unique(drawn)) > 0.9 * len(drawn)
            assert ks_2samp(drawn, expected).pvalue > 1e-4, key


def test_a_wrong_bound_is_noticed():
    """A weight drawn from ±1/√inputs · 1.2 fails what the test above asks for."""
    autograd.manual_seed(7)
    right, wrong = (nn.Linear(60, 50).weight.detach().numpy().ravel() for _ in range(2))
    assert ks_2samp(right, wrong).pvalue > 1e-4
    assert ks_2samp(right, wrong * 1.2).pvalue < 1e-4
