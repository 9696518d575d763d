"""What a row is called, as text: the same in a request, in a table, in the log and in outcomes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WHOLE = re.compile(r"-?\d+\.0+")


def as_name(value: object) -> str | None:
    """Return a value that names a row as text; a whole number is the same however it is written.

    Where one is missing, a column of whole numbers goes to CSV as `7590.0`.

    Example:
        >>> as_name(7590), as_name(7590.0), as_name("7590.0"), as_name("7590-VHVEG"), as_name(None)
        ('7590', '7590', '7590', '7590-VHVEG', None)
    """
    if value is None:
        return None
    text = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    if text[-1:] == "0" and _WHOLE.fullmatch(text):
        return text.partition(".")[0]
    return text


def joined_name(names: Sequence[str | None]) -> str | None:
    """Return the name of a row that several columns name: a JSON list, unless there is one.

    Args:
        names: At least one; None where a value is missing, and then the row has no name.

    Example:
        >>> joined_name(["7590"]), joined_name(["7590", "2026-03"]), joined_name(["7590", None])
        ('7590', '["7590", "2026-03"]', None)
    """
    if None in names:
        return None
    return names[0] if len(names) == 1 else json.dumps(list(names), ensure_ascii=False)
