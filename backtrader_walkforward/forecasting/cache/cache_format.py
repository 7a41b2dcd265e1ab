"""How the forecasts of one fit lie in a store: plain bytes and their checksum."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from struct import Struct

import numpy as np

EPOCHS = Struct("<q")
FORECAST = Struct("<32sd")
"""A payload is the epochs of the fit, then its forecasts: digest of the test window, forecast of the target."""

Made = tuple[int, dict[bytes, float]]
"""What one fit made: its epochs, and its forecasts by the digest of their window."""

Weights = Sequence[np.ndarray]
"""What one fit hands on to others: nothing, for most."""


def pack(made: Made) -> bytes:
    """Return the payload of what a fit made.

    >>> len(pack((12, {bytes(32): 0.001, bytes(31) + b"1": 0.002})))
    88
    """
    epochs, forecasts = made
    return EPOCHS.pack(epochs) + b"".join(FORECAST.pack(*item) for item in forecasts.items())


def unpack(payload: bytes) -> Made:
    """Return what `pack` was given, to the bit."""
    return EPOCHS.unpack_from(payload)[0], dict(FORECAST.iter_unpack(payload[EPOCHS.size :]))


def pack_weights(weights: Weights) -> bytes:
    """Return arrays as bytes, one `.npy` after the other; an array of objects is refused."""
    buffer = BytesIO()
    for array in weights:
        np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def unpack_weights(payload: bytes) -> Weights:
    """Return what `pack_weights` was given."""
    buffer, weights = BytesIO(payload), []
    while buffer.tell() < len(payload):
        weights.append(np.load(buffer, allow_pickle=False))
    return weights


def checksum(key: str, payload: bytes) -> bytes:
    """Return the checksum of a payload under its key: one that strayed to another key is damaged, too."""
    return sha256(key.encode() + payload).digest()
