"""The books of a backtest, computed once more from its fills, its prices and the terms of the run."""
