"""Who answers for whom while an experiment runs: what serving and scoring ask the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import LedgerBroken
from lifecycle_core.schema.release import CHAMPION
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.settings import bundles_of, ledger_of
from lifecycle_core.verbs.downloading import downloaded

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.delivering import Arms
    from lifecycle_core.schema.release import History, Release
    from lifecycle_core.schema.serving import Experiment
    from lifecycle_core.settings import Settings


def started(ledger: Ledger, history: History) -> tuple[Experiment | None, dict[str, Release]]:
    """Return the experiment that runs by the ledger, and who answers for its arms.

    A chain of experiments that was changed has none that could be trusted: the champion answers
    for all units then.
    """
    from lifecycle_core.experimenting import running
    from lifecycle_core.schema.serving import HOLDOUT, Experiment

    try:
        status = running(history)
    except LedgerBroken:
        return None, {}
    if status is None:
        return None, {}
    frozen, plan = status.frozen, status.frozen.plan
    owners = dict(frozen.treatments.items()) | ({HOLDOUT: frozen.control} if plan.holdout else {})
    experiment = Experiment(unit=plan.unit, salt=plan.salt, arms=plan.arms, holdout=plan.holdout)
    return experiment, {
        arm: ledger.resolve(f"{history.release}/{owner.version}") for arm, owner in owners.items()
    }


def is_champion(spec: str, release: Release) -> bool:
    """Return whether somebody asks for the champion, and not for a version that may be it."""
    return CHAMPION in release.aliases and spec in {release.name, f"{release.name}@{CHAMPION}"}


def arms_for(
    settings: Settings, spec: str, champion: Release, bundle: Path, stack: ExitStack
) -> Arms | None:
    """Return the arms that a table is scored by; None if no experiment runs for its release.

    Args:
        settings: Say where the ledger is.
        spec: As it was typed: a version, or another alias than the champion, is in no experiment.
        champion: What it means.
        bundle: Folder of the champion's bundle.
        stack: Keeps the bundles of the other arms until it ends.
    """
    from lifecycle_core.adapters.files import digest_bytes
    from lifecycle_core.delivering import ArmRelease, Arms
    from lifecycle_core.delivering.verifying import declared_workflow, verified_bundle

    ledger = ledger_of(settings)
    if not is_champion(spec, champion):
        return None
    experiment, owners = started(ledger, ledger.history(champion.name))
    if experiment is None:
        return None
    releases = {CONTROL: ArmRelease(champion, bundle)}
    for arm, owner in owners.items():
        same = owner.version == champion.version
        folder = bundle if same else stack.enter_context(downloaded(settings, owner))
        releases[arm] = ArmRelease(owner, folder)
    bundles = bundles_of(settings)
    verified_bundle(bundle, champion, bundles)
    return Arms(
        experiment=experiment,
        key=declared_workflow(bundle, bundles).key,
        releases=releases,
        mark=digest_bytes(experiment.to_json().encode()),
    )
