"""How two images differ, in words: their sizes, or the share of pixels and by how much."""

from __future__ import annotations

import base64
import io
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_MAX_PIXELS = 20_000_000
_LARGEST = 200_000
"""Characters of base64 up to which an image is kept in the record."""


def image_difference(stored: str, fresh: str) -> str:
    """Return one line about two PNG files in base64; empty if one of them cannot be read."""
    pair = _read(stored), _read(fresh)
    one, other = pair
    if one is None or other is None:
        return ""
    if one.size != other.size:
        return (
            f"image: stored {one.width}x{one.height}, clean run {other.width}x{other.height} pixels"
        )
    from PIL import ImageChops  # noqa: PLC0415 - Pillow loads only where images differ

    channels = ImageChops.difference(one, other).split()
    largest = channels[0]
    for channel in channels[1:]:
        largest = ImageChops.lighter(largest, channel)
    counts = largest.histogram()
    share = 1 - counts[0] / (one.width * one.height)
    most = max((value for value, count in enumerate(counts) if count), default=0)
    return (
        f"image of {one.width}x{one.height}: {_percent(share)} of its pixels differ, "
        f"by up to {most} of 255 in a channel"
    )


def kept(png: object) -> str | None:
    """Return an image as it is kept in a record, or None if it is too large or no PNG."""
    if not isinstance(png, str) or len(png) > _LARGEST:
        return None
    return "".join(png.split()) if png.lstrip().startswith("iVBORw0KGgo") else None


def _percent(share: float) -> str:
    return "less than 0.1%" if share < 0.001 else f"{share:.1%}"  # noqa: PLR2004 - as it is shown


def _read(png: str) -> Image | None:
    from PIL import Image  # noqa: PLC0415 - as above

    try:
        encoded = base64.b64decode(png)
        width, height = struct.unpack(">II", encoded[16:24])
        if width * height > _MAX_PIXELS:
            return None
        with Image.open(io.BytesIO(encoded), formats=["PNG"]) as image:
            return image.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error):
        return None
