"""A metric: how reports show a figure of an analyzer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from reprlib import repr as short_repr
from typing import Any

FORMS = ("number", "percent", "count", "date")
AFTER_OURS = 100


@dataclass(frozen=True)
class Metric:
    """A figure of an analyzer that gets a column in the files and pages of a run.

    An analyzer names its metrics in a class attribute: each is a key of what `get_analysis()` returns. A form is
    enough::

        metrics = {"win_rate": "percent", "longest_wait": "count"}

    Attributes
    ----------
    form : {"number", "percent", "count", "date"}
        How a reader sees it: 1.23, 12.30%, 1,234 or 2018-06-04.
    heading : str
        Heading of its column. The default is its name in words: `win_rate` is "Win rate".
    position : int
        Order among all metrics, the smallest first. Those of the package are below 100.
    in_ranking : bool
        Whether it has a column in the ranking too, or only in `summary.csv` and `results.json`.
    """

    form: str = "number"
    heading: str = ""
    position: int = AFTER_OURS
    in_ranking: bool = True

    def allows(self, figure: Any) -> bool:
        """Tell whether a figure is a number, None for an undefined one, or a day where the form is a date."""
        return figure is None or (hasattr(figure, "isoformat") if self.form == "date" else isinstance(figure, Real))


def metrics_of(analyzer: type) -> dict[str, Metric]:
    """Return the metrics that a class of analyzers declares, by name; none where it declares nothing.

    Raises
    ------
    ValueError
        If they are no mapping of names to forms or metrics.
    """
    declared = getattr(analyzer, "metrics", {})
    if not isinstance(declared, Mapping) or not all(isinstance(name, str) and name for name in declared):
        raise ValueError(f"metrics must be a dict like {{'win_rate': 'percent'}}: {short_repr(declared)}")
    metrics = {name: _metric(name, how) for name, how in declared.items()}
    for name, metric in metrics.items():
        if metric.form not in FORMS:
            raise ValueError(f"the form of metric {name!r} must be one of {', '.join(FORMS)}: {metric.form!r}")
    return metrics


def _metric(name: str, how: Any) -> Metric:
    metric = how if isinstance(how, Metric) else Metric(form=how)
    words = name.replace("_", " ")
    return replace(metric, heading=metric.heading or words[:1].upper() + words[1:])
