"""Run the whole of it for one ticker: `python runner.py --ticker AAPL --period 365`."""

import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from command_line import parse_arguments
from config import Config
from errors import UserError

if TYPE_CHECKING:
    from analyzers import ForecastSkill, Luck
    from feeds import Prices
    from predictors import Forecasts
    from reports import ForecastFacts, RunFacts

INTERRUPTED = 130

MORE_ROWS = "ask for a longer --period, a smaller --lookback, or prices that begin earlier"

SHEETS = {"all": "a tear sheet a variant", "best": "the tear sheet of the best", "none": "no tear sheets"}


def run(config: Config) -> None:
    """Go from prices to reports, a stage a line.

    Raises
    ------
    UserError
        If the prices, the settings or a strategy do not allow a result. Nothing is written then.
    """
    # Imported here, so that --help and a wrong argument answer at once.
    from analyzers import Comparison, judge, measure_forecast
    from backtest import market_of, notes_on, run_backtest
    from features import WARM_UP, compute_features
    from feeds import load_prices, require_rows
    from predictors import ForecastStore, WalkForward, forecast, make_predictor, required_rows
    from processes import process_pool
    from reports import check_writable, write_reports
    from reports.terminal import Terminal
    from stores import cache_folder
    from strategies.variants import BENCHMARK, find_strategies, variants_of

    terminal = Terminal(quiet=config.quiet)
    check_writable(config.out)
    variants = variants_of(find_strategies(config.strategies))
    predictor = make_predictor(config.predictor, target=config.target, seed=config.seed, epochs=config.epochs)
    walk_forward = WalkForward(
        lookback=config.lookback, retrain_every=config.retrain_every, train_window=config.train_window
    )

    prices = load_prices(config, warm_up=WARM_UP)
    require_rows(prices.frame, required_rows(config.lookback) + WARM_UP, MORE_ROWS)
    terminal.prices(prices.ticker, prices.source, prices.frame, prices.notes)
    close = prices.frame["Close"]

    features = compute_features(prices.frame)
    terminal.stage("Features", f"{features.shape[1]} indicators of {len(features)} days")

    terminal.stage("Forecast", f"{config.predictor}, fitted anew every {config.retrain_every} days")
    store = ForecastStore(cache_folder(config.cache_dir)) if config.use_store else None
    with process_pool(config.workers) as pool, terminal.progress("training") as on_fold:
        forecasts = forecast(close, features, predictor, walk_forward, pool, on_fold, store)
    terminal.stored(forecasts.stored, forecasts.folds, store.notes if store else ())
    forecast_facts = forecast_facts_of(forecasts, measure_forecast(forecasts.table, close), config.lookback)
    terminal.forecast(forecast_facts)

    terminal.stage("Backtest", f"{len(variants)} variants and buy & hold, {config.capital:,.0f} each")
    market = market_of(prices.frame, features, forecasts.table)
    *results, benchmark = run_backtest(market, [*variants, BENCHMARK], config)
    comparison = Comparison.of(results, benchmark)
    happened = notes_on([*results, benchmark], config)
    terminal.notes(happened)
    facts = facts_of(config, prices.with_notes(*happened), forecast_facts, judge(comparison))

    terminal.stage("Reports", SHEETS[config.tearsheets])
    with terminal.progress("tear sheets") as on_sheet:
        written = write_reports(comparison, forecasts.table.assign(close=close), facts, config, timestamp(), on_sheet)
    terminal.summary(comparison, facts)
    terminal.files(written)


def tend_store(config: Config) -> None:
    """Show the stored forecasts, after forgetting old ones and old tear sheets if asked to."""
    from predictors import ForecastStore
    from reports.run_report import sheet_folder
    from reports.sheet_store import SheetStore
    from stores import cache_folder

    store = ForecastStore(cache_folder(config.cache_dir))
    if config.store == "prune":
        print(f"{store.prune()} folds and {SheetStore(sheet_folder(config.cache_dir)).prune()} tear sheets forgotten")
    contents = store.contents()
    print("no forecasts are stored" if contents.empty else contents.to_string(index=False))
    for note in store.notes:
        print(f"Note: {note}")


def forecast_facts_of(forecasts: "Forecasts", skill: "ForecastSkill", lookback: int) -> "ForecastFacts":
    """Return what the reports say of the forecasts."""
    from features import FEATURE_NAMES
    from reports import ForecastFacts

    window = (lookback, len(FEATURE_NAMES))
    latest = forecasts.table.iloc[-1]
    return ForecastFacts(
        train_sequences=(forecasts.train_sequences, *window),
        test_sequences=(forecasts.test_sequences, *window),
        folds=forecasts.folds,
        epochs=forecasts.epochs,
        out_of_range=forecasts.out_of_range,
        skill=skill,
        next_session={
            "forecast_date": forecasts.table.index[-1].date(),
            "predicted_return": float(latest["predicted_return"]),
            "predicted_close": float(latest["predicted_close"]),
        },
    )


def facts_of(config: Config, prices: "Prices", forecast_facts: "ForecastFacts", luck: "Luck") -> "RunFacts":
    """Return what the reports say of the run beside its results."""
    from reports import RunFacts

    return RunFacts(
        ticker=prices.ticker,
        source=prices.source,
        first_date=prices.frame.index[0].date(),
        last_date=prices.frame.index[-1].date(),
        rows=len(prices.frame),
        seed=config.seed,
        data_sha256=prices.sha256,
        config=config.of_the_result(),
        forecast=forecast_facts,
        luck=luck,
        notes=prices.notes,
    )


def timestamp() -> str:
    """Return the moment as file names have it: 20251017_143522."""
    return datetime.now().strftime("%Y%m%d_%H%M%S")


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 0, 2 for a wrong argument, 130 when interrupted, 1 for the rest."""
    signal.signal(signal.SIGTERM, stop)
    debug = "--debug" in arguments
    try:
        config = parse_arguments(arguments)
        tend_store(config) if config.store else run(config)
    except UserError as error:
        return complain(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        return complain("interrupted; no report was written", INTERRUPTED, debug)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return complain(f"unexpected {reason} - run again with --debug to see where", 1, debug)
    return 0


def complain(message: str, exit_code: int, debug: bool) -> int:
    """Print one line on standard error, or raise what is being handled when debugging."""
    if debug:
        raise
    print(f"runner.py: {message}", file=sys.stderr)
    return exit_code


def stop(signal_number: int, frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into the interruption that cleans up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
