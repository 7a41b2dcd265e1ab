"""Every setting of a run in one frozen object, checked once, passed on whole or in groups."""

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.choices import COSTS
from backtrader_walkforward.settings.field import Rule, rule_of
from backtrader_walkforward.settings.groups import (
    DataSettings,
    ForecastSettings,
    MachineSettings,
    ReportSettings,
    TradingSettings,
)
from backtrader_walkforward.settings.validation import (
    check_choice,
    check_choices,
    check_range,
    check_regime_filter,
    check_ticker,
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a run.

    ::

        settings = Settings.of(ticker="AAPL", lookback=30)
        settings.forecast.lookback, settings.replace(seed=8)

    Raises
    ------
    ArgumentError
        If a value is out of its range, names nothing known, or contradicts another.
    """

    data: DataSettings = field(default_factory=DataSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    trading: TradingSettings = field(default_factory=TradingSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    machine: MachineSettings = field(default_factory=MachineSettings)

    def __post_init__(self) -> None:
        check_ticker(self.data.ticker)
        for name, value, rule in self.items():
            if rule.low is not None and rule.high is not None:
                check_range(name, value, rule.low, rule.high)
            if rule.choices and isinstance(value, tuple):
                check_choices(name, value, rule.choices)
            elif rule.choices:
                check_choice(name, value, rule.choices)
        if "daily" not in self.forecast.timeframes:
            raise ArgumentError(
                f"--timeframes must hold daily: {','.join(self.forecast.timeframes)!r} - put daily before the rest"
            )
        check_regime_filter("--regime-filter", self.trading.regime_filter)
        if self.data.source == "csv" and self.data.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.data.csv is not None and self.data.source not in ("auto", "csv"):
            raise ArgumentError(f"--csv and --source {self.data.source} contradict each other: leave one of them out")

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Return the settings with these values, by their names whatever their group, and defaults for the rest.

        Raises
        ------
        ArgumentError
            If there is no setting of that name.
        """
        return cls().replace(**values)

    def replace(self, **values: Any) -> Self:
        """Return the settings with other values, by their names whatever their group."""
        by_group: dict[str, dict[str, Any]] = {}
        for name, value in values.items():
            if name not in GROUP_OF:
                raise ArgumentError(f"there is no setting {name!r}{did_you_mean(name, GROUP_OF)}")
            by_group.setdefault(GROUP_OF[name], {})[name] = value
        groups = {group: replace(getattr(self, group), **changed) for group, changed in by_group.items()}
        return replace(self, **groups)

    def items(self) -> Iterator[tuple[str, Any, Rule]]:
        """Yield name, value and rule of every setting."""
        for name, one in FIELDS.items():
            yield name, getattr(getattr(self, GROUP_OF[name]), name), rule_of(one)

    @property
    def predictor_names(self) -> tuple[str, ...]:
        """Names of the predictors whose mean is traded, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.forecast.predictor.split(",")))

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The run's own seed, and those that it is repeated with."""
        return tuple(range(self.forecast.seed, self.forecast.seed + self.forecast.seeds))

    @property
    def has_costs(self) -> bool:
        """Whether anything costs something, or cash bears interest."""
        return any(getattr(self.trading, name) for name in COSTS)

    def without_costs(self) -> Self:
        """Return the same settings, with everything for free."""
        return self.replace(**dict.fromkeys(COSTS, 0.0))

    def of_the_result(self) -> dict[str, Any]:
        """Return the settings that decide the results, as plain JSON values."""
        return {name: json_value(value, rule) for name, value, rule in self.items() if rule.result}

    def of_the_trial(self) -> dict[str, Any]:
        """Return the settings that make a trial what it is, as plain JSON values."""
        return {name: json_value(value, rule) for name, value, rule in self.items() if rule.trial}

    def of_the_ledger(self) -> dict[str, Any]:
        """Return the settings that decide a paper account, as plain JSON values."""
        return {name: json_value(value, rule) for name, value, rule in self.items() if rule.ledger}


GROUPS = {
    "data": DataSettings,
    "forecast": ForecastSettings,
    "trading": TradingSettings,
    "report": ReportSettings,
    "machine": MachineSettings,
}
FIELDS: dict[str, Field[Any]] = {one.name: one for group in GROUPS.values() for one in fields(group)}
"""Every setting by its name, in the order of the help."""

GROUP_OF = {one.name: name for name, group in GROUPS.items() for one in fields(group)}
"""The group of each setting."""


def json_value(value: Any, rule: Rule) -> Any:
    """Return the value of a setting as JSON knows it: pairs become an object, other tuples a list."""
    if isinstance(value, tuple):
        return dict(value) if rule.pairs else list(value)
    return str(value) if isinstance(value, date | Path) else value
