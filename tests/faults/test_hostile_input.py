"""Mistakes of users, in tables: the answer to each is one line and an exit code, and nothing is written."""

import gzip
import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from backtrader_walkforward import predictors, strategies
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.errors import UserError

QUICK = "--source sample --predictor naive --period 365 --lookback 20 --workers 1"
FEW = ("--strategies", "kelly", "--null-models", "0")

HEADER = "Date,Open,High,Low,Close,Volume"
DAYS = [day.date() for day in pd.bdate_range("2020-01-01", periods=200)]
ROWS = [f"{day},{100 + i % 7},{103 + i % 7},{99 + i % 7},{101 + i % 7},{1000 + i}" for i, day in enumerate(DAYS)]
"""Line 40 of the file, the header counted as 1, is Monday the 24th of February 2020."""


def lines(*rows, header=HEADER):
    """The text of a price file."""
    return "\n".join([header, *rows, ""])


def with_line_40(row):
    """A good file but for its line 40."""
    return lines(*ROWS[:38], row, *ROWS[39:])


GOOD = lines(*ROWS)
CLEAR = "write dates as YYYY-MM-DD, for example 2020-03-31"
PLAIN = "write numbers like 1234.5, all of a file in one way"
MEND = "correct it in a file of your own (--csv FILE), or leave it out with --period and --end"

