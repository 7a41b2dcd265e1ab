// What the reader chooses: a variant in detail, and up to four to compare it with.
"use strict";
const block = (name) => JSON.parse(document.getElementById(name).textContent);
const byId = (id) => document.getElementById(id);
const run = block("run");
const benchmark = run.variants.length - 1;

/* What is chosen. `slots` are the places of the variants in the ranking: the one in detail first. */
const choice = { slots: benchmark > 0 ? [0] : [], most: 5 };
const choose = (change) => {
  Object.assign(choice, change);
  document.dispatchEvent(new CustomEvent("chosen", { detail: choice }));
};

const chooseInDetail = (place) => choose({ slots: [place, ...choice.slots.slice(1).filter((one) => one !== place)] });
const compareWith = (place, isOn) => {
  const others = choice.slots.filter((one) => one !== place);
  if (isOn && others.length < choice.most) choose({ slots: [...others, place] });
  if (!isOn && others.length) choose({ slots: others });
};
