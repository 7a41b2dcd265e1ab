"""Forecast: how the forecasts were made, how far they missed, and the next one; and the prices they came from."""

from dataclasses import asdict

from backtrader_walkforward.data.frequency import name_of_bar, next_bar
from backtrader_walkforward.evaluation import ForecastSummary
from backtrader_walkforward.reports.formatting import (
    count,
    forecast_text,
    format_test,
    json_value,
    number,
    percent,
    period_text,
)
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, first_sentence

PLACE = 20


def section(summary: RunSummary) -> Section:
    """Return the section."""
    forecast = summary.forecast_summary
    skill, entry = forecast.skill, asdict(forecast)
    errors, latest = entry.pop("skill"), entry.pop("next_session")
    following = next_session_text(forecast, summary.prices.fill_price)
    del entry["bars_a_year"]
    entry |= {"folds": forecast.folds, "epochs": forecast.epochs, "out_of_range": forecast.out_of_range}
    data = {
        "Source": summary.prices.source,
        "Prices": period_text(summary.prices.frame),
        "Rows": count(len(summary.prices.frame)),
        **({"Trained with": ", ".join(peer.ticker for peer in summary.prices.peers)} if summary.prices.peers else {}),
        "Seed": str(summary.settings.forecast.seed),
        "SHA-256 of the prices begins": summary.prices.sha256[:16],
    }
    return Section(
        title="Forecast and data",
        sentences=[skill.verdict, following],
        brief=[*([] if skill.hardly_moves else [first_sentence(skill.verdict)]), following],
        lists={"Forecast": forecast_figures(forecast), "Data": data},
        headline={"Forecast error (RMSE)": (percent(skill.rmse, 3), f"training mean {percent(skill.mean_rmse, 3)}")},
        entry={"forecast": entry | errors | {"verdict": skill.verdict, "next_session": latest}},
    )


def next_session_text(forecast: ForecastSummary, fill_price: str = "open") -> str:
    """Return the forecast for the next session, or for the next week or month (`forecast_text`)."""
    latest, bar = forecast.next_session, next_bar(forecast.bars_a_year)
    expected = latest.get("predicted_return"), latest.get("predicted_close")
    text = forecast_text(*expected, forecast.target, fill_price)
    return f"Next {bar}, as forecast at the close of {json_value(latest.get('forecast_date'))}: {text}."


def forecast_figures(forecast: ForecastSummary) -> dict[str, str]:
    """Return how the forecasts were made and how far they missed, for terminal and page."""
    skill, bar = forecast.skill, name_of_bar(forecast.bars_a_year)
    epochs = {"Epochs trained": ", ".join(map(str, forecast.epochs))} if any(forecast.epochs) else {}
    return {
        "Training sequences": f"{forecast.train_sequences}, which are sequences x {bar}s x indicators",
        "Test sequences": f"{forecast.test_sequences}, {forecast.folds} folds",
        **epochs,
        "RMSE of the return": f"{percent(skill.rmse, 3)}; training mean {percent(skill.mean_rmse, 3)}, "
        f"naive {percent(skill.naive_rmse, 3)}",
        "MASE": f"{number(skill.mase)}; naive {number(skill.naive_mase)}",
        "R2 against training mean, naive": f"{percent(skill.r_squared)}, {percent(skill.naive_r_squared)}",
        "Better than the training mean (Clark-West)": format_test(skill.clark_west, bar),
        "Better than the naive forecast (Clark-West)": format_test(skill.naive_clark_west, bar),
        "Movement within a fit / that of the returns": percent(skill.spread_within_folds, 1),
        "Correlation with the next return, close to close": number(forecast.correlations["return"], 3),
        "Correlation with the return between the fills": number(forecast.correlations["traded"], 3),
        "Direction right": percent(skill.directional_accuracy, 1),
        "Direction better than chance (Pesaran-Timmermann)": format_test(skill.pesaran_timmermann, bar),
        "Mean error / RMSE, month by month": f"{number(skill.mean_error_share)}, {number(skill.persistent_bias)}",
        f"{bar.capitalize()}s forecast long, short": f"{percent(skill.long_ratio, 0)}, {percent(skill.short_ratio, 0)}",
        "Test inputs outside the training range": percent(forecast.out_of_range, 1),
    }
