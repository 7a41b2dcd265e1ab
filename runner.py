"""Run the whole of it for one ticker: `python runner.py --ticker AAPL --period 365`."""

from backtrader_walkforward.cli.main import console

if __name__ == "__main__":
    console()
