"""Training throughput compared with a large sgemm, stock Keras and PyTorch; memory of a process that fits repeatedly.

Run as: python -m benchmarks.training [EPOCHS]
PyTorch runs in this Python where it is installed. The variable TORCH_PYTHON names another Python that has it.
All train the same folds, epochs and batches, without early stopping. Each warms up first; the smaller wall time of two
counts. Wall times mean little on a busy machine; the processor times show what an idle machine would take.
"""

import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cores import usable_cores
from benchmarks.jobs import training_peers
from benchmarks.jobs.training_job import (
    BATCH_SIZE,
    NEVER,
    SGEMM_SIZE,
    SGEMM_TIMES,
    Time,
    fit,
    fold_arrays,
    job,
    operations,
    sgemm,
    timed,
)
from benchmarks.table import Row, show

EPOCHS = 2
REPEATS = 2
FITS = (10, 100)


def rows(epochs: int = EPOCHS) -> list[Row]:
    """Measure everything. Takes some four minutes."""
    tasks = job(epochs)
    ours, peak, keras, torch = NEVER, NEVER, NEVER, NEVER
    with tempfile.TemporaryDirectory() as folder:
        folds = Path(folder) / "folds.npz"
        np.savez(folds, *(array for task in tasks for array in fold_arrays(task)))
        for _ in range(REPEATS):
            training, products = measure(tasks)
            ours, peak = min(ours, training), min(peak, products)
            keras = min(keras, peer_time(sys.executable, "keras", folds, epochs))
            if python := torch_python():
                torch = min(torch, peer_time(python, "torch", folds, epochs))
    return [
        throughput_row(sum(map(operations, tasks)), ours, peak),
        peer_row("stock Keras, one process", ours, keras, 0.25),
        peer_row("PyTorch, all cores", ours, torch, 1.0),
        memory_row(),
    ]


def measure(tasks: list[FoldTask]) -> tuple[Time, Time]:
    """Return the time of all folds on all cores, and that of large products, `SGEMM_TIMES` a core."""
    cores = usable_cores()
    with process_pool(cores) as pool:
        run = map if pool is None else pool.map
        warm_up = replace(tasks[0], target=tasks[0].target[:64])
        timed(run, fit, [warm_up] * 2 * cores)
        timed(run, sgemm, range(cores))
        longest_first = sorted(tasks, key=lambda task: len(task.target), reverse=True)
        return timed(run, fit, longest_first), timed(run, sgemm, range(cores))


def throughput_row(work: float, ours: Time, peak: Time) -> Row:
    """Compare the operations a second of the training with those of the products."""
    most = 2 * SGEMM_SIZE**3 * SGEMM_TIMES * (usable_cores())
    wall, processor = (work / mine / (most / best) for mine, best in zip(ours, peak, strict=True))
    rates = f"{work / ours.wall / 1e9:.0f} of {most / peak.wall / 1e9:.0f} GFLOP/s"
    measured = f"{wall:.2f} ({rates}); {processor:.2f} by processor time"
    return Row("training, share of a large sgemm on all cores", ">= 0.50", measured, wall >= 0.5)


def peer_row(peer: str, ours: Time, theirs: Time, limit: float) -> Row:
    """Compare the wall time of the same folds, epochs and batches."""
    what, target = f"training, time over that of {peer}", f"<= {limit:.2f}"
    if theirs == NEVER:
        return Row(what, target, "not installed: pip install torch, or TORCH_PYTHON=its python", None)
    ratio = ours.wall / theirs.wall
    processor = f"processor time {ours.processor:.0f} of {theirs.processor:.0f} s"
    return Row(what, target, f"{ratio:.2f} ({ours.wall:.1f} of {theirs.wall:.1f} s; {processor})", ratio <= limit)


def memory_row() -> Row:
    """Compare the peak memory of one process after its first and its last fits."""
    with process_pool(2) as pool:
        few, many = pool.submit(peaks_of_memory).result() if pool else peaks_of_memory()
    measured = f"{many / few:.3f} ({few:.0f} MB after {FITS[0]} fits, {many:.0f} after {FITS[1]})"
    return Row("memory of a worker, later over earlier", "<= 1.05", measured, many / few <= 1.05)


def peaks_of_memory() -> list[float]:
    """Return this process's peak memory in MB after each number of `FITS` of the network, on 40 windows or more."""
    task, peaks = job(epochs=1)[0], []
    for done in range(1, FITS[-1] + 1):
        fit(replace(task, target=task.target[: 40 + done % 30]))
        if done in FITS:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return peaks


def peer_time(python: str, peer: str, folds: Path, epochs: int) -> Time:
    """Return the time of a peer, in a separate process with its own settings."""
    command = [python, training_peers.__file__, peer, str(folds), str(epochs), str(BATCH_SIZE)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return Time(*map(float, printed.stdout.split()))


def torch_python() -> str | None:
    """Return a Python that has PyTorch."""
    return os.environ.get("TORCH_PYTHON") or (sys.executable if importlib.util.find_spec("torch") else None)


if __name__ == "__main__":
    show(rows(*map(int, sys.argv[1:])))
