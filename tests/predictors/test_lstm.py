import numpy as np
import pytest

from predictors.lstm import LSTM
from predictors.network import network

TINY = {"units": (4, 3, 2), "dense": 3, "batch_size": 16}


@pytest.fixture
def windows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(60, 5, 31))


@pytest.mark.slow
def test_the_network_is_the_one_of_the_order() -> None:
    model = network(60, 31, (128, 64, 32), 16).model
    layers = [(type(layer).__name__, layer.output.shape[1:], layer.count_params()) for layer in model.layers]
    assert layers == [
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
    assert [model.layers[i].rate for i in (1, 3, 5)] == [0.2, 0.2, 0.2]
    assert (model.layers[6].activation.__name__, model.layers[7].activation.__name__) == ("relu", "linear")
    assert (type(model.optimizer).__name__, model.loss) == ("Adam", "mean_squared_error")


def test_it_learns_what_there_is_to_learn(windows: np.ndarray) -> None:
    level = windows[:, :1, :1]
    windows, target = np.broadcast_to(level, windows.shape), 0.01 * level.ravel()
    lstm = LSTM(epochs=15, units=(8, 6, 4), dense=8, batch_size=4).fit(windows, target)
    assert np.corrcoef(lstm.predict(windows), target)[0, 1] > 0.5


def test_features_and_target_are_scaled_on_the_training_windows(windows: np.ndarray) -> None:
    lstm = LSTM(target="price", epochs=1, **TINY).fit(windows[:50], np.arange(50.0))
    np.testing.assert_array_equal(lstm.feature_scaler_.data_max_, windows[:50].max(axis=(0, 1)))
    assert (lstm.target_scaler_.data_min_, lstm.target_scaler_.data_max_) == (0.0, 49.0)


def test_training_ends_early_with_the_best_weights(windows: np.ndarray) -> None:
    noise = np.random.default_rng(1).normal(size=60)
    settings = {"patience": 2, "seed": 5, **TINY}
    stopped = LSTM(epochs=200, **settings).fit(windows, noise)
    best = stopped.epochs_ - 2
    assert 1 <= best < 198
    short = LSTM(epochs=best, **settings).fit(windows, noise)
    np.testing.assert_array_equal(stopped.predict(windows), short.predict(windows))


def test_another_seed_gives_another_forecast(windows: np.ndarray) -> None:
    first, other = (
        LSTM(epochs=1, seed=seed, **TINY).fit(windows, windows[:, 0, 0]).predict(windows) for seed in (1, 2)
    )
    assert not np.allclose(first, other)


def test_a_new_beginning_restores_every_variable() -> None:
    net = network(5, 31, (4, 3, 2), 3)
    net.begin_again(3)
    before = [variable.numpy() for variable in net.variables]
    for variable in net.variables:
        variable.assign(np.ones(variable.shape))
    net.begin_again(3)
    for variable, value in zip(net.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)
    learning_rate = next(variable for variable in net.variables if variable.name == "learning_rate")
    assert float(learning_rate.numpy()) == pytest.approx(1e-3)
