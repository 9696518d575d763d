"""What has to be there before anything is run or released."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.errors import ReleaseFileInvalid
from lifecycle_core.releasing.preconditions import release_beside

if TYPE_CHECKING:
    from pathlib import Path


def test_a_release_file_that_is_no_utf_8_is_told_with_its_byte(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_bytes("owners: {model: {name: Müller}}".encode("cp1252"))
    with pytest.raises(ReleaseFileInvalid, match="no UTF-8 text: invalid start byte at byte 24"):
        release_beside(tmp_path)
