"""A study: one ticker from its prices to the significance of its result. It returns a `Result` and prints nothing.

The chain is written once, in `study.chain`. The command, a notebook, the audit, the paper ledger and the benchmarks
call it, or the functions of `Stages` that it is made of.
"""

from backtrader_walkforward.study.chain import run, run_study
from backtrader_walkforward.study.result import Result
from backtrader_walkforward.study.stages import Stages

__all__ = ["Result", "Stages", "run", "run_study"]
