// The charts follow what the reader chooses: a variant in detail, up to four beside it, and a window of days.
"use strict";
document.documentElement.classList.add("with-script");
drawCharts().then((charts) => {
  const curves = curvesOf(charts);
  offerVariants();
  followNames();
  closePicker();
  measureLegend();
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
  followAddress(charts);
  followTouch(charts);
  fitScreen(charts);
  fitPaper();
  leaveOutCharts();
  document.documentElement.dataset.drawn = "yes";
});