ARGUMENTS = [
    (["--calendar", "XNYX"], "--calendar knows no exchange 'XNYX' - did you mean 'XNYS'?"),
    (["--ticker"], "--ticker needs a value - write --ticker VALUE"),
    (
        ["--ticker", "aapl, MSFT"],
        "--ticker must be one symbol of up to 15",
        "'AAPL, MSFT' - for several write panel --tickers AAPL,MSFT",
    ),
    (["--ticker", "AAPL MSFT"], "--ticker must be one symbol", "'AAPL MSFT' - for example AAPL"),
    (["--ticker", " SPY"], "--ticker must be one symbol", "' SPY' - for example AAPL"),
    (["--ticker", "SPY\n"], "--ticker must be one symbol", r"'SPY\n' - for example AAPL"),
    (["--ticker", "../../x"], "--ticker must be one symbol", "'../../X' - for example AAPL"),
    (["--ticker", "/etc/passwd"], "--ticker must be one symbol", "'/ETC/PASSWD' - for example AAPL"),
    (["--ticker", "."], "--ticker must be one symbol", "'.' - for example AAPL"),
    (["--ticker", ".."], "--ticker must be one symbol", "'..' - for example AAPL"),
    (["--ticker", "A\0B"], "--ticker must be one symbol", r"'A\x00B' - for example AAPL"),
    (["--ticker", "<script>"], "--ticker must be one symbol", "'<SCRIPT>' - for example AAPL"),
    (["--ticker", "=cmd()"], "--ticker must be one symbol", "'=CMD()' - for example AAPL"),
    (["--ticker", "=1+1"], "--ticker must be one symbol", "'=1+1' - for example AAPL"),
    (["--ticker", "A'; DROP"], "--ticker must be one symbol", '"A\'; DROP" - for example AAPL'),
    (["--ticker", "A?x=1&y"], "--ticker must be one symbol", "'A?X=1&Y' - for example AAPL"),
    (["--ticker", "$HOME"], "--ticker must be one symbol", "'$HOME' - for example AAPL"),
    (["--ticker", "\x1b[31m"], "--ticker must be one symbol", r"'\x1b[31M' - for example AAPL"),
    (["--ticker", ""], "--ticker must be one symbol", "'' - for example AAPL"),
    (["--ticker", "AÄ"], "--ticker must be one symbol", "'AÄ' - for example AAPL"),
    (["--ticker", "٣"], "--ticker must be one symbol", "'٣' - for example AAPL"),
    (["--ticker", "A" * 300], "--ticker must be one symbol", "AAAA...' - for example AAPL"),
    (["--ticker", "US0378331005"], "--ticker must be a symbol, not an ISIN: 'US0378331005' - look its symbol up"),
    (["--perod", "3"], "there is no option '--perod' - did you mean '--period'?"),
    (["--" + "x" * 3000], "there is no option '--xxx", "xxx'"),
    (["AAPL"], "there is no command 'AAPL' - for a ticker write --ticker AAPL"),
    (["stats"], "there is no command 'stats' - choose from run, audit, signal, paper, paper-report, panel, runs,"),
    (["--budget", "3"], "there is no option '--budget'"),
    (["compare"], "compare takes from 2 to 12 different runs: 0 - the command runs lists them"),
    (["compare", "a", "a"], "compare takes from 2 to 12 different runs: 1 - the command runs lists them"),
    (["compare", "a", "b"], "there is no run 'a' here or in runs"),
    (["new"], "new needs a kind and a name - for example python runner.py new strategy my_rule"),
    (["new", "strategie", "x"], "kind must be one of strategy, predictor, analyzer: 'strategie' - did you mean"),
    (["new", "strategy", "My-Rule"], "NAME must be words of small letters", "'My-Rule' - for example my_rule"),
    (["new", "strategy", "../x"], "NAME must be words of small letters", "'../x' - for example x"),
    (["new", "predictor", "2x"], "NAME must be words of small letters", "'2x' - for example my_predictor"),
    (["new", "strategy", "a_b"], "NAME must be words of small letters", "'a_b' - for example my_strategy"),
    (["new", "strategy", "lambda"], "NAME 'lambda' has a meaning of its own - for example my_lambda"),
    (["new", "strategy", "sizing_strategy"], "NAME 'sizing_strategy' has a meaning of its own"),
    (["new", "strategy", "kelly"], "there is a strategy 'kelly' already - choose another name"),
    (["completion", "fish"], "shell must be one of bash, zsh, tcsh: 'fish'"),
    (["--period", "x"], "--period must be a whole number of days, or a length as 2y, 6mo or 90d: 'x'"),
    (["--period", "1.5"], "--period must be a whole number of days, or a length as 2y, 6mo or 90d: '1.5'"),
    (["--period", "١٢"], "--period must be a whole number of days, or a length as 2y, 6mo or 90d: '١٢'"),
    (["--period", "1_0"], "--period must be a whole number of days, or a length as 2y, 6mo or 90d: '1_0'"),
    (["--period", "9" * 30], "--period must be a whole number of days, or a length as 2y, 6mo or 90d: '999"),
    (["--period", "0"], "--period must lie between 1 and 36,525: 0"),
    (["--period", "-365"], "--period must lie between 1 and 36,525: -365"),
    (["--lookback", "0"], "--lookback must lie between 1 and 1,000: 0"),
    (["--retrain-every", "0"], "--retrain-every must lie between 1 and 100,000: 0"),
    (["--train-window", "5"], "--train-window must lie between 20 and 100,000: 5"),
    (["--train-window", "al"], "--train-window must be a whole number, or all: 'al'"),
    (["--epochs", "0"], "--epochs must lie between 1 and 10,000: 0"),
    (["--seed", "-1"], "--seed must lie between 0 and 2,147,483,647: -1"),
    (["--seed", "2147483648"], "--seed must lie between 0 and 2,147,483,647: 2147483648"),
    (["--capital", "0"], "--capital must lie between 0.01 and 1e+15: 0.0"),
    (["--capital", "-5"], "--capital must lie between 0.01 and 1e+15: -5.0"),
    (["--capital", "nan"], "--capital must be a number: 'nan'"),
    (["--capital", "inf"], "--capital must be a number: 'inf'"),
    (["--capital", "1e999"], "--capital must lie between 0.01 and 1e+15: inf"),
    (["--capital", "100,000"], "--capital must be a number: '100,000'"),
    (["--threshold", "2"], "--threshold must lie between 0 and 1: 2.0"),
    (["--threshold", "-0.1"], "--threshold must lie between 0 and 1: -0.1"),
    (["--workers", "0"], "--workers must lie between 1 and 256: 0"),
    (["--workers", "257"], "--workers must lie between 1 and 256: 257"),
    (["--fill", "clos"], "--fill must be one of next-open, close: 'clos' - did you mean 'close'?"),
    (["--source", "google"], "--source must be one of auto, yahoo, sample, csv: 'google'\n"),
    (["--source", "a\nb"], r"--source must be one of auto, yahoo, sample, csv: 'a\nb'"),
    (["--target", "prise"], "--target must be one of return, price, traded: 'prise' - did you mean 'price'?"),
    (["--tearsheets", "some"], "--tearsheets must be one of all, best, none: 'some'\n"),
    (["--end", "2020-13-01"], "--end must be a day written YYYY-MM-DD, or none: '2020-13-01'"),
    (["--end", "2019-02-29"], "--end must be a day written YYYY-MM-DD, or none: '2019-02-29'"),
    (["--end", "20200101"], "--end must be a day written YYYY-MM-DD, or none: '20200101'"),
    (["--end", "01/02/2020"], "--end must be a day written YYYY-MM-DD, or none: '01/02/2020'"),
    (["--end", "yesterday"], "--end must be a day written YYYY-MM-DD, or none: 'yesterday'"),
    (["--strategies", ","], "--strategies must be names separated by commas"),
    (["--strategies", "kely"], "--strategies knows no 'kely' - did you mean 'kelly'?"),
    (["--strategies", "../kelly/x"], "--strategies knows no '../kelly/x'"),
    (["--strategies", "buy_and_hold"], "--strategies knows no 'buy_and_hold'"),
    (["--strategies", "\x1b[31m\nx"], r"--strategies knows no '\x1b[31m\nx'"),
    (["--strategies", "x" * 3000], "--strategies knows no 'xxx", "xxx...xxx"),
    (["--predictor", "lstn"], "--predictor names no predictor: 'lstn' - did you mean 'lstm'?"),
    (["--predictor", "os.system"], "--predictor names no predictor: 'os.system'"),
    (["--predictor", "ridge,lstn"], "--predictor names no predictor: 'lstn' - did you mean 'lstm'?"),
    (["--predictor", "ridge", "--ensemble", "3"], "--ensemble 3 needs a predictor that is random: ridge forecasts"),
    (["--ensemble", "101"], "--ensemble must lie between 1 and 100: 101"),
    (["--timeframes", "daily,wekly"], "--timeframes must be one of daily, weekly, monthly: 'wekly' - did you mean"),
    (["--timeframes", "weekly"], "--timeframes must hold daily: 'weekly' - put daily before the rest"),
    (["--timeframes", ","], "--timeframes must be names separated by commas"),
    (["signal", "--seeds", "2"], "the command signal has no option --seeds - the commands run and audit have it"),
    (
        ["signal", "--fill", "close"],
        "the command signal has no option --fill - the commands run, audit, paper, paper-report and panel",
    ),
    (["paper", "--seeds=2"], "the command paper has no option --seeds - the commands run and audit have it"),
    (
        ["paper", "--out", "x"],
        "the command paper has no option --out - the commands run, audit, signal, paper-report, panel, runs and compare"
        " have",
    ),
    (["signal", "--null-models=1"], "the command signal has no option --null-models - the commands run and audit have"),
    (["paper", "--position", "5"], "the command paper has no option --position - the command signal has it"),
    (["--position", "5"], "the command run has no option --position - the command signal has it"),
    (["trials", "--ticker", "SPY"], "the command trials has no option --ticker - the commands run, audit, signal, pap"),
    (["audit", "--peroid", "5"], "there is no option '--peroid' - did you mean '--period'?"),
    (["cache", "empty"], "action must be one of show, prune: 'empty'\n"),
    (["cache", "show", "all"], "'all' is one word too many for the command cache - leave it out"),
    (["run", "AAPL"], "'AAPL' is one word too many for the command run - for a ticker write --ticker AAPL"),
    (["signal", "AAPL"], "'AAPL' is one word too many for the command signal - for a ticker write --ticker AAPL"),
    (["panel", "AAPL"], "'AAPL' is one word too many for the command panel - for a ticker write --tickers AAPL"),
    (["trials", "SPY"], "'SPY' is one word too many for the command trials - leave it out"),
    (["completion", "bash", "zsh"], "'zsh' is one word too many for the command completion - leave it out"),
    (
        ["--strategies", "kelly", "binary"],
        "'binary' is one word too many for the command run - leave it out, or join the values of an option by commas",
    ),
    (["adit"], "there is no command 'adit' - did you mean 'audit'?"),
    (["--audit"], "--audit is a command now - write python runner.py audit, then its options"),
    (["--store", "show"], "--store is a command now - write python runner.py cache, then its options"),
    (["--no-store"], "--no-store has another name now - write --no-cache"),
    (["--nulls", "5"], "--nulls has another name now - write --null-models"),
    (["--restart-every=3"], "--restart-every has another name now - write --cold-start-every"),
    (["paper", "--nulls", "5"], "--nulls has another name now - write --null-models"),
    (
        ["--period", "365", "audit"],
        "the command audit must come first - write python runner.py audit, then its options",
    ),
    (["signal", "--position", "a few"], "--position must be a number: 'a few' - for example 100"),
    (["signal", "--position", "nan"], "--position must be a number: 'nan' - for example 100"),
    (
        ["signal", "--position", "-2000000000000"],
        "--position must lie between -1,000,000,000,000 and 1,000,000,000,000: -2",
    ),
    (["--out", "a\0b"], r"--out must be a path: 'a\x00b'"),
    (["--quiet=3"], "--quiet takes no value: '3' - leave the value out"),
    (["--settings", "nowhere.toml"], "--settings nowhere.toml: No such file or directory - name the settings.toml of"),
    (["--settings", "."], "--settings .: Is a directory - name the settings.toml of a run"),
    (
        ["--settings", "/dev/zero"],
        "--settings /dev/zero: it is a pipe or a device, not a regular file - name the settings",
    ),
    (["--settings", "file", "--period", "0"], "--period must lie between 1 and 36,525: 0"),
    (["trials", "--settings", "x"], "the command trials has no option --settings - the commands run, audit, signal,"),
    (["--regimes", "trnd"], "--regimes must be one of trend, volatility, markov: 'trnd' - did you mean 'trend'?"),
    (["--regimes", "downtrend"], "--regimes must be one of trend, volatility, markov: 'downtrend'"),
    (["--regimes", ","], "--regimes must be names separated by commas"),
    (["--regime-filter", ","], "--regime-filter must be names separated by commas, each with =out or =half: ','"),
    (["--regime-filter", "downtrnd"], "--regime-filter knows no regime 'downtrnd' - did you mean 'downtrend'?"),
    (["--regime-filter", "markov"], "--regime-filter knows no regime 'markov' - choose from uptrend, downtrend, low"),
    (["--regime-filter", "=out"], "--regime-filter knows no regime '' - choose from uptrend, downtrend"),
    (["--regime-filter", "unknown"], "--regime-filter knows no regime 'unknown'"),
    (["--regime-filter", "calm=hlf"], "--regime-filter must say out or half of calm: 'hlf' - did you mean 'half'?"),
    (["--regime-filter", "calm="], "--regime-filter must say out or half of calm: '' - choose from out, half"),
    (["--regime-filter", "calm=0.5"], "--regime-filter must say out or half of calm: '0.5' - choose from out, half"),
    (["--regime-filter", "calm=out=half"], "--regime-filter must say out or half of calm: 'out=half'"),
    (["--regime-filter", "calm,calm=half"], "--regime-filter names calm twice - leave one of them out"),
    (["--regime-filter", "\x1b[31m\n"], r"--regime-filter knows no regime '\x1b[31m'"),
    (
        ["--end", "2018-01-01", "--test-from", "2018-06-01"],
        "--test-from 2018-06-01 is after --end 2018-01-01: no day is left for the test - choose an earlier first day"
        " or a later last one\n",
    ),
    (["--source", "csv"], "--source csv needs a file: add --csv FILE"),
    (
        ["--source", "yahoo", "--csv", "x.csv"],
        "--csv and --source yahoo contradict each other: leave one of them out, or write --source csv",
    ),
    (
        ["--source", "sample", "--csv", "x.csv"],
        "--csv and --source sample contradict each other: leave one of them out, or write --source csv",
    ),
]
"""Wrong arguments: what is said of each. The exit code is 2."""

