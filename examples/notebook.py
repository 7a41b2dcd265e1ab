"""A study in a notebook: run, look, save. Each part between `# %%` is a cell.

Run it from the root of the project: python -m examples.notebook
"""

# %%
import backtrader_walkforward as wf

result = wf.run("SPY", source="sample", period=730, predictor="ridge", null_models=0, tearsheets="none")
print(result)

# %% The best variant: its equity, and the fills behind it.
best = result.best
print(best.equity.tail())
print(best.fills.tail())

# %% Years of record that the best Sharpe ratio needs, and whether there is evidence of skill.
print(result.significance.minimum_backtest_years_for_best, result.significance.shows_skill)

# %% The chart, and the files of the command.
figure = result.plot()
print(result.save("runs").run_folder)
