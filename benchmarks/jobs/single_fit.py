"""The usual script with stock Keras and a single fit. A whole run is compared with it.

One fit of up to 50 epochs with patience 10 on the first 70 % of the rows, no refits. The target is the price scaled to
0..1. Five strategies and three hybrids of each are filled at the close, in a loop over the days. One picture.

Run as: python -m benchmarks.jobs.single_fit PICTURE SEED
Early stopping ends it after 19 to 50 epochs, as the seed has it (seeds 0 to 4).
"""

import sys

import keras
import numpy as np
import pandas as pd
from arch.data import sp500
from matplotlib.figure import Figure
from sklearn.preprocessing import MinMaxScaler

from backtrader_walkforward.features import WARM_UP, compute_features

LOOKBACK = 60
USABLE_ROWS = 502
"""Days of the default run: 730 calendar days up to the end of the sample."""


def main(picture: str, seed: int) -> None:
    """Train, forecast, size, draw."""
    keras.utils.set_random_seed(seed)
    prices = sp500.load()[["Open", "High", "Low", "Close", "Volume"]].astype(float).iloc[-USABLE_ROWS - WARM_UP :]
    features = compute_features(prices).iloc[WARM_UP:].to_numpy()
    close = prices["Close"].iloc[WARM_UP:]
    predicted = forecast(features, close.to_numpy())
    curves = {
        f"{strategy}/{share}": curve for strategy, share, curve in backtests(close.iloc[-len(predicted) :], predicted)
    }
    figure = Figure(figsize=(16, 10))
    axes = figure.subplots()
    pd.DataFrame(curves).plot(ax=axes)
    figure.savefig(picture)


def forecast(features: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Return the predicted next close of each test row but the first 60, from a single fit."""
    split = int(0.7 * len(features))
    inputs = MinMaxScaler().fit(features[:split]).transform(features).astype(np.float32)
    scaler = MinMaxScaler().fit(close[:split, None])
    outputs = scaler.transform(close[:, None]).astype(np.float32)
    windows = np.stack([inputs[row - LOOKBACK : row] for row in range(LOOKBACK, split)])
    tests = np.stack([inputs[row - LOOKBACK : row] for row in range(split + LOOKBACK, len(inputs))])
    model = network()
    model.compile(optimizer="adam", loss="mean_squared_error")
    callbacks = [
        keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau(patience=5, factor=0.5),
    ]
    targets = outputs[LOOKBACK:split]
    model.fit(windows, targets, epochs=50, batch_size=32, validation_split=0.2, callbacks=callbacks, verbose=0)
    return scaler.inverse_transform(model.predict(tests, verbose=0))[:, 0]


def network() -> keras.Model:
    """Return the stock network."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((LOOKBACK, 31)),
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


def backtests(close: pd.Series, predicted: np.ndarray):
    """Yield the name, active share and equity curve of each variant."""
    returns = close.pct_change().fillna(0.0).to_numpy()
    signal = predicted / close.to_numpy() - 1
    volatility = close.pct_change().rolling(20, min_periods=1).std().fillna(0.01).to_numpy()
    weights = {
        "binary": np.sign(signal) * (abs(signal) > 0.001),
        "fixed": 0.5 * np.sign(signal) * (abs(signal) > 0.001),
        "proportional": np.clip(signal, -1, 1),
        "kelly": np.clip(2 * signal, -0.5, 0.5),
        "volatility_adjusted": np.clip(np.median(volatility) / volatility * 10 * signal, -1, 1),
    }
    hold = np.cumprod(1 + returns)
    for strategy, weight in weights.items():
        equity = [1.0]
        for day in range(1, len(returns)):
            equity.append(equity[-1] * (1 + weight[day - 1] * returns[day]))
        for share in (1.0, 0.3, 0.5, 0.7):
            yield strategy, share, share * np.array(equity) + (1 - share) * hold


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
