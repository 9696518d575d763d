"""Read the YAML of a release file or a `%%release` cell, with errors that name the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import ReleaseFileInvalid
from lifecycle_core.notebooks.record_text import line_of, read_yaml, to_record
from lifecycle_core.schema.release_file import ReleaseFile

if TYPE_CHECKING:
    from lifecycle_core.notebooks.record_text import Path


def parse_release(
    text: str, *, where: str, name: str | None = None, first_line: int = 1
) -> ReleaseFile:
    r"""Return the release file that a YAML text holds.

    Args:
        text: YAML with the sections of `ReleaseFile`.
        where: What the text is called in messages, such as `release.yaml` or `cell 12`.
        name: The release's name from `%%release NAME`; the text need not repeat it.
        first_line: Number of the text's first line where it stands; 2 in a cell.

    Raises:
        ReleaseFileInvalid: The text is not YAML, has an unknown key or a wrong value; the message
            names the line, what was got and what is wanted, the hint the nearest known key.

    Example:
        >>> parse_release("costs: {false_positive: 20}", where="cell 3", name="churn").model.name
        'churn'
        >>> parse_release("costs:\n  false_positiv: 20", where="cell 3", name="churn")
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.ReleaseFileInvalid: cell 3, line 2: unknown key `costs.false_positiv`.
    """
    written = read_yaml(text, ReleaseFile, where=where, first_line=first_line)
    _set_name(written.document, name, where, written.lines)
    return to_record(written, ReleaseFile, where=where)


def _set_name(
    document: dict[str, Any], name: str | None, where: str, lines: dict[Path, int]
) -> None:
    model = document.setdefault("model", {})
    if name is None or not isinstance(model, dict):
        return
    written = model.setdefault("name", name)
    if written != name:
        line = line_of(("model", "name"), lines)
        raise ReleaseFileInvalid(
            f"{where}, line {line}: the name is `{written}` here and `{name}` in `%%release`.",
            where=f"{where}, line {line}",
            hint="Leave `name` out of the text, or make the two the same.",
        )
