// Sentences on each variant: those of the one in detail are shown.
document.addEventListener("chosen", ({ detail }) => {
  for (const text of document.querySelectorAll("[data-place]")) text.hidden = text.dataset.place !== String(detail.slots[0]);
});
