"""Every setting of a run in one frozen object, passed on whole or in groups."""

from collections.abc import Callable, Iterator
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, Self, get_type_hints

from backtrader_walkforward.errors import ArgumentError, did_you_mean
from backtrader_walkforward.settings.field import Group, Rule, rule_of
from backtrader_walkforward.settings.groups import (
    DataSettings,
    ForecastSettings,
    MachineSettings,
    PanelSettings,
    ReportSettings,
    TradingSettings,
)
from backtrader_walkforward.settings.kinds import format_value, kind_of
from backtrader_walkforward.settings.parameters import plugin_of


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a run.

    ::

        settings = Settings.of(ticker="AAPL", lookback=30, strategies="kelly,binary", end="2018-06-01")
        settings.forecast.lookback, settings.replace(seed=8)

    Raises
    ------
    ArgumentError
        If a value has the wrong type, is out of its range, names nothing known, or contradicts another.
    """

    panel: PanelSettings = field(default_factory=PanelSettings)
    data: DataSettings = field(default_factory=DataSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    trading: TradingSettings = field(default_factory=TradingSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    machine: MachineSettings = field(default_factory=MachineSettings)

    def __post_init__(self) -> None:
        first, last = self.forecast.test_from, self.data.end
        if first and last and first > last:
            raise ArgumentError(
                f"--test-from {first} is after --end {last}: no day is left for the test - choose an earlier first day"
                " or a later last one"
            )

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Return the settings with these values, by their names whatever their group, and defaults for the rest."""
        groups: dict[str, Any] = {group: GROUPS[group](**own) for group, own in in_groups(values).items()}
        return cls(**groups)

    def replace(self, **values: Any) -> Self:
        """Return the settings with other values, by their names whatever their group."""
        return replace(
            self, **{group: replace(getattr(self, group), **own) for group, own in in_groups(values).items()}
        )

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

    @property
    def command(self) -> str:
        """The command that the settings are for: `panel` where they name a panel's tickers, else `run`."""
        return "panel" if self.panel.tickers or self.panel.csv_folder else "run"

    def refuse_others(self, command: str) -> None:
        """Raise ArgumentError if a setting that a command does not have is not the default."""
        for name, value, rule in self.items():
            if command not in rule.commands and not rule.hidden and value != DEFAULTS[name]:
                raise ArgumentError(f"{command} has no setting {name}: {value!r} - leave it out")

    def without_costs(self) -> Self:
        """Return the same settings with all costs at 0."""
        return self.replace(**dict.fromkeys(COSTS, 0.0))

    def result_settings(self) -> dict[str, Any]:
        """Return the settings that change the results, as JSON values."""
        return self._json(lambda rule: rule.result)

    def trial_settings(self) -> dict[str, Any]:
        """Return the settings that distinguish trials, as JSON values.

        The parameters of a strategy stand in the names of its variants; those of a predictor are here.
        """
        own = {name: list(values) for name, values in self.trading.param if plugin_of(name) in self.predictor_names}
        return self._json(lambda rule: rule.trial) | ({"param": own} if own else {})

    def ledger_settings(self) -> dict[str, Any]:
        """Return the settings that a paper ledger is bound to, as JSON values."""
        return self._json(lambda rule: rule.ledger)

    def _json(self, chosen: Callable[[Rule], bool]) -> dict[str, Any]:
        return {name: json_value(name, value) for name, value, rule in self.items() if chosen(rule)}


GROUPS: dict[str, type[Group]] = get_type_hints(Settings)
"""Every group by its name."""

FIELDS: dict[str, Field[Any]] = {one.name: one for group in GROUPS.values() for one in fields(group)}
"""Every setting by its name, in the order of the help."""

GROUP_OF = {one.name: name for name, group in GROUPS.items() for one in fields(group)}
"""The group of each setting."""

DEFAULTS = {name: value for name, value, _ in Settings().items()}
"""The default of each setting, as it is used."""

SNAPSHOT = tuple(name for name, one in FIELDS.items() if rule_of(one).hidden)
"""Settings that describe the prices of an earlier run."""

OF_CSV = ("csv", "csv_columns", "csv_dates", "csv_decimals")
"""Settings of a CSV file, each off at its default."""

COSTS = tuple(name for name, one in FIELDS.items() if rule_of(one).section == "costs")
"""Settings of costs. Each is off at 0."""

STOPS = tuple(name for name, one in FIELDS.items() if rule_of(one).section == "stops" and one.default is None)
"""Settings of stops, each off at None; not when they may fill."""


def in_place_of(name: str, first_day: str = "test_from", length: str = "period") -> str:
    """Return what to write in place of a first day of the prices, by the names that others have for it."""
    if name not in ("start", "start_date", "begin", "from", "since"):
        return ""
    return f" - write {first_day} for the first day of the test, or {length} for the length of the history"


def in_groups(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return values by the group of their setting; refuse a name that no setting has."""
    grouped: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise ArgumentError(f"there is no setting {name!r}{in_place_of(name) or did_you_mean(name, FIELDS)}")
        grouped.setdefault(GROUP_OF[name], {})[name] = value
    return grouped


def json_value(name: str, value: Any) -> Any:
    """Return the value of a setting as JSON knows it: pairs become an object, other tuples a list."""
    return None if value is None else kind_of(FIELDS[name].type)[0].to_json(value)


def format_setting(name: str, value: Any) -> str:
    """Return the JSON value of a setting as it is typed. The setting may be one that an earlier version had.

    >>> format_setting("timeframes", ["daily", "weekly"]), format_setting("stop_loss", None)
    ('daily,weekly', 'none')
    >>> format_setting("train_window", None), format_setting("regime_filter", {"calm": "half", "downtrend": "out"})
    ('all', 'calm=half,downtrend=out')
    """
    if value is None or value in ([], {}):
        return rule_of(FIELDS[name]).none if name in FIELDS else "none"
    return format_value(value)
