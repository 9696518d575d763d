"""From a stored notebook and its clean runs to a verdict, cell by cell, and its causes.

runs --judge--> results --in doubt? more runs--> results --input rewritten? run again-->
verdict --not good? trials--> causes
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.factors import Conditions
from lifecycle_core.notebooks.plan import Plan
from lifecycle_core.reproducing.case import Case, case_of
from lifecycle_core.reproducing.causes import find_causes
from lifecycle_core.reproducing.judging import verdict_of
from lifecycle_core.reproducing.placing import without_folders
from lifecycle_core.reproducing.quoting import quoted
from lifecycle_core.reproducing.rewriting import blame, marked, rewritten_inputs, run_again
from lifecycle_core.reproducing.timings import as_cosmetic, find_timings
from lifecycle_core.reproducing.trials import HASH_SEEDS, OTHER_HASH_SEEDS, Trials
from lifecycle_core.reproducing.unrecorded import told_run
from lifecycle_core.reproducing.unshown import unshown
from lifecycle_core.schema.reproduction import EnvironmentFacts, Reproduction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.notebooks.circumstances import Circumstances
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.plan import Runs
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.finding import Finding
    from lifecycle_core.schema.reproduction import Cause, InputFile
    from lifecycle_core.schema.session import LostSource

    LookAround = Callable[[Sequence[InputFile], Mapping[str, float]], Circumstances]

_GOOD = frozenset({"identical", "cosmetic", "tolerance"})
_LUCKY = frozenset({"hash_order", "thread_order"})
"""Kinds in which two runs may agree by luck: a set of two has two orders."""
_SHADOWS = frozenset({"changed_data", "edited_after_run", "unexplained"})
"""What a rewritten input looks like to those who do not know that it is rewritten."""
_DEFAULT = Conditions()


def clean_plans(notebook: Notebook, count: int, base: Conditions = _DEFAULT) -> tuple[Plan, ...]:
    """Return the clean runs to be made, each with a hash seed of its own.

    Args:
        notebook: What is run.
        count: How many, at least 1.
        base: How they are started.
    """
    seeds = [*HASH_SEEDS, *OTHER_HASH_SEEDS, *range(5, 5 + count)][:count]
    return tuple(
        Plan(notebook=notebook, conditions=replace(base, hash_seed=seed)) for seed in seeds
    )


def reproduce(
    notebook: Notebook,
    executions: Sequence[Execution],
    *,
    rtol: float,
    environment: EnvironmentFacts,
    runs: Runs | None = None,
    base: Conditions = _DEFAULT,
    findings: Sequence[Finding] = (),
    look_around: LookAround | None = None,
    lost: Sequence[LostSource] = (),
) -> Reproduction:
    """Judge clean runs against the outputs that the notebook holds, and find why they differ.

    Args:
        notebook: The source with its stored outputs.
        executions: Its clean runs, at least one, as `clean_plans` asks for them.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        environment: Where the runs took place.
        runs: Makes further runs to find causes; None to do without.
        base: How the clean runs were started.
        findings: What reading the notebook says.
        look_around: Finds evidence outside the runs; called only if something differs.
        lost: Code that a live session ran and that the notebook no longer holds.

    Returns:
        A record that says `reproducible` only if every cell that should run did run, none failed,
        and each agrees with what is stored, in all runs.
    """
    case = case_of(notebook, tuple(executions), rtol=rtol)
    case = replace(case, findings=tuple(findings), lost=tuple(lost))
    if runs is not None:
        case = _beyond_luck(case, runs, base)
    trials = None if runs is None else Trials(case, runs, base)
    results = tuple(case.results.values())
    rewritten = rewritten_inputs(case.first)
    changed: list[int] = []
    shown: int | None = None
    if rewritten and trials and case.first.run.exit == "ok":
        changed, again, shown = run_again(case, trials)
        results = marked(results, changed, again)
    if trials and (timed := find_timings(case, trials)):
        results = as_cosmetic(results, timed)
        case = replace(case, results={result.index: result for result in results}, timed=timed)
        trials = trials.on(case)
    verdict = verdict_of(results, case.executions, case.reference)
    causes: tuple[Cause, ...] = ()
    if verdict not in _GOOD:
        if look_around is not None:
            around = look_around(case.first.inputs, case.seconds_since_reading())
            case = replace(case, circumstances=around)
        causes = find_causes(case, trials)
        if rewritten and (changed or case.stale()):
            known = (cause for cause in causes if cause.kind not in _SHADOWS)
            causes = (blame(case, rewritten, changed, shown), *known)
    record = Reproduction(
        notebook=notebook.path.name if notebook.path.is_absolute() else notebook.path.as_posix(),
        source_digest=notebook.digest,
        verdict=verdict,
        reproducible=verdict in _GOOD,
        rtol=rtol,
        cells=results,
        causes=quoted(causes, code_cells(notebook)),
        inputs=case.first.inputs,
        written=case.first.written,
        environment=environment,
        runs=tuple(map(told_run, case.executions)),
        trials=tuple(trials.done) if trials else (),
        reference=case.reference or "stored",
        unshown=unshown(case) if verdict in _GOOD else (),
    )
    return without_folders(record, case.executions)


def _held_up(plan: Plan) -> Plan:
    """Return the plan with the notebook's threads held up at random, as a busy machine does."""
    factors = replace(plan.conditions.factors, delays=plan.conditions.hash_seed)
    return replace(plan, conditions=replace(plan.conditions, factors=factors))


def _beyond_luck(case: Case, runs: Runs, base: Conditions) -> Case:
    """Make further clean runs where those there are leave room for chance.

    One run alone that differs does not tell whether the notebook differs from itself. Two that
    agree do not tell it either where the order of a set or of threads may reach a result.
    """
    verdict = verdict_of(tuple(case.results.values()), case.executions, case.reference)
    known = len(case.executions)
    lucky = any(item.kind in _LUCKY and item.severity != "info" for item in case.findings)
    if verdict not in _GOOD and known == 1:
        wanted = 2
    elif verdict in _GOOD and known > 1 and lucky:
        wanted = known + 2
    else:
        return case
    plans = clean_plans(case.notebook, wanted, base)[known:]
    if case.first.facts.threads:
        plans = tuple(map(_held_up, plans))
    more = runs.together(plans, "Running the notebook again")
    judged = case_of(case.notebook, (*case.executions, *more), rtol=case.rtol)
    return replace(judged, findings=case.findings, lost=case.lost)
