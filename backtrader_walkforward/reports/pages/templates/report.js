// The charts follow what the reader chooses: a variant in detail, up to four beside it, and a window of days.
"use strict";
const block = (name) => JSON.parse(document.getElementById(name).textContent);
const byId = (id) => document.getElementById(id);
const run = block("run");
const benchmark = run.variants.length - 1;
const DAY = 864e5;

/* What is chosen. `slots` are the places of the variants in the ranking: the one in detail first. */
const choice = { slots: benchmark > 0 ? [0] : [], most: 5 };
const listeners = [];
const whenChosen = (listener) => listeners.push(listener);
const choose = (change) => {
  Object.assign(choice, change);
  for (const listener of listeners) listener(choice);
  document.dispatchEvent(new CustomEvent("chosen", { detail: choice }));
};

const chooseInDetail = (place) => choose({ slots: [place, ...choice.slots.slice(1).filter((one) => one !== place)] });
const compareWith = (place, isOn) => {
  const others = choice.slots.filter((one) => one !== place);
  if (isOn && others.length < choice.most) choose({ slots: [...others, place] });
  if (!isOn && others.length) choose({ slots: others });
};

/* Figures of a window, by the formulas of the package's own metrics. */
const sum = (values) => values.reduce((total, value) => total + value, 0);
const returnsOf = (equity) => equity.slice(1).map((value, day) => (equity[day] > 0 ? value / equity[day] - 1 : 0));
const sharpeOf = (returns) => {
  const mean = sum(returns) / returns.length;
  const deviation = Math.sqrt(sum(returns.map((value) => (value - mean) ** 2)) / (returns.length - 1));
  return returns.length < 2 || deviation <= 1e-12 ? null : (mean / deviation) * Math.sqrt(run.bars_a_year);
};
const drawdownOf = (equity) => {
  let peak = -Infinity;
  return Math.min(...equity.map((value) => value / (peak = Math.max(peak, value)) - 1));
};
const figuresOf = (equity, days, variant) => {
  const interest = days.slice(1).map((day, before) => (run.cash_rate * Math.round((day - days[before]) / DAY)) / 365);
  const excess = returnsOf(equity).map((value, day) => value - interest[day]);
  const closed = variant.profit.filter((_, trade) => {
    const day = Date.parse(variant.closed[trade]);
    return day >= days[0] && day <= days[days.length - 1];
  });
  return {
    total_return: equity[equity.length - 1] / equity[0] - 1,
    sharpe: sharpeOf(excess),
    max_drawdown: drawdownOf(equity),
    win_rate: closed.length ? closed.filter((profit) => profit > 0).length / closed.length : null,
    trades: closed.length,
  };
};
const zero = (text) => text.replace(/^-(0([.]0*)?%?)$/, "$1");
const percentText = (value) => (value === null ? "n/a" : zero(`${(100 * value).toFixed(2)}%`));
const numberText = (value) => (value === null ? "n/a" : zero(value.toFixed(2)));
const isoDay = (moment) => new Date(moment).toISOString().slice(0, 10);

/* The charts. */
const drawCharts = async () => {
  const { docs, items } = block("models");
  await Bokeh.embed.embed_items(docs, items);
  return Bokeh.documents[Bokeh.documents.length - 1];
};

