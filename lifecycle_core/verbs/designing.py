"""What is done before an experiment: say how long it has to run, and write its plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from lifecycle_core.settings import ledger_of, load_settings
from lifecycle_core.verbs.downloading import verifier_of
from lifecycle_core.verbs.moments import moment_of

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.experimenting import Baseline, Wishes
    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.experiment_design import ExperimentDesign
    from lifecycle_core.schema.release import Release
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
        InvalidCall: Something is no metric, arm or share, the unit is not in the log, costs are
            measured that are not declared, the log has too little, or the file exists.
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
        require_costs,
        require_units,
        stages_from,
        stages_of,
    )

    moment = moment_of(as_of)
    file = Path(out) if out else Path(f"{release}.{name}.experiment.yaml")
    require_new(file)
    settings = load_settings()
    found, evidence = champion_of(settings, release)
    stated = evidence.release_file
    wishes.setdefault("maturity_days", stated.review.label_maturity_days)
    plan = plan_of(found.name, name, metric=metric, effect=effect, wishes=wishes)
    require_units(plan, stated.workflow.key, evidence.contract)
    acts = stated.model.task == "classification"
    require_costs(plan, stated.costs, acts=acts)
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
            acts=acts,
            as_of=moment,
            period_days=DAYS[plan.period],
        )
        currency = stated.costs.currency
        stages = stages_of(plan, counted)
        made = design(plan, stages, of_history=days, currency=currency)
    write_new(file, plan_to_text(made.plan, str(file)))
    return made.model_copy(update={"file": str(file)})


def champion_of(settings: Settings, release: str) -> tuple[Release, Evidence]:
    """Return the champion of a release, whose bundle is verified, and its evidence."""
    found = ledger_of(settings).resolve(f"{release}@champion")
    return found, verifier_of(settings)(found).evidence