SETTINGS = [
    (["--period", "60", "--lookback", "60"], "too few rows of prices: 72 (2018-09-18 to 2018-12-31), 149 are needed"),
    (["--lookback", "1000"], "too few rows of prices: 284 (2017", "1492 are needed - ask for a longer --period"),
    (["--ticker", "NOSUCH"], "the bundled sample has no 'NOSUCH' - it has SPY (as ^GSPC), ^GSPC", "--csv FILE"),
    (["--end", "1990-01-01"], "no prices in the 365 days up to 1990-01-01", "- choose another --period or --end"),
    (["--source", "auto", "--csv", "nowhere.csv"], "--csv nowhere.csv: there is no such file - check the name"),
    (["--source", "csv", "--csv", "."], "--csv .: this is a folder - name a file in it"),
    (["--source", "csv", "--csv", "/dev/zero"], "/dev/zero: it is a pipe or a device, not a regular file - name a"),
    (["--source", "csv", "--csv", "x" * 300], "--csv xxx", "File name too long - name a file of one ticker's daily"),
    (["--source", "csv", "--csv", "pipe"], "--csv pipe: it is a pipe or a device, not a regular file - name a file of"),
    (["--out", "file"], "cannot write file: ", "file is not a folder - choose another folder with --out DIR"),
    (["--out", "file/deeper"], "cannot write file/deeper: ", "file is not a folder - choose another folder"),
    (["--out", "x" * 300], "cannot write xxx", "File name too long - choose another folder with --out DIR"),
    (["--out", "loop"], "cannot write loop: ", "loop is not a folder - choose another folder with --out DIR"),
    (
        ["signal"],
        "the prices end on 2018-12-31, and the session of ",
        "- try again later, or add --end 2018-12-31 if",
    ),
    (
        ["signal", "--calendar", "24/7", "--end", "2019-01-01"],
        "and the session of Tuesday, 2019-01-01 is missing",
        "or add --end 2018-12-31 if",
    ),
    (["signal", "--end", "2222-02-02"], "--end 2222-02-02 lies in the future - leave --end out"),
    (["signal", "--out", "file"], "cannot write file: ", "file is not a folder - choose another folder with --out"),
    (["paper"], "the prices end on 2018-12-31, and the session of ", "- try again later, or add --end 2018-12-31 if"),
    (["paper", "--end", "2222-02-02"], "--end 2222-02-02 lies in the future - leave --end out"),
    (["paper", "--end", "2018-12-31", "--cache-dir", "file"], "the ledger file/paper/SPY.sqlite cannot be opened: "),
    (["paper-report"], "there is no ledger of SPY in ", "paper"),
    (
        ["paper-report", "--out", "file"],
        "cannot write file: ",
        "file is not a folder - choose another folder with --out",
    ),
    (["--out", "taken"], "cannot write taken: taken/runs is not a folder - choose another folder with --out DIR"),
]
"""Arguments that are fine in themselves and ask for what cannot be. The exit code is 1, as in all that follows."""

