// The charts follow what the reader chooses: a variant in detail, up to four beside it, and a window of days.
"use strict";
document.documentElement.classList.add("with-script");
drawCharts().then((charts) => {
  const curves = curvesOf(charts);
  offerVariants();
  offerShades(charts);
  offerScales(charts);
  offerAccounts(charts);
  document.addEventListener("chosen", () => {
    showVariants(charts, curves);
    fitAll(charts);
    showFigures(charts);
    showLegend(charts);
    showChoice();
  });
  choose({});
  followScheme(charts, () => { showLegend(charts); showFigures(charts); });
  followWindow(charts);
  countDates(charts);
  fitPaper();
  leaveOutCharts();
  // On a touch screen a finger moves the page, not the chart: the strip and the dates choose the window.
  if (window.matchMedia("(pointer: coarse)").matches) charts.ofType("BoxZoomTool").forEach((tool) => { tool.active = false; });
  document.documentElement.dataset.drawn = "yes";
});
