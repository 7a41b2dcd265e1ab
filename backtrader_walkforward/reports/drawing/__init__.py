"""Charts and tear sheets: the only place that imports matplotlib and QuantStats."""

import logging

logging.getLogger("matplotlib").setLevel(logging.ERROR)  # else it tells users about its caches when it is imported