FILES = [
    ("missing column", lines(*ROWS, header=HEADER.replace("Close", "Last")), "no column for close: 'Date', 'Open'"),
    ("column twice", lines(*ROWS, header=HEADER.replace("Low", "Open")), "two columns are named 'open' - leave one"),
    ("no header", "\n".join(ROWS), "the first line does not name the columns: '2020-01-01'", "begin with Date,Open"),
    ("one column", GOOD.replace(",", "|"), "the first line has one column only: 'Date|Open", "separate the columns by"),
    ("header only", lines(), "no rows below the column names - give it daily prices"),
    ("empty", "", "prices.csv: the file is empty - give it a line of column names and daily prices"),
    ("blank", " \n\n\t\n", "prices.csv: the file is empty"),
    ("picture", b"\x89PNG\r\n\x1a\n\x00\xff", "this is not a text file in UTF-8 - save the table as CSV in UTF-8"),
    ("UTF-16 unsaid", GOOD.encode("utf-16-le"), "this is not a text file - save the table as CSV in UTF-8"),
    ("half of UTF-16", GOOD.encode("utf-16")[:-1], "this is not a text file in UTF-8 - save the table as CSV in UTF-8"),
    ("Latin-1", GOOD.replace("Date", "Año").encode("latin-1"), "this is not a text file in UTF-8"),
    ("NUL", GOOD.replace("100", "1\x0000", 1), "this is not a text file - save the table as CSV in UTF-8"),
    ("compressed", b"\x1f\x8b\x08\x00" + bytes(range(256)), "its gzip is damaged - fetch the file again, or unpack it"),
    ("half of a gzip", gzip.compress(GOOD.encode())[:-9], "its gzip is damaged - fetch the file again, or unpack it"),
    ("a gzip bomb", gzip.compress(b"1" * 50_000_001), "unpacked it has more than 50,000,000 bytes - give it one"),
    (
        "web page",
        "<!DOCTYPE html>\n<html><body>Sign in</body></html>",
        "the first line has one column only: '<!DOCTYPE",
    ),
    (
        "endless cell",
        lines('2020-01-02,"' + "1" * 200_000 + '",1,1,1,1'),
        "line 2 has more than 10,000 characters",
        "save the file as CSV",
    ),
    ("unclosed quote", with_line_40('2020-02-24,"100,103,99,101,1000'), "line 201 has 2 columns, the first line has 6"),
    ("short row", with_line_40("2020-02-24,1,1"), "line 40 has 3 columns, the first line has 6 - give every row"),
    ("one cell", with_line_40("2020-02-24"), "line 40 has 1 column, the first line has 6 - give every row"),
    (
        "long row",
        with_line_40("2020-02-24,1,234,1,1,1,1"),
        "line 40 has 7 columns",
        "put numbers with commas in quotes",
    ),
    ("American date", with_line_40("02/24/2020,1,1,1,1,1"), "line 40: the date '02/24/2020' is not clear", CLEAR),
    ("German date", with_line_40("24.02.2020,1,1,1,1,1"), "line 40: the date '24.02.2020' is not clear", CLEAR),
    ("no such date", with_line_40("2020-02-30,1,1,1,1,1"), "line 40: the date '2020-02-30' is not clear", CLEAR),
    ("compact date", with_line_40("20200224,1,1,1,1,1"), "line 40: the date '20200224' is not clear", CLEAR),
    ("year 0", with_line_40("0000-02-24,1,1,1,1,1"), "line 40: the date '0000-02-24' is not clear", CLEAR),
    ("date with a tail", with_line_40("2020-02-24x,1,1,1,1,1"), "line 40: the date '2020-02-24x' is not clear", CLEAR),
    ("no date", with_line_40(",1,1,1,1,1"), "line 40: the date '' is not clear", CLEAR),
    ("two bad dates", lines("x,1,1,1,1,1", "y,1,1,1,1,1"), "line 2: the date 'x' is not clear (and 1 more)", CLEAR),
    ("repeated date", with_line_40(ROWS[37]), "the date 2020-02-21 appears twice - keep one row a day"),
    ("one day moved", lines(*ROWS[1:], ROWS[0]), "not in order: 2020-01-01 comes after 2020-10-06"),
    ("newest first but one", lines(ROWS[0], *reversed(ROWS[1:])), "not in order: 2020-10-05 comes after"),
    (
        "date in the future",
        GOOD.replace("2020-", "2222-"),
        "the session of 2222-10-06 is not over: it closes on 2222-10-06 at 03:00 UTC, and it is",
        "leave it out with --end",
    ),
    ("text", with_line_40("2020-02-24,1,1,1,up,1"), "line 40: the close 'up' is not clear", PLAIN),
    ("formula", with_line_40("2020-02-24,1,1,1,=A1,1"), "line 40: the close '=A1' is not clear", PLAIN),
    ("thousands", with_line_40('2020-02-24,"1,23.45",1,1,1,1'), "line 40: the open '1,23.45' is not clear", PLAIN),
    ("decimal comma", with_line_40('2020-02-24,"1.234,5",1,1,1,1.5'), "line 40: the open '1.234,5' is not", PLAIN),
    ("underscore", with_line_40("2020-02-24,1_000,1,1,1,1"), "line 40: the open '1_000' is not clear", PLAIN),
    ("currency", with_line_40("2020-02-24,1,1,1,$12,1"), "line 40: the close '$12' is not clear", PLAIN),
    ("escape", with_line_40("2020-02-24,1,1,1,\x1b[2J,1"), r"line 40: the close '\x1b[2J' is not clear", PLAIN),
    ("foreign digits", with_line_40("2020-02-24,\u0661,1,1,1,1"), "line 40: the open '\u0661' is not clear", PLAIN),
    ("empty price", with_line_40("2020-02-24,1,1,1,,1"), "the close of 2020-02-24 is missing", MEND),
    ("NaN", with_line_40("2020-02-24,1,1,NaN,1,1"), "the low of 2020-02-24 is missing", MEND),
    ("infinite price", with_line_40("2020-02-24,1,inf,1,1,1"), "the high of 2020-02-24 is infinite: inf", MEND),
    ("overflow", with_line_40("2020-02-24,1,1e999,1,1,1"), "the high of 2020-02-24 is infinite: inf", MEND),
    ("price of zero", with_line_40("2020-02-24,1,1,0,1,1"), "the low of 2020-02-24 is not above zero: 0", MEND),
    ("negative price", with_line_40("2020-02-24,-1,1,1,1,1"), "the open of 2020-02-24 is not above zero: -1", MEND),
    ("tiny price", with_line_40("2020-02-24,1,1,1e-99,1,1"), "the low of 2020-02-24 is below 1e-12: 1e-99", MEND),
    ("giant price", with_line_40("2020-02-24,1,1e99,1,1,1"), "the high of 2020-02-24 is above 1e+18: 1e+99", MEND),
    ("giant volume", with_line_40("2020-02-24,1,1,1,1,1e99"), "the volume of 2020-02-24 is above 1e+18: 1e+99", MEND),
    ("negative volume", with_line_40("2020-02-24,1,1,1,1,-1"), "the volume of 2020-02-24 is negative: -1", MEND),
    ("high below low", with_line_40("2020-02-24,1,1,2,1,1"), "on 2020-02-24 the high is below the low: open 1", MEND),
    ("close above high", with_line_40("2020-02-24,1,2,1,3,1"), "open or close lies outside low to high: open 1", MEND),
    ("open below low", with_line_40("2020-02-24,1,3,2,3,1"), "open or close lies outside low to high: open 1", MEND),
    (
        "no adjusted close",
        lines("2020-01-02,1,1,1,1,", header="Date,Open,High,Low,Close,Adj Close"),
        "line 2: the adjusted close is missing or not above zero - fill it in, or leave out",
        "the column with --csv-columns adjusted=none",
    ),
    ("one row", lines(ROWS[0]), "too few rows of prices: 1 (2020-01-01 to 2020-01-01), 92 are needed", "--lookback"),
    (
        "too few rows",
        lines(*ROWS[:90]),
        "too few rows of prices: 90 (2020-01-01 to",
        "92 are needed - ask for a longer",
    ),
]
"""Price files, given as `--source csv --csv prices.csv`."""

