"""Options of single commands. They are no settings: no file keeps them."""

from dataclasses import dataclass

from backtrader_walkforward.settings.field import Group, setting

SHELLS = ("bash", "zsh", "tcsh")

PLUGINS = {"strategy": "strategies", "predictor": "predictors", "analyzer": "analyzers"}
"""Kinds of plug-ins, and the folder of each."""


@dataclass(frozen=True, kw_only=True)
class OpenOptions(Group):
    """An option of what writes a page."""

    open_page: bool = setting(False, "Open the page in the browser at the end.", flag="--open", section="output")


@dataclass(frozen=True, kw_only=True)
class ResultOptions(OpenOptions):
    """Options of what a run or a panel hands over at its end, besides its files."""

    json: bool = setting(
        False,
        "Print results.json and nothing else.",
        "Everything else goes to standard error.",
        flag="--json",
        section="output",
    )


@dataclass(frozen=True, kw_only=True)
class RunOptions(ResultOptions):
    """Options of `run` alone."""

    details: bool = setting(
        False,
        "Print every section of the report, not one screen.",
        flag="--details",
        section="output",
    )


@dataclass(frozen=True, kw_only=True)
class RunsOptions(Group):
    """Options of `runs` alone."""

    json: bool = setting(False, "Print JSON and nothing else.", flag="--json", section="output")


@dataclass(frozen=True, kw_only=True)
class CompareOptions(RunsOptions, OpenOptions):
    """Options of `compare` alone."""

    runs: tuple[str, ...] = setting(
        (), "Folders of runs, or their names in runs/.", metavar="RUN ...", usual="", positional=True
    )


@dataclass(frozen=True, kw_only=True)
class NewOptions(Group):
    """Options of `new` alone."""

    kind: str | None = setting(
        None, "A strategy, a predictor or an analyzer.", metavar="KIND", choices=tuple(PLUGINS), positional=True
    )
    name: str | None = setting(None, "Its name: small letters, digits and _.", metavar="NAME", none="", positional=True)


@dataclass(frozen=True, kw_only=True)
class CompletionOptions(Group):
    """Options of `completion` alone."""

    shell: str = setting("bash", "The shell.", choices=SHELLS, positional=True)


@dataclass(frozen=True, kw_only=True)
class SignalOptions(Group):
    """Options of `signal` alone."""

    position: float = setting(0.0, "Number of shares held now.", metavar="SHARES", low=-1e12, high=1e12, example="100")


@dataclass(frozen=True, kw_only=True)
class PaperOptions(Group):
    """Options of `paper` alone."""

    confirm: tuple[str, ...] = setting(
        (),
        "Book a split or dividend, as DAY:split=2.",
        "It is for what the source of the prices does not know: `2018-10-05:split=2` is two new shares for one,"
        " `2018-10-05:split=3/2` three for two, `2018-10-05:split=1` none, `2018-10-05:dividend=1.25` cash per share.",
        metavar="ACTION,...",
        usual="",
    )


@dataclass(frozen=True, kw_only=True)
class CacheOptions(Group):
    """Options of `cache` alone."""

    action: str = setting(
        "show", "Show the entries, or delete unused ones.", choices=("show", "prune"), positional=True
    )
