"""A recogniser of speech: convolutions over time, a bidirectional GRU, and the CTC loss."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim


class CNNLayerNorm(nn.Module):
    def __init__(self, n_feats):
        super(CNNLayerNorm, self).__init__()
        self.layer_norm = nn.LayerNorm(n_feats)

    def forward(self, x):
        # from batch, channel, feature, time
        x = x.transpose(2, 3).contiguous()
        x = self.layer_norm(x)
        return x.transpose(2, 3).contiguous()


class ResidualCNN(nn.Module):
    def __init__(self, channels, kernel, n_feats):
        super(ResidualCNN, self).__init__()
        self.cnn = nn.Conv2d(channels, channels, kernel, stride=1, padding=kernel // 2)
        self.layer_norm = CNNLayerNorm(n_feats)

    def forward(self, x):
        residual = x
        x = self.layer_norm(x)
        x = F.gelu(x)
        x = self.cnn(x)
        x += residual
        return x


class BidirectionalGRU(nn.Module):
    def __init__(self, rnn_dim, hidden_size, batch_first):
        super(BidirectionalGRU, self).__init__()
        self.BiGRU = nn.GRU(
            input_size=rnn_dim,
            hidden_size=hidden_size,
            num_layers=1,
            batch_first=batch_first,
            bidirectional=True,
        )
        self.layer_norm = nn.LayerNorm(rnn_dim)

    def forward(self, x):
        x = self.layer_norm(x)
        x = F.gelu(x)
        x, _ = self.BiGRU(x)
        return x


class SpeechRecognitionModel(nn.Module):
    def __init__(self, rnn_dim=6, n_class=5, n_feats=8):
        super(SpeechRecognitionModel, self).__init__()
        self.cnn = nn.Conv2d(1, 3, 3, stride=2, padding=1)
        self.rescnn_layers = nn.Sequential(
            *[ResidualCNN(3, kernel=3, n_feats=n_feats // 2) for _ in range(2)]
        )
        self.fully_connected = nn.Linear(3 * n_feats // 2, rnn_dim)
        self.birnn_layers = nn.Sequential(
            *[
                BidirectionalGRU(rnn_dim if i == 0 else rnn_dim * 2, rnn_dim, batch_first=i == 0)
                for i in range(2)
            ]
        )
        self.classifier = nn.Sequential(
            nn.Linear(rnn_dim * 2, rnn_dim), nn.GELU(), nn.Linear(rnn_dim, n_class)
        )

    def forward(self, x):
        x = self.cnn(x)
        x = self.rescnn_layers(x)
        sizes = x.size()
        x = x.view(sizes[0], sizes[1] * sizes[2], sizes[3])
        x = x.transpose(1, 2)
        x = self.fully_connected(x)
        x = self.birnn_layers(x)
        return self.classifier(x)


def build():
    return SpeechRecognitionModel()


def batch(rng, n=3):
    spectrograms = torch.tensor(rng.standard_normal((n, 1, 8, 24)), dtype=torch.get_default_dtype())
    labels = torch.tensor(rng.integers(0, 4, (n, 4)))
    return spectrograms, labels, torch.tensor([12, 11, 9]), torch.tensor([4, 2, 3])


def train(model, rng, steps):
    optimizer = optim.AdamW(model.parameters(), 5e-3)
    criterion = nn.CTCLoss(blank=4)
    losses = []
    for _ in range(steps):
        spectrograms, labels, input_lengths, label_lengths = batch(rng)
        optimizer.zero_grad()
        output = model(spectrograms)
        output = F.log_softmax(output, dim=2)
        output = output.transpose(0, 1)  # (time, batch, n_class)
        loss = criterion(output, labels, input_lengths, label_lengths)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def evaluate(model, rng):
    spectrograms, *_ = batch(rng)
    output = F.log_softmax(model(spectrograms), dim=2)
    return output, torch.argmax(output, dim=2)
