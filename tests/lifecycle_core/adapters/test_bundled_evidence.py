from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle_core.adapters.bundled_evidence import read_evidence
from lifecycle_core.adapters.bundles import BundleFolders
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.checkpoint import Evidence, Rehearsal
from lifecycle_core.schema.release_file import ModelSection, ReleaseFile

RELEASE = ReleaseFile(model=ModelSection(name="churn"))
REHEARSAL = Rehearsal(
    rows=10,
    seconds=0.5,
    rows_per_run=100,
    projected_seconds=1,
    mismatches=0,
    fallback_rows=10,
    fallback_ok=True,
)


def read_back(folder: Path, files: dict[str, bytes | Path]) -> Evidence:
    bundles = BundleFolders()
    bundle = bundles.write("churn", files, folder)
    return read_evidence(bundle, Path(bundle.path), bundles=bundles)


def test_what_was_written_is_read_and_the_rest_is_none(tmp_path: Path) -> None:
    files: dict[str, bytes | Path] = {
        "release.json": RELEASE.to_json().encode(),
        "evidence/rehearsal.json": REHEARSAL.to_json().encode(),
    }
    assert read_back(tmp_path, files) == Evidence(release_file=RELEASE, rehearsal=REHEARSAL)


def test_a_record_of_nonsense_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=r"release\.json .* is no ReleaseFile record: model"):
        read_back(tmp_path, {"release.json": b'{"model": 1}'})


def test_a_bundle_without_a_release_file_is_none_of_ours(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=r"release\.json in bundle churn-\w+ is missing"):
        read_back(tmp_path, {"other.json": b"{}"})
