"""Answer the rows of a request: route, check, score, decide, and fall back where that cannot be.

    rows --route--> arms --check--> columns and refusals --score--> scores --decide--> answers
                                                        `--fall back--> answers, with the cause

Nothing here knows of a clock, a network or a log: moments come in as arguments. Several requests
are answered together, since a model takes many rows in nearly the time of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.delivering.fallbacks import Asked
from lifecycle_core.delivering.last_scores import LastScore
from lifecycle_core.delivering.routing import CHAMPION, arm_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.row_checks import Checked, Columns
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.serving import Cause, Refusal, ServingSection

    Decision = bool | float | None


_FEW = 8


class Answer(NamedTuple):
    """What is said about one row.

    Attributes:
        served: The release that said it.
        arm: `champion`, `previous`, or an arm of an experiment.
        score: In the model's unit; None where a fallback has none.
        decision: None where nothing could answer.
        cause: Why the model did not answer; empty if it did.
        used: The fallback that answered; empty if the model did, or none could.
    """

    served: Served
    arm: str
    score: float | None
    decision: Decision
    cause: Cause | str = ""
    used: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """The releases that answer at one moment. Whoever holds one is not touched by a promotion.

    Attributes:
        champion: Answers.
        arms: By alias, those that answer for a part of the units.
        shadow: Scores too, for the log alone.
        previous: The one before the champion, for its fallback.
        last: What was said before, by key.
    """

    champion: Served
    arms: dict[str, Served]
    shadow: Served | None
    previous: Served | None
    last: LastScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of a request that one release answers for.

    Attributes:
        rows: Their positions in the request.
        checked: What its contract says about them, in the order of `rows`.
    """

    served: Served
    arm: str
    rows: Sequence[int]
    checked: Checked

    def good(self) -> tuple[Sequence[int], Columns]:
        """Return which of its rows can be scored, counted within the part, and their columns."""
        checked = self.checked
        if not checked.bad:
            return range(len(self.rows)), checked.columns
        good = [at for at in range(len(self.rows)) if at not in checked.bad]
        return good, {name: [vs[at] for at in good] for name, vs in checked.columns.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One request under the line-up of its moment.

    Attributes:
        columns: As the request has them.
        rows: Their number.
        keys: Business key of each row.
        now: When it came, in seconds since 1970.
        refusals: What makes it be refused as a whole; empty where a fallback answers for bad rows.
    """

    lineup: Lineup
    columns: Columns
    rows: int
    keys: Sequence[str | None]
    now: float
    parts: tuple[Part, ...]
    refusals: tuple[Refusal, ...]

    @property
    def serving(self) -> ServingSection:
        """What is declared for the release that answers."""
        return self.lineup.champion.serving

    @property
    def shadowed(self) -> bool:
        """Whether a shadow scores it too."""
        return self.lineup.shadow is not None

    @property
    def quick(self) -> bool:
        """Whether compiled code alone answers, which takes a bounded, short time."""
        return self.rows <= _FEW and all(
            part.served.scorer.kind == "onnx" and not part.checked.bad for part in self.parts
        )


def inquire(lineup: Lineup, columns: Columns, rows: int, *, now: float) -> Inquiry:
    """Route and check the rows of a request.

    Args:
        lineup: Who answers.
        columns: By name, `rows` values each.
        rows: How many, at least 1.
        now: Seconds since 1970.
    """
    champion = lineup.champion
    keys = champion.keys(columns, rows)
    parts, refusals = [], []
    for served, arm, positions in _routes(lineup, columns, keys, rows):
        some = columns if len(positions) == rows else _only(columns, positions)
        checked = served.checks.check(some, len(positions), now=now)
        parts.append(Part(served=served, arm=arm, rows=positions, checked=checked))
        if checked.refusals and served.serving.bad_input == "refuse":
            refusals += [
                refusal.model_copy(update={"row": positions[refusal.row]})
                for refusal in checked.refusals
            ]
    return Inquiry(
        lineup=lineup, columns=columns, rows=rows, keys=keys, now=now, parts=tuple(parts),
        refusals=tuple(refusals),
    )  # fmt: skip


def answer_all(inquiries: Sequence[Inquiry]) -> list[tuple[list[Answer], str]]:
    """Answer several requests with one call of each model.

    Args:
        inquiries: None of them refused.

    Returns:
        For each request one answer a row, and the type of what a model raised, or nothing. Where
        a model raises over several requests, each is asked again by itself, so that one does not
        spoil the others.
    """
    scores: dict[int, list[float] | str] = {}
    for served, parts in _by_release(inquiries):
        together = [part.good()[1] for part in parts]
        found = served.scores(_joined(together))
        if isinstance(found, str) and len(parts) > 1:
            scores |= {
                id(part): served.scores(some) for part, some in zip(parts, together, strict=True)
            }
            continue
        start = 0
        for part in parts:
            end = start + len(part.good()[0])
            scores[id(part)] = found if isinstance(found, str) else found[start:end]
            start = end
    return [_assembled(inquiry, scores) for inquiry in inquiries]


def fall_back(inquiry: Inquiry, cause: Cause, *, prompt: bool = True) -> list[Answer]:
    """Answer every row without its model.

    Args:
        inquiry: The request.
        cause: Why.
        prompt: There is no time to ask the release before.
    """
    answers: list[Answer | None] = [None] * inquiry.rows
    for part in inquiry.parts:
        for at, row in enumerate(part.rows):
            answers[row] = _substitute(inquiry, part, at, cause, prompt=prompt)
    return [answer for answer in answers if answer is not None]


def shadowed(inquiry: Inquiry) -> tuple[list[tuple[int, Answer]], str]:
    """Score a request's rows with the shadow, after it was answered.

    Returns:
        The rows that its contract lets pass, with its answers, and the type of what it raised.
    """
    served = inquiry.lineup.shadow
    if served is None:
        return [], ""
    checked = served.checks.check(inquiry.columns, inquiry.rows, now=inquiry.now)
    part = Part(served=served, arm="shadow", rows=range(inquiry.rows), checked=checked)
    good, columns = part.good()
    scores = served.scores(columns)
    if isinstance(scores, str):
        return [], scores
    pairs = zip(good, scores, strict=True)
    return [(row, Answer(served, "shadow", s, served.decide(s))) for row, s in pairs], ""


def _routes(
    lineup: Lineup, columns: Columns, keys: Sequence[str | None], rows: int
) -> Iterator[tuple[Served, str, Sequence[int]]]:
    champion, experiment = lineup.champion, lineup.champion.serving.experiment
    if experiment is None or not lineup.arms:
        yield champion, CHAMPION, range(rows)
        return
    units = keys
    if experiment.unit is not None:
        values = columns.get(experiment.unit, [None] * rows)
        units = [None if value is None else str(value) for value in values]
    routed: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        arm = arm_of(unit, experiment)
        routed.setdefault(arm if arm in lineup.arms else CHAMPION, []).append(row)
    for arm, positions in routed.items():
        yield lineup.arms.get(arm, champion), arm, positions


def _only(columns: Columns, positions: Sequence[int]) -> Columns:
    return {name: [values[at] for at in positions] for name, values in columns.items()}


def _by_release(inquiries: Sequence[Inquiry]) -> Iterator[tuple[Served, list[Part]]]:
    groups: dict[int, list[Part]] = {}
    for inquiry in inquiries:
        for part in inquiry.parts:
            if len(part.checked.bad) < len(part.rows):
                groups.setdefault(id(part.served), []).append(part)
    for parts in groups.values():
        yield parts[0].served, parts


def _joined(many: Sequence[Columns]) -> Columns:
    if len(many) == 1:
        return many[0]
    return {name: [v for some in many for v in some[name]] for name in many[0]}


def _assembled(inquiry: Inquiry, scores: dict[int, list[float] | str]) -> tuple[list[Answer], str]:
    answers: list[Answer | None] = [None] * inquiry.rows
    raised = ""
    for part in inquiry.parts:
        found = scores.get(id(part), [])
        served, arm, rows = part.served, part.arm, part.rows
        if isinstance(found, str):
            raised = found
            for at, row in enumerate(rows):
                cause: Cause = "bad_input" if at in part.checked.bad else "model_error"
                answers[row] = _substitute(inquiry, part, at, cause, prompt=False)
            continue
        for at, score in zip(part.good()[0], found, strict=True):
            answers[rows[at]] = Answer(served, arm, score, served.decide(score))
        for at in part.checked.bad:
            answers[rows[at]] = _substitute(inquiry, part, at, "bad_input", prompt=False)
    if inquiry.lineup.champion.fallbacks.remembers:
        _remember(inquiry, answers)
    return [answer for answer in answers if answer is not None], raised


def _remember(inquiry: Inquiry, answers: Sequence[Answer | None]) -> None:
    for key, answer in zip(inquiry.keys, answers, strict=True):
        if key is not None and answer is not None and not answer.cause:
            last = LastScore(answer.score, answer.decision, inquiry.now)
            inquiry.lineup.last.remember(key, last)


def _substitute(inquiry: Inquiry, part: Part, at: int, cause: Cause, *, prompt: bool) -> Answer:
    served, previous = part.served, inquiry.lineup.previous
    row = part.rows[at]
    earlier = None
    if previous is not None and not prompt:
        earlier = partial(_earlier, previous, inquiry, row)
    values = {name: vs[at] for name, vs in part.checked.columns.items()}
    given = served.fallbacks.substitute(Asked(values, inquiry.keys[row], inquiry.now, earlier))
    if given is None:
        return Answer(served, part.arm, None, None, cause)
    if given.used == "previous_release" and previous is not None:
        return Answer(previous, "previous", given.score, given.decision, cause, given.used)
    return Answer(served, part.arm, given.score, given.decision, cause, given.used)


def _earlier(previous: Served, inquiry: Inquiry, row: int) -> tuple[float, bool | float] | None:
    """Ask the release before about one row, under its own contract."""
    checked = previous.checks.check(_only(inquiry.columns, [row]), 1, now=inquiry.now)
    if checked.bad:
        return None
    scores = previous.scores(checked.columns)
    if isinstance(scores, str) or not isfinite(scores[0]):
        return None
    return scores[0], previous.decide(scores[0])