NAMES = [
    ("a\nb.csv", "a b.csv: the file is empty - give it a line of column names"),
    ("a\x1b[2Jb.csv", r"a\x1b[2Jb.csv: the file is empty - give it a line of column names"),
    ("a\udcffb.csv", r"a\udcffb.csv: the file is empty - give it a line of column names"),
    ("\u202evsc.csv", r"\u202evsc.csv: the file is empty - give it a line of column names"),
    ("x" * 250 + ".csv", "xxx.csv: the file is empty - give it a line of column names"),
]
"""Names of an empty price file."""

IMPORTS = "from backtrader_walkforward import SizingStrategy\n"
HEAD = IMPORTS + "class DroppedBad(SizingStrategy):\n    "
WEIGHT = HEAD + "def target_weight(self):\n        "
NOT_A_WEIGHT = "DroppedBad.target_weight() on 2018-09-12 must return a number between -1 and 1: "
NAMELESS = "strategies/dropped_bad.py{} cannot be imported: "
ON_1, ON_2, ON_3 = (NAMELESS.format(f":{line}") for line in (1, 2, 3))

STRATEGIES = [
    (
        "import nothing_like_it",
        ON_1 + "ModuleNotFoundError: No module named 'nothing_like_it' - correct the file",
    ),
    ("def broken(:", ON_1 + "SyntaxError: invalid syntax", "- correct the file, or take it out"),
    ("1 / 0", ON_1 + "ZeroDivisionError: division by zero - correct the file, or take it out"),
    ("raise SystemExit(0)", ON_1 + "SystemExit: 0 - correct the file, or take it out"),
    (
        "raise ValueError('a\\nb' * 999)",
        ON_1 + "ValueError: a ba b",
        "...",
        "- correct the file, or take it out",
    ),
    ("raise GeneratorExit", ON_1 + "GeneratorExit - correct the file, or take it out"),
    (
        "class Mute(Exception):\n    def __str__(self): 1 / 0\nraise Mute",
        ON_3 + "Mute - correct the file",
    ),
    (
        "import argparse\nargparse.ArgumentParser().parse_args(['--x'])",
        ON_2 + "SystemExit: 2 - correct the file",
    ),
    (
        "import os\ndef late(): os._exit(0)",
        NAMELESS.format("") + "ImportError: os._exit on line 2 would end",
    ),
    ("from os import abort", NAMELESS.format("") + "ImportError: os.abort on line 1 would end the run without a word"),
    ("import posix\nposix._exit(0)", NAMELESS.format("") + "ImportError: os._exit on line 2 would end the run without"),
    ("import os as own\nown.execvp('true', ['true'])", NAMELESS.format("") + "ImportError: os.execvp on line 2 would"),
    (HEAD + "pass", "strategies/dropped_bad.py: DroppedBad has no target_weight()"),
    (
        IMPORTS + "class Kelly(SizingStrategy): pass",
        "strategies/kelly.py and strategies/dropped_bad.py both define Kelly",
    ),
    (
        IMPORTS + "class Kelly_Hybrid_70_30(SizingStrategy):\n    def target_weight(self): return 0",
        "Kelly_Hybrid_70_30 and Kelly both have a variant named 'kelly_hybrid_70_30': rename one of them",
    ),
]
"""Strategy files that do not load."""

