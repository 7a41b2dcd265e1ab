"""How TensorFlow is started."""

import os

from backtrader_walkforward.forecasting.keras_lstm.network import load_keras


def test_a_process_takes_no_more_memory_of_a_gpu_than_it_needs():
    """By default it takes all, and the next worker on the same card fails."""
    load_keras()
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == "1"
