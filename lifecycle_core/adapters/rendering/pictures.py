"""Pictures from notebooks, shown only if they are PNG files of a size that can be looked at."""

from __future__ import annotations

import base64
import binascii
import struct

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">8sI4sII")
_HEADER_LENGTH = 13
_LONGEST = 400_000
_WIDEST = 10_000


def png_address(text: str | None) -> str | None:
    """Return a `data:` address for a PNG in base64; None if it is missing or no such picture.

    Example:
        >>> png_address("PHNjcmlwdD4=") is None
        True
    """
    if not text or len(text) > _LONGEST:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) < _HEADER.size:
        return None
    signature, length, kind, width, height = _HEADER.unpack_from(data)
    if (signature, length, kind) != (_SIGNATURE, _HEADER_LENGTH, b"IHDR"):
        return None
    if not (0 < width <= _WIDEST and 0 < height <= _WIDEST):
        return None
    return "data:image/png;base64," + base64.b64encode(data).decode()
