"""Decide on retraining from real logs: what the log says, and what newer models would have done.

windows --count, review--> figures;   one model a window --train--> evidence
        --replay: all models on the same rows--> sums --decide--> the ledger with its answer
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.adapters.prediction_log.counting import CountsWindows
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.reference_profile import of_version
from lifecycle_core.adapters.window_counting import count_windows
from lifecycle_core.errors import LifecycleError
from lifecycle_core.monitoring import Counted, Plan, before_labels, plan_of, reviewed
from lifecycle_core.monitoring.windows import calendar_of, label_moments
from lifecycle_core.releasing.replaying import Replay, replay
from lifecycle_core.releasing.retraining_terms import fires_by, trigger_of
from lifecycle_core.retraining import Known, Said, decide, parameters_for
from lifecycle_core.schema.contract import Contract
from lifecycle_core.schema.retraining_decision import ExpectedLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from lifecycle_core.adapters.worker import Apart
    from lifecycle_core.monitoring.windows import BusinessCalendar
    from lifecycle_core.schema.checkpoint import Evidence
    from lifecycle_core.schema.release import Release
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.replayed_window import ReplayedWindow
    from lifecycle_core.schema.retraining_decision import RetrainingDecision
    from lifecycle_core.schema.review import Review, Window
    from lifecycle_core.schema.window_counts import WindowCounts

    Train = Callable[[Sequence[Mapping[str, Any]], Path], Sequence[Path | str]]

_OLDEST = 520  # periods


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is decided on.

    Attributes:
        release: That is in place.
        evidence: Of its verified bundle.
        as_of: Nothing that was said later counts; with a zone.
        log: Folder or URL of the log.
        registered: Versions that the registry knows.
        train: Makes a model for each mapping of parameters, with its evidence in a folder below
            the given one, or says in one line why it cannot; None if nothing can be run.
        why: Why nothing can be run.
    """

    release: Release
    evidence: Evidence
    as_of: datetime
    log: str
    registered: tuple[int, ...] = ()
    train: Train | None = None
    why: str = ""

    @property
    def stated(self) -> ReleaseFile:
        """What people decided."""
        return self.evidence.release_file


class _Looked:
    """The windows that were looked back on, oldest first, with all that was counted in them."""

    def __init__(self, asked: Asked) -> None:
        stated = asked.stated
        terms, section = stated.retraining, stated.review
        self.calendar = calendar_of(section)
        last = plan_of(section, label=None, as_of=asked.as_of)
        self.delay = self._unripe(last.window, asked)
        plan = self._longer(last, terms.backtest_windows + self.delay)
        features = asked.evidence.contract.features if asked.evidence.contract else ()
        kept = asked.evidence.reference
        found = count_windows(
            plan,
            asked.log,
            release=asked.release.name,
            stated=stated,
            features=features,
            as_of=asked.as_of,
            profile=None if kept is None else of_version(kept, asked.release.version),
        )
        read = reviewed(
            asked.release.name,
            stated,
            plan,
            Counted(**found._asdict()),
            as_of=asked.as_of,
            registered=asked.registered,
            asked=plan.looks_back if terms.trigger else 1,
        )
        self.review: Review = read.review
        many = plan.looks_back
        self.windows: list[Window] = [*plan.before, plan.window][-many:]
        self.counts: list[WindowCounts] = [*found.before, found.window][-many:]
        self.said = [
            Said(seen.figures, surely, before_labels(surely))
            for seen, surely in zip(self.review.history, read.surely, strict=True)
        ]
        self.age = self._age(asked)

    def ripe(self, version: int) -> list[int]:
        """Return the places of the last windows with final labels that a version answered in."""
        places: list[int] = []
        for place in range(len(self.windows) - self.delay - 1, -1, -1):
            if not self.counts[place].versions.get(str(version)):
                break
            places.insert(0, place)
        return places

    def _unripe(self, window: Window, asked: Asked) -> int:
        count, days = 0, asked.stated.review.label_maturity_days
        while label_moments(window, maturity_days=days)[1] > asked.as_of and count < _OLDEST:
            count, window = count + 1, self.calendar.previous(window)
        return count

    def _longer(self, plan: Plan, many: int) -> Plan:
        """Return a plan that also looks back on as many windows."""
        many = max(many, plan.looks_back)
        before = list(plan.before)
        while len(before) < plan.reference + many - 1:
            before.insert(0, self.calendar.previous(before[0]))
        return replace(plan, before=tuple(before), looks_back=many)

    def _age(self, asked: Asked) -> int:
        """Return for how many windows the version has answered, until the last complete one."""
        acts = asked.stated.model.task == "classification"
        with closing(CountsWindows(asked.log, asked.release.name, acts=acts)) as counts:
            first = counts.first_answer(asked.release.version)
        if first is None:
            return 0
        window, begun = self.windows[-1], self.calendar.window_at(first, self.windows[-1].grain)
        age = 0
        while begun.first <= window.first and age < _OLDEST:
            age, window = age + 1, self.calendar.previous(window)
        return age


