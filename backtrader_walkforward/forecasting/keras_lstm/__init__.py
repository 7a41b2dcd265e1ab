"""The LSTM layer on TensorFlow's fused CPU kernels. Its files import TensorFlow; this one, and all outside, do not."""
