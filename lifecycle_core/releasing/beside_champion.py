"""Ask the champion inside the clean run of a notebook: only there are the rows of its finalization.

bundle --verify--> model, rule --into the run's evidence--> kernel --%finalize--> comparison
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL, RECORD
from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.models import SkopsModels
from lifecycle_core.errors import BundleInvalid, UntrustedModel
from lifecycle_core.finalizing import Other, compare_with
from lifecycle_core.releasing.compiled import without_credentials
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release import Release
from lifecycle_core.schema.retraining import ChampionComparison, Lineage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.adapters.workspace import Scratch
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.releasing.ancestry import Ancestor
    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.schema.release_file import ReleaseFile

CHAMPION = "champion"
_RELEASE, _ALIAS, _COMPARISON = "release.json", "alias.txt", "champion.json"


def bring(ancestor: Ancestor, scratch: Scratch, outside: Outside) -> None:
    """Let the next runs find the release that is to be replaced, from its verified bundle.

    Raises:
        BundleInvalid: The bundle is not what was registered.
        RegistryUnavailable: The registry does not answer.
    """
    bundle = scratch.folder("bundle")
    release = ancestor.release
    folder = outside.apart.run(outside.registry.download, release, bundle)
    outside.bundles.verify(folder, digest=release.bundle_digest)
    asked = scratch.folder(CHAMPION)
    shutil.copy2(folder / "model" / MODEL, asked / MODEL)
    shutil.copy2(folder / "evidence" / RECORD, asked / RECORD)
    write_atomically(asked / _RELEASE, release.to_json())
    write_atomically(asked / _ALIAS, ancestor.alias)
    scratch.bring(asked)


def compare_here(
    evidence: Path,
    finalization: Finalization,
    release: ReleaseFile,
    given: Mapping[str, Any],
) -> None:
    """Compare a finalization that has just taken place with the release that was brought, if any.

    Args:
        evidence: Folder of this run's evidence.
        finalization: The choice.
        release: What people decided.
        given: `candidates`, `X`, `y` and `holdout` of the finalization.
    """
    asked = evidence / CHAMPION
    if not (asked / _ALIAS).is_file():
        return
    other = Release.from_json((asked / _RELEASE).read_bytes())
    alias = (asked / _ALIAS).read_text(encoding="utf-8")
    models = SkopsModels()
    try:
        found = compare_with(
            Other(
                model=models.load(asked / MODEL),
                finalization=Finalization.from_json((asked / RECORD).read_bytes()),
                version=other.version,
                alias=alias,
            ),
            **given,
            model=models.load(evidence / MODEL),
            finalization=finalization,
            release=release,
        )
    except (BundleInvalid, UntrustedModel) as error:
        found = ChampionComparison(
            release=other.name,
            version=other.version,
            alias=alias,
            standing="not_comparable",
            rows=0,
            scored_on="holdout" if given.get("holdout") else "cross_validation",
            rows_per_run=finalization.rows_per_run,
            currency=finalization.currency,
            reason=(f"The other release cannot be asked: {error}",),
        )
    write_atomically(evidence / _COMPARISON, found.to_json())


def read_comparison(evidence: Path) -> ChampionComparison | None:
    """Return what a run's finalization found; None if nothing was brought."""
    file = evidence / _COMPARISON
    return ChampionComparison.from_json(file.read_bytes()) if file.is_file() else None


def lineage_of_notebook(
    notebook: Notebook,
    execution: Execution,
    release: str,
    ancestor: Ancestor,
    parameters: Mapping[str, Any],
) -> Lineage:
    """Return where the release of a notebook's run on other data comes from."""
    named = [f"/{value}" for value in parameters.values() if isinstance(value, str) and value]
    told = without_credentials(parameters)
    return Lineage(
        release=release,
        retrained_from=ancestor.release.version,
        bundle_digest=ancestor.release.bundle_digest,
        alias=ancestor.alias,
        source_digest=notebook.digest,
        parameters=told,
        changed={name: (None, value) for name, value in told.items()},
        inputs={
            each.path: each.digest
            for each in execution.inputs
            if any(f"/{each.path}".endswith(name) for name in named)
        },
    )
