"""Classifiers of texts: bags of embeddings, convolutions of several widths, a bidirectional LSTM on packed texts."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

VOCAB, CLASSES, PAD = 30, 3, 0


class TextClassificationModel(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class):
        super(TextClassificationModel, self).__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, sparse=False)
        self.fc = nn.Linear(embed_dim, num_class)
        self.init_weights()

    def init_weights(self):
        initrange = 0.5
        self.embedding.weight.data.uniform_(-initrange, initrange)
        self.fc.weight.data.uniform_(-initrange, initrange)
        self.fc.bias.data.zero_()

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))


class TextCNN(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class, kernel_num=4, kernel_sizes=(2, 3, 4)):
        super(TextCNN, self).__init__()
        self.embed = nn.Embedding(vocab_size, embed_dim, padding_idx=PAD)
        self.convs = nn.ModuleList([nn.Conv2d(1, kernel_num, (K, embed_dim)) for K in kernel_sizes])
        self.dropout = nn.Dropout(0.0)
        self.fc1 = nn.Linear(len(kernel_sizes) * kernel_num, num_class)

    def forward(self, x):
        x = self.embed(x)
        x = x.unsqueeze(1)
        x = [F.relu(conv(x)).squeeze(3) for conv in self.convs]
        x = [F.max_pool1d(i, i.size(2)).squeeze(2) for i in x]
        x = torch.cat(x, 1)
        return self.fc1(self.dropout(x))


class BiLSTM(nn.Module):
    def __init__(self, vocab_size, embed_dim, hidden, num_class):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim, padding_idx=PAD)
        self.rnn = nn.LSTM(embed_dim, hidden, num_layers=2, bidirectional=True, dropout=0.0)
        self.attention = nn.Linear(2 * hidden, 1)
        self.fc = nn.Linear(hidden * 4, num_class)

    def forward(self, text, text_lengths):
        embedded = self.embedding(text)
        packed = pack_padded_sequence(embedded, text_lengths, enforce_sorted=False)
        packed_output, (hidden, cell) = self.rnn(packed)
        output, output_lengths = pad_packed_sequence(packed_output)
        steps = torch.arange(output.size(0)).unsqueeze(1)
        scores = self.attention(output).squeeze(-1).masked_fill(steps >= output_lengths, -1e9)
        pooled = (F.softmax(scores, dim=0).unsqueeze(-1) * output).sum(0)
        last = torch.cat((hidden[-2, :, :], hidden[-1, :, :]), dim=1)
        return self.fc(torch.cat([pooled, last], dim=1))


def build():
    return nn.ModuleDict(
        {
            "bag": TextClassificationModel(VOCAB, 6, CLASSES),
            "cnn": TextCNN(VOCAB, 6, CLASSES),
            "lstm": BiLSTM(VOCAB, 5, 4, CLASSES),
        }
    )


def collate_batch(rng, n=6):
    text_list, offsets = [], [0]
    for _ in range(n):
        text = torch.tensor(rng.integers(1, VOCAB, int(rng.integers(4, 9))), dtype=torch.int64)
        text_list.append(text)
        offsets.append(text.size(0))
    label_list = torch.tensor(rng.integers(0, CLASSES, n), dtype=torch.int64)
    offsets = torch.tensor(offsets[:-1]).cumsum(dim=0)
    return label_list, text_list, torch.cat(text_list), offsets


def scores(model, texts, flat, offsets):
    lengths = torch.tensor([len(t) for t in texts])
    return (
        model["bag"](flat, offsets),
        model["cnn"](pad_sequence(texts, batch_first=True, padding_value=PAD)),
        model["lstm"](pad_sequence(texts), lengths),
    )


def train(model, rng, steps):
    optimizer = optim.SGD(model.parameters(), lr=0.5)
    criterion = nn.CrossEntropyLoss()
    losses = []
    for _ in range(steps):
        label, texts, flat, offsets = collate_batch(rng)
        optimizer.zero_grad()
        loss = sum(criterion(s, label) for s in scores(model, texts, flat, offsets))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    _, texts, flat, offsets = collate_batch(rng)
    return scores(model, texts, flat, offsets)
