"""One panel in a process of its own: time, processor time and memory as JSON.

Run as: python -m benchmarks.jobs.panel_job NAME=VALUE ...
"""

import json
import resource
import sys
import time

MEGABYTE = 1024
"""Kilobytes, in which Linux tells the memory of a process."""


def main(arguments: list[str]) -> None:
    """Run the panel with these settings; nothing is found in a cache."""
    from backtrader_walkforward.panels.run import run_panel
    from backtrader_walkforward.panels.tasks.executors import panel_executor
    from backtrader_walkforward.settings.settings import Settings

    values = {name: json.loads(value) for name, _, value in (argument.partition("=") for argument in arguments)}
    settings = Settings.of(use_cache=False, practice=True, **values)
    began = time.perf_counter()
    with panel_executor(settings.machine.workers, settings.panel.dask) as pool:
        panel = run_panel(settings, pool)
    seconds = time.perf_counter() - began
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "tickers": len(panel.tickers),
                "failed": len(panel.failed),
                "wall": seconds,
                "cpu": sum(one.ru_utime + one.ru_stime for one in (own, others)),
                "parent_mb": own.ru_maxrss / MEGABYTE,
                "worker_mb": others.ru_maxrss / MEGABYTE,
                "studies_mb": panel.studies.cache.path.stat().st_size / 1e6,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
