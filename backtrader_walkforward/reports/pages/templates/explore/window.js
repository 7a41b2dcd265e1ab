// The window of days: its figures, and the heights of the charts in it.
"use strict";

/* Return the first day of the window, and the first one after it, by their numbers. */
const inWindow = ({ days, range }) => {
  const first = days.findIndex((day) => day >= range.start), after = days.findIndex((day) => day > range.end);
  return [first < 0 ? days.length - 1 : first, after < 0 ? days.length : after];
};

const valuesOf = (curve, source, [first, after]) =>
  ["y", "y0", "y1", "y2"].map((name) => curve.glyph[name]?.field).filter((field) => field in source.data)
    .flatMap((field) => [...source.data[field].slice(first, after)]).filter(Number.isFinite);

/* Give a chart the height of what it shows in the window. */
const fit = (plot, source, shown) => {
  const curves = plot.renderers.filter((one) => one.visible && one.data_source === source);
  const isLog = plot.y_scale.type === "LogScale", to = isLog ? Math.log : Number, from = isLog ? Math.exp : Number;
  const values = curves.flatMap((curve) => valuesOf(curve, source, shown)).filter((value) => !isLog || value > 0);
  if (!values.length) return;
  const low = to(values.reduce((a, b) => Math.min(a, b))), high = to(values.reduce((a, b) => Math.max(a, b)));
  const room = Math.max(high - low, 1e-3 * Math.max(Math.abs(high), isLog ? 0.01 : 1)) * 0.06;
  plot.y_range.setv({ start: from(low - room), end: from(high + room) });
};

const fitAll = (charts) => {
  for (const plot of charts.ofType("Figure").filter(({ x_range }) => x_range === charts.range)) {
    fit(plot, charts.source, inWindow(charts));
    showOrSay(plot, charts, inWindow(charts));
  }
  charts.named("overview").forEach((strip) => fit(strip, charts.source, [0, charts.days.length]));
};

const figureRow = (charts, place, figures) => {
  const line = document.createElement("tr"), name = document.createElement("th");
  line.className = place === benchmark ? "benchmark" : "variant";
  name.className = "text";
  name.scope = "row";
  name.append(swatch(charts, place), run.variants[place].label);
  const texts = [percentText(figures.total_return), numberText(figures.sharpe), percentText(figures.max_drawdown), percentText(figures.win_rate), countText(figures.trades)];
  line.append(name, ...texts.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  return line;
};

const showFigures = (charts) => {
  const [first, after] = inWindow(charts), days = charts.days.slice(first, after), returns = days.length - 1;
  const figures = (place) => figuresOf([...charts.column(`equity_${place}`).slice(first, after)], days, run.variants[place]);
  const places = returns > 0 ? [...choice.slots, benchmark] : [];
  byId("window").tBodies[0].replaceChildren(...places.map((place) => figureRow(charts, place, figures(place))));
  const width = (run.normal_95 * Math.sqrt(run.bars_a_year / Math.max(1, returns))).toFixed(1);
  const fall = first > 0 ? ". Max drawdown: from the highest close since this first one; in the chart Drawdown, since the test began" : "";
  byId("window-caption").textContent = returns > 0
    ? `From the close of ${isoDay(days[0])} to that of ${isoDay(days[returns])}, ${returns} returns${fall}`
    : "The window holds fewer than two days";
  byId("window-proof").textContent = returns > 0
    ? `How little this proves: the 95% interval of a Sharpe ratio of ${returns} returns reaches about ${width} to each side. A window that was chosen for its look proves less.`
    : "";
};

/* Return the first and the last day of the window, as text. */
const daysOf = (charts) => {
  const [first, after] = inWindow(charts);
  return [first, Math.max(first, after - 1)].map((day) => isoDay(charts.days[day]));
};

/* Return why there is no window from one date to another; nothing where there is one. */
const whyNot = ({ days }, from, to) => {
  const [first, last] = [days[0], days[days.length - 1]].map(isoDay), strange = [from, to].find((day) => day < first || day > last);
  if (!from || !to) return "A window has a first and a last day.";
  if (from > to) return `The window ends on ${to}, before it begins on ${from}.`;
  if (strange) return `${strange} is not in the test, which goes from ${first} to ${last}.`;
  const held = days.filter((day) => day >= Date.parse(from) && day <= Date.parse(to)).length;
  return held < 2 ? `A window has two ${run.bar}s or more: from ${from} to ${to} there ${held ? "is one" : "is none"}.` : "";
};

const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });

/* Return the windows of months and years by their names: their days, and the close before them, from which returns count. */
const windowsOf = ({ days }) => {
  const windows = {};
  days.forEach((day, place) => {
    for (const name of [MONTH.format(day), "Year"]) {
      const known = windows[`${isoDay(day).slice(0, 4)} ${name}`] ??= { start: days[Math.max(0, place - 1)] };
      known.end = day;
    }
  });
  return windows;
};

/* A click on a month makes it the window, and leads to its figures. The cells of the window have a frame, that of each variant. */
const followMonths = (charts) => charts.named("month-cells").forEach((cells) => {
  const { range } = charts, windows = windowsOf(charts), { year, month } = cells.data;
  const shown = [...year].map((one, cell) => windows[`${one} ${month[cell]}`]);
  const mark = () => {
    const marked = [...shown.keys()].filter((cell) => shown[cell].start === range.start && shown[cell].end === range.end);
    if (String(marked) !== String(cells.selected.indices)) cells.selected.indices = marked;
  };
  cells.selected.properties.indices.change.connect(() => {
    const [cell, ...others] = cells.selected.indices;
    if (cell !== undefined && !others.length) {
      range.setv(shown[cell]);
      byId("window").scrollIntoView({ block: "center" });
    }
    mark();
  });
  document.addEventListener("window", mark);
});

/* In the strip a drag moves the window; where that is the whole test, there is nothing to move: a drag draws a new one. */
const followStrip = ({ ofType }, isWhole) => {
  ofType("RangeTool").forEach(({ overlay }) => { overlay.movable = isWhole ? "none" : "x"; });
};

/* The dates, the button and the pointer all move the one range of the charts. */
const followWindow = (charts) => {
  const { range } = charts, whole = { start: range.start, end: range.end };
  const complain = (why) => Object.assign(byId("dates-wrong"), { textContent: why, hidden: !why });
  const follow = () => {
    const [first, last] = daysOf(charts), isWhole = range.start <= whole.start && range.end >= whole.end;
    [byId("from").value, byId("to").value] = [first, last];
    complain("");
    followStrip(charts, isWhole);
    document.dispatchEvent(new CustomEvent("window", { detail: isWhole ? null : { first, last } }));
  };
  const readDates = () => {
    const [from, to] = [byId("from").value, byId("to").value], why = whyNot(charts, from, to);
    complain(why && `${why} The charts still show ${daysOf(charts).join(" to ")}.`);
    if (!why) range.setv({ start: Date.parse(from), end: Date.parse(to) });
  };
  byId("from").addEventListener("change", readDates);
  byId("to").addEventListener("change", readDates);
  byId("whole").addEventListener("click", () => {
    range.setv(whole);
    follow();
  });
  let waiting = 0;
  const changed = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      fitAll(charts);
      showFigures(charts);
      follow();
    });
  };
  range.properties.start.change.connect(changed);
  range.properties.end.change.connect(changed);
  followMonths(charts);
  follow();
};
