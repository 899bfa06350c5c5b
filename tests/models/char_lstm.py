"""A language model of characters: nn.LSTM with its state carried from piece to piece."""

import torch
import torch.nn as nn
import torch.optim as optim
from torch.nn import functional as F

TEXT = "the quick brown fox jumps over the lazy dog and the lazy dog sleeps. "
CHARS = sorted(set(TEXT))


class CharRNN(nn.Module):
    def __init__(self, tokens, n_hidden=16, n_layers=2, drop_prob=0.0):
        super().__init__()
        self.n_layers, self.n_hidden = n_layers, n_hidden
        self.chars = tokens
        self.int2char = dict(enumerate(self.chars))
        self.char2int = {ch: ii for ii, ch in self.int2char.items()}
        self.embed = nn.Embedding(len(tokens), 8)
        self.lstm = nn.LSTM(8, n_hidden, n_layers, dropout=drop_prob, batch_first=True)
        self.dropout = nn.Dropout(drop_prob)
        self.fc = nn.Linear(n_hidden, len(self.chars))

    def forward(self, x, hidden):
        r_output, hidden = self.lstm(self.embed(x), hidden)
        out = self.dropout(r_output)
        out = out.contiguous().view(-1, self.n_hidden)
        return self.fc(out), hidden

    def init_hidden(self, batch_size):
        weight = next(self.parameters()).data
        return (
            weight.new(self.n_layers, batch_size, self.n_hidden).zero_(),
            weight.new(self.n_layers, batch_size, self.n_hidden).zero_(),
        )


def build():
    return CharRNN(CHARS)


def train(model, rng, steps):
    data = torch.tensor([model.char2int[c] for c in TEXT * 4])
    opt = optim.Adam(model.parameters(), lr=0.01)
    criterion = nn.CrossEntropyLoss()
    h = model.init_hidden(4)
    losses = []
    for step in range(steps):
        starts = [int(rng.integers(0, 100)) for _ in range(4)]
        inputs = torch.stack([data[i : i + 10] for i in starts])
        targets = torch.stack([data[i + 1 : i + 11] for i in starts])
        h = tuple([each.data for each in h])
        model.zero_grad()
        output, h = model(inputs, h)
        loss = criterion(output, targets.view(4 * 10).long())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        opt.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    h = model.init_hidden(1)
    for ch in "the ":
        out, h = model(torch.tensor([[model.char2int[ch]]]), h)
    letters, seen = [], []
    for _ in range(6):
        p = F.softmax(out, dim=1).data
        top, top_ch = p.topk(5)
        letters.append(int(top_ch[0, 0]))
        seen.append(top)
        out, h = model(top_ch[:, :1], h)
    return letters, torch.cat(seen), h
