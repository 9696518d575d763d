"""What answers for a row when the model does not: the declared fallbacks, compiled, in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.delivering.expressions import compile_expression
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.serving import Fallback, FallbackKind

_SECONDS = 3600.0


class Substitute(NamedTuple):
    """An answer that is not the model's.

    Attributes:
        used: What gave it.
    """

    score: float | None
    decision: bool | float | None
    used: FallbackKind


class Asked(NamedTuple):
    """What a fallback may look at.

    Attributes:
        row: The row's values as agreed types; None where one is missing or bad.
        key: The row's business key.
        now: Seconds since 1970.
        earlier: Asks the release before; None where there is no time for it, or no such release.
    """

    row: Mapping[str, Any]
    key: str | None
    now: float
    earlier: Callable[[], tuple[float, bool | float] | None] | None


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """The fallbacks of one release.

    Attributes:
        steps: Tried in order; each gives an answer or None.
        remembers: Whether one of them asks for last scores.
        goes_back: Whether one of them asks the release before.
    """

    steps: tuple[Callable[[Asked], Substitute | None], ...]
    remembers: bool
    goes_back: bool

    def substitute(self, asked: Asked) -> Substitute | None:
        """Return the first answer that a step can give; None if none can."""
        for step in self.steps:
            if (given := step(asked)) is not None:
                return given
        return None


def compile_fallbacks(
    declared: tuple[Fallback, ...], contract: Contract, last: LastScores, *, acts: bool
) -> Fallbacks:
    """Return the declared fallbacks, ready for rows.

    Args:
        declared: In their order.
        contract: Names the features that a rule may look at.
        last: What the model said before.
        acts: A decision is to act or not; else it is a number.

    Raises:
        InvalidCall: A rule is wrong, or a decision is not of the kind that the release decides.

    Example:
        >>> from lifecycle_core.delivering.last_scores import LastScores
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> from lifecycle_core.schema.serving import Fallback
        >>> tenure = Feature(name="tenure", type="integer", required=True)
        >>> declared = (Fallback(use="rule", decision="tenure < 6"),)
        >>> contract = Contract(name="churn", features=(tenure,))
        >>> chain = compile_fallbacks(declared, contract, LastScores(), acts=True)
        >>> chain.substitute(Asked({"tenure": 3}, "7590", 0.0, None))
        Substitute(score=None, decision=True, used='rule')
    """
    steps = []
    for fallback in declared:
        match fallback.use:
            case "constant":
                steps.append(_constant(fallback, acts=acts))
            case "rule":
                steps.append(_rule(fallback, contract, acts=acts))
            case "last_score":
                steps.append(partial(_last, last, (fallback.max_age_hours or inf) * _SECONDS))
            case "previous_release":
                steps.append(_previous)
    uses = {fallback.use for fallback in declared}
    return Fallbacks(tuple(steps), "last_score" in uses, "previous_release" in uses)


def require_fallbacks(
    declared: tuple[Fallback, ...], contract: Contract, finalization: Finalization
) -> None:
    """Look whether the declared fallbacks fit a release and can answer, before there is one.

    Args:
        declared: From the release file.
        contract: Names the features that a rule may look at.
        finalization: Says of which kind decisions are.

    Raises:
        InvalidCall: One does not fit, or nothing stands behind the release before.
    """
    if declared and declared[-1].use == "previous_release":
        raise InvalidCall(
            "The last fallback is `previous_release`, want another one behind it: there may be no "
            "release before, and one that is not in ONNX is not asked when time is short.",
            hint="Add `{use: constant, decision: ...}` or a `rule` to `serving.fallback`.",
        )
    acts = finalization.rule.acts
    compile_fallbacks(declared, contract, LastScores(), acts=acts)


def _constant(fallback: Fallback, *, acts: bool) -> Callable[[Asked], Substitute | None]:
    decision, score = fallback.decision, fallback.score
    if isinstance(decision, bool) is not acts or isinstance(decision, str):
        raise _mistaken(f"decision is {decision!r}", acts=acts)
    number = None if score is None else float(score)
    given = Substitute(number, decision, "constant")
    return lambda _: given


def _rule(
    fallback: Fallback, contract: Contract, *, acts: bool
) -> Callable[[Asked], Substitute | None]:
    decision = compile_expression(str(fallback.decision), contract)
    if decision.kind != ("boolean" if acts else "number"):
        raise _mistaken(f"rule {decision.text!r} gives a {decision.kind}", acts=acts)
    score = None if fallback.score is None else compile_expression(str(fallback.score), contract)
    if score is not None and score.kind != "number":
        raise InvalidCall(
            f"The fallback's score {score.text!r} gives a {score.kind}, want a number.",
            hint="Mend `serving.fallback` in the release file.",
        )

    def step(asked: Asked) -> Substitute | None:
        decided = decision.value(asked.row)
        if decided is None or not isfinite(decided):
            return None
        number = None if score is None else score.value(asked.row)
        if number is not None and not isfinite(number):
            number = None
        return Substitute(number, decided, "rule")

    return step


def _last(last: LastScores, seconds: float, asked: Asked) -> Substitute | None:
    if asked.key is None:
        return None
    found = last.recall(asked.key, since=asked.now - seconds)
    return None if found is None else Substitute(found.score, found.decision, "last_score")


def _previous(asked: Asked) -> Substitute | None:
    found = asked.earlier() if asked.earlier is not None else None
    return None if found is None else Substitute(*found, "previous_release")


def _mistaken(what: str, *, acts: bool) -> InvalidCall:
    wanted = "true or false" if acts else "a number in the target's unit"
    return InvalidCall(
        f"The fallback's {what}; this release decides {wanted}.",
        hint="Mend `serving.fallback` in the release file.",
    )
