"""Settings of runs whose prices come from Yahoo: the server of `tests/data`."""

from tests.data.conftest import yahoo

__all__ = ["yahoo"]
