"""The command: forecast a ticker, trade the forecast, report. `python runner.py --ticker AAPL --period 365`."""

from backtrader_walkforward.cli.main import console

if __name__ == "__main__":
    console()
