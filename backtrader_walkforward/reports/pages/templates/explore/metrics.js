// Figures of a window of days, by the formulas of the package's own metrics, and how figures are written.
"use strict";
const DAY = 864e5;

const sum = (values) => values.reduce((total, value) => total + value, 0);
const returnsOf = (equity) => equity.slice(1).map((value, day) => (equity[day] > 0 ? value / equity[day] - 1 : 0));
/* Tell whether an equity of 0 or less moves on: there is no return from it, and no ratio of returns. */
const movesFromNothing = (equity) => equity.some((value, day) => day > 0 && equity[day - 1] <= 0 && value !== equity[day - 1]);
const sharpeOf = (returns) => {
  const mean = sum(returns) / returns.length;
  const deviation = Math.sqrt(sum(returns.map((value) => (value - mean) ** 2)) / (returns.length - 1));
  return returns.length < 2 || deviation <= 1e-12 ? null : (mean / deviation) * Math.sqrt(run.bars_a_year);
};
const drawdownOf = (equity) => {
  let peak = -Infinity;
  return equity.reduce((deepest, value) => Math.min(deepest, value / (peak = Math.max(peak, value)) - 1), 0);
};
/* A trade is one of the window if it was closed after the close that the window begins with, as are its returns. */
const figuresOf = (equity, days, variant) => {
  const interest = days.slice(1).map((day, before) => (run.cash_rate * Math.round((day - days[before]) / DAY)) / 365);
  const excess = returnsOf(equity).map((value, day) => value - interest[day]);
  const closed = variant.profit.filter((_, trade) => {
    const day = Date.parse(variant.closed[trade]);
    return day > days[0] && day <= days[days.length - 1];
  });
  return {
    total_return: equity[0] > 0 ? equity[equity.length - 1] / equity[0] - 1 : null,
    sharpe: movesFromNothing(equity) ? null : sharpeOf(excess),
    max_drawdown: drawdownOf(equity),
    win_rate: closed.length ? closed.filter((profit) => profit > 0).length / closed.length : null,
    trades: variant.counts_trades ? closed.length : null,
  };
};
const zero = (text) => text.replace(/^-(0([.]0*)?%?)$/, "$1");
const percentText = (value) => (value === null ? "n/a" : zero(`${(100 * value).toFixed(2)}%`));
const countText = (value) => (value === null ? "n/a" : String(value));
const numberText = (value) => (value === null ? "n/a" : zero(value.toFixed(2)));
const isoDay = (moment) => new Date(moment).toISOString().slice(0, 10);
