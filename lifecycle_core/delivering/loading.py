"""From a verified bundle to a release that is ready to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from lifecycle_core.delivering.serving import prepare
from lifecycle_core.delivering.verifying import verified_bundle
from lifecycle_core.errors import BundleInvalid
from lifecycle_core.schema.base import Record
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release_file import ReleaseFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from lifecycle_core.adapters.bundles import Bundles
    from lifecycle_core.adapters.explaining import Explainer
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.release import Release

Written = TypeVar("Written", bound=Record)


def load(
    release: Release,
    folder: Path,
    *,
    bundles: Bundles,
    open_scorer: Callable[[Path], Scorer],
    open_explainer: Callable[[Path, Scorer], Explainer | None],
    last: LastScores,
    hashed: Callable[[str, str], str],
    now: datetime,
    deadline_ms: float | None = None,
) -> Served:
    """Verify a bundle, load its model and warm it up; nothing of it is kept on the disk.

    Args:
        release: What the ledger says is to be used.
        folder: Its bundle on this machine.
        bundles: Verifies and reads it.
        open_scorer: Loads its model under the policy of trust.
        open_explainer: Loads what finds the reasons of its scores.
        last: What was said before, by key.
        hashed: Turns a feature's name and value into what the log keeps instead of it.
        now: With zone.
        deadline_ms: In place of the one that is declared.

    Raises:
        BundleInvalid: The bundle is not what was registered, or does not warm up.
        UntrustedModel: The model would run foreign code; it was not loaded.
        InvalidCall: A declared fallback does not fit the release.
    """
    verified_bundle(folder, release, bundles)

    def read(kind: type[Written], name: str) -> Written:
        try:
            return kind.from_json(bundles.read(folder, name))
        except ValidationError as error:
            raise BundleInvalid(
                f"{name} of {release.name}/{release.version} is no {kind.__name__} record: "
                f"{error.errors()[0]['msg']}.",
                path=name,
                hint="It was written by another version of nbrelease; release the notebook again.",
            ) from None

    # Before the scorer is opened: it reads them too, and knows of one version only.
    contract = read(Contract, "contract/contract.json")
    finalization = read(Finalization, "evidence/finalization.json")
    declared = read(ReleaseFile, "release.json")
    if deadline_ms is not None:
        serving = declared.serving.model_copy(update={"deadline_ms": deadline_ms})
        declared = declared.model_copy(update={"serving": serving})
    scorer = open_scorer(folder)
    return prepare(
        release,
        contract,
        finalization,
        declared,
        scorer,
        explainer=open_explainer(folder, scorer),
        last=last,
        hashed=hashed,
        now=now,
    )
