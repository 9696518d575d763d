"""All versions of one release name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import MARKS, moment, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import Release, Status


def values(record: Status) -> dict[str, Any]:
    """Add what each retrained version comes from."""
    told = {release.version: origin_of(release) for release in record.releases}
    return {"origins": {version: origin for version, origin in told.items() if origin}}


def text(record: Status) -> list[RenderableType]:
    """Return the versions, newest first."""
    origin = ["Retrained from"] if values(record)["origins"] else []
    columns = ("Aliases", *origin, "Reproduction", "Bundle", "Registered")
    made = table("Version", *columns, numbers=["Version"])
    for release in sorted(record.releases, key=lambda found: -found.version):
        made.add_row(
            str(release.version),
            Text(", ".join(release.aliases)),
            *([Text(origin_of(release))] if origin else []),
            mark(release.verdict) if release.verdict else "",
            short_digest(release.bundle_digest),
            moment(release.created),
        )
    count = len(record.releases)
    return [title("Release", record.name, f"({count} version{'s' * (count != 1)})"), made]


def origin_of(release: Release) -> str:
    """Return what a release was retrained from and how it stood beside it; empty if it was not."""
    if release.retrained_from is None:
        return ""
    standing = f": {MARKS[release.standing][2]}" if release.standing in MARKS else ""
    return f"version {release.retrained_from}{standing}"
