"""The audit of any Cerebro, without a pipeline of ours."""

from backtrader_walkforward.audit.cerebro.audit import audit_cerebro
from backtrader_walkforward.audit.cerebro.report import CerebroReport

__all__ = ["CerebroReport", "audit_cerebro"]
