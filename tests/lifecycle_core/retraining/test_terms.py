from __future__ import annotations

from datetime import date

import pytest

from lifecycle_core.errors import InvalidCall, ReleaseFileInvalid
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.retraining import parameters_for, require_terms
from lifecycle_core.schema.retraining_terms import RetrainingSection


def section(**fields: object) -> RetrainingSection:
    return RetrainingSection.model_validate(fields)


@pytest.mark.parametrize(
    ("fields", "said", "hint"),
    [
        ({"policy": "on_schedule"}, "on_schedule", "every"),
        ({"policy": "on_trigger"}, "on_trigger", "trigger"),
        ({"policy": "on_proof"}, "on_proof", "costs"),
        ({"horizon": 1}, "confirmations", "no more"),
        (
            {"policy": "on_proof", "costs": {"compute": 1}, "backtest_windows": 1},
            "only 1 windows", "backtest_windows",
        ),
        ({"parameters": {"until": "{untill}"}}, "{untill}", "`{until}`"),
        ({"parameters": {"until": "{0}"}}, "{0}", "labels_until"),
        ({"parameters": {"until": "{until!r}"}}, "{until}", "until"),
        ({"parameters": {"until": "{until.__class__}"}}, "__class__", "until"),
        ({"parameters": {"until": "{until"}}, "expected '}'", "twice"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_kept_are_refused(
    fields: dict[str, object], said: str, hint: str
) -> None:
    with pytest.raises(InvalidCall) as caught:
        require_terms(section(**fields))
    assert said in str(caught.value)
    assert hint in (caught.value.hint or "")


def test_terms_that_hang_together_are_accepted() -> None:
    require_terms(RetrainingSection())
    require_terms(section(policy="on_schedule", every=4))
    require_terms(section(policy="on_proof", costs={"labels": 1}, parameters={"n": 3, "b": "{{}}"}))


def test_places_are_filled_in_and_other_values_stay() -> None:
    stated = section(
        parameters={"data": "data/{window}.csv", "until": "{labels_until}", "C": 0.5, "b": "{{x}}"}
    )
    found = parameters_for(stated, until=date(2026, 4, 1), before="2026-03", maturity_days=30.5)
    assert found == {"data": "data/2026-03.csv", "until": "2026-03-01", "C": 0.5, "b": "{x}"}


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("retraining:\n  polcy: on_proof\n", 2, "Did you mean `policy`?"),
        ("retraining:\n  costs:\n    lables: 3\n", 3, "Did you mean `labels`?"),
    ],
)
def test_an_unknown_key_of_the_release_file_names_the_nearest(
    text: str, line: int, hint: str
) -> None:
    with pytest.raises(ReleaseFileInvalid) as caught:
        parse_release(text, where="release.yaml", name="churn")
    assert f"line {line}: unknown key" in str(caught.value)
    assert caught.value.hint == hint
