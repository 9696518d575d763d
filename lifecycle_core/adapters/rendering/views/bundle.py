"""A bundle whose files are what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, table, title
from lifecycle_core.adapters.rendering.words import short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.bundle import Bundle


def values(record: Bundle) -> dict[str, Any]:
    """Add the size in words."""
    size = sum(file.bytes for file in record.manifest.files.values())
    return {"size": f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size:,} bytes"}  # noqa: PLR2004


def text(record: Bundle) -> list[RenderableType]:
    """Return the digest and the files."""
    made = table("File", "Bytes", "SHA-256", numbers=["Bytes"])
    for path, file in sorted(record.manifest.files.items()):
        made.add_row(path, f"{file.bytes:,}", short_digest(file.sha256))
    head = title("Bundle", record.name, "is intact")
    return [head, facts(("Digest", record.digest), ("Folder", record.path)), made]
