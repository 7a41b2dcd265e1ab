"""Colours of the charts, for a light and for a dark page.

The colours of curves differ in lightness as well as in hue, and each has a dash of its own: who does not tell colours
apart tells the curves apart. After the colours of Okabe and Ito, "Color universal design", 2008.
"""

INK, MUTED, GRID, PAPER = "#33302e", "#66605c", "#e6d9ce", "#fff9f3"
BENCHMARK = "#7a736d"
LONG, SHORT = "#0f5499", "#c8591b"
BAND, SHADE = "#b8aca2", "#efe2d6"

CURVES = ("#990f3d", "#0072b2", "#b65a00", "#6b3fa0", "#00795f")
"""Colours of the chosen variants, the variant in detail first."""

DASHES = ("solid", "solid", "dashed", "dotdash", "dashed")
"""Their dashes."""

REGIMES = ("#f3d9b1", "#cfdcec", "#e3cfe6")
"""Shades of the regimes of a kind, by their codes."""

DARK = {
    INK: "#ece6e0",
    MUTED: "#a89f97",
    GRID: "#3a3633",
    PAPER: "#1b1a19",
    BENCHMARK: "#a89f98",
    LONG: "#6aaef0",
    SHORT: "#f0905a",
    BAND: "#6e655e",
    SHADE: "#2b2724",
    "#990f3d": "#ff8fae",
    "#0072b2": "#5cb8f0",
    "#b65a00": "#f2a65a",
    "#6b3fa0": "#c4a3ea",
    "#00795f": "#4fd0ae",
    "#f3d9b1": "#4a3b22",
    "#cfdcec": "#25374d",
    "#e3cfe6": "#43304a",
}
"""The colour that stands on a dark page for each one of a light page."""