DECISIONS = [
    (
        HEAD + "def __init__(self): self.x\n    def target_weight(self): return 0",
        "strategies/dropped_bad.py: DroppedBad.__init__() failed: AttributeError",
    ),
    (
        HEAD + "def stop(self): raise GeneratorExit\n    def target_weight(self): return 0",
        "strategies/dropped_bad.py: DroppedBad.stop() failed: GeneratorExit",
    ),
    (WEIGHT + "raise BaseException('mine')", ".target_weight() on 2018-09-12 failed: BaseException: mine"),
    (WEIGHT + "raise StopIteration", ".target_weight() on 2018-09-12 failed: StopIteration"),
    (
        WEIGHT + "return 1 / (258 - len(self))",
        "DroppedBad.target_weight() on 2018-11-20 failed: ZeroDivisionError: division by zero",
    ),
    (
        WEIGHT + "return self.wieght",
        "failed: AttributeError: there is no attribute or line 'wieght', at strategies/dropped_bad.py:4",
        " - did you mean 'weight'?",
    ),
    (
        WEIGHT + "return self.data.rsi_14[0]",
        "failed: AttributeError: the feed has no line 'rsi_14', at strategies/dropped_bad.py:4",
        " - did you mean 'rsi'?",
    ),
    (WEIGHT + "raise SystemExit(3)", "DroppedBad.target_weight() on 2018-09-12 failed: SystemExit: 3"),
    (WEIGHT + "return float('nan')", NOT_A_WEIGHT + "nan"),
    (WEIGHT + "return float('inf')", NOT_A_WEIGHT + "inf"),
    (WEIGHT + "return None", NOT_A_WEIGHT + "None"),
    (WEIGHT + "return 'half'", NOT_A_WEIGHT + "'half'"),
    (WEIGHT + "return 1j", NOT_A_WEIGHT + "1j"),
    (WEIGHT + "return [0.5] * 999", NOT_A_WEIGHT + "[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...]"),
    (WEIGHT + "return 10 ** 400", NOT_A_WEIGHT + "1000"),
    (WEIGHT + "return self.data.close", NOT_A_WEIGHT + "<backtrader."),
    (
        HEAD + "def __init__(self):\n        import backtrader\n        backtrader.ind.SMA(period=9999)\n"
        "    def target_weight(self): return 0",
        "DroppedBad has indicators that need 9999 bars, and there are 284",
    ),
]
"""Strategies that load and then fail to decide: on 2018-09-12, the first with a forecast, or the 50th, 2018-11-20."""

LEARNS = """from backtrader_walkforward import Predictor
class DroppedBad(Predictor):
    def fit(self, windows, target):
        return self
    def predict(self, windows):
        """

