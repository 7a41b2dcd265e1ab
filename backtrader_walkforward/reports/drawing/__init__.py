"""Charts and tear sheets: the only place that imports matplotlib and QuantStats."""

import logging

_logger = logging.getLogger("matplotlib")
_level = _logger.level
_logger.setLevel(logging.ERROR)  # while it is imported it tells users about its caches
from matplotlib import font_manager as font_manager  # noqa: E402

_logger.setLevel(_level)
