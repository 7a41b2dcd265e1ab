import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from backtrader_walkforward.predictors.lstm import LSTM, target_scaler

from backtrader_walkforward.forecasting.keras_lstm.network import (
    LEARNING_RATE,
    Network,
    load_keras,
    lstm_layer,
    network,
)
from backtrader_walkforward.forecasting.keras_lstm.training import Search, train

pytestmark = pytest.mark.slow

TINY = {"units": (4, 3, 2), "dense": 3, "batch_size": 16}


@pytest.fixture
def windows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(60, 5, 31))


def test_the_network_is_the_one_of_the_order() -> None:
    model = network(60, 31, (128, 64, 32), 16).model
    layers = [(type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in model.layers]
    assert layers == [
        ("Rescaling", (60, 31), 0),
        ("Bidirectional", (60, 256), 2 * 4 * 128 * (31 + 128 + 1)),
        ("Dropout", (60, 256), 0),
        ("Bidirectional", (60, 128), 2 * 4 * 64 * (256 + 64 + 1)),
        ("Dropout", (60, 128), 0),
        ("LSTM", (32,), 4 * 32 * (128 + 32 + 1)),
        ("Dropout", (32,), 0),
        ("Dense", (16,), 32 * 16 + 16),
        ("Dense", (1,), 16 + 1),
    ]
    assert model.input_shape == (None, 60, 31)
    assert [model.layers[i].rate for i in (2, 4, 6)] == [0.2, 0.2, 0.2]
    assert (model.layers[7].activation.__name__, model.layers[8].activation.__name__) == ("relu", "linear")
    assert (type(model.optimizer).__name__, model.loss) == ("Adam", "mean_squared_error")


def test_it_learns_what_there_is_to_learn(windows: np.ndarray) -> None:
    level = windows[:, :1, :1]
    windows, target = np.broadcast_to(level, windows.shape), 0.01 * level.ravel()
    lstm = LSTM(epochs=15, units=(8, 6, 4), dense=8, batch_size=4).fit(windows, target)
    assert np.corrcoef(lstm.predict(windows), target)[0, 1] > 0.5


def test_returns_are_standardised_and_prices_scaled_to_0_1() -> None:
    column = np.array([[1.0], [2.0], [3.0]])
    assert target_scaler("price").fit_transform(column).ravel().tolist() == [0.0, 0.5, 1.0]
    assert target_scaler("return").fit_transform(column).ravel() == pytest.approx([-(1.5**0.5), 0.0, 1.5**0.5])


def test_features_and_target_are_scaled_on_the_training_windows(windows: np.ndarray) -> None:
    lstm = LSTM(target="price", epochs=1, **TINY).fit(windows[:50], np.arange(50.0))
    np.testing.assert_array_equal(lstm.low_, windows[:50].min(axis=(0, 1)))
    np.testing.assert_allclose(lstm.low_ + lstm.width_, windows[:50].max(axis=(0, 1)))
    assert (lstm.target_scaler_.data_min_, lstm.target_scaler_.data_max_) == (0.0, 49.0)


def test_the_best_number_of_epochs_is_trained_on_all_windows(windows: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=60)
    settings = {"patience": 2, "seed": 5, **TINY}
    stopped = LSTM(epochs=200, min_epochs=3, **settings).fit(windows, noise)
    best = len(stopped.learning_curve_) - 2
    assert 3 <= best < 198
    assert stopped.learning_curve_[2:, 1].argmin() == best - 3
    assert stopped.epochs_ == len(stopped.learning_curve_) + best
    short = LSTM(epochs=best, min_epochs=best, **settings).fit(windows, noise)
    np.testing.assert_array_equal(stopped.predict(windows), short.predict(windows))


def test_a_fit_takes_over_the_learning_rates_of_another(windows: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=60)
    found = LSTM(epochs=200, min_epochs=3, patience=2, seed=5, **TINY).fit(windows, noise)
    again = LSTM(seed=5, learning_rates=tuple(map(np.asarray, found.learning_rates_)), **TINY).fit(windows, noise)
    np.testing.assert_array_equal(again.predict(windows), found.predict(windows))
    assert (again.learning_rates_, again.epochs_) == (found.learning_rates_, len(found.learning_rates_))
    assert np.isnan(again.learning_curve_[:, 1]).all()
    falling, constant = (LSTM(seed=5, learning_rates=rates, **TINY) for rates in ([0.002, 0.001], [0.002, 0.002]))
    assert not np.array_equal(
        falling.fit(windows, noise).predict(windows), constant.fit(windows, noise).predict(windows)
    )


def test_a_fit_from_random_weights_trains(windows: np.ndarray) -> None:
    """The first weights are the best of a search whose latest windows are the opposite of the others."""
    target = np.where(np.arange(60) < 45, 1.0, -1.0)
    fit = LSTM(min_epochs=0, patience=2, epochs=6, **TINY).fit(windows, target)
    assert fit.learning_curve_[:, 1].argmin() == 0
    assert len(fit.learning_rates_) == 1


def test_the_latest_windows_train_the_network_too(windows: np.ndarray) -> None:
    settings = {"epochs": 3, "min_epochs": 3, **TINY}
    target = windows[:, 0, 0].copy()
    first = LSTM(**settings).fit(windows, target)
    target[-2:] = target[-2:][::-1]
    assert not np.array_equal(LSTM(**settings).fit(windows, target).weights_[0], first.weights_[0])


def test_inputs_in_0_to_1_are_not_copied() -> None:
    inputs = np.random.default_rng(0).random((20, 5, 31), dtype=np.float32)
    inputs[0, 0], inputs[0, 1] = 0, 1
    assert LSTM(epochs=1, **TINY).fit(inputs, inputs[:, 0, 0])._scaled(inputs) is inputs


def test_a_fit_goes_on_from_initial_weights(windows: np.ndarray) -> None:
    settings = {"epochs": 200, "seed": 5, **TINY}
    level, target = np.broadcast_to(windows[:, :1, :1], windows.shape), windows[:, 0, 0]
    learned = LSTM(**settings).fit(level, target)
    again = LSTM(initial_weights=learned.weights_, **settings).fit(level, target)
    assert again.learning_curve_[0, 1] < learned.learning_curve_[0, 1]


def test_initial_weights_stay_where_no_epoch_improves_on_them(windows: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=60)
    best = LSTM(epochs=200, **TINY).fit(windows, noise)
    warm = [
        LSTM(seed=seed, initial_weights=best.weights_, warm_start_patience=1, **TINY).fit(windows, noise)
        for seed in range(6)
    ]
    kept = [fit for fit in warm if fit.epochs_ == 1]
    assert kept
    for fit in kept:
        np.testing.assert_array_equal(fit.predict(windows), best.predict(windows))


def test_the_search_halves_the_learning_rate_and_ends() -> None:
    search = Search(patience=4, best=2, learning_rate=0.01)
    for error in (0.1, 0.5, 0.6, 0.7, 0.8):
        search.add(1.0, error)
    assert (search.best, search.least, search.is_over) == (2, 0.5, False)
    search.add(1.0, 0.5)
    assert search.is_over
    assert search.learning_rates == [0.01, 0.01, 0.01, 0.01, 0.005, 0.005]


def test_another_seed_gives_another_forecast(windows: np.ndarray) -> None:
    first, other = (
        LSTM(epochs=1, seed=seed, **TINY).fit(windows, windows[:, 0, 0]).predict(windows) for seed in (1, 2)
    )
    assert not np.allclose(first, other)


def test_a_new_beginning_restores_every_variable() -> None:
    net = network(5, 31, (4, 3, 2), 3)
    net.reset(3)
    before = [variable.numpy() for variable in net.variables]
    for variable in net.variables:
        variable.assign(np.ones(variable.shape))
    net.reset(3)
    for variable, value in zip(net.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    learning_rate = next(variable for variable in net.variables if variable.name == "learning_rate")
    assert float(learning_rate.numpy()) == pytest.approx(LEARNING_RATE)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_training_is_that_of_keras_fit(windows: np.ndarray) -> None:
    inputs, outputs = windows.astype(np.float32), windows[:, 0, :1].astype(np.float32)
    keras = load_keras()
    ours, stock = (
        keras.Sequential([keras.Input(inputs.shape[1:]), layer(4), keras.layers.Dense(1)])
        for layer in (lstm_layer(), keras.layers.LSTM)
    )
    generator = np.random.default_rng(2)
    weights = [generator.normal(0, 0.3, weight.shape) for weight in ours.get_weights()]
    for model in (ours, stock):
        model.set_weights(weights)
        model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mean_squared_error")
    train(Network(ours), inputs, outputs, learning_rates=[1e-2] * 5, batch_size=60, seed=0)
    stock.fit(inputs, outputs, 60, 5, verbose=0)
    for expected, found in zip(stock.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_more_windows_need_no_new_graph(windows: np.ndarray) -> None:
    for n_windows in (30, 41, 60):
        LSTM(epochs=1, **TINY).fit(windows[:n_windows], windows[:n_windows, 0, 0]).predict(windows)
    net = network(5, 31, TINY["units"], TINY["dense"])
    assert [each.experimental_get_tracing_count() for each in (net.step, net._outputs)] == [1, 1]


def test_the_number_of_threads_changes_no_bit() -> None:
    """Here TensorFlow has a thread a core; a new process has one thread, or where there is one core, eight."""
    code = """
import numpy as np
from backtrader_walkforward.predictors.lstm import LSTM
windows = np.random.default_rng(0).random((50, 60, 31))
forecasts = LSTM(epochs=1).fit(windows, windows[:, 0, 0]).predict(windows)
"""
    here: dict[str, np.ndarray] = {}
    exec(code, here)
    assert len(set(here["forecasts"])) > 40
    threads = "8" if os.cpu_count() == 1 else "1"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}print(forecasts.tobytes().hex())"],
        cwd=Path(__file__).parents[2],
        env=os.environ | dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), threads),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == here["forecasts"].tobytes().hex()
