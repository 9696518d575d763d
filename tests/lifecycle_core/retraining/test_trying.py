from __future__ import annotations

import pytest

from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.retraining import aliases_by_policy, trial_of


@pytest.mark.parametrize("standing", ["worse", "not_comparable", None])
def test_what_does_not_show_itself_as_good_is_never_promoted(standing: str | None) -> None:
    assert aliases_by_policy("to_champion", standing) == ()  # type: ignore[arg-type]
    assert aliases_by_policy("to_challenger", standing) == ()  # type: ignore[arg-type]


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
