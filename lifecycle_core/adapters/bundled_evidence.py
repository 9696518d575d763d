"""Read back from a verified bundle what its release is judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import yaml
from pydantic import ValidationError

from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.base import Record
from lifecycle_core.schema.checkpoint import Evidence, Rehearsal
from lifecycle_core.schema.contract import Contract, ContractReport
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.pipeline import Pipeline
from lifecycle_core.schema.release_file import ReleaseFile
from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.schema.retraining import ChampionComparison, Lineage
from lifecycle_core.schema.window_counts import WindowCounts

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.schema.bundle import Bundle

Written = TypeVar("Written", bound=Record)


def read_evidence(bundle: Bundle, path: Path, *, bundles: Bundles) -> Evidence:
    """Return the evidence that a bundle holds; what it does not hold is None.

    Args:
        bundle: As verified.
        path: Its folder.
        bundles: Reads its files.

    Raises:
        BundleInvalid: A record is not what its schema says, or the release file is missing.
    """

    def read(kind: type[Written], name: str) -> Written | None:
        if name not in bundle.manifest.files:
            return None
        try:
            text = bundles.read(path, name)
            if name.endswith(".yaml"):
                return kind.model_validate(yaml.safe_load(text))
            return kind.from_json(text)
        except yaml.YAMLError as error:
            raise _invalid(path, name, f"is no YAML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            spot = ".".join(map(str, first["loc"])) or "the file"
            what = f"is no {kind.__name__} record: {spot}: {first['msg']}"
            raise _invalid(path, name, what) from error

    release = read(ReleaseFile, "release.json")
    if release is None:
        raise _invalid(path, "release.json", "is missing")
    return Evidence(
        release_file=release,
        reproduction=read(Reproduction, "evidence/reproduction.json"),
        finalization=read(Finalization, "evidence/finalization.json"),
        contract=read(Contract, "contract/contract.json"),
        contract_report=read(ContractReport, "evidence/contract_report.json"),
        rehearsal=read(Rehearsal, "evidence/rehearsal.json"),
        pipeline=read(Pipeline, "pipeline/pipeline.yaml"),
        lineage=read(Lineage, "evidence/lineage.json"),
        champion=read(ChampionComparison, "evidence/champion.json"),
        reference=read(WindowCounts, "evidence/reference.json"),
    )


def _invalid(path: Path, name: str, what: str) -> BundleInvalid:
    return BundleInvalid(
        f"{name} in bundle {path.name} {what}.",
        path=str(path / name),
        hint="It was written by another version of nbrelease; release the notebook again.",
    )
