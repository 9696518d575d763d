"""From answers to what is said and kept: a reply for the caller, predictions for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.delivering.answering import answer_all, explain, fall_back, shadowed
from lifecycle_core.delivering.inquiring import inquire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lifecycle_core.delivering.answering import Answer
    from lifecycle_core.delivering.inquiring import Inquiry, Lineup
    from lifecycle_core.delivering.row_checks import Columns
    from lifecycle_core.schema.serving import Cause

MODEL = "model"
NOBODY = "nobody"
_SCHEMA = "nbrelease/prediction/1"


class Reply(NamedTuple):
    """What is said about the rows of one request.

    Attributes:
        answers: One for each row, for the caller.
        predictions: Those that were answered, as `schema.prediction.Prediction` has them.
        unanswered: Why no row has an answer; empty if one has.
        raised: Type of what the model raised; empty if it did not.
        given: What they say, to say it again with reasons.
    """

    answers: list[dict[str, Any]]
    predictions: list[dict[str, Any]]
    unanswered: str
    raised: str
    given: list[Answer]


class Desk:
    """Takes requests and answers them; who answers may be exchanged while it does.

    Attributes:
        lineup: Who answers requests from now on. A request keeps the one that it came under.
    """

    def __init__(self, lineup: Lineup, *, identify: Callable[[], str]) -> None:
        """Begin with a line-up.

        Args:
            lineup: Who answers.
            identify: Gives each prediction its id.
        """
        self.lineup = lineup
        self._identify = identify

    def inquire(self, columns: Columns, rows: int, *, now: float, explained: bool) -> Inquiry:
        """Route and check the rows of a request; see `inquiring.inquire`."""
        return inquire(self.lineup, columns, rows, now=now, explained=explained)

    def answer(
        self,
        inquiries: Sequence[Inquiry],
        elapsed: Callable[[], Sequence[float]],
        late: Callable[[int], bool] = lambda _: False,
    ) -> list[Reply]:
        """Answer several requests at once.

        Args:
            inquiries: None of them refused.
            elapsed: Gives, of each, the seconds since it came; asked once the scores are there, so
                that they hold the time that the model took.
            late: Whether the one at this position has no time for the reasons of another row.
        """
        found = answer_all(inquiries, late)
        latencies = elapsed()
        return [
            self._reply(inquiry, answers, latency, raised)
            for inquiry, latency, (answers, raised) in zip(inquiries, latencies, found, strict=True)
        ]

    def explain(
        self,
        inquiry: Inquiry,
        reply: Reply,
        elapsed: Callable[[], float],
        late: Callable[[], bool],
    ) -> Reply:
        """Return a reply with the reasons that there was no time for.

        Args:
            inquiry: What it replies to.
            reply: As it is.
            elapsed: Gives the seconds since the request came; asked once the reasons are there.
            late: Whether there is still no time for those of another row.
        """
        answers = explain(inquiry, reply.given, late)
        return self._reply(inquiry, answers, elapsed(), reply.raised)

    def fall_back(self, inquiry: Inquiry, cause: Cause, latency: float) -> Reply:
        """Answer a request without its model, at once."""
        return self._reply(inquiry, fall_back(inquiry, cause), latency, "")

    def shadow(self, inquiry: Inquiry, latency: float) -> tuple[list[dict[str, Any]], str]:
        """Return what the shadow says about a request, for the log, and what it raised."""
        answers, raised = shadowed(inquiry)
        return predictions_of(inquiry, answers, latency, self._identify), raised

    def _reply(self, inquiry: Inquiry, answers: list[Answer], latency: float, raised: str) -> Reply:
        given = [(row, answer) for row, answer in enumerate(answers) if answer.decision is not None]
        predictions = predictions_of(inquiry, given, latency, self._identify)
        ids = {row: made["id"] for (row, _), made in zip(given, predictions, strict=True)}
        said = [_said(ids.get(row), inquiry.keys[row], each) for row, each in enumerate(answers)]
        for refusal in inquiry.refusals:
            broken = said[refusal.row].setdefault("refusals", [])
            broken.append(refusal.model_dump(exclude={"row"}))
        return Reply(said, predictions, "" if given else answers[0].cause, raised, answers)


def predictions_of(
    inquiry: Inquiry,
    answers: Iterable[tuple[int, Answer]],
    latency: float,
    identify: Callable[[], str],
) -> list[dict[str, Any]]:
    """Return what the log keeps of answers, each with the position of its row.

    Args:
        inquiry: The request.
        answers: Position and answer.
        latency: Seconds since it came.
        identify: Gives each its id.
    """
    time = time_of(inquiry.now + latency)
    milliseconds = round(latency * 1000, 3)
    places = {
        row: (part, at) for part in inquiry.parts for at, row in enumerate(part.rows)
    }  # fmt: skip
    made: list[dict[str, Any]] = []
    for row, answer in answers:
        part, at = places[row]
        release, explainer = answer.served.release, answer.served.explainer
        made.append(
            {
                "schema": _SCHEMA,
                "id": identify(),
                "key": inquiry.keys[row],
                "time": time,
                "release": release.name,
                "version": release.version,
                "bundle_digest": release.bundle_digest,
                "arm": answer.arm,
                "features": part.served.features(part.checked, at),
                "score": answer.score,
                "decision": answer.decision,
                "reasons": answer.served.kept_reasons(answer.reasons) if answer.reasons else [],
                "latency_ms": milliseconds,
                "fallback": answer.cause,
                "explainer": explainer.name if explainer and answer.reasons else "",
            }
        )
    return made


def _said(number: str | None, key: str | None, answer: Answer) -> dict[str, Any]:
    release = answer.served.release
    said: dict[str, Any] = {
        "id": number,
        "key": key,
        "release": release.name,
        "version": release.version,
        "arm": answer.arm,
        "score": answer.score,
        "decision": answer.decision,
        "reasons": [{**vars(reason)} for reason in answer.reasons],
        "answered_by": answer.used or (NOBODY if answer.decision is None else MODEL),
        "fallback": answer.cause,
    }
    if answer.hurried:
        said["reasons_left_out"] = "deadline"
    return said
