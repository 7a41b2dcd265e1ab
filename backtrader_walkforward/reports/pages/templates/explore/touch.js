// On a touch screen a finger moves the page, not the chart: the strip and the dates choose the window.
"use strict";

/* A tap shows the values of its day, as a mouse does. The next tap hides them, and so does the page when it moves. */
const followTouch = ({ ofType }) => {
  let isTouch = false, tapped = null;
  const send = (type, { clientX, clientY, view }) =>
    tapped?.dispatchEvent(new PointerEvent(type, { clientX, clientY, view, isPrimary: true }));
  const hide = () => {
    send("pointerout", { view: window });
    tapped = null;
  };
  document.addEventListener("pointerdown", ({ pointerType }) => {
    isTouch = pointerType === "touch";
    hide();
  }, true);
  document.addEventListener("scroll", hide, true);
  document.querySelectorAll(".picture").forEach((picture) => picture.addEventListener("click", (event) => {
    if (!isTouch) return;
    [tapped] = event.composedPath();
    send("pointermove", event);
  }));
  if (window.matchMedia("(pointer: coarse)").matches) ofType("BoxZoomTool").forEach((tool) => { tool.active = false; });
};
