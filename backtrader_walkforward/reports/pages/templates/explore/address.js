// The address keeps what the reader chose, behind its "#": who is sent it opens the page as it was left.
"use strict";
const BOXES = ["logarithmic", "accounts"], LISTS = ["shade"], DATES = ["from", "to"];

const addressOf = ({ range }, whole) => {
  const state = new URLSearchParams(choice.slots.map((place) => ["variant", run.variants[place].name]));
  if (range.start !== whole.start || range.end !== whole.end) DATES.forEach((id) => state.set(id, byId(id).value));
  BOXES.filter((id) => byId(id).checked).forEach((id) => state.set(id, "on"));
  LISTS.filter((id) => byId(id).selectedIndex > 0).forEach((id) => state.set(id, byId(id).value));
  return `#${state}`;
};

/* Choose what the address names; what it does not name, or no page has, stays as it is. */
const readAddress = () => {
  const asked = new URLSearchParams(location.hash.slice(1));
  const slots = new Set(asked.getAll("variant").map(placeNamed).filter((place) => place >= 0 && place < benchmark));
  if (slots.size) choose({ slots: [...slots].slice(0, choice.most) });
  const set = (id, change) => {
    if (!asked.has(id)) return;
    change(byId(id), asked.get(id));
    byId(id).dispatchEvent(new Event("change", { bubbles: true }));
  };
  BOXES.forEach((id) => set(id, (box) => { box.checked = true; }));
  LISTS.forEach((id) => set(id, (list, value) => { if ([...list.options].some((one) => one.value === value)) list.value = value; }));
  DATES.filter((id) => !isNaN(Date.parse(asked.get(id)))).forEach((id) => { byId(id).value = asked.get(id); });
  DATES.forEach((id) => set(id, () => {}));
};

/* Browsers refuse an address that changes too often; a frame of a notebook has none of its own. */
const followAddress = (charts) => {
  const PAUSE = 300;
  const { range } = charts, whole = { start: range.start, end: range.end };
  readAddress();
  window.addEventListener("hashchange", readAddress);
  if (location.protocol === "about:") return;
  let waiting = 0;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => history.replaceState(null, "", addressOf(charts, whole)), PAUSE);
  };
  ["chosen", "change"].forEach((event) => document.addEventListener(event, changed));
  [range.properties.start, range.properties.end].forEach((end) => end.change.connect(changed));
};
