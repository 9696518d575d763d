"""Columns and rows of tables, in HTML or as pandas prints them, whose name says they are times."""

from __future__ import annotations

import re
from collections.abc import Callable

MARK = "(…)"
Named = Callable[[str], bool]
_TOKEN = re.compile(r"\S+")
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?")
_LONGEST = 20_000
"""Characters of a line that may belong to a table."""
_RUN = re.compile(r"[ \t]{2,}")


def without_columns(text: str, named: Named) -> str:
    r"""Return text with the numbers of such columns and rows made one.

    Args:
        text: What `table_text` made of HTML, or what pandas prints.
        named: Tells whether the name of a column or of a row is that of a time.

    Example:
        >>> without_columns("   auc  fit_time\n0  0.8      0.13", lambda name: "time" in name)
        ' auc fit_time\n0 0.8 (…)'
    """
    if not named(text):
        return text
    lines = text.split("\n")
    new = _in_cells(lines, named) if text.startswith("table:") else _in_print(lines, named)
    if new == lines:
        return text
    return _RUN.sub(" ", "\n".join(new))


def _in_cells(lines: list[str], named: Named) -> list[str]:
    rows = [line.split("|") for line in lines]
    header = next((row for row in rows if len(row) > 1), [])
    timed = {at for at, name in enumerate(header) if named(name)}
    return [
        "|".join(
            MARK
            if _NUMBER.fullmatch(cell)
            and (named(row[1]) if len(row) != len(header) else at in timed or named(row[1]))
            else cell
            for at, cell in enumerate(row)
        )
        if len(row) > 1
        else row[0]
        for row in rows
    ]


def _in_print(lines: list[str], named: Named) -> list[str]:
    new = []
    ends: set[int] = set()
    for line in lines:
        if not line.strip() or len(line) > _LONGEST:
            ends = set()
        elif found := {token.end() for token in _TOKEN.finditer(line) if named(token[0])}:
            ends = found
        elif ends:
            new.append(
                _TOKEN.sub(
                    lambda token: (
                        MARK
                        if token.end() in ends and _NUMBER.fullmatch(token[0])  # noqa: B023 - used here
                        else token[0]
                    ),
                    line,
                )
            )
            continue
        new.append(line)
    return new
