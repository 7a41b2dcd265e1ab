// Legend and controls above the charts.
"use strict";
const SVG = "http://www.w3.org/2000/svg";
const DASHES = { solid: "", dashed: "6 3", dotted: "2 2", dotdash: "2 2 6 2" };

/* Return a line of a legend. */
const lineOf = (colour, dash) => {
  const svg = document.createElementNS(SVG, "svg"), line = document.createElementNS(SVG, "line");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  const dashes = Array.isArray(dash) ? dash.join(" ") : DASHES[dash] ?? "";
  for (const [name, value] of Object.entries({ x1: 0, x2: 26, y1: 4, y2: 4, stroke: colour, "stroke-dasharray": dashes })) line.setAttribute(name, value);
  svg.append(line);
  return svg;
};

/* Return the line of a variant as the charts draw it. */
const swatch = ({ named }, place) => {
  const slot = place === benchmark ? "benchmark" : choice.slots.indexOf(place);
  const { line_color: colour, line_dash: dash } = named(`equity:${slot}`)[0].glyph;
  return lineOf(colour.value ?? colour, dash.value ?? dash);
};

const legendItem = (charts, place) => {
  const item = document.createElement("li"), { label } = run.variants[place];
  item.append(swatch(charts, place), label);
  if (place !== benchmark && place !== choice.slots[0]) {
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "\u00d7" });
    remove.setAttribute("aria-label", `Leave out ${label}`);
    remove.addEventListener("click", () => compareWith(place, false));
    item.append(remove);
  }
  return item;
};

const shadesOf = ({ models }) => models.filter(({ name }) => name === "folds" || name?.startsWith("regime:"));

const entry = (...content) => {
  const item = document.createElement("li");
  item.append(...content);
  return item;
};

/* Return the sub-accounts of the variant in detail, where they are shown. */
const accountItems = ({ named }) =>
  ["active", "passive"].map((account) => [account, named(`${account}:0`)[0]]).filter(([, curve]) => curve.visible)
    .map(([account, { glyph }]) => entry(lineOf(glyph.line_color.value ?? glyph.line_color, glyph.line_dash.value ?? glyph.line_dash), `its ${account} account`));

/* Return what is shaded, folds or regimes, with the colours. */
const shadeItems = (charts) => {
  const shown = new Map(shadesOf(charts).filter((strip) => strip.visible).map((strip) => [strip.tags[0], strip.glyph.fill_color]));
  return [...shown].map(([words, colour]) => {
    const chip = document.createElement("i");
    chip.style.background = colour.value ?? colour;
    return entry(chip, words);
  });
};

const showLegend = (charts) => {
  const variants = [...choice.slots, benchmark].map((place) => legendItem(charts, place));
  byId("legend").replaceChildren(...variants, ...accountItems(charts), ...shadeItems(charts));
};

/* The legend stays in sight: what a link leads to stands below it, however many lines it has. */
const measureLegend = () => new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--legend", `${target.offsetHeight}px`);
}).observe(byId("legend"));

const placeNamed = (name) => run.variants.findIndex((variant) => variant.name === name);

const showChoice = () => {
  const isFull = choice.slots.length === choice.most, why = isFull ? "Four variants are compared: leave one out first" : "The charts show one variant at least";
  byId("how-many").textContent = `${choice.slots.length - 1} of ${choice.most - 1}`;
  byId("compared").querySelector("legend").textContent = isFull ? why : "Up to four more variants";
  byId("boxes-full").textContent = isFull ? `${why}.` : "";
  byId("detail").value = String(choice.slots[0]);
  for (const box of document.querySelectorAll("input[data-variant]")) {
    box.checked = choice.slots.includes(placeNamed(box.dataset.variant));
    box.disabled = box.checked ? choice.slots.length === 1 : isFull;
    box.title = box.disabled ? why : "";
  }
};

/* A name of the ranking shows its variant in detail, and leads to the charts. */
const followNames = () =>
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-detail]")?.dataset.detail;
    if (name === undefined) return;
    event.preventDefault();
    chooseInDetail(placeNamed(name));
    byId("explore").scrollIntoView();
  });

/* Offer every variant, in the list of the one in detail and as a box; a box of the ranking does the same. */
const offerVariants = () => {
  run.variants.slice(0, benchmark).forEach(({ name, label }, place) => {
    byId("detail").append(new Option(label, String(place)));
    const box = Object.assign(document.createElement("input"), { type: "checkbox" }), words = document.createElement("label");
    box.dataset.variant = name;
    words.append(box, label);
    byId("compared").append(words);
  });
  byId("detail").addEventListener("change", ({ target }) => chooseInDetail(Number(target.value)));
  document.addEventListener("change", ({ target }) => {
    if (target.dataset?.variant) compareWith(placeNamed(target.dataset.variant), target.checked);
  });
};

/* The open list of variants lies over the legend: a press beside it closes it, as the key Escape does. */
const closePicker = () => {
  const picker = document.querySelector(".picker");
  document.addEventListener("pointerdown", ({ target }) => { if (!picker.contains(target)) picker.open = false; });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !picker.open) return;
    picker.open = false;
    picker.querySelector("summary").focus();
  });
};

/* Offer the shades that the run has: its folds, and the regimes that it was asked for; a panel has none. */
const offerShades = (charts) => {
  const strips = shadesOf(charts);
  for (const kind of new Set(strips.map((strip) => strip.name).filter((name) => name !== "folds"))) {
    byId("shade").append(new Option(kind.slice("regime:".length), kind));
  }
  byId("shade").closest("label").hidden = !strips.length;
  byId("shade").addEventListener("change", ({ target }) => {
    for (const strip of strips) strip.visible = strip.name === target.value;
    showLegend(charts);
  });
};

/* Offer the sub-accounts where a variant has two. */
const offerAccounts = ({ source }) => {
  const box = byId("accounts"), hasTwo = (_, place) => ["active", "passive"].every((account) => `${account}_${place}` in source.data);
  box.closest("label").hidden = !run.variants.some(hasTwo);
  box.addEventListener("change", () => choose({}));
};

const offerScales = ({ named }) =>
  byId("logarithmic").addEventListener("change", ({ target }) => {
    named("equity")[0].visible = !target.checked;
    named("equity-log")[0].visible = target.checked;
  });
