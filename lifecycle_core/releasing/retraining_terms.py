"""The terms of retraining in a release file, with the rule that they name."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.planning import FIGURES
from lifecycle_core.monitoring.response_rules import Known, compile_rule
from lifecycle_core.retraining import require_terms
from lifecycle_core.stats.moments import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.monitoring.response_rules import ResponseRule
    from lifecycle_core.schema.release_file import ReleaseFile


_Z = NormalDist().inv_cdf(0.975)  # figures of reviews have intervals of 95%, too


def require_retraining(stated: ReleaseFile) -> None:
    """Check what a release file says about retraining, before anything is released by it.

    Raises:
        InvalidCall: The rule is none, a policy lacks what it goes by, or a parameter has a place
            that is none.
    """
    require_terms(stated.retraining)
    trigger_of(stated)


def trigger_of(stated: ReleaseFile) -> ResponseRule | None:
    """Return the compiled trigger; None if none is declared.

    Raises:
        InvalidCall: It is no response rule, or does something else than to retrain.
    """
    text = stated.retraining.trigger
    if text is None:
        return None
    rule = compile_rule(text, FIGURES)
    if rule.action != "retrain":
        raise InvalidCall(
            f"`retraining.trigger` has the action `{rule.action}`, want `retrain`.",
            hint="Other actions belong to `review.rules`.",
        )
    return rule


def fires_by(rule: ResponseRule) -> Callable[[Sequence[Mapping[str, Any]]], bool]:
    """Return what tells whether a rule fires; the mean of a sample counts with its interval.

    Example:
        >>> rule = compile_rule("when cost_per_row > 3 then retrain data", FIGURES)
        >>> fires = fires_by(rule)
        >>> [fires([{"cost_per_row": Sample(rows, 4.0, 100.0)}]) for rows in (100, 1_000)]
        [False, True]
    """

    def fires(windows: Sequence[Mapping[str, Any]]) -> bool:
        return rule.fires(
            [{name: _known(figure) for name, figure in each.items()} for each in windows]
        )

    return fires


def _known(figure: Sample | Known | float | None) -> Known | float | None:
    if not isinstance(figure, Sample):
        return figure
    reach = _Z * figure.error
    return Known(figure.mean, figure.mean - reach, figure.mean + reach, apart=True)
