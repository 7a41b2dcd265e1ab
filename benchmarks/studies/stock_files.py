"""CSV files of 20 US stocks, 1990 to 2022, for `panel --csv-folder`.

Run as: python -m benchmarks.studies.stock_files FOLDER
Once before: pip install --no-deps skfolio
The files have closes alone, so that open, high and low are taken as the close.
"""

import sys
from pathlib import Path

from benchmarks.studies.stocks import load_closes


def write_stocks(folder: str) -> list[Path]:
    """Write a file a stock; return their paths."""
    closes, paths = load_closes(), []
    Path(folder).mkdir(parents=True, exist_ok=True)
    for ticker in closes:
        paths.append(Path(folder) / f"{ticker}.csv")
        closes[ticker].rename("Close").to_csv(paths[-1], index_label="Date")
    return paths


if __name__ == "__main__":
    for path in write_stocks(*sys.argv[1:]):
        print(path)