TAKES = LEARNS + "return windows[:, 0, 0] * 0.0\n    def __init__(self, target='return', seed=7):\n        "
FITS = LEARNS + "return windows[:, 0, 0] * 0.0\n    def fit(self, windows, target):\n        "
SEARCHES = FITS.replace("(Predictor):", "(Predictor):\n    searches_epochs = True").replace(
    "    def fit",
    """    def __init__(self, target='return', seed=7, learning_rates=None):
        self.target, self.seed, self.learning_rates = target, seed, learning_rates
    def fit""",
)
BAD = "predictors/dropped_bad.py: DroppedBad."

PREDICTORS = [
    ("import nothing_like_it", "predictors/dropped_bad.py:1 cannot be imported: ModuleNotFoundError"),
    (TAKES + "1 / 0", BAD + "__init__() failed: ZeroDivisionError: division by zero"),
    (TAKES + "raise SystemExit", BAD + "__init__() failed: SystemExit"),
    (
        TAKES + "self.target, self.seed = 'price!', seed",
        BAD + "__init__() must store target as given, and stores 'price!'",
    ),
    (TAKES.replace(", seed=7", "") + "self.target = target", BAD + "__init__() must take seed, and takes target"),
    (
        TAKES.replace("seed=7", "seed=7, f=lambda: 0") + "self.target, self.seed, self.f = target, seed, f",
        BAD + "__init__(): its parameters must be such that pickle can send them, which failed: ",
    ),
    (FITS + "import sys; sys.exit()", BAD + "fit() in fold 0 failed: SystemExit"),
    (FITS + "raise GeneratorExit", BAD + "fit() in fold 0 failed: GeneratorExit"),
    (FITS + "pass", BAD + "fit() in fold 0 must return self: None"),
    (FITS + "self.epochs_ = 'many'; return self", BAD + "fit() in fold 0 must leave a whole number in epochs_: 'many'"),
    (
        FITS + "self.learning_curve_ = [0.5, 0.4]; return self",
        BAD
        + "fit() in fold 0 must leave real numbers of the shape (epochs, 2) in learning_curve_: float64 of shape (2,)",
    ),
    (FITS + "self.epochs_ = -1; return self", BAD + "fit() in fold 0 must leave a whole number in epochs_: -1"),
    (
        SEARCHES.replace("=None", "=(0.1,)") + "self.learning_rates_ = [0.1]; return self",
        BAD + "__init__() must take learning_rates with the default None",
    ),
    (
        SEARCHES + "self.learning_rates_ = []; return self",
        BAD + "fit() in fold 0 must leave arrays of finite numbers in learning_rates_: ()",
    ),
    (
        SEARCHES + "self.learning_rates_ = [0.1, float('nan')]; return self",
        BAD + "fit() in fold 0 must leave arrays of finite numbers in learning_rates_: (array(0.1), array(nan))",
    ),
    (
        FITS.replace("(Predictor):", "(Predictor):\n    searches_epochs = True") + "return self",
        BAD + "__init__() must take learning_rates, and takes seed, target",
    ),
    (
        LEARNS + "return 1 / 0",
        BAD + "predict() in fold 0 failed: ZeroDivisionError: division by zero, at predictors/dropped_bad.py:6",
    ),
    (
        LEARNS + "return self.set_param()",
        BAD + "predict() in fold 0 failed: AttributeError: 'DroppedBad' object has no attribute 'set_param', at",
        " - did you mean 'set_params'?",
    ),
    (LEARNS + "return windows[:, 0, 0] * float('nan')", BAD + "predict() in fold 0 must return finite numbers: nan"),
    (LEARNS + "return windows", BAD + "predict() in fold 0 must return the shape (21,): (21, 20, 31)"),
    (LEARNS + "return 'up'", BAD + "predict() in fold 0 must return real numbers: <U2 'up'"),
    (LEARNS + "return windows[:, 0, 0] * 1j", BAD + "predict() in fold 0 must return real numbers: complex64 ["),
    (
        LEARNS + "return windows[:, 0, 0].astype('M8[D]')",
        BAD + "predict() in fold 0 must return real numbers: datetime64[D] [",
    ),
    (
        LEARNS + "return windows[:, 0, 0] * 0 - 1",
        BAD + "predict() must return returns above -1, or prices above 0: -1 on",
    ),
]
"""Predictor files."""


def cases():
    """Yield each case: arguments, files to make, exit code, and what is said."""
    for arguments, *says in ARGUMENTS:
        yield pytest.param(arguments, {}, 2, says, id=" ".join(arguments)[:40])
    for arguments, *says in SETTINGS:
        yield pytest.param(arguments, {}, 1, says, id=" ".join(arguments)[:40])
    for name, content, *says in FILES:
        yield pytest.param(["--source", "csv", "--csv", "prices.csv"], {"prices.csv": content}, 1, says, id=name)
    for name, *says in NAMES:
        yield pytest.param(["--source", "csv", "--csv", name], {name: ""}, 1, says, id=ascii(name)[:40])
    for text, *says in STRATEGIES:
        arguments = [] if "class Kelly" in text else ["--strategies", "dropped_bad"]
        yield pytest.param(arguments, {"strategies/dropped_bad.py": text}, 1, says, id=says[0][:40])
    for text, *says in DECISIONS:
        arguments = ["--strategies", "dropped_bad", "--no-cache"]
        yield pytest.param(arguments, {"strategies/dropped_bad.py": text}, 1, says, id=says[0][-40:])
    for text, *says in PREDICTORS:
        arguments = ["--predictor", "dropped_bad", "--no-cache"]
        yield pytest.param(arguments, {"predictors/dropped_bad.py": text}, 1, says, id=says[0][:40])


