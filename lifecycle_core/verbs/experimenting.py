"""What proves a release's value: start an experiment, read it, stop it, look back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, LifecycleError
from lifecycle_core.schema.canonical import utc_text
from lifecycle_core.settings import ledger_of, load_settings
from lifecycle_core.verbs.designing import champion_of
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from lifecycle_core.schema.experiment import Experiments, ExperimentStatus
    from lifecycle_core.schema.readout import Readout
    from lifecycle_core.schema.review import Window
    from lifecycle_core.settings import Settings


def start_experiment(
    plan: Path | str,
    *,
    actor: str | None = None,
    despite: bool = False,
    since: datetime | str | None = None,
) -> ExperimentStatus:
    """Freeze a plan in the ledger and start it, if its arms were alike before.

    Args:
        plan: The plan's file.
        actor: Who starts it; found out if None.
        despite: Start although the A/A check fails; the record says so.
        since: From when on rows count, for rows that are scored later under moments of their own,
            as in a replay; now if None. The record says that the plan was frozen afterwards.

    Returns:
        What was frozen; its state is `refused` if the A/A check failed, and nothing was started.

    Raises:
        ReleaseFileInvalid: The file is no plan.
        InvalidCall: There is no such file, an experiment runs, an arm is the champion itself, costs
            are measured that are not declared, or `since` is no moment or still to come.
        ReleaseNotFound: An alias of the plan points nowhere.
        ConcurrentPromotion: Somebody else started one meanwhile.
        LogUnavailable: The logs do not answer.
    """
    from lifecycle_core.adapters.experiment_counting import Numbers, count_balance
    from lifecycle_core.adapters.files import digest_bytes, read_text
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.experimenting import (
        all_columns,
        balance,
        plan_from_text,
        require_costs,
        require_startable,
        require_units,
        start,
    )
    from lifecycle_core.monitoring.windows import calendar_of
    from lifecycle_core.schema.experiment import (
        ExperimentStatus,
        FrozenExperiment,
        FrozenRelease,
    )

    file = Path(plan)
    stated = plan_from_text(read_text(file), str(file))
    settings = load_settings()
    ledger = ledger_of(settings)
    champion, evidence = champion_of(settings, stated.release)
    declared = evidence.release_file
    history = ledger.history(stated.release)
    require_startable(stated, history)
    require_units(stated, declared.workflow.key, evidence.contract)
    acts = declared.model.task == "classification"
    require_costs(stated, declared.costs, acts=acts)
    calendar_of(declared.review).window_at(datetime.now(UTC), stated.period)  # there are such
    treatments = {alias: ledger.resolve(f"{stated.release}@{alias}") for alias in stated.arms}
    for alias, release in treatments.items():
        if release.version == champion.version:
            raise InvalidCall(
                f"{alias} is version {release.version}, which is the champion itself.",
                hint=f"Point it at another version: nbrelease promote {stated.release} --to "
                f"{alias} --version N",
            )
    now = datetime.now(UTC)
    begins = moment_of(since, option="--since") if since is not None else now
    if begins > now:
        raise InvalidCall(
            f"--since is {begins:%Y-%m-%d %H:%M} UTC, which is still to come.",
            hint="Start the experiment then: rows are assigned as soon as it is started.",
        )
    frozen = FrozenExperiment(
        plan=stated,
        plan_digest=digest_bytes(stated.to_json().encode()),
        file=_beside(file, settings),
        started=utc_text(begins),
        declared=utc_text(now) if begins < now else "",
        control=FrozenRelease(version=champion.version, bundle_digest=champion.bundle_digest),
        treatments={
            alias: FrozenRelease(version=found.version, bundle_digest=found.bundle_digest)
            for alias, found in treatments.items()
        },
        key=declared.workflow.key,
        acts=acts,
        costs=declared.costs,
        zone=declared.review.time_zone,
        year_starts=declared.review.fiscal_year_starts,
        fiscal_weeks=declared.review.fiscal_weeks,
    )
    days = stated.history_days or 28
    flush(settings.log, settings.write_ahead_logs)
    numbers = Numbers(*all_columns(stated))
    counts = count_balance(settings.log, frozen, numbers, days=days, until=begins)
    checked = balance(stated, counts, days=days)
    frozen = frozen.model_copy(update={"balance": checked})
    if not checked.passed and not despite:
        return ExperimentStatus(frozen=frozen, state="refused", reason=checked.note)
    return start(frozen, history, ledger=ledger, actor=identify(actor))


def read_experiment(
    release: str, *, name: str | None = None, as_of: datetime | str | None = None
) -> Readout:
    """Read an experiment: whether it can be trusted, what it shows, what follows by its rule.

    Args:
        release: Name of the release.
        name: Of the experiment; the last one that was started if None.
        as_of: Nothing that was said later counts; now if None.

    Raises:
        InvalidCall: There is no such experiment, or the moment is before its start.
        ReleaseNotFound: There is no such release.
        LedgerBroken: The ledger of the experiments was changed.
        LogUnavailable: The logs do not answer.
    """
    from lifecycle_core.adapters.experiment_counting import Numbers, count_experiment
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.experimenting import all_columns, chosen, read, span_of

    moment = moment_of(as_of)
    settings = load_settings()
    status = _with_changes(chosen(ledger_of(settings).history(release), name), settings)
    frozen = status.frozen
    if moment < datetime.fromisoformat(frozen.started):
        raise InvalidCall(
            f"--as-of is {moment:%Y-%m-%d %H:%M} UTC, before the experiment {frozen.plan.name} "
            f"was started at {frozen.started}.",
            hint="Read it as of a later moment.",
        )
    span = span_of(status, moment)
    flush(settings.log, settings.write_ahead_logs)
    windows = _windows(status, span.start, span.until)
    numbers = Numbers(*all_columns(frozen.plan))
    return read(status, count_experiment(settings.log, frozen, span, numbers, windows), span)


def stop_experiment(release: str, *, reason: str, actor: str | None = None) -> ExperimentStatus:
    """End the running experiment of a release: the champion answers for all units from now on.

    Args:
        release: Name of the release.
        reason: Why; it must not be empty.
        actor: Who stops it; found out if None.

    Raises:
        InvalidCall: None is running, or there is no reason.
        ReleaseNotFound: There is no such release.
        ConcurrentPromotion: Somebody else stopped it meanwhile.
    """
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.experimenting import stop

    settings = load_settings()
    ledger = ledger_of(settings)
    stopped = stop(ledger.history(release), reason=reason, ledger=ledger, actor=identify(actor))
    return _with_changes(stopped, settings)


def show_experiment(release: str, *, name: str | None = None) -> ExperimentStatus:
    """Return an experiment as it was frozen, and how it stands.

    Args:
        release: Name of the release.
        name: Of the experiment; the last one that was started if None.

    Raises:
        InvalidCall: There is no such experiment.
        ReleaseNotFound: There is no such release.
        LedgerBroken: The ledger of the experiments was changed.
    """
    from lifecycle_core.experimenting import chosen

    settings = load_settings()
    return _with_changes(chosen(ledger_of(settings).history(release), name), settings)


def experiments(release: str) -> Experiments:
    """Return all experiments of a release, the oldest first.

    Raises:
        ReleaseNotFound: There is no such release.
        LedgerBroken: The ledger of the experiments was changed.
    """
    from lifecycle_core.experimenting import all_of

    return all_of(ledger_of(load_settings()).history(release))


def _with_changes(status: ExperimentStatus, settings: Settings) -> ExperimentStatus:
    """Say what the plan's file says otherwise than what was frozen, if it is still there."""
    from lifecycle_core.adapters.files import read_text
    from lifecycle_core.experimenting import changes, plan_from_text

    frozen = status.frozen
    file = settings.project / frozen.file
    if not frozen.file or not file.is_file():
        return status
    try:
        found = changes(frozen.plan, plan_from_text(read_text(file), frozen.file))
    except LifecycleError:
        found = (f"{frozen.file} can no longer be read as a plan",)
    return status.model_copy(update={"changes": found})


def _windows(status: ExperimentStatus, start: datetime, until: datetime) -> tuple[Window, ...]:
    from lifecycle_core.monitoring.windows import BusinessCalendar

    frozen = status.frozen
    calendar = BusinessCalendar(
        zone=frozen.zone, year_starts=frozen.year_starts, weeks=frozen.fiscal_weeks
    )
    window = calendar.window_at(start, frozen.plan.period)
    found = [window]
    while datetime.fromisoformat(window.end) < until:
        window = calendar.next(window)
        found.append(window)
    return tuple(found)


def _beside(file: Path, settings: Settings) -> str:
    """Return where a file is, as the project sees it."""
    whole, project = file.resolve(), settings.project.resolve()
    return str(whole.relative_to(project) if whole.is_relative_to(project) else whole)
