"""PyTorch's place of recurrent layers."""

from nn.recurrent import GRU, LSTM, RNN
from nn.recurrent_base import RNNBase
from nn.recurrent_cells import GRUCell, LSTMCell, RNNCell, RNNCellBase

__all__ = [
    "GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase",
]  # fmt: skip