def decide_on(
    asked: Asked,
    *,
    apart: Apart,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> RetrainingDecision:
    """Return whether a release is worth retraining, with the ledger that says so.

    Args:
        asked: The release, its log, and what can train.
        apart: Where models score the log's rows.
        progress: Told of each part.

    Raises:
        InvalidCall: The release file's terms are none.
        LogUnavailable: The log does not answer.
        MissingExtra: deltalake is not installed.
    """
    stated = asked.stated
    rule = trigger_of(stated)
    with told(progress, "Reading the windows of the log") as answer:
        looked = _Looked(asked)
        places = looked.ripe(asked.release.version)
        answer(f"{len(places)} with final labels")
    why = asked.why or _hindrance(stated, places)
    replayed: tuple[ReplayedWindow, ...] = ()
    notes: tuple[str, ...] = ()
    if not why:
        replayed, notes = _replayed(asked, looked, places, apart=apart, progress=progress)
        kept = {each.window for each in replayed}
        places = [at for at in places if looked.windows[at].label in kept]
        if not replayed:
            why = "No retrained model could be tried on the rows of the log."
    known = Known(
        release=asked.release.name,
        version=asked.release.version,
        as_of=looked.review.as_of,
        grain=stated.review.window,
        currency=stated.costs.currency,
        rows=_expected_rows(stated, looked.counts),
        age=looked.age,
        delay=looked.delay,
        replayed=replayed,
        said=tuple(looked.said[at] for at in places) if replayed else (),
        recent=tuple(looked.said) if any(each.rows for each in looked.counts) else (),
        estimated=None if looked.review.labels_final else _newest(looked, "estimated"),
        realised=_newest(looked, "realised") if looked.review.labels_final else None,
        trigger=fires_by(rule) if rule else None,
        why=why,
        notes=notes,
    )
    return decide(known, stated.retraining)


def _expected_rows(stated: ReleaseFile, counts: Sequence[WindowCounts]) -> float:
    """Return how many rows a period a model answers: what the fallback decides no model changes."""
    used = [each for each in counts if each.rows]
    if not used:
        return float(stated.review.expected_rows or 0)
    rows = sum(each.rows for each in used)
    answered = rows - sum(sum(each.fallbacks.values()) for each in used)
    return (stated.review.expected_rows or rows / len(used)) * answered / rows


def _hindrance(stated: ReleaseFile, places: Sequence[int]) -> str:
    """Return why no model can be tried; empty if one can."""
    if not places:
        return "No window has final labels of rows that the released version answered."
    if not stated.retraining.parameters:
        return (
            "No model can be tried: `retraining.parameters` does not say which data a period's "
            "model is trained on."
        )
    costs = stated.costs
    needed = (
        (costs.false_positive, costs.false_negative)
        if stated.model.task == "classification"
        else (costs.over, costs.under)
    )
    return "No decision in money: `costs` are not declared." if None in needed else ""


def _newest(looked: _Looked, basis: Literal["realised", "estimated"]) -> ExpectedLoss | None:
    """Return what a row of the newest window cost, or is expected to cost."""
    name = "cost_per_row" if basis == "realised" else "expected_cost_per_row"
    figure = looked.review.figure(name)
    if figure.value is None:
        return None
    return ExpectedLoss(
        value=figure.value,
        interval=figure.interval,
        basis=basis,
        window=looked.review.window.label,
    )


def _replayed(
    asked: Asked,
    looked: _Looked,
    places: Sequence[int],
    *,
    apart: Apart,
    progress: Progress,
) -> tuple[tuple[ReplayedWindow, ...], tuple[str, ...]]:
    """Train a model for each window and price all that there were until then on its rows."""
    if asked.train is None:
        return (), ()
    notes: list[str] = []
    found: list[ReplayedWindow] = []
    windows = [looked.windows[at] for at in places]
    with tempfile.TemporaryDirectory(prefix="nbrelease-backtest-") as scratch:
        made = asked.train(list(_parameters(asked.stated, looked.calendar, windows)), Path(scratch))
        folders: list[Path] = []
        with told(progress, "Trying retrained models on the log") as answer:
            for window, folder in zip(windows, made, strict=True):
                if isinstance(folder, str):
                    notes.append(f"No model could be trained for {window.label}: {folder}")
                    continue
                folders.append(folder)
                try:
                    found.append(apart.run(replay, _task(asked, window, folders)))
                except LifecycleError as error:
                    folders.pop()
                    notes.append(f"The model for {window.label} cannot be tried: {error}")
            answer(f"{len(found)} windows")
    skipped = sum(each.skipped for each in found)
    if skipped:
        notes.append(
            f"{skipped:,} labelled rows were not scored again: the log does not keep a value of "
            "every feature, or no number that costs are proportional to, or there are more than "
            "are drawn."
        )
    return tuple(found), tuple(notes)


def _parameters(
    stated: ReleaseFile, calendar: BusinessCalendar, windows: Sequence[Window]
) -> Iterator[dict[str, Any]]:
    for window in windows:
        yield parameters_for(
            stated.retraining,
            until=window.first,
            before=calendar.previous(window).label,
            maturity_days=stated.review.label_maturity_days,
        )


def _task(asked: Asked, window: Window, folders: Sequence[Path]) -> Replay:
    stated = asked.stated
    return Replay(
        address=asked.log,
        release=asked.release.name,
        version=asked.release.version,
        window=window,
        as_of=asked.as_of.astimezone(UTC),
        folders=tuple(folders),
        contract=asked.evidence.contract or Contract(name=asked.release.name, features=()),
        costs=stated.costs,
        acts=stated.model.task == "classification",
    )
