from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.retraining import aliases_by_policy, held_back, next_after, trial_of
from lifecycle_core.schema.finalization import DecisionRule, Interval
from lifecycle_core.schema.retraining import ChampionComparison, Contender

if TYPE_CHECKING:
    from lifecycle_core.schema.retraining import Standing


def compared(
    standing: Standing, *, broken: tuple[str, ...] = (), alias: str = "champion"
) -> ChampionComparison:
    side = Contender(
        candidate="linear",
        rule=DecisionRule(kind="threshold", value=0.5),
        cost_per_run=1.0,
        cost_interval=Interval(low=0.0, high=2.0, level=0.95),
        broken_limits=broken,
    )
    return ChampionComparison(
        release="churn", version=1, alias=alias, standing=standing, rows=900,
        scored_on="holdout", rows_per_run=900, currency="EUR", candidate=side,
    )  # fmt: skip


@pytest.mark.parametrize(
    "candidate",
    [
        compared("worse"),
        compared("not_comparable"),
        compared("better", broken=("acts on 310 rows per run, the limit is 100.",)),
        None,
    ],
)
def test_what_does_not_show_itself_as_good_is_never_promoted(
    candidate: ChampionComparison | None,
) -> None:
    assert aliases_by_policy("to_champion", candidate) == ()
    assert aliases_by_policy("to_challenger", candidate) == ()


def test_limits_that_hold_a_candidate_back_are_named() -> None:
    broken = ("acts on 310 rows per run, the limit is 100.",)
    why = "Not promoted: it acts on 310 rows per run, the limit is 100."
    assert held_back("to_challenger", compared("better", broken=broken)) == why
    assert held_back("by_hand", compared("better", broken=broken)) == ""
    assert held_back("to_challenger", compared("worse", broken=broken)) == ""
    assert held_back("to_challenger", compared("better")) == ""


def test_a_champion_is_replaced_only_by_what_it_was_compared_with() -> None:
    assert aliases_by_policy("to_champion", compared("better")) == ("challenger", "champion")
    assert aliases_by_policy("to_champion", compared("better", alias="")) == ("challenger",)


@pytest.mark.parametrize(
    ("serving", "said"),
    [
        ("", "declare `serving: {shadow: challenger}`"),
        ("serving: {shadow: candidate}", "declare `serving:"),
        ("serving: {shadow: challenger}", "in the shadow of `churn`"),
        (
            "serving: {experiment: {salt: s, arms: {challenger: 12.5}}}",
            "answers 12.5% of the units",
        ),
    ],
)
def test_the_next_step_is_what_the_service_declares(serving: str, said: str) -> None:
    assert said in trial_of(parse_release(serving, where="release.yaml", name="churn"))


@pytest.mark.parametrize(
    ("aliases", "passed", "said"),
    [
        (("challenger",), True, "--to champion`"),
        (("challenger",), False, "mend what is not passed before it becomes champion"),
        (("challenger", "champion"), True, "nbrelease status churn"),
    ],
)
def test_nobody_is_asked_to_promote_what_is_promoted(
    aliases: tuple[str, ...], *, passed: bool, said: str
) -> None:
    told = next_after("churn", aliases, passed=passed)
    assert told.endswith(said) or told.startswith(said)
    assert "--to challenger" not in told
