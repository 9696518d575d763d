"""A bundle whose files are what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, table, title
from lifecycle_core.adapters.rendering.words import short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.bundle import Bundle


def values(record: Bundle) -> dict[str, Any]:
    """Add the size and the attestation in words."""
    size = sum(file.bytes for file in record.manifest.files.values())
    if record.attested_by:
        attestation = f"by the key {record.attested_by}"
    elif record.attested:
        attestation = "not checked: no public key is given"
    else:
        attestation = "none"
    return {
        "size": f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size:,} bytes",  # noqa: PLR2004
        "attestation": attestation,
    }


def text(record: Bundle) -> list[RenderableType]:
    """Return the digest and the files."""
    made = table("File", "Bytes", "SHA-256", numbers=["Bytes"])
    for path, file in sorted(record.manifest.files.items()):
        made.add_row(path, f"{file.bytes:,}", short_digest(file.sha256))
    pairs = [
        ("Digest", record.digest),
        ("Attestation", values(record)["attestation"]),
        *([("Folder", record.path)] if record.path else []),
    ]
    head = title("Bundle", record.name, "is intact")
    return [head, facts(*pairs), made]
