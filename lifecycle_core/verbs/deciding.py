"""What is asked about a release that has grown old: is it worth retraining, and if so, do it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.errors import CheckpointFailed, ConcurrentPromotion, InvalidCall
from lifecycle_core.settings import ledger_of, load_settings, outside, store_at
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.moments import moment_of
from lifecycle_core.verbs.pipelines import run_each
from lifecycle_core.verbs.retraining import retrain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from lifecycle_core.releasing import Outside
    from lifecycle_core.releasing.retraining_decision import Train
    from lifecycle_core.schema.pipeline_run import PipelineRun
    from lifecycle_core.schema.retrained import Retrained
    from lifecycle_core.schema.retraining_decision import RetrainingDecision

_SILENT = Silent()
_NONE: Mapping[str, Any] = MappingProxyType({})


def decide_retraining(
    name: str,
    *,
    as_of: datetime | str | None = None,
    notebook: Path | str | None = None,
    scheduler: str = "processes",
    store: str | None = None,
    progress: Progress = _SILENT,
) -> RetrainingDecision:
    """Tell whether a release is worth retraining: the ledger of costs, from the logs.

    Models are trained as of the beginning of each of the last windows, by the pipeline of the same
    name or by the notebook, and tried on the rows that the released version answered in it.

    Args:
        name: `churn` for its champion, or `churn@challenger`, `churn/3`.
        as_of: The moment from which is looked back, in ISO 8601, in UTC if it names no zone; now if
            None.
        notebook: A saved notebook that is run instead of a pipeline.
        scheduler: As for `run_pipeline`.
        store: As for `run_pipeline`; what did not change is not trained again.
        progress: Told of each part.

    Raises:
        InvalidCall: The moment is none, or the pipeline has not the parameters that are declared.
        ReleaseNotFound: There is no such release.
        BundleInvalid: The bundle is not what was registered.
        LogUnavailable: The logs do not answer.
        MissingExtra: deltalake is not installed.
    """
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.releasing.retraining_decision import Asked, decide_on

    moment = moment_of(as_of)
    settings = load_settings()
    with outside(settings) as systems:
        release = systems.ledger.resolve(name)
        evidence = verifier_of(settings)(release).evidence
        flush(settings.log, settings.write_ahead_logs)
        train, why = (
            _trainer(release.name, scheduler=scheduler, store=store, progress=progress)
            if notebook is None
            else (_by_notebook(Path(notebook), systems, progress), "")
        )
        return decide_on(
            Asked(
                release=release,
                evidence=evidence,
                as_of=moment,
                log=settings.log,
                registered=tuple(each.version for each in systems.registry.releases(release.name)),
                train=train,
                why=why,
            ),
            apart=systems.apart,
            progress=progress,
        )


def retrain_release(
    name: str,
    *,
    parameters: Mapping[str, Any] = _NONE,
    notebook: Path | str | None = None,
    scheduler: str = "processes",
    store: str | None = None,
    progress: Progress = _SILENT,
) -> Retrained | PipelineRun:
    """Make a new candidate of a release on today's data, and price it beside the one in place.

    The pipeline of the same name, or the notebook, is run with the parameters that the release file
    declares, filled in for the present period. The candidate goes the whole way, as by
    `retrain`; nothing is promoted unless the release in place says so.

    Args:
        name: `churn` for its champion, or `churn@challenger`, `churn/3`: whose terms hold.
        parameters: Values in place of the declared ones.
        notebook: A saved notebook that is run instead of a pipeline; paths are as it sees them.
        scheduler: As for `run_pipeline`.
        store: As for `run_pipeline`.
        progress: Told of each part.

    Returns:
        The candidate; the run alone if it failed.

    Raises:
        InvalidCall: There is no such pipeline or parameter.
        ReleaseNotFound: There is no such release.
        NoFinalization: The pipeline has no finalization.
    """
    from lifecycle_core.monitoring.windows import calendar_of
    from lifecycle_core.retraining import (
        aliases_by_policy,
        held_back,
        next_after,
        parameters_for,
        trial_of,
    )
    from lifecycle_core.verbs.released import promote

    settings = load_settings()
    release = ledger_of(settings).resolve(name)
    stated = verifier_of(settings)(release).evidence.release_file
    calendar = calendar_of(stated.review)
    window = calendar.window_at(moment_of(None), stated.review.window)
    declared = parameters_for(
        stated.retraining,
        until=window.first,
        before=calendar.previous(window).label,
        maturity_days=stated.review.label_maturity_days,
    )
    given = declared | dict(parameters)
    made: Retrained | PipelineRun
    if notebook is not None:
        made = _made_by_notebook(Path(notebook), given, progress)
    else:
        made = retrain(
            release.name,
            parameters=given,
            release=True,
            scheduler=scheduler,
            store=store,
            progress=progress,
        )
    if made.schema_ != "nbrelease/retrained/1":
        return made
    promotion = stated.retraining.promotion
    aliases = []
    trial = " ".join(filter(None, (held_back(promotion, made.champion), trial_of(stated))))
    for alias in aliases_by_policy(promotion, made.champion):
        try:
            promote(
                release.name,
                to=alias,
                version=made.packaged.release.version,
                instead_of=made.champion.version if made.champion and alias == "champion" else None,
                reason=f"`retraining.promotion` of version {release.version} is {promotion}",
            )
        except (CheckpointFailed, ConcurrentPromotion) as error:
            trial = f"Not promoted to {alias}: {error} {trial}"
            break
        aliases.append(alias)
    packaged = made.packaged
    if aliases:
        packaged = packaged.model_copy(
            update={
                "release": packaged.release.model_copy(
                    update={"aliases": (*packaged.release.aliases, *aliases)}
                ),
                "next": next_after(release.name, aliases, passed=packaged.checkpoints.passed),
            }
        )
    return made.model_copy(
        update={"packaged": packaged, "promoted": tuple(aliases), "trial": trial}
    )


def _trainer(
    name: str, *, scheduler: str, store: str | None, progress: Progress
) -> tuple[Train | None, str]:
    """Return what trains a release on other data, or why nothing can."""
    from lifecycle_core.adapters.pipeline_packages import find_package
    from lifecycle_core.releasing.compiled import seen_from, stated_by
    from lifecycle_core.releasing.training_again import finalize_each

    try:
        package = find_package(name)
    except InvalidCall as error:
        return None, f"No model can be tried: {error}"
    stated_by(package)  # before anything is run

    def train(given: Sequence[Mapping[str, Any]], into: Path) -> list[Path | str]:
        runs = run_each(
            package,
            [seen_from(package, one) for one in given],
            scheduler=scheduler,
            store=store,
            tell=None,
            progress=progress,
        ).runs
        kept = store_at(load_settings(), store)
        return finalize_each(package, runs, store=kept, into=into, progress=progress)

    return train, ""


def _by_notebook(notebook: Path, systems: Outside, progress: Progress) -> Train:
    from lifecycle_core.releasing.training_again import run_notebook_each

    def train(given: Sequence[Mapping[str, Any]], into: Path) -> list[Path | str]:
        return run_notebook_each(notebook, given, outside=systems, into=into, progress=progress)

    return train


def _made_by_notebook(notebook: Path, given: Mapping[str, Any], progress: Progress) -> Retrained:
    from lifecycle_core.releasing import Strictness, release
    from lifecycle_core.schema.retrained import Retrained
    from lifecycle_core.schema.retraining import ChampionComparison, Lineage

    settings = load_settings()
    with outside(settings) as systems:
        packaged = release(
            notebook,
            outside=systems,
            bundles_folder=settings.bundles,
            parameters=given,
            strictness=Strictness(),
            again=True,
            progress=progress,
        )
    evidence = Path(packaged.bundle_path) / "evidence"
    compared = evidence / "champion.json"
    return Retrained(
        packaged=packaged,
        lineage=Lineage.from_json((evidence / "lineage.json").read_bytes()),
        champion=ChampionComparison.from_json(compared.read_bytes())
        if compared.is_file()
        else None,
    )
