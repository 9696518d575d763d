"""The terms of retraining in a release file, with the rule that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.planning import FIGURES
from lifecycle_core.monitoring.response_rules import compile_rule
from lifecycle_core.retraining import require_terms

if TYPE_CHECKING:
    from lifecycle_core.monitoring.response_rules import ResponseRule
    from lifecycle_core.schema.release_file import ReleaseFile


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
