"""What proves a release's value: design an experiment, start it, read it, stop it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from lifecycle_core.errors import InvalidCall, LifecycleError
from lifecycle_core.settings import ledger_of, load_settings
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from lifecycle_core.experimenting import Baseline, Wishes
    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.experiment import ExperimentPlan, Experiments, ExperimentStatus
    from lifecycle_core.schema.experiment_design import ExperimentDesign
    from lifecycle_core.schema.readout import Readout
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.review import Window
    from lifecycle_core.settings import Settings


def design_experiment(
    release: str,
    name: str,
    *,
    metric: str,
    effect: float | str,
    baseline: Baseline | None = None,
    out: Path | str | None = None,
    as_of: datetime | str | None = None,
    **wishes: Unpack[Wishes],
) -> ExperimentDesign:
    """Design an experiment: how long it has to run, and the plan as a file to edit and start.

    Args:
        release: Name of the release.
        name: Of the experiment.
        metric: The one that decides: `money`, `accepted/answered`, `share label`.
        effect: That is planned for, as a share of the control's value: 0.05 or `5%`.
        baseline: Numbers to design from; the logs if None.
        out: File of the plan, which must not exist; `RELEASE.NAME.experiment.yaml` here if None.
        as_of: The moment that history is read from; now if None.
        wishes: What else the plan is to have: `arms`, `secondary`, `guardrails`, `segments`,
            `unit`, `holdout`, `period`, `history_days`, `maturity_days` (as the release file's
            review has it by default), `looks`, `level`, `power`, `least`, `worth`, `hypothesis`.

    Raises:
        InvalidCall: Something is no metric, arm or share, the unit is not in the log, the log has
            too little, or the file exists.
        ReleaseNotFound: There is no such release.
        LogUnavailable: The logs do not answer.
    """
    from lifecycle_core.adapters.experiment_counting import Numbers, count_history
    from lifecycle_core.adapters.files import require_new, write_new
    from lifecycle_core.adapters.prediction_log import flush
    from lifecycle_core.experimenting import (
        DAYS,
        all_columns,
        design,
        plan_of,
        plan_to_text,
        stages_from,
        stages_of,
    )

    moment = moment_of(as_of)
    file = Path(out) if out else Path(f"{release}.{name}.experiment.yaml")
    require_new(file)
    settings = load_settings()
    found, evidence = _champion(settings, release)
    stated = evidence.release_file
    wishes.setdefault("maturity_days", stated.review.label_maturity_days)
    plan = plan_of(found.name, name, metric=metric, effect=effect, wishes=wishes)
    _require_units(plan, evidence)
    if baseline is not None:
        made = design(plan, stages_from(plan, baseline))
    else:
        flush(settings.log, settings.write_ahead_logs)
        counted, days = count_history(
            settings.log,
            plan,
            Numbers(*all_columns(plan)),
            key=stated.workflow.key,
            costs=stated.costs,
            acts=stated.model.task == "classification",
            as_of=moment,
            period_days=DAYS[plan.period],
        )
        currency = stated.costs.currency
        stages = stages_of(plan, counted)
        made = design(plan, stages, of_history=days, currency=currency)
    write_new(file, plan_to_text(made.plan, str(file)))
    return made.model_copy(update={"file": str(file)})


def start_experiment(
    plan: Path | str, *, actor: str | None = None, despite: bool = False
) -> ExperimentStatus:
    """Freeze a plan in the ledger and start it, if its arms were alike before.

    Args:
        plan: The plan's file.
        actor: Who starts it; found out if None.
        despite: Start although the A/A check fails; the record says so.

    Returns:
        What was frozen; its state is `refused` if the A/A check failed, and nothing was started.

    Raises:
        ReleaseFileInvalid: The file is no plan.
        InvalidCall: There is no such file, an experiment runs, or an arm is the champion itself.
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
        require_startable,
        start,
    )
    from lifecycle_core.schema.experiment import (
        ExperimentStatus,
        FrozenExperiment,
        FrozenRelease,
    )

    file = Path(plan)
    stated = plan_from_text(read_text(file), str(file))
    settings = load_settings()
    ledger = ledger_of(settings)
    champion, evidence = _champion(settings, stated.release)
    history = ledger.history(stated.release)
    require_startable(stated, history)
    _require_units(stated, evidence)
    treatments = {alias: ledger.resolve(f"{stated.release}@{alias}") for alias in stated.arms}
    for alias, release in treatments.items():
        if release.version == champion.version:
            raise InvalidCall(
                f"{alias} is version {release.version}, which is the champion itself.",
                hint=f"Point it at another version: nbrelease promote {stated.release} --to "
                f"{alias} --version N",
            )
    now = datetime.now(UTC)
    declared = evidence.release_file
    frozen = FrozenExperiment(
        plan=stated,
        plan_digest=digest_bytes(stated.to_json().encode()),
        file=_beside(file, settings),
        started=_text(now),
        control=FrozenRelease(version=champion.version, bundle_digest=champion.bundle_digest),
        treatments={
            alias: FrozenRelease(version=found.version, bundle_digest=found.bundle_digest)
            for alias, found in treatments.items()
        },
        key=declared.workflow.key,
        acts=declared.model.task == "classification",
        costs=declared.costs,
        zone=declared.review.time_zone,
        year_starts=declared.review.fiscal_year_starts,
    )
    days = stated.history_days or 28
    flush(settings.log, settings.write_ahead_logs)
    numbers = Numbers(*all_columns(stated))
    counts = count_balance(settings.log, frozen, numbers, days=days, until=now)
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
    stopped = stop(
        ledger.history(release),
        reason=reason,
        ledger=ledger,
        actor=identify(actor),
        now=datetime.now(UTC),
    )
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


def _champion(settings: Settings, release: str) -> tuple[Release, Evidence]:
    found = ledger_of(settings).resolve(f"{release}@champion")
    return found, verifier_of(settings)(found).evidence


def _require_units(plan: ExperimentPlan, evidence: Evidence) -> None:
    """Refuse a plan whose unit or segments the log says nothing of."""
    key = evidence.release_file.workflow.key
    features = evidence.contract.features if evidence.contract else ()
    kept = {each.name for each in features if each.log == "value"}
    if plan.unit is None and not key:
        raise InvalidCall(
            f"The log names no unit of {plan.release}: its release file has no `workflow.key`.",
            hint="Declare the business key in the release file and release again, or name a "
            "feature that tells units apart with --unit.",
        )
    if plan.unit is not None and plan.unit not in key and plan.unit not in kept:
        raise InvalidCall(
            f"The log says nothing of {plan.unit!r}: it is neither in the business key nor a "
            "feature whose value is kept.",
            hint=f"Units may be {', '.join([*key, *sorted(kept)][:8])}.",
        )
    if lost := [name for name in plan.segments if name not in kept]:
        raise InvalidCall(
            f"The log says nothing of the segment {lost[0]!r}.",
            hint=f"Segments may be {', '.join(sorted(kept)[:8])}.",
        )


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
    calendar = BusinessCalendar(zone=frozen.zone, year_starts=frozen.year_starts)
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


def _text(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
