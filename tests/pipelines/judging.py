"""Say whether a compiled package gives what its notebook gives, and whether its steps are good.

    from tests.pipelines.judging import judge
    judge(case, folder_of_the_notebook, folder_of_the_package, truth)

It believes nothing that the compiler says of itself: the package is run in a clean process in which
nbrelease cannot be imported, and every value is compared with one that a plain execution gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.pipelines.executing import run_notebook, run_package
from tests.pipelines.portrait import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from tests.pipelines.case import Case
    from tests.pipelines.generate import Truth

Verdict = Literal[
    "equal",  # every variable that can be exported is there and the same
    "missing",  # what is there is the same; some variables are not there
    "wrong",  # a value is another one, and the compiler said that all is proven
    "error",  # the package fails, or needs nbrelease
    "refused",  # rightly: it was expected or allowed, and the reason helps
    "refused badly",  # rightly, and the reason does not name the place or the thing
    "refused wrongly",  # it should have compiled
    "accepted wrongly",  # it should have been refused
    "no answer",  # the command line gave no record
]
GOOD: tuple[Verdict, ...] = ("equal", "refused")
SILENT: tuple[Verdict, ...] = ("wrong", "error", "accepted wrongly")
# Two processes may sum in another order where a library uses threads.
RTOL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What came of a case.

    Attributes:
        detail: Which names, and how they differ; or the refusal's reason.
        missing: Variables that are alive at the end and are not exported.
        exact: Whether all floating point numbers are the same to the last bit.
        facts: What of the case's facts does not hold of the steps.
        steps: How many there are.
    """

    verdict: Verdict
    detail: str = ""
    missing: tuple[str, ...] = ()
    exact: bool = True
    facts: tuple[str, ...] = ()
    steps: int = 0


def judge(case: Case, folder: Path, package: Path, truth: Truth) -> Judgement:
    """Run a package and compare what it gives.

    Args:
        case: What is expected.
        folder: The notebook's; it is copied.
        package: The package's own folder, `.../pipelines/NAME`.
        truth: What plain execution gives.
    """
    if case.expect == "refuse":
        return Judgement(verdict="accepted wrongly", detail=case.why)
    ran = run_package(package, folder)
    if ran.error:
        return Judgement(verdict="error", detail=ran.error)
    wrong, exact = differences(truth.values, ran.values, case.loose)
    if wrong:
        return Judgement(verdict="wrong", detail=wrong)
    asked = {*truth.required} - {*truth.parameters}
    missing = tuple(sorted(asked - ran.values.keys()))
    verdict: Verdict = "missing" if missing else "equal"
    return Judgement(verdict=verdict, detail=", ".join(missing), missing=missing, exact=exact)


def differences(
    wanted: Mapping[str, Any], got: Mapping[str, Any], loose: Iterable[str] = ()
) -> tuple[str, bool]:
    """Compare two sets of values by name.

    Returns:
        The first differences in words, empty if there are none; and whether all is exact.
    """
    found, exact = [], True
    for name, value in sorted(got.items()):
        if name in {*loose} or name not in wanted:
            continue  # what the notebook deleted again, a step may still have given
        if same(wanted[name], value):
            exact = False
            if told := same(wanted[name], value, RTOL):
                found.append(f"{name}: {told}")
    return "; ".join(found[:4]), exact


def judge_refusal(case: Case, refusals: Sequence[Mapping[str, Any]]) -> Judgement:
    """Say whether a refusal is right and helps its reader."""
    said = " | ".join(f"{each['reason']} {each.get('hint', '')}" for each in refusals)
    named = " ".join(name for each in refusals for name in each.get("names", ()))
    if case.expect == "compile":
        return Judgement(verdict="refused wrongly", detail=said)
    words = [word.lower() for word in case.refuse.words]
    tells = not words or any(word in f"{said} {named}".lower() for word in words)
    cells = {case.cell(snippet) for snippet in case.refuse.at}
    placed = not cells or any(cells & {*each.get("cells", ())} for each in refusals)
    verdict: Verdict = "refused" if refusals and tells and placed else "refused badly"
    return Judgement(verdict=verdict, detail=said)


