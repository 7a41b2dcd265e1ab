// On a touch screen a finger moves the page, not the chart: the strip and the dates choose the window.
"use strict";

/* A tap shows the values of its day, as a mouse does: without this they go as the finger does. */
const showTapped = (event) => {
  if (event.pointerType !== "touch") return;
  const { clientX, clientY, view } = event;
  event.composedPath()[0].dispatchEvent(new PointerEvent("pointermove", { clientX, clientY, view, isPrimary: true }));
};

const followTouch = ({ ofType }) => {
  document.querySelectorAll(".picture").forEach((picture) => picture.addEventListener("click", showTapped));
  if (window.matchMedia("(pointer: coarse)").matches) ofType("BoxZoomTool").forEach((tool) => { tool.active = false; });
};
