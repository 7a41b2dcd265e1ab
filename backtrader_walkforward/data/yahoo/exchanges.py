"""The calendar of the exchange that Yahoo names."""

from typing import Any

from backtrader_walkforward.data.calendar import ExchangeCalendar

OF_KIND = {"CRYPTOCURRENCY": "24/7", "CURRENCY": "24/5", "FUTURE": "CMES"}
"""Calendars of what is traded on no stock exchange, by Yahoo's `instrumentType`."""

OF_ZONE = {
    "Africa/Johannesburg": "XJSE",
    "America/Argentina/Buenos_Aires": "XBUE",
    "America/Bogota": "XBOG",
    "America/Lima": "XLIM",
    "America/Mexico_City": "XMEX",
    "America/New_York": "XNYS",
    "America/Santiago": "XSGO",
    "America/Sao_Paulo": "BVMF",
    "America/Toronto": "XTSE",
    "Asia/Bangkok": "XBKK",
    "Asia/Hong_Kong": "XHKG",
    "Asia/Jakarta": "XIDX",
    "Asia/Karachi": "XKAR",
    "Asia/Kolkata": "XBOM",
    "Asia/Kuala_Lumpur": "XKLS",
    "Asia/Manila": "XPHS",
    "Asia/Riyadh": "XSAU",
    "Asia/Seoul": "XKRX",
    "Asia/Shanghai": "XSHG",
    "Asia/Singapore": "XSES",
    "Asia/Taipei": "XTAI",
    "Asia/Tokyo": "XTKS",
    "Atlantic/Reykjavik": "XICE",
    "Australia/Sydney": "XASX",
    "Europe/Amsterdam": "XAMS",
    "Europe/Berlin": "XETR",
    "Europe/Brussels": "XBRU",
    "Europe/Budapest": "XBUD",
    "Europe/Copenhagen": "XCSE",
    "Europe/Dublin": "XDUB",
    "Europe/Helsinki": "XHEL",
    "Europe/Istanbul": "XIST",
    "Europe/Lisbon": "XLIS",
    "Europe/London": "XLON",
    "Europe/Madrid": "XMAD",
    "Europe/Oslo": "XOSL",
    "Europe/Paris": "XPAR",
    "Europe/Prague": "XPRA",
    "Europe/Rome": "XMIL",
    "Europe/Stockholm": "XSTO",
    "Europe/Vienna": "XWBO",
    "Europe/Warsaw": "XWAR",
    "Europe/Zurich": "XSWX",
    "Pacific/Auckland": "XNZE",
}
"""The main exchange of each time zone: Yahoo's `exchangeTimezoneName`. Others keep its holidays."""


def calendar_of(metadata: dict[str, Any]) -> ExchangeCalendar | None:
    """Return the calendar for Yahoo's metadata of a ticker; None for an exchange that is not known."""
    name = OF_KIND.get(str(metadata.get("instrumentType"))) or OF_ZONE.get(str(metadata.get("exchangeTimezoneName")))
    return ExchangeCalendar(name) if name else None
