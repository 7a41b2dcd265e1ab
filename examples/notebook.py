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

# %% The answer, and the one reason that decides.
print(result.significance.headline)
print(result.significance.reason)

# %% The chart, and the files of the command.
figure = result.plot()
print(result.save("runs").run_folder)