CASES = list(cases())


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to stand in, with files in the way and rooms for strategies and predictors that are found."""
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("loop").symlink_to("loop")
    os.mkfifo("pipe")
    Path("taken").mkdir()
    Path("taken/runs").touch()
    for room in (strategies, predictors):
        folder = tmp_path / room.__name__.rpartition(".")[2]
        folder.mkdir()
        monkeypatch.setattr(room, "__path__", [*room.__path__, str(folder)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in ("backtrader_walkforward.strategies.dropped_bad", "backtrader_walkforward.predictors.dropped_bad"):
        sys.modules.pop(name, None)


def job(arguments):
    """A command line for a quick job: the command of `arguments` or `run`, options for the speed, then the rest."""
    named = [name for name in arguments[:1] if not name.startswith("-")]
    if named and named[0] not in ("audit", "signal", "paper", "paper-report"):
        return arguments
    sheets = ["--tearsheets", "none"] if not named else []
    out = ["--out", "out"] if named != ["paper"] else []
    return [*named, *QUICK.split(), *sheets, "--cache-dir", "cache", *out, *arguments[len(named) :]]


@pytest.fixture
def command(place, capsys):
    """Run the command on a quick job; return its exit code and what it printed."""

    def command(*arguments):
        exit_code = main(job(arguments))
        return exit_code, capsys.readouterr()

    return command


def everything(folder):
    """All files and folders below `folder`, hidden ones too."""
    return sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize(("arguments", "files", "exit_code", "says"), CASES)
def test_a_mistake_is_one_line_and_leaves_nothing(command, place, arguments, files, exit_code, says):
    for name, content in files.items():
        (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    before = everything(place)
    code, printed = command(*arguments)
    assert code == exit_code
    assert printed.err.startswith("runner.py: ")
    assert printed.err.endswith("\n")
    assert printed.err[:-1].isprintable()
    assert len(printed.err) < 450
    assert "unexpected" not in printed.err
    assert "Traceback" not in printed.out + printed.err
    for part in says:
        assert part in printed.err
    assert everything(place) == before


@pytest.mark.parametrize("text", ["def __init__(self): self.x", "params = dict(stop_loss=7.0)"])
def test_a_strategy_that_cannot_be_constructed_is_found_before_anything_is_fetched(command, place, text):
    (place / "strategies" / "dropped_bad.py").write_text(f"{HEAD}{text}\n    def target_weight(self): return 0")
    code, printed = command("--strategies", "dropped_bad")
    assert code in (1, 2)
    assert "DroppedBad." in printed.err
    assert printed.out == ""


def test_a_broken_plugin_that_was_not_chosen_is_a_note_and_the_run_goes_on(command, place):
    (place / "acme.csv").write_text(GOOD)
    (place / "strategies" / "dropped_bad.py").write_text("\nimport nothing_like_it\n")
    (place / "predictors" / "dropped_bad.py").write_text("def broken(:\n")
    code, printed = command("--source", "csv", "--csv", "acme.csv", *FEW)
    assert (code, printed.err) == (0, "")
    [index] = (place / "out").rglob("index.html")
    for file in ("strategies/dropped_bad.py:2", "predictors/dropped_bad.py:1"):
        assert f"Note: left out: {file} cannot be imported: " in printed.out
        assert f'<p class="note">left out: {file} cannot be imported: ' in index.read_text()


def test_the_good_file_runs(command, place):
    (place / "acme.csv").write_text(GOOD)
    code, printed = command("--source", "csv", "--csv", "acme.csv", *FEW)
    assert (code, printed.err) == (0, "")
    assert "Ticker" not in printed.out
    assert [path.name.partition("_")[0] for path in (place / "out" / "runs").iterdir()] == ["ACME"]


def test_an_odd_file_name_is_shown_harmlessly(command, place):
    (place / "a\x1b[2J\udcff<b>.csv").write_text(GOOD)
    code, printed = command("--source", "csv", "--csv", "a\x1b[2J\udcff<b>.csv", *FEW)
    assert (code, printed.err) == (0, "")
    assert r"Source: CSV file a\x1b[2J\udcff<b>.csv" in printed.out
    [index] = (place / "out").rglob("index.html")
    assert r"CSV file a\x1b[2J\udcff&lt;b&gt;.csv" in index.read_text()


@pytest.mark.parametrize(
    ("calendar", "early", "over", "closes"),
    [
        ("XNYS", "2020-01-03 20:59", "2020-01-03 21:00", "2020-01-03 at 16:00 America/New_York"),
        ("XTKS", "2020-01-03 14:59", "2020-01-03 15:00", "2020-01-04 at 00:00 Asia/Tokyo"),
        (None, "2020-01-02 23:00", "2020-01-03 03:00", "2020-01-03 at 03:00 UTC"),
    ],
)
def test_prices_of_a_session_that_is_not_over_are_refused(calendar, early, over, closes):
    from backtrader_walkforward.data.calendar import ExchangeCalendar
    from backtrader_walkforward.data.validation import check_past

    frame = pd.DataFrame(index=pd.to_datetime(["2020-01-02", "2020-01-03"]))
    early, over = (pd.Timestamp(text, tz="UTC").to_pydatetime() for text in (early, over))
    check_past(frame, calendar and ExchangeCalendar(calendar), over, name="mine")
    with pytest.raises(
        UserError, match=f"mine: the session of 2020-01-03 is not over: it closes on {closes}, and it is"
    ):
        check_past(frame, calendar and ExchangeCalendar(calendar), early, name="mine")


def test_the_table_is_as_long_as_promised():
    assert len(CASES) >= 60