const connect = (charts) => {
  const models = [...charts.all_models];
  const named = (name) => models.filter((model) => model.name === name);
  const plots = models.filter((model) => model.type === "Figure");
  const [source] = named("days"), [windowRange] = named("window");
  const days = [...source.data.date];
  const column = (name) => source.data[name];

  /* Colours: those of a light page in the models, those of the reader's scheme on the page. */
  const dark = block("dark"), light = Object.fromEntries(Object.entries(dark).map(([one, other]) => [other, one]));
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const recolour = (isDark) => {
    const other = isDark ? dark : light;
    for (const model of models) {
      const changed = {};
      for (const [name, value] of Object.entries(model.attributes)) {
        const colour = value !== null && typeof value === "object" && "value" in value ? value.value : value;
        if (Array.isArray(value) && value.some((one) => one in other)) changed[name] = value.map((one) => other[one] ?? one);
        if (typeof colour === "string" && colour in other) {
          changed[name] = colour === value ? other[colour] : { ...value, value: other[colour] };
        }
      }
      if (Object.keys(changed).length) model.setv(changed);
    }
  };
  recolour(scheme.matches);
  scheme.addEventListener("change", () => recolour(scheme.matches));
  window.addEventListener("beforeprint", () => recolour(false));
  window.addEventListener("afterprint", () => recolour(scheme.matches));

  /* Each curve is named measure:slot; a slot shows the variant that was chosen for it. */
  const curves = models.filter((model) => model.type === "GlyphRenderer" && /^[a-z_]+:(\d|benchmark)$/.test(model.name ?? ""));
  const fields = { null: { y1: "null_low", y2: "null_high" }, interval: { y1: "sharpe_low", y2: "sharpe_high" }, area: { y2: "exposure" } };
  const placeOf = (slot) => (slot === "benchmark" ? benchmark : choice.slots[Number(slot)]);
  const showCurve = (curve) => {
    const [measure, slot] = curve.name.split(":"), place = placeOf(slot);
    const isAccount = measure === "active" || measure === "passive";
    const asked = Object.entries(fields[measure] ?? { y: measure }).map(([name, field]) => [name, `${field}_${place}`]);
    const isKnown = place !== undefined && asked.every(([, field]) => field in source.data);
    if (isKnown) curve.glyph.setv(Object.fromEntries(asked.map(([name, field]) => [name, { field }])));
    curve.visible = isKnown && (!isAccount || byId("accounts").checked);
  };
  const tooltipsOf = (hover) => {
    const [measure, form] = hover.tags;
    const shown = [...choice.slots, benchmark].map((place) => [run.variants[place].label, `@${measure}_${place}{${form}}`]);
    return [["Day", "@date{%F}"], ...shown];
  };
  const showVariants = () => {
    curves.forEach(showCurve);
    for (const hover of models.filter((model) => model.type === "HoverTool")) {
      if (hover.tags.length) hover.tooltips = tooltipsOf(hover);
      if (hover.name === "position:hover") hover.tooltips = positionTips();
    }
    named("detail").forEach(showInDetail);
  };
  const showInDetail = (model) => {
    const [place] = choice.slots, { label } = run.variants[place];
    if (model.type === "GroupFilter") model.group = String(place);
    if (model.type === "Title") model.text = label;
    if (model.type === "LegendItem") model.label = { value: label };
  };
  const positionTips = () => {
    const own = [["Exposure", `exposure_${choice.slots[0]}`], ["Target weight", `weight_${choice.slots[0]}`]];
    const known = own.filter(([, field]) => field in source.data).map(([label, field]) => [label, `@${field}{0.0%}`]);
    return [["Day", "@date{%F}"], ...known];
  };

  /* Heights follow what is shown in the window. */
  const inWindow = () => {
    const first = days.findIndex((day) => day >= windowRange.start), after = days.findIndex((day) => day > windowRange.end);
    return [first < 0 ? days.length - 1 : first, after < 0 ? days.length : after];
  };
  const valuesOf = (curve, [first, after]) =>
    ["y", "y0", "y1", "y2"].map((name) => curve.glyph[name]?.field).filter((field) => field in source.data)
      .flatMap((field) => [...column(field).slice(first, after)]).filter(Number.isFinite);
  const fit = (plot, days) => {
    const shown = plot.renderers.filter((one) => one.visible && one.data_source === source);
    const values = shown.flatMap((curve) => valuesOf(curve, days));
    if (!values.length) return;
    const isLog = plot.y_scale.type === "LogScale", to = isLog ? Math.log : Number, from = isLog ? Math.exp : Number;
    const known = isLog ? values.filter((value) => value > 0) : values;
    const low = to(Math.min(...known)), high = to(Math.max(...known));
    const room = Math.max(high - low, 1e-3 * Math.max(Math.abs(high), isLog ? 0.01 : 1)) * 0.06;
    plot.y_range.setv({ start: from(low - room), end: from(high + room) });
  };
  const shared = plots.filter((plot) => plot.x_range === windowRange);
  const fitAll = () => shared.forEach((plot) => fit(plot, inWindow()));

  /* The figures of the window. */
  const row = (place, figures) => {
    const line = document.createElement("tr");
    line.className = place === benchmark ? "benchmark" : "variant";
    const texts = [run.variants[place].label, percentText(figures.total_return), numberText(figures.sharpe), percentText(figures.max_drawdown), percentText(figures.win_rate), String(figures.trades)];
    texts.forEach((text, cell) => {
      const element = document.createElement(cell ? "td" : "th");
      if (!cell) { element.className = "text"; element.scope = "row"; element.append(swatch(place)); }
      element.append(text);
      line.append(element);
    });
    return line;
  };
  const showFigures = () => {
    const [first, after] = inWindow(), shown = days.slice(first, after);
    const enough = shown.length > 1;
    byId("window-caption").textContent = enough
      ? `${isoDay(shown[0])} to ${isoDay(shown[shown.length - 1])}, ${shown.length - 1} returns`
      : "The window holds fewer than two days";
    const rows = enough
      ? [...choice.slots, benchmark].map((place) => row(place, figuresOf([...column(`equity_${place}`).slice(first, after)], shown, run.variants[place])))
      : [];
    byId("window").tBodies[0].replaceChildren(...rows);
    const width = 1.96 * Math.sqrt(run.bars_a_year / Math.max(1, shown.length - 1));
    byId("window-proof").textContent = enough
      ? `How little this proves: the 95% interval of a Sharpe ratio of ${shown.length - 1} returns reaches about ${width.toFixed(1)} to each side. A window that was chosen for its look proves less.`
      : "";
  };
  const swatch = (place) => {
    const slot = place === benchmark ? "benchmark" : choice.slots.indexOf(place);
    const glyph = named(`equity:${slot}`)[0].glyph;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    svg.setAttribute("viewBox", "0 0 26 8");
    svg.setAttribute("aria-hidden", "true");
    const dash = glyph.line_dash?.value ?? glyph.line_dash;
    const dashes = { solid: "", dashed: "6 3", dotted: "2 2", dotdash: "2 2 6 2" };
    for (const [name, value] of Object.entries({ x1: 0, x2: 26, y1: 4, y2: 4, stroke: glyph.line_color.value ?? glyph.line_color, "stroke-dasharray": dashes[dash] ?? "" })) line.setAttribute(name, value);
    svg.append(line);
    return svg;
  };

  /* Legend and controls. */
  const showLegend = () => {
    const items = [...choice.slots, benchmark].map((place, position) => {
      const item = document.createElement("li");
      item.append(swatch(place), run.variants[place].label);
      if (position && place !== benchmark) {
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "\u00d7";
        remove.setAttribute("aria-label", `Leave out ${run.variants[place].label}`);
        remove.addEventListener("click", () => compareWith(place, false));
        item.append(remove);
      }
      return item;
    });
    byId("legend").replaceChildren(...items);
  };
  const showControls = () => {
    byId("detail").value = String(choice.slots[0]);
    for (const box of document.querySelectorAll("input[data-variant]")) {
      const place = run.variants.findIndex((variant) => variant.name === box.dataset.variant);
      box.checked = choice.slots.includes(place);
      box.disabled = (box.checked && choice.slots.length === 1) || (!box.checked && choice.slots.length === choice.most);
    }
  };
  run.variants.slice(0, benchmark).forEach((variant, place) => {
    byId("detail").append(new Option(variant.label, String(place)));
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.dataset.variant = variant.name;
    label.append(box, variant.label);
    byId("compared").append(label);
  });
  byId("detail").addEventListener("change", (event) => chooseInDetail(Number(event.target.value)));
  document.addEventListener("change", ({ target }) => {
    if (!target.dataset?.variant) return;
    compareWith(run.variants.findIndex((variant) => variant.name === target.dataset.variant), target.checked);
  });
  for (const kind of new Set(models.map((model) => model.name).filter((name) => name?.startsWith("regime:")))) {
    byId("shade").append(new Option(kind.slice("regime:".length), kind));
  }
  byId("shade").addEventListener("change", () => {
    for (const strip of models.filter((model) => model.name === "folds" || model.name?.startsWith("regime:"))) {
      strip.visible = strip.name === byId("shade").value;
    }
  });
  byId("logarithmic").addEventListener("change", ({ target }) => {
    named("equity")[0].visible = !target.checked;
    named("equity-log")[0].visible = target.checked;
  });
  byId("accounts").addEventListener("change", () => { curves.forEach(showCurve); fitAll(); });

  /* The window, by dates and by the pointer. */
  const whole = [windowRange.start, windowRange.end];
  const setDates = () => {
    const [first, after] = inWindow();
    byId("from").value = isoDay(days[Math.min(first, days.length - 1)]);
    byId("to").value = isoDay(days[Math.max(0, after - 1)]);
  };
  const fromDates = () => {
    const from = Date.parse(byId("from").value), to = Date.parse(byId("to").value);
    if (from < to) windowRange.setv({ start: from, end: to });
  };
  byId("from").addEventListener("change", fromDates);
  byId("to").addEventListener("change", fromDates);
  byId("whole").addEventListener("click", () => windowRange.setv({ start: whole[0], end: whole[1] }));
  let waiting = 0;
  const windowChanged = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => { fitAll(); showFigures(); setDates(); });
  };
  windowRange.properties.start.change.connect(windowChanged);
  windowRange.properties.end.change.connect(windowChanged);

  /* A narrow chart has room for few dates. */
  const narrow = window.matchMedia("(max-width: 600px)");
  const countDates = () => {
    for (const axis of models.filter((model) => model.type === "DatetimeAxis")) axis.ticker.desired_num_ticks = narrow.matches ? 3 : 7;
  };
  countDates();
  narrow.addEventListener("change", countDates);

  /* On a touch screen a finger moves the page, not the chart: the strip and the dates choose the window. */
  if (window.matchMedia("(pointer: coarse)").matches) {
    for (const tool of models.filter((model) => model.type === "BoxZoomTool")) tool.active = false;
  }

  whenChosen(() => { showVariants(); fitAll(); showFigures(); showLegend(); showControls(); });
  choose({});
  setDates();
  scheme.addEventListener("change", () => { showLegend(); showFigures(); });
  document.documentElement.dataset.drawn = "yes";
};

document.documentElement.classList.add("with-script");
drawCharts().then(connect);
