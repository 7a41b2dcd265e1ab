"""A drop-in for Keras's LSTM layer that trains faster on the CPU."""

from typing import Any

import keras
import tensorflow as tf

from backtrader_walkforward.forecasting.keras_lstm.fused_kernel import lstm


@keras.saving.register_keras_serializable("walk_forward_lstm")
class LSTM(keras.layers.LSTM):
    """Keras's LSTM on the fused kernel: the same settings, weights and outputs, up to rounding.

    Keras's own loop runs where the kernel cannot: with a mask, other activations, dropout inside, or an unknown number
    of steps. Settings (`get_config`) and weight files work in both layers, as Keras finds them by the class's name.
    """

    def inner_loop(
        self, sequences: Any, initial_state: list[Any], mask: Any, training: bool = False
    ) -> tuple[Any, Any, list[Any]]:
        """Return the last output, the outputs and the last states."""
        if mask is not None or sequences.shape[1] is None or not self._has_a_kernel():
            return super().inner_loop(sequences, initial_state, mask, training)
        x = tf.transpose(sequences, (1, 0, 2))
        weights = tf.concat([self.cell.kernel, self.cell.recurrent_kernel], 0)
        x = tf.reverse(x, [0]) if self.go_backwards else x
        outputs, last_c = lstm(x, weights, tf.convert_to_tensor(self.cell.bias), *initial_state)
        last = outputs[-1]
        return last, tf.transpose(outputs, (1, 0, 2)) if self.return_sequences else last[:, tf.newaxis], [last, last_c]

    def _has_a_kernel(self) -> bool:
        usual = self.activation is keras.activations.tanh and self.recurrent_activation is keras.activations.sigmoid
        return usual and self.use_bias and not (self.dropout or self.recurrent_dropout or self.unroll)