def judge_steps(case: Case, pipeline: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which of a case's facts do not hold, a sentence each."""
    steps, facts = pipeline["steps"], case.facts
    by_name = {step["name"]: step for step in steps}
    of_cell = {cell: step["name"] for step in steps for cell in step["cells"]}
    told = []
    low, high = facts.steps
    if not low <= len(steps) <= high:
        told.append(f"{len(steps)} steps, wanted {low} to {high}")
    told += [f"no step {name}" for name in facts.named if name not in by_name]
    for group in facts.together:
        places = {of_cell.get(case.cell(snippet)) for snippet in group}
        if len(places) > 1:
            told.append(f"{group} are not one step but {sorted(map(str, places))}")
    for one, other in facts.apart:
        first, second = (of_cell.get(case.cell(snippet)) for snippet in (one, other))
        if first is None or second is None or first == second:
            told.append(f"{one!r} and {other!r} are not two steps")
        elif first in _upstream(second, by_name) or second in _upstream(first, by_name):
            told.append(f"{first} and {second} need each other")
    for wanted, part in ((facts.takes, "inputs"), (facts.gives, "outputs")):
        for snippet, names in wanted.items():
            place = of_cell.get(case.cell(snippet))
            has = {each["name"] for each in by_name[place][part]} if place else set()
            if lacking := sorted({*names} - has):
                told.append(f"{place or 'no step'} has no {', '.join(lacking)} in its {part}")
    takes = {each["name"] for each in pipeline["parameters"]}
    told += [f"no parameter {name}" for name in facts.parameters if name not in takes]
    return tuple(told)


def _upstream(name: str, by_name: Mapping[str, Any]) -> set[str]:
    """Return the steps that must have run before one."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        step = by_name[waiting.pop()]
        before = {each["step"] for each in step["inputs"]} | {*step["after"]}
        waiting += before - found
        found |= before
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What an edit of one cell changes, found by execution.

    Attributes:
        edited: The cell.
        sets: By cell, the variables, files and generators that it sets otherwise than before the
            edit. Those that are no variables stand in angle brackets.
        states: By cell, what differs after it between the two runs.
    """

    edited: int
    sets: tuple[frozenset[str], ...]
    states: tuple[frozenset[str], ...]

    @property
    def changed(self) -> tuple[int, ...]:
        """The edited cell, and all that set something otherwise."""
        return tuple(at for at, names in enumerate(self.sets) if names or at == self.edited)


def consequences(case: Case, folder: Path) -> Consequences:
    """Execute a notebook as it is and edited, and compare cell by cell.

    Raises:
        RuntimeError: One of the two runs fails.
    """
    old_cells, new_cells = case.parsed(), case.mutated()
    old, new = (run_notebook(cells, folder, trace=True) for cells in (old_cells, new_cells))
    if old.error or new.error:
        raise RuntimeError(f"{case.name}: {old.error or new.error}")
    pairs = zip(old_cells, new_cells, strict=True)
    edited = next(at for at, (one, other) in enumerate(pairs) if one != other)
    sets, states = [], []
    before: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    for after in zip(old.trace, new.trace, strict=True):
        set_here = [_set_here(*both) for both in zip(before, after, strict=True)]
        sets.append(_otherwise(*set_here))
        states.append(_otherwise(*after))
        before = after
    return Consequences(edited=edited, sets=tuple(sets), states=tuple(states))


def _set_here(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    """Return what a cell set, and to what; None if it took it away."""
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def _otherwise(one: Mapping[str, str | None], other: Mapping[str, str | None]) -> frozenset[str]:
    """Return the names that are in one of the two only, or differ."""
    missing = object()
    return frozenset(
        name for name in {*one, *other} if one.get(name, missing) != other.get(name, missing)
    )


def should_run(
    effects: Consequences, pipeline: Mapping[str, Any]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the steps that must run again after the edit, and those that may.

    A step must if one of its cells sets otherwise what the step gives, a file or a generator. It is
    not enough that a cell does: what else stands in it, such as a constant, may belong to other
    steps. A step may if one of its cells is the edited one or sets anything otherwise; if an input
    is otherwise: it cannot know that it does not matter; or if it stands after a step that may by
    files or state.
    """
    steps = pipeline["steps"]
    must = {step["name"] for step in steps if _gives_otherwise(step, effects)}
    may = must | {step["name"] for step in steps if {*step["cells"]} & {*effects.changed}}
    cells_of = {step["name"]: step["cells"] for step in steps}
    for step in steps:
        for taken in step["inputs"]:
            made = cells_of.get(taken["step"], ())
            if made and taken["name"] in effects.states[max(made)]:
                may.add(step["name"])
        if {*step["after"]} & may:
            may.add(step["name"])
    return frozenset(must), frozenset(may)


def _gives_otherwise(step: Mapping[str, Any], effects: Consequences) -> bool:
    gives = {output["name"] for output in step["outputs"]}
    return any(
        name in gives or name.startswith("<")
        for cell in step["cells"]
        for name in effects.sets[cell]
    )


def stale_results(run: Mapping[str, Any], pipeline: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the variables that a run gave and that are not what was proven: `STEP.VARIABLE`.

    A step that was taken for fresh and is not shows itself here, by value.

    Args:
        run: The record of a run with the notebook's own parameters and files.
        pipeline: The record of the pipeline that was run. The notebook's own digests stand in it.
    """
    proven = {
        (step["name"], output["name"]): output["digest"]
        for step in pipeline["steps"]
        for output in step["outputs"]
        if output["digest"] and not output["note"]
    }
    given = {
        (step["name"], output["name"]): output["digest"]
        for step in run["steps"]
        for output in step["outputs"]
    }
    return tuple(".".join(at) for at, digest in proven.items() if given.get(at) != digest)
