"""The command, where its program is not on the path: `python -m backtrader_walkforward --ticker AAPL`."""

from backtrader_walkforward.cli.main import console

if __name__ == "__main__":
    console()
