// The address keeps what the reader chose, behind its "#": a copy of it opens the page as it was left.
"use strict";
const BOXES = ["logarithmic", "accounts"], LISTS = ["shade"], DATES = ["from", "to"];
const DATE = /^\d{4}-\d\d-\d\d$/;
const isOffered = (id) => !byId(id).closest("label").hidden;

const addressOf = (charts, whole) => {
  const { range } = charts;
  const state = new URLSearchParams(choice.slots.map((place) => ["variant", run.variants[place].name]));
  const [from, to] = daysOf(charts);
  if ((range.start !== whole.start || range.end !== whole.end) && from < to) {
    state.set("from", from);
    state.set("to", to);
  }
  BOXES.filter((id) => isOffered(id) && byId(id).checked).forEach((id) => state.set(id, "on"));
  LISTS.filter((id) => isOffered(id) && byId(id).selectedIndex > 0).forEach((id) => state.set(id, byId(id).value));
  return `#${state}`;
};

/* Change a control, and let the page follow. */
const turn = (id, change) => {
  if (!isOffered(id)) return;
  change(byId(id));
  byId(id).dispatchEvent(new Event("change", { bubbles: true }));
};

/* Choose what the address names, and nothing else. An address without a variant of this page changes nothing. */
const readAddress = ({ range }, whole) => {
  const asked = new URLSearchParams(location.hash.slice(1));
  const slots = new Set(asked.getAll("variant").map(placeNamed).filter((place) => place >= 0 && place < benchmark));
  if (!slots.size) return;
  choose({ slots: [...slots].slice(0, choice.most) });
  BOXES.forEach((id) => turn(id, (box) => { box.checked = asked.get(id) === "on"; }));
  LISTS.forEach((id) => turn(id, (list) => {
    list.selectedIndex = Math.max(0, [...list.options].findIndex((option) => option.value === asked.get(id)));
  }));
  const [start, end] = DATES.map((id) => (DATE.test(asked.get(id)) ? Date.parse(asked.get(id)) : NaN));
  range.setv(start < end ? { start, end } : whole);
};

/* Browsers refuse an address that changes too often; a frame of a notebook has none of its own. */
const followAddress = (charts) => {
  const PAUSE = 300;
  const { range } = charts, whole = { start: range.start, end: range.end };
  readAddress(charts, whole);
  if (location.protocol === "about:") return;
  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => history.replaceState(null, "", addressOf(charts, whole)), PAUSE);
  };
  ["chosen", "change"].forEach((event) => document.addEventListener(event, changed));
  [range.properties.start, range.properties.end].forEach((end) => end.change.connect(changed));
  window.addEventListener("hashchange", () => {
    readAddress(charts, whole);
    changed();
  });
};
