// Curves: each is named measure:slot, and shows the variant that was chosen for its slot.
"use strict";
const CURVE = /^[a-z_]+:(\d|benchmark)$/;
const BANDS = {
  null: { y1: "null_low", y2: "null_high" },
  interval: { y1: "sharpe_low", y2: "sharpe_high" },
  area: { y2: "exposure" },
};
const placeOf = (slot) => (slot === "benchmark" ? benchmark : choice.slots[Number(slot)]);

const curvesOf = ({ ofType }) => ofType("GlyphRenderer").filter((one) => CURVE.test(one.name ?? ""));

/* Show the columns of the chosen variant in a curve; hide it where there are none. */
const showCurve = (curve, source) => {
  const [measure, slot] = curve.name.split(":"), place = placeOf(slot);
  const isAccount = measure === "active" || measure === "passive";
  const asked = Object.entries(BANDS[measure] ?? { y: measure }).map(([name, field]) => [name, `${field}_${place}`]);
  const isKnown = place !== undefined && asked.every(([, field]) => field in source.data);
  if (isKnown) curve.glyph.setv(Object.fromEntries(asked.map(([name, field]) => [name, { field }])));
  curve.visible = isKnown && (!isAccount || byId("accounts").checked);
};

/* Return lines of a term and a value in the look of `explore/tooltips.py`. */
const tooltip = (lines) => {
  const table = document.createElement("div");
  for (const [term, value] of lines) {
    const row = document.createElement("div"), [name, figure] = [document.createElement("span"), document.createElement("span")];
    row.style.cssText = "display: table-row";
    name.style.cssText = "display: table-cell; padding-right: .7em; opacity: .8";
    figure.style.cssText = "display: table-cell; text-align: right; font-variant-numeric: tabular-nums";
    name.textContent = term;
    figure.textContent = value;
    row.append(name, figure);
    table.append(row);
  }
  return table.innerHTML;
};

const tooltipsOf = ([measure, form]) => {
  const shown = [...choice.slots, benchmark].map((place) => [run.variants[place].label, `@${measure}_${place}{${form}}`]);
  return tooltip([["Day", "@date{%F}"], ...shown]);
};

const positionTooltips = ({ data }) => {
  const [place] = choice.slots, net = `gross_${place}` in data ? "Net exposure" : "Exposure";
  const own = [[net, `exposure_${place}`], ["Gross exposure", `gross_${place}`], ["Target weight", `weight_${place}`]];
  const known = own.filter(([, field]) => field in data).map(([label, field]) => [label, `@${field}{0.00%}`]);
  return tooltip([["Day", "@date{%F}"], ...known]);
};

/* What has the figures of all variants shows those of the one in detail. */
const showInDetail = (model) => {
  const [place] = choice.slots, { label } = run.variants[place];
  if (model.type === "GroupFilter") model.group = String(place);
  if (model.type === "Title") model.text = label;
  if (model.type === "LegendItem") model.label = { value: label };
};

const showVariants = ({ named, ofType, source }, curves) => {
  curves.forEach((curve) => showCurve(curve, source));
  for (const hover of ofType("HoverTool")) {
    if (hover.tags.length) hover.tooltips = tooltipsOf(hover.tags);
    if (hover.name === "position:hover") hover.tooltips = positionTooltips(source);
  }
  named("detail").forEach(showInDetail);
};

/* A sentence stands in place of a chart whose lines have no value. */
const showOrSay = ({ name, renderers }, { column }, [first, after]) => {
  const sentence = byId(`empty-${name}`), lines = renderers.filter(({ visible, glyph }) => visible && glyph.y?.field);
  if (!sentence) return;
  sentence.hidden = lines.some(({ glyph }) => column(glyph.y.field).slice(first, after).some(Number.isFinite));
  byId(`chart-${name}`).hidden = !sentence.hidden;
};
