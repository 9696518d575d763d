"""How events of a release's reviews are written as tags of MLflow model versions, and read back.

A review is a few dozen kilobytes and a tag holds less on some databases. So an event is kept as
compressed JSON in as many tags as it takes; what people look for stands beside it in plain tags,
which are never read back.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from lifecycle_core.adapters.registry.tags import PREFIX
from lifecycle_core.schema.review_history import ReviewEvent, ReviewKept

if TYPE_CHECKING:
    from collections.abc import Mapping

_BODY = PREFIX + "event."
_LONGEST = 50_000  # MySQL ends a text at 65,535 bytes
_LARGEST = 1 << 26  # whoever may write to the registry must not fill our memory
_PLAIN = ("kind", "at", "actor", "rule", "channel", "note", "until", "error")
_EVENT: TypeAdapter[ReviewEvent] = TypeAdapter(ReviewEvent)


def reviews_of(name: str) -> str:
    """Return the registered model that holds the reviews of a release name.

    Example:
        >>> reviews_of("churn")
        'churn.reviews'
    """
    return f"{name}.reviews"


def review_tags(event: ReviewEvent) -> dict[str, str]:
    """Return an event as tags.

    Law: `review_event_of(review_tags(event), seq) == event` but for `seq`.
    """
    packed = zlib.compress(event.model_dump_json(by_alias=True, exclude={"seq"}).encode(), level=6)
    body = base64.b64encode(packed).decode()
    parts = [body[at : at + _LONGEST] for at in range(0, len(body), _LONGEST)]
    plain = {
        PREFIX + name: str(value)[:_LONGEST]
        for name in _PLAIN
        if (value := getattr(event, name, ""))
    }
    if isinstance(event, ReviewKept):
        plain[PREFIX + "window"] = event.review.window.label
    return plain | {f"{_BODY}{number:03d}": part for number, part in enumerate(parts)}


def review_event_of(tags: Mapping[str, str], seq: int) -> ReviewEvent | None:
    """Return the event that tags hold, or None if they hold none that can be read."""
    body = "".join(value for name, value in sorted(tags.items()) if name.startswith(_BODY))
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(base64.b64decode(body, validate=True), _LARGEST)
        if not unpacking.eof:
            return None
        return _EVENT.validate_json(text).model_copy(update={"seq": seq})
    except (binascii.Error, ValueError, zlib.error, ValidationError):
        return None
