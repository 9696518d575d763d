"""UUIDs of version 7, which sort by the millisecond in which they were made."""

from __future__ import annotations

import os

_RANDOM = 10
_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62
_BELOW_VERSION = (1 << 76) - 1
_BELOW_VARIANT = ~(0x3 << 62)


def new_id(now: float) -> str:
    """Return a new id; two of the same moment differ, also where a clock was put back.

    Args:
        now: Seconds since 1970.

    Example:
        >>> import uuid
        >>> made = uuid.UUID(new_id(1764313200.123))
        >>> made.version, made.variant, made.int >> 80
        (7, 'specified in RFC 4122', 1764313200123)
    """
    low = int.from_bytes(os.urandom(_RANDOM)) & _BELOW_VERSION & _BELOW_VARIANT
    digits = f"{(int(now * 1000) << 80) | _VERSION | _VARIANT | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
