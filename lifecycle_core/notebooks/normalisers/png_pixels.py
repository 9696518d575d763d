"""Images by what they show: a PNG names the version of matplotlib that wrote it."""

from __future__ import annotations

import base64
import hashlib
import io

from lifecycle_core.notebooks.normalisers.base import Normaliser, Outputs, change_data, display

_MARK = "pixels "
_MAX_PIXELS = 20_000_000
"""Larger images are compared byte by byte; decoding them would take too much memory."""
_SCREEN = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})


def pixels(data: str) -> str:
    """Return the size and the digest of the decoded pixels, or the text itself if it is no image.

    Args:
        data: A PNG file in base64.
    """
    if data.startswith(_MARK):
        return data
    from PIL import Image  # noqa: PLC0415 - Pillow loads only for a notebook whose images differ

    try:
        with Image.open(io.BytesIO(base64.b64decode(data)), formats=["PNG"]) as image:
            if image.width * image.height > _MAX_PIXELS:
                return data
            # Deeper images, of 16 or 32 bits, would lose what distinguishes them.
            shown = image.convert("RGBA") if image.mode in _SCREEN else image
            digest = hashlib.sha256(shown.tobytes()).hexdigest()
            return f"{_MARK}{shown.width}x{shown.height} {shown.mode} {digest}"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return data


def _normalise(outputs: Outputs) -> Outputs:
    return change_data(outputs, ("image/png",), pixels)


# One red pixel without and with a `Software` chunk, and one blue pixel.
_RED = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
_RED_SIGNED = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAAGHRFWHRTb2Z0d2FyZQBtYXRwbG90bGli"
    "IDMuMTEnAhEgAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
_BLUE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEDAQAIicLsAAAAAElFTkSuQmCC"
)

NORMALISER = Normaliser(
    name="png_pixels",
    normalise=_normalise,
    equal=((display("image/png", _RED),), (display("image/png", _RED_SIGNED),)),
    different=((display("image/png", _RED),), (display("image/png", _BLUE),)),
)
