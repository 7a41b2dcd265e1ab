"""A drop-in for Keras's LSTM layer that trains faster on the CPU: TensorFlow's fused kernels with our own gradient."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("backtrader_walkforward")
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


@tf.custom_gradient
def lstm(x: Any, weights: Any, bias: Any, h: Any, c: Any) -> tuple[tuple[Any, Any], Callable]:
    """Return the output of every step and the last cell state.

    TensorFlow's own gradient of the forward kernel sums the weights' gradient step by step. This one goes back step by
    step for the gates' gradients only, and then takes one large product with all inputs and one with all outputs.

    Parameters
    ----------
    x : Tensor (steps, batch, features)
        The number of steps must be known when the graph is made: the backward loop is unrolled.
    weights : Tensor (features + units, 4 units)
        Keras's kernel above its recurrent kernel; gates in its order: input, forget, cell, output.
    bias : Tensor (4 units,)
    h, c : Tensor (batch, units)
        Output and cell state before the first step.

    Returns
    -------
    outputs : Tensor (steps, batch, units)
    last_c : Tensor (batch, units)
    """
    states = _forward(x, weights, bias, h, c)

    def gradient(d_outputs: Any, d_last_c: Any) -> tuple[Any, Any, Any, Any, Any]:
        n_features, n_gates = x.shape[2], weights.shape[1]
        by_gate = _swap_forget_and_cell(weights)
        d_gates, d_c = _walk_back(x[0], by_gate, bias, states, c, d_outputs, d_last_c)
        flat = tf.reshape(d_gates, (-1, n_gates))
        d_kernel = tf.matmul(tf.reshape(x, (-1, n_features)), flat, transpose_a=True)
        before = tf.concat([h[tf.newaxis], states.h[:-1]], 0)
        d_recurrent = tf.matmul(tf.reshape(before, (-1, h.shape[1])), flat, transpose_a=True)
        d_weights = tf.concat([d_kernel, d_recurrent], 0)
        d_x = tf.reshape(tf.matmul(flat, by_gate[:n_features], transpose_b=True), tf.shape(x))
        d_h = tf.matmul(d_gates[0], by_gate[n_features:], transpose_b=True)
        d_bias = tf.reduce_sum(flat, 0)
        return d_x, _swap_forget_and_cell(d_weights), _swap_forget_and_cell(d_bias), d_h, d_c

    return (states.h, states.cs[-1]), gradient


def _forward(x: Any, weights: Any, bias: Any, h: Any, c: Any) -> Any:
    """Return the gates `i f o ci`, the states `cs co` and the outputs `h` of every step."""
    cell = dict(cs_prev=c, h_prev=h, w=weights, b=bias, cell_clip=0, **_no_peephole(bias))
    return tf.raw_ops.BlockLSTMV2(seq_len_max=tf.constant(x.shape[0], tf.int64), x=x, **cell)


def _walk_back(x: Any, weights: Any, bias: Any, states: Any, c: Any, d_outputs: Any, d_last_c: Any) -> tuple[Any, Any]:
    """Return the gradients of the gates at every step, (steps, batch, 4 units), and of the first cell state.

    The gates are in the order of `LSTMBlockCellGrad`: input, cell, forget, output. That kernel uses the shapes of the
    input, the output and the weights, not their values.
    """
    n_units = c.shape[1]
    same = dict(x=x, w=weights, b=bias, **_no_peephole(bias))
    recurrent = _transposed(weights[-n_units:])
    steps = [dict(zip(states._fields, step, strict=True)) for step in zip(*map(tf.unstack, states), strict=True)]
    before = [c, *(step["cs"] for step in steps[:-1])]
    outer = tf.unstack(d_outputs)
    d_h, d_c, d_gates = outer[-1], d_last_c, []
    for step in reversed(range(len(steps))):
        h = steps[step].pop("h")
        cell = tf.raw_ops.LSTMBlockCellGrad(
            **steps[step], **same, cs_prev=before[step], h_prev=h, cs_grad=d_c, h_grad=d_h
        )
        d_c = cell.cs_prev_grad
        d_gates.append(cell.dicfo)
        if step:
            d_h = outer[step - 1] + tf.matmul(cell.dicfo, recurrent)
    return tf.stack(d_gates[::-1]), d_c


def _no_peephole(bias: Any) -> dict[str, Any]:
    """Return the arguments of a kernel without peepholes, which it asks for all the same."""
    none = tf.zeros_like(bias[: bias.shape[0] // 4])
    return dict(wci=none, wcf=none, wco=none, use_peephole=False)


def _transposed(weights: Any) -> Any:
    """Return the transpose, put together from the pieces of the four gates.

    TensorFlow would fold a plain transposition into each product, which then takes a third longer.
    """
    return tf.concat(tf.split(tf.transpose(weights), 4, 0), 0)


def _swap_forget_and_cell(gates: Any) -> Any:
    """Return the gates in the order of the fused cell if they are in Keras's, and the other way round."""
    i, second, third, o = tf.split(gates, 4, axis=-1)
    return tf.concat([i, third, second, o], -1)
