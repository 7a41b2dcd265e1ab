// The charts: Bokeh's models, by name and by what they are, in the colours of the reader's scheme.
"use strict";

/* Draw the charts, and return what the other scripts need of them. */
const drawCharts = async () => {
  const { docs, items } = block("models");
  await Bokeh.embed.embed_items(docs, items);
  const models = [...Bokeh.documents[Bokeh.documents.length - 1].all_models];
  const named = (name) => models.filter((model) => model.name === name);
  const ofType = (type) => models.filter((model) => model.type === type);
  const [source] = named("days"), [range] = named("window");
  return { models, named, ofType, source, range, days: [...source.data.date], column: (name) => source.data[name] };
};

/* Return the changed colours of a model: plain ones, those of a glyph, and lists of them. */
const coloursOf = (model, other) => {
  const changed = {};
  for (const [name, value] of Object.entries(model.attributes)) {
    const isSpec = value !== null && typeof value === "object" && "value" in value;
    const colour = isSpec ? value.value : value;
    if (Array.isArray(value) && value.some((one) => one in other)) changed[name] = value.map((one) => other[one] ?? one);
    if (typeof colour === "string" && colour in other) changed[name] = isSpec ? { ...value, value: other[colour] } : other[colour];
  }
  return changed;
};

/* Give the charts the colours of the reader's scheme, now and when it changes. */
const followScheme = ({ models }, whenRecoloured) => {
  const dark = block("dark"), light = Object.fromEntries(Object.entries(dark).map(([one, other]) => [other, one]));
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const recolour = (isDark) => {
    for (const model of models) {
      const changed = coloursOf(model, isDark ? dark : light);
      if (Object.keys(changed).length) model.setv(changed);
    }
    document.documentElement.dataset.scheme = isDark ? "dark" : "light";
    whenRecoloured();
  };
  recolour(scheme.matches);
  scheme.addEventListener("change", () => recolour(scheme.matches));
};

/* On paper stands a drawing of each chart, as wide as a page: the labels keep their size, and lines are sharp. */
const fitPaper = () => {
  const drawingOf = (picture) => {
    const view = Bokeh.index.roots.find(({ el }) => picture.contains(el));
    view.after_resize();
    return view.export("svg", false).ctx.get_svg();
  };
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("on-paper");
    for (const picture of document.querySelectorAll(".picture:not([hidden])")) picture.append(drawingOf(picture));
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("on-paper");
    for (const drawing of document.querySelectorAll(".picture > svg")) drawing.remove();
  });
};

/* Return the elements below one that fit, those in shadow roots too. */
const findDeep = (root, selector) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? findDeep(one.shadowRoot, selector) : [])),
];

/* The keyboard has the controls; a chart that takes the focus, by a click too, says nothing. */
const leaveOutCharts = () =>
  document.querySelectorAll(".picture").forEach((picture) => findDeep(picture, "[tabindex]").forEach((one) => one.removeAttribute("tabindex")));

/* A narrow chart has room for few dates, and its months for small figures. */
const fitScreen = ({ ofType, named }) => {
  const narrow = window.matchMedia("(max-width: 600px)");
  const adapt = () => {
    ofType("DatetimeAxis").forEach((axis) => { axis.ticker.desired_num_ticks = narrow.matches ? 3 : 7; });
    named("month-texts").forEach(({ glyph }) => { glyph.text_font_size = { value: narrow.matches ? "10px" : "11px" }; });
  };
  adapt();
  narrow.addEventListener("change", adapt);
};
