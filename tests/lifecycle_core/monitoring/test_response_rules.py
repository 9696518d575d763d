from __future__ import annotations

import pytest

from lifecycle_core.errors import InvalidCall
from lifecycle_core.monitoring.response_rules import compile_rule

KNOWN = ["adoption_rate", "override_rate", "rows"]
THEN = "then escalate operations"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("adoption_rate < 0.6", True),
        ("0.5 <= adoption_rate < 0.6", True),
        ("not adoption_rate < 0.6", False),
        ("override_rate > 0.2", None),
        ("override_rate > 0.2 or adoption_rate < 0.6", True),
        ("override_rate > 0.2 and adoption_rate < 0.6", None),
        ("override_rate > 0.2 and adoption_rate > 0.6", False),
        ("not override_rate > 0.2", None),
        ("rows / (rows - 100) > 1", None),
        ("-rows * 2 == -200", True),
    ],
)
def test_what_is_not_known_stays_so(condition: str, holds: bool | None) -> None:  # noqa: FBT001 - what is expected
    rule = compile_rule(f"when {condition} {THEN}", KNOWN)
    assert rule.holds({"adoption_rate": 0.5, "override_rate": None, "rows": 100}) is holds


@pytest.mark.parametrize(
    ("seen", "fires"),
    [([0.5, 0.5], True), ([0.5, 0.9, 0.5], True), ([0.5, 0.9, 0.9, 0.5], False),
     ([0.5, 0.5, 0.9], False), ([0.5], False), ([], False), ([None, 0.5], False)],
)  # fmt: skip
def test_it_fires_on_k_of_m_windows_with_the_newest(
    seen: list[float | None], *, fires: bool
) -> None:
    rule = compile_rule(f"when adoption_rate < 0.6 for 2 of 3 windows {THEN} within 4 hours", KNOWN)
    assert rule.fires([{"adoption_rate": value} for value in seen]) is fires
    assert (rule.within_hours, rule.figures) == (4.0, ("adoption_rate",))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("adoption_rate < 0.6", "not of the form"),
        (f"when adoptoin_rate < 0.6 {THEN}", "no figure `adoptoin_rate`"),
        (f"when adoption_rate {THEN}", "is no comparison"),
        (f"when adoption_rate < True {THEN}", "`True` is not allowed"),
        (f"when adoption_rate < '1' {THEN}", "is not allowed"),
        (f"when __import__('os').system('x') < 1 {THEN}", "is not allowed"),
        (f"when rows.real < 1 {THEN}", "is not allowed"),
        (f"when rows in (1, 2) {THEN}", "is no comparison"),
        (f"when rows < {THEN}", "cannot be read"),
        (f"when rows < {'(' * 300}1 {THEN}", "cannot be read"),
        (f"when rows < {'-' * 40}1 {THEN}", "levels deep"),
        ("when rows < 1 then panic operations", "`panic` is none of"),
        ("when rows < 1 then escalate everybody", "`everybody` is none of"),
        (f"when rows < 1 for 3 of 2 windows {THEN}", "looks at 3 of 2"),
        (f"when rows < 1 for 0 windows {THEN}", "looks at 0 of 0"),
        ("when " + "x" * 600, "not of the form"),
    ],
)
def test_what_is_no_rule_says_why(rule: str, why: str) -> None:
    with pytest.raises(InvalidCall, match=why):
        compile_rule(rule, KNOWN)


def test_a_misspelt_figure_is_told_the_nearest() -> None:
    with pytest.raises(InvalidCall) as told:
        compile_rule(f"when adoptoin_rate < 0.6 {THEN}", KNOWN)
    assert told.value.hint == "Did you mean `adoption_rate`?"
