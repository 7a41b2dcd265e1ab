"""The same training in stock Keras and in PyTorch. The script imports nothing of this project: any Python can run it.

`python training_peers.py keras|torch FOLDS.npz EPOCHS BATCH_SIZE` prints the wall time and the processor time of all
folds. A fold is four arrays: training inputs and outputs, validation inputs and outputs. One epoch of the first fold
warms up.
"""

import sys
import time

import numpy as np


def train_keras(folds, epochs, batch_size):
    """Train with the layers, `fit` and defaults of Keras; with one model, since building one per fold takes longer."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(folds[0][0].shape[1:]),
            layers.Bidirectional(layers.LSTM(128, return_sequences=True)),
            layers.Dropout(0.2),
            layers.Bidirectional(layers.LSTM(64, return_sequences=True)),
            layers.Dropout(0.2),
            layers.LSTM(32),
            layers.Dropout(0.2),
            layers.Dense(16, activation="relu"),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(1e-3), "mean_squared_error")
    for inputs, outputs, *validation in folds:
        model.fit(inputs, outputs, batch_size, epochs, verbose=0, validation_data=validation)
        model.fit(*all_windows(inputs, outputs, *validation), batch_size, epochs, verbose=0)


def all_windows(inputs, outputs, later_inputs, later_outputs):
    """Return the inputs and outputs of training and validation together."""
    return np.concatenate([inputs, later_inputs]), np.concatenate([outputs, later_outputs])


def torch_network():
    """Return the network with `nn.LSTM`."""
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.LSTM(31, 128, batch_first=True, bidirectional=True)
            self.second = nn.LSTM(256, 64, batch_first=True, bidirectional=True)
            self.third = nn.LSTM(128, 32, batch_first=True)
            self.dropout = nn.Dropout(0.2)
            self.dense = nn.Sequential(nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 1))

        def forward(self, x):
            x = self.dropout(self.first(x)[0])
            x = self.dropout(self.second(x)[0])
            return self.dense(self.dropout(self.third(x)[0][:, -1]))

    return Network()


def train_torch(folds, epochs, batch_size):
    """Train on all cores."""
    import torch

    model = torch_network()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    error = torch.nn.MSELoss()

    def descend(inputs, outputs):
        model.train()
        for rows in torch.randperm(len(inputs)).split(batch_size):
            optimizer.zero_grad()
            error(model(inputs[rows]), outputs[rows]).backward()
            optimizer.step()

    def validate(inputs, outputs):
        model.eval()
        with torch.no_grad():
            for rows in torch.arange(len(inputs)).split(batch_size):
                error(model(inputs[rows]), outputs[rows])

    for fold in folds:
        *earlier, later_inputs, later_outputs = map(torch.from_numpy, fold)
        everything = [torch.from_numpy(part) for part in all_windows(*fold)]
        for _ in range(epochs):
            descend(*earlier)
            validate(later_inputs, later_outputs)
        for _ in range(epochs):
            descend(*everything)


def main():
    """Read the folds, train, print the time."""
    peer, path, epochs, batch_size = sys.argv[1:]
    train = {"keras": train_keras, "torch": train_torch}[peer]
    arrays = list(np.load(path).values())
    folds = [arrays[start : start + 4] for start in range(0, len(arrays), 4)]
    train(folds[:1], 1, int(batch_size))
    wall, processor = time.perf_counter(), time.process_time()
    train(folds, int(epochs), int(batch_size))
    print(time.perf_counter() - wall, time.process_time() - processor)


if __name__ == "__main__":
    main()
