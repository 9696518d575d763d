"""Columns and rows of tables, in HTML or as pandas prints them, whose name says they are times."""

from __future__ import annotations

import re
from collections.abc import Callable

MARK = "(…)"
Named = Callable[[str], bool]
_TOKEN = re.compile(r"\S+(?: (?:taken|[(\[](?:s|secs?|seconds|ms|mins?|minutes)[)\]]))?")
_STYLED = re.compile(r'class="col_heading level0 (col\d{1,6})" ?>([^<]{1,200})<')
_STYLED_CELL = re.compile(r'(class="data row\d{1,9} (col\d{1,6})" ?>)([^<]{1,40})(?=<)')
_NUMBER = re.compile(r"-?(?!1[4-9]\d{8}(?!\d))\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?")
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
    if "col_heading" in text:
        text = _in_styler(text, named)
    lines = text.split("\n")
    new = _in_cells(lines, named) if text.startswith("table:") else _in_print(lines, named)
    if new == lines:
        return text
    return _RUN.sub(" ", "\n".join(new))


def _in_styler(html: str, named: Named) -> str:
    timed = {column for column, name in _STYLED.findall(html) if named(name)}

    def replaced(cell: re.Match[str]) -> str:
        return cell[1] + (MARK if cell[2] in timed and _NUMBER.fullmatch(cell[3]) else cell[3])

    return _STYLED_CELL.sub(replaced, html) if timed else html


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
        tokens = [] if len(line) > _LONGEST else list(_TOKEN.finditer(line))
        if not tokens:
            ends = set()
            new.append(line)
            continue
        numbers = {token.end() for token in tokens if _NUMBER.fullmatch(token[0])}
        if len(numbers) == len(tokens) - 1 > 0 and named(tokens[0][0]):
            timed = numbers  # a row of its own, as in a printed series
        elif found := {token.end() for token in tokens if named(token[0])}:
            ends = found  # a header: numbers stand below, flush right
            timed = set()
        else:
            timed = numbers & ends
        new.append(_marked(line, tokens, timed))
    return new


def _marked(line: str, tokens: list[re.Match[str]], ends: set[int]) -> str:
    for token in reversed(tokens):
        if token.end() in ends:
            line = line[: token.start()] + MARK + line[token.end() :]
    return line
