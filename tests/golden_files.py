"""Compare with files under tests/golden/; `UPDATE_GOLDEN=1 pytest ...` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def agrees_with_golden(text: str, name: str) -> bool:
    """Say whether `text` is what the golden file of that name holds."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8") == text
