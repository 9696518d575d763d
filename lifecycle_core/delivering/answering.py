"""Answer the rows of a request: score, decide, and fall back where that cannot be.

    Inquiry: parts, checked --score--> scores --decide--> answers
                           `--fall back--> answers, with the cause

Nothing here knows of a clock, a network or a log: moments come in as arguments. Several requests
are answered together, since a model takes many rows in nearly the time of one.
"""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.delivering.fallbacks import Asked
from lifecycle_core.delivering.inquiring import Part, only
from lifecycle_core.delivering.last_scores import LastScore
from lifecycle_core.delivering.serving import NOT_FINITE
from lifecycle_core.schema.serving import SHADOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lifecycle_core.delivering.inquiring import Inquiry
    from lifecycle_core.delivering.row_checks import Columns
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.prediction import Reason
    from lifecycle_core.schema.serving import Cause

    Decision = bool | float | None

_FEW = 8
"""Rows of a request up to which the release before is asked though time is short."""


class Answer(NamedTuple):
    """What is said about one row.

    Attributes:
        served: The release that said it.
        arm: `champion`, or an arm of an experiment: that of the unit, whoever answered for it.
        score: In the model's unit; None where a fallback has none.
        decision: None where nothing could answer.
        cause: Why the model did not answer; empty if it did.
        used: The fallback that answered; empty if the model did, or none could.
        reasons: The factors that moved the model's score most, where they were asked for.
        hurried: They were asked for, and there was no time to find them.
    """

    served: Served
    arm: str
    score: float | None
    decision: Decision
    cause: Cause | str = ""
    used: str = ""
    reasons: tuple[Reason, ...] = ()
    hurried: bool = False


def answer_all(
    inquiries: Sequence[Inquiry], late: Callable[[int], bool] = lambda _: False
) -> list[tuple[list[Answer], str]]:
    """Answer several requests with one call of each model.

    Args:
        inquiries: None of them refused.
        late: Whether the one at this position has no time for the reasons of another row.

    Returns:
        For each request one answer a row, and the type of what a model raised, or nothing. Where
        a model raises over several requests, each is asked again by itself, so that one does not
        spoil the others.
    """
    scores: dict[int, list[float] | str] = {}
    for served, parts in _by_release(inquiries):
        together = [part.scorable for part in parts]
        found = served.scores(_joined(together))
        if isinstance(found, str) and len(parts) > 1:
            scores |= {
                id(part): served.scores(some) for part, some in zip(parts, together, strict=True)
            }
            continue
        start = 0
        for part in parts:
            end = start + len(part.good)
            scores[id(part)] = found if isinstance(found, str) else found[start:end]
            start = end
    return [_assembled(inquiry, scores, partial(late, at)) for at, inquiry in enumerate(inquiries)]


def explain(inquiry: Inquiry, answers: Sequence[Answer], late: Callable[[], bool]) -> list[Answer]:
    """Return answers with the reasons that there was no time for.

    Args:
        inquiry: The request.
        answers: One for each of its rows.
        late: Whether there is still none for another row.
    """
    found = list(answers)
    for part in inquiry.parts:
        for at in part.good:
            row = part.rows[at]
            if found[row].hurried and not late():
                reasons = part.served.reasons(part.checked.columns, at)
                found[row] = found[row]._replace(reasons=reasons, hurried=False)
    return found


def fall_back(inquiry: Inquiry, cause: Cause) -> list[Answer]:
    """Answer every row at once, without its model.

    The release before is asked about a few rows, if it is compiled: there is time for no more.

    Args:
        inquiry: The request.
        cause: Why.
    """
    answers: list[Answer | None] = [None] * inquiry.rows
    for part in inquiry.parts:
        for at, row in enumerate(part.rows):
            answers[row] = _substitute(inquiry, part, at, cause, prompt=True)
    return [answer for answer in answers if answer is not None]


def shadowed(inquiry: Inquiry) -> tuple[list[tuple[int, Answer]], str]:
    """Score a request's rows with the shadow, after it was answered.

    Returns:
        The rows that its contract lets pass, with its answers, and the type of what it raised;
        those whose score is no number are left out.
    """
    served = inquiry.lineup.shadow
    if served is None:
        return [], ""
    columns, rows = inquiry.lineup.told(served, inquiry.columns), range(inquiry.rows)
    part = Part.of(served, SHADOW, columns, rows, now=inquiry.now)
    scores = served.scores(part.scorable)
    if isinstance(scores, str):
        return [], scores
    pairs = [(row, s) for row, s in zip(part.good, scores, strict=True) if isfinite(s)]
    raised = NOT_FINITE if len(pairs) < len(scores) else ""
    return [(row, Answer(served, SHADOW, s, served.decide(s))) for row, s in pairs], raised


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


def _assembled(
    inquiry: Inquiry, scores: dict[int, list[float] | str], late: Callable[[], bool]
) -> tuple[list[Answer], str]:
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
        for at, score in zip(part.good, found, strict=True):
            if not isfinite(score):
                raised = NOT_FINITE
                answers[rows[at]] = _substitute(inquiry, part, at, "model_error", prompt=False)
                continue
            hurried = inquiry.explained and served.explainer is not None and late()
            explained = inquiry.explained and not hurried
            reasons = served.reasons(part.checked.columns, at) if explained else ()
            decision = served.decide(score)
            answers[rows[at]] = Answer(served, arm, score, decision, "", "", reasons, hurried)
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
    if previous is not None and (not prompt or (previous.compiled and inquiry.rows <= _FEW)):
        earlier = partial(_earlier, previous, inquiry, row)
    values = {name: vs[at] for name, vs in part.checked.columns.items()}
    given = served.fallbacks.substitute(Asked(values, inquiry.keys[row], inquiry.now, earlier))
    if given is None:
        return Answer(served, part.arm, None, None, cause)
    answered = served
    if given.used == "previous_release" and previous is not None:
        answered = previous
    return Answer(answered, part.arm, given.score, given.decision, cause, given.used)


def _earlier(previous: Served, inquiry: Inquiry, row: int) -> tuple[float, bool | float] | None:
    """Ask the release before about one row, under its own contract."""
    columns = inquiry.lineup.told(previous, only(inquiry.columns, [row]))
    checked = previous.checks.check(columns, 1, now=inquiry.now)
    if checked.bad:
        return None
    scores = previous.scores(checked.columns)
    if isinstance(scores, str) or not isfinite(scores[0]):
        return None
    return scores[0], previous.decide(scores[0])
