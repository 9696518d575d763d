from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle_core.adapters.bundles import BundleFolders, write_bundle
from lifecycle_core.adapters.explaining import open_explainer
from lifecycle_core.adapters.scorers import open_scorer
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.delivering.loading import load
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.finalization import DecisionRule
from lifecycle_core.schema.release import Release
from lifecycle_core.schema.release_file import ReleaseFile
from tests.fakes.scoring import finalization
from tests.fakes.serving import CONTRACT, NOW

RECORDS = {
    "contract/contract.json": CONTRACT,
    "evidence/finalization.json": finalization(
        "classification", DecisionRule(kind="threshold", value=0.5)
    ),
    "release.json": ReleaseFile.model_validate({"model": {"name": "churn"}}),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_another_version_is_told_of_and_nothing_is_loaded(
    tmp_path: Path, name: str
) -> None:
    files = {path: record.to_json().encode() for path, record in RECORDS.items()}
    later = files[name].replace(b'/1"', b'/99"', 1)
    assert later != files[name]
    bundle = write_bundle("churn", {**files, name: later}, tmp_path)
    release = Release(name="churn", version=3, bundle_digest=bundle.digest, created="2026-11-28")
    with pytest.raises(BundleInvalid, match=f"{name} of churn/3 is no"):
        load(
            release, Path(bundle.path), bundles=BundleFolders(), open_scorer=open_scorer,
            open_explainer=open_explainer, last=LastScores(), hashed=lambda _, value: value,
            now=NOW,
        )  # fmt: skip
