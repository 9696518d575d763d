"""When and by what a PDF was written: matplotlib puts both into each figure.

Measured: two runs differed in `/CreationDate` alone, to the second.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from lifecycle_core.notebooks.normalisers.base import Normaliser, display, on_data

_MARK = "pdf "
_INFO = re.compile(rb"/(?:CreationDate|ModDate|Producer|Creator) {0,4}\([^()\n]{0,200}\)")
_LARGEST = 40_000_000
"""Characters beyond which a document is compared byte by byte."""


def undated(data: str) -> str:
    """Return the digest of a PDF in base64 without its dates, or the text itself if it is none."""
    if data.startswith(_MARK) or len(data) > _LARGEST:
        return data
    try:
        document = base64.b64decode(data)
    except (binascii.Error, ValueError):
        return data
    if not document.startswith(b"%PDF"):
        return data
    return _MARK + hashlib.sha256(_INFO.sub(b"", document)).hexdigest()


def _pdf(date: str, text: str) -> str:
    return base64.b64encode(f"%PDF-1.4 /CreationDate (D:{date}) {text}".encode()).decode()


NORMALISER = Normaliser(
    name="pdf_dates",
    normalise=on_data(("application/pdf",), undated),
    equal=(
        (display("application/pdf", _pdf("20261125", "auc")),),
        (display("application/pdf", _pdf("20261126", "auc")),),
    ),
    different=(
        (display("application/pdf", _pdf("20261125", "auc")),),
        (display("application/pdf", _pdf("20261125", "loss")),),
    ),
)
