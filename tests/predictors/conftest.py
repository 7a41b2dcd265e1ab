"""The history that predictors are fitted on."""

from tests.forecasting.conftest import history

__all__ = ["history"]
