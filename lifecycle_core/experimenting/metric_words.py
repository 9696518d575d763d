"""Metrics as people type them: `money`, `accepted/answered`, `latency_ms/timed down 10%`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, get_args

from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.experiment import ExperimentMetric, Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.release import Alias

MEASURES: tuple[str, ...] = get_args(Measure)
_LOWER_IS_BETTER = {"cost", "overridden", "fallbacks", "latency_ms"}
_WORDS = re.compile(
    r"(?:(?P<name>[a-z][a-z0-9_]*)\s*=\s*)?"
    r"(?:(?P<share>share)\s+)?(?P<of>[a-z_]+)(?:\s*/\s*(?P<per>[a-z_]+))?"
    r"(?:\s+(?P<better>up|down))?(?:\s+(?P<margin>[0-9.]+%?))?"
)
_EXAMPLES = "Write money, accepted/answered, share label, or latency_ms/timed down 10%."


def metric_of(text: str, *, guardrail: bool = False) -> ExperimentMetric:
    """Return the metric that a text says.

    Args:
        text: `[NAME=]SUM`, `SUM/PER` for a ratio, `share SUM` for the units whose sum is above 0;
            then `up` or `down`, which is better; then, of a guardrail, the harm that is bearable.
        guardrail: It must not get worse: it needs a margin.

    Raises:
        InvalidCall: It says something else.

    Example:
        >>> found = metric_of("latency_ms/timed down 10%", guardrail=True)
        >>> found.name, found.better, found.margin
        ('latency_ms_per_timed', 'down', 0.1)
    """
    parts = _WORDS.fullmatch(text.strip())
    if parts is None:
        raise InvalidCall(f"{text!r} is no metric.", hint=_EXAMPLES)
    of, per = _measure(parts["of"]), _measure(parts["per"]) if parts["per"] else None
    if (parts["margin"] is None) == guardrail:
        raise InvalidCall(
            f"{text!r} has no margin, and a guardrail needs one."
            if guardrail
            else f"{text!r} has a margin, and only a guardrail has one.",
            hint="Write the harm that is bearable: latency_ms/timed down 10%."
            if guardrail
            else "Put it behind --guardrail.",
        )
    kind = "proportion" if parts["share"] else "ratio" if per else "mean"
    if parts["share"] and per:
        raise InvalidCall(f"{text!r} is a share and a ratio at once.", hint=_EXAMPLES)
    named = f"{of}_per_{per}" if per else f"share_{of}" if parts["share"] else of
    return ExperimentMetric.model_validate(
        {
            "name": parts["name"] or named,
            "of": of,
            "kind": kind,
            "per": per,
            "better": parts["better"] or ("down" if of in _LOWER_IS_BETTER else "up"),
            "margin": share_in(parts["margin"], "a margin") if parts["margin"] else None,
        }
    )


def share_in(text: str | float, what: str) -> float:
    """Return a share that is typed as `5%` or `0.05`.

    Raises:
        InvalidCall: It is none above 0 and below 1.

    Example:
        >>> share_in("5%", "--effect")
        0.05
    """
    try:
        found = float(str(text).removesuffix("%")) / (100 if str(text).endswith("%") else 1)
    except ValueError:
        found = 0.0
    if not 0 < found < 1:
        raise InvalidCall(
            f"{what} is {text!r}, want more than 0 and less than 100%.", hint="Write 5% or 0.05."
        )
    return found


def arms_of(texts: Sequence[str]) -> dict[Alias, float]:
    """Return arms that are typed as `challenger=50`.

    Raises:
        InvalidCall: One is no such thing.
    """
    arms: dict[Alias, float] = {}
    known: dict[str, Alias] = {"challenger": "challenger", "candidate": "candidate"}
    for text in texts:
        alias, _, percent = text.partition("=")
        try:
            share = float(percent.removesuffix("%"))
        except ValueError:
            share = 0.0
        if alias not in known or not 0 < share < 100:  # noqa: PLR2004 - percent
            raise InvalidCall(
                f"--arm is {text!r}, which is no arm.",
                hint="Write challenger=50 or candidate=10: an alias, and its percent of the units.",
            )
        arms[known[alias]] = share
    return arms


def looks_of(text: str) -> Literal["always"] | int:
    """Return looks that are typed as `always` or as a number.

    Raises:
        InvalidCall: It is neither.
    """
    if text == "always":
        return "always"
    if text.isdecimal():
        return int(text)
    raise InvalidCall(
        f"--looks is {text!r}, want always or a number.", hint="1 reads it once, at the end."
    )


def _measure(text: str) -> str:
    if text in MEASURES:
        return text
    near = get_close_matches(text, MEASURES, n=1)
    raise InvalidCall(
        f"The logs have nothing called {text!r} to sum.",
        hint=f"Did you mean {near[0]}?" if near else f"There are {', '.join(MEASURES)}.",
    )
