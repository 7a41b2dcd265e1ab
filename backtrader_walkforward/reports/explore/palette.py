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

REGIMES = ("#cfdcec", "#f3d9b1", "#e3cfe6")
"""Shades of the regimes of a kind, by their codes: blue for an uptrend and calm days, orange for the opposite."""

SHADES = (
    *("#e4a886", "#eabca0", "#f2d1bc", "#f9e6d9"),
    "#f1e9e1",
    *("#e2e5e8", "#c3d0dc", "#a4bad1", "#87a6c6"),
)
"""Shades of a heat map from far below 0 (orange) to far above it (blue); text in `INK` is readable on all of them."""

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
    "#e4a886": "#7e4728",
    "#eabca0": "#663c25",
    "#f2d1bc": "#4c3021",
    "#f9e6d9": "#33251d",
    "#f1e9e1": "#292624",
    "#e2e5e8": "#212831",
    "#c3d0dc": "#27384b",
    "#a4bad1": "#2d4765",
    "#87a6c6": "#32557e",
}
"""The colour that stands on a dark page for each one of a light page."""
