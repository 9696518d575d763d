"""Files as DVC writes them; DVC itself is not needed to read them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def track(folder: Path, name: str, content: bytes, *, cache: str = "files/md5") -> Path:
    """Do what `dvc add` does."""
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    (folder / name).write_bytes(content)
    kept = folder / ".dvc" / "cache" / cache / md5[:2] / md5[2:]
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(content)
    told = folder / f"{name}.dvc"
    told.write_text(f"outs:\n- md5: {md5}\n  size: {len(content)}\n  hash: md5\n  path: {name}\n")
    return told
