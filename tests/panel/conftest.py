"""A Yahoo on this machine, and a machine without a network."""

from tests.data.conftest import no_network, yahoo

__all__ = ["no_network", "yahoo"]
