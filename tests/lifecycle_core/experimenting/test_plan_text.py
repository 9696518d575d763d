from __future__ import annotations

import pytest

from lifecycle_core.errors import InvalidCall, ReleaseFileInvalid
from lifecycle_core.experimenting import changes, looks_of, plan_from_text, plan_of, plan_to_text
from lifecycle_core.experimenting.metric_words import arms_of, metric_of, share_in
from tests.fakes.experiments import plan


def test_a_plan_comes_back_from_its_text() -> None:
    for stated in (plan(), plan(holdout=10, unit="shop", rule={"effect": 0.02, "looks": 3})):
        assert plan_from_text(plan_to_text(stated, "a.yaml"), "a.yaml") == stated


@pytest.mark.parametrize(
    ("text", "instead", "fact"),
    [
        ("periods: 4", "period: 4", "unknown key `period`|the key `period` stands here twice"),
        ("periods: 4", "periods: 0", "line .*`periods` is 0"),
        ("challenger: 50.0", "champion: 50.0", "`champion` is the control"),
        ("challenger: 50.0", "challenger: 100.0", "leave nothing of 100 percent"),
        ("margin: 0.1", "margin: 1.5", "margin"),
        ("effect: 0.1", "effect: no", "effect"),
        ("looks: always", "looks: sometimes", "looks"),
        ("  of: money", "  of: moneys", "of"),
        ("holdout: 0.0", "holdout: [", "not YAML"),
    ],
)
def test_a_plan_that_is_none_is_refused_with_its_line(text: str, instead: str, fact: str) -> None:
    written = plan_to_text(plan(), "a.yaml")
    assert text in written
    with pytest.raises(ReleaseFileInvalid, match=fact):
        plan_from_text(written.replace(text, instead, 1), "a.yaml")


def test_what_was_changed_is_named() -> None:
    now = plan(rule={"effect": 0.1, "level": 0.8}, guardrails=[])
    said = changes(plan(), now)
    assert "rule.level: 0.95 was frozen, 0.8 stands there now" in said
    assert any(each.startswith("guardrails[0].margin: 0.1 was frozen, nothing") for each in said)
    assert changes(plan(), plan()) == ()


@pytest.mark.parametrize(
    ("text", "guardrail", "fact"),
    [
        ("moneys", False, "nothing called 'moneys'"),
        ("money/", False, "no metric"),
        ("share label/rows", False, "a share and a ratio"),
        ("money 10%", False, "only a guardrail"),
        ("money", True, "needs one"),
        ("money up 500%", True, "margin is '500%'"),
    ],
)
def test_a_metric_that_is_none_is_refused(text: str, guardrail: bool, fact: str) -> None:  # noqa: FBT001 - parametrized
    with pytest.raises(InvalidCall, match=fact):
        metric_of(text, guardrail=guardrail)


def test_metrics_know_which_side_is_better() -> None:
    assert metric_of("cost").better == "down"
    assert metric_of("cost up").better == "up"
    assert metric_of("kept = share label").name == "kept"
    assert metric_of("share label").kind == "proportion"


@pytest.mark.parametrize("text", ["challenger", "champion=50", "challenger=0", "challenger=x"])
def test_an_arm_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidCall, match="no arm"):
        arms_of([text])


def test_numbers_that_are_none_are_refused() -> None:
    for text in ("0", "1", "x", "-5%"):
        with pytest.raises(InvalidCall, match="--effect"):
            share_in(text, "--effect")
    with pytest.raises(InvalidCall, match="--looks"):
        looks_of("often")
    with pytest.raises(InvalidCall, match="holdout"):
        plan_of("churn", "a", metric="money", effect=0.1, wishes={"holdout": 120.0})
    with pytest.raises(InvalidCall, match="`name`"):
        plan_of("churn", "A b", metric="money", effect=0.1, wishes={})
