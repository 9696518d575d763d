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
        changed: Cells after which some variable, file or generator is otherwise than before the
            edit, though that cell itself sets it; with the edited cell.
        states: By cell, what differs after it between the two runs.
    """

    edited: int
    changed: tuple[int, ...]
    states: tuple[frozenset[str], ...]


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
    states, changed = [], {edited}
    before: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})
    for at, after in enumerate(zip(old.trace, new.trace, strict=True)):
        set_here = [_set_here(*both) for both in zip(before, after, strict=True)]
        if set_here[0] != set_here[1]:
            changed.add(at)
        names = after[0].keys() | after[1].keys()
        states.append(frozenset(n for n in names if after[0].get(n) != after[1].get(n)))
        before = after
    return Consequences(edited=edited, changed=tuple(sorted(changed)), states=tuple(states))


def _set_here(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str | None]:
    """Return what a cell set, and to what; None if it took it away."""
    names = before.keys() | after.keys()
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def should_run(
    effects: Consequences, pipeline: Mapping[str, Any]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the steps that must run again after the edit, and those that may.

    A step must if one of its cells sets something otherwise. It may if an input is otherwise: it
    cannot know that it does not matter; or if it stands after a step that must by files or state.
    """
    steps = pipeline["steps"]
    must = {step["name"] for step in steps if {*step["cells"]} & {*effects.changed}}
    may = set(must)
    cells_of = {step["name"]: step["cells"] for step in steps}
    for step in steps:
        for taken in step["inputs"]:
            made = cells_of.get(taken["step"], ())
            if made and taken["name"] in effects.states[max(made)]:
                may.add(step["name"])
        if {*step["after"]} & may:
            may.add(step["name"])
    return frozenset(must), frozenset(may)
