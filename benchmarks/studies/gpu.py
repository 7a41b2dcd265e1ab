"""Training on a GPU compared with the CPU: the same folds, epochs and batches, one process each.

Run as: python -m benchmarks.studies.gpu [EPOCHS]
On the CPU the LSTM layers are our fused ones, on a GPU Keras's own, which cuDNN runs. Where TensorFlow sees no GPU only
the CPU's figures are printed.
"""

import os
import subprocess
import sys
import time

from benchmarks.jobs.training_job import fit, job, operations
from benchmarks.table import Row, show

EPOCHS = 2
HIDDEN = {"CUDA_VISIBLE_DEVICES": "-1"}
"""Environment of a process that is to see no GPU."""


def rows(epochs: int = EPOCHS) -> list[Row]:
    """Train on the CPU, then on what TensorFlow takes by default."""
    return [row(where, run(epochs, environment)) for where, environment in (("CPU", HIDDEN), ("GPU", {}))]


def run(epochs: int, environment: dict[str, str]) -> tuple[str, float, float]:
    """Return the device, seconds of wall time and GFLOP/s of a process of its own."""
    command = [sys.executable, "-m", "benchmarks.studies.gpu", str(epochs), "here"]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | environment
    )
    device, seconds, rate = done.stdout.strip().splitlines()[-1].split("\t")
    return device, float(seconds), float(rate)


def row(where: str, measured: tuple[str, float, float]) -> Row:
    """Return the figures of one device."""
    device, seconds, rate = measured
    if where == "GPU" and device == "CPU":
        return Row("training on a GPU", "-", "TensorFlow sees no GPU here: not run", None)
    return Row(f"training on the {where}: {device}", "-", f"{seconds:.1f} s, {rate:.0f} GFLOP/s", None)


def train_here(epochs: int) -> None:
    """Train in this process after a warm-up, and print device, seconds and GFLOP/s."""
    from backtrader_walkforward.forecasting.keras_lstm.network import load_keras

    load_keras()
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(device).get("device_name", "GPU") for device in devices]
    fit(job(1)[0])
    tasks = job(epochs)
    begun = time.perf_counter()
    for task in tasks:
        fit(task)
    seconds = time.perf_counter() - begun
    print(names[0] if names else "CPU", seconds, sum(map(operations, tasks)) / seconds / 1e9, sep="\t")


if __name__ == "__main__":
    if sys.argv[2:] == ["here"]:
        train_here(int(sys.argv[1]))
    else:
        show(rows(*map(int, sys.argv[1:])))
