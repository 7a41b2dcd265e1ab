"""The fused layer beside Keras's own."""

from pathlib import Path

import numpy as np
import pytest

from backtrader_walkforward.forecasting.keras_lstm.network import load_keras

# Keras reads and saves its variables in a way that numpy 2 calls outdated.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

STEPS, FEATURES, UNITS = 7, 5, 6


@pytest.fixture(scope="module")
def keras():
    return load_keras()


@pytest.fixture(scope="module")
def fused(keras):
    from backtrader_walkforward.forecasting.keras_lstm.fused_layer import LSTM

    return LSTM


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def both_ways(keras, lstm):
    """A small network like the real one, without dropout."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((STEPS, FEATURES)),
            layers.Bidirectional(lstm(UNITS, return_sequences=True)),
            layers.Bidirectional(lstm(4, return_sequences=True)),
            lstm(3),
            layers.Dense(1),
        ]
    )


def gradients(model, inputs: np.ndarray) -> list[np.ndarray]:
    import tensorflow as tf

    inputs = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        error = tf.reduce_sum(tf.square(model(inputs, training=True)))
    return [part.numpy() for part in tape.gradient(error, [inputs, *(v.value for v in model.trainable_variables)])]


def close_to(expected: np.ndarray, tolerance: float):
    return pytest.approx(expected, abs=tolerance * float(np.abs(expected).max()))


def test_outputs_and_gradients_are_those_of_keras(keras, fused):
    stock, ours = both_ways(keras, keras.layers.LSTM), both_ways(keras, fused)
    weights = [normal(*value.shape, seed=seed) / 3 for seed, value in enumerate(stock.get_weights())]
    stock.set_weights(weights)
    ours.set_weights(weights)
    inputs = normal(9, STEPS, FEATURES)
    assert ours(inputs).numpy() == pytest.approx(stock(inputs).numpy(), abs=1e-6)
    for expected, found in zip(gradients(stock, inputs), gradients(ours, inputs), strict=True):
        assert found == close_to(expected, 1e-5)


def test_states_go_in_and_come_out_with_their_gradients(keras, fused):
    import tensorflow as tf

    inputs, states = tf.constant(normal(2, STEPS, FEATURES)), [tf.constant(normal(2, UNITS, seed=s)) for s in (1, 2)]
    found = []
    for layer in (keras.layers.LSTM(UNITS, return_state=True), fused(UNITS, return_state=True)):
        layer.build(inputs.shape)
        layer.set_weights([normal(*weight.shape, seed=3) for weight in layer.weights])
        with tf.GradientTape() as tape:
            tape.watch([inputs, *states])
            outputs = layer(inputs, initial_state=states)
            error = tf.add_n([tf.reduce_sum(tf.sin(part)) for part in outputs])
        sources = [inputs, *states, *(variable.value for variable in layer.trainable_variables)]
        found.append([part.numpy() for part in [*outputs, *tape.gradient(error, sources)]])
    for expected, ours in zip(*found, strict=True):
        assert ours == close_to(expected, 1e-5)


@pytest.mark.parametrize("settings", [{"activation": "relu"}, {"use_bias": False}, {"unroll": True}])
def test_what_the_kernel_cannot_do_keras_does(keras, fused, settings):
    inputs = normal(2, STEPS, FEATURES)
    stock, ours = keras.layers.LSTM(UNITS, **settings), fused(UNITS, **settings)
    stock.build(inputs.shape)
    ours.build(inputs.shape)
    ours.set_weights(stock.get_weights())
    np.testing.assert_array_equal(ours(inputs), stock(inputs))


def test_masked_steps_are_left_out(keras, fused):
    inputs, mask = normal(2, STEPS, FEATURES), np.arange(STEPS) < np.array([[3], [STEPS]])
    layer = fused(UNITS)
    masked = layer(inputs, mask=mask)[:1]
    assert masked.numpy() == pytest.approx(layer(inputs[:1, :3]).numpy(), abs=1e-6)


def test_a_saved_model_loads(keras, fused, tmp_path: Path):
    model, inputs = both_ways(keras, fused), normal(3, STEPS, FEATURES)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert (type(loaded.layers[2]), type(loaded.layers[0].forward_layer)) == (fused, fused)
    np.testing.assert_array_equal(loaded(inputs), model(inputs))


def test_settings_are_those_of_keras(keras, fused):
    settings = fused(UNITS, return_sequences=True, go_backwards=True, name="lstm").get_config()
    assert settings == keras.layers.LSTM.from_config(settings).get_config()


def test_weights_pass_to_stock_keras_and_back(keras, fused, tmp_path: Path):
    model, stock = both_ways(keras, fused), both_ways(keras, keras.layers.LSTM)
    model.save_weights(tmp_path / "of.weights.h5")
    stock.load_weights(tmp_path / "of.weights.h5")
    for expected, found in zip(model.get_weights(), stock.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
