"""What lies behind drift: counts, and never a value that only a few rows have."""

from __future__ import annotations

from lifecycle_core.adapters.rendering.distributions import shares
from lifecycle_core.monitoring.distributions import distributions_of
from lifecycle_core.monitoring.keeping import content_digest
from lifecycle_core.schema.review import Review
from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts
from tests.fakes.windows import counts, review_that_fired


def plans(**rows: int) -> WindowCounts:
    """Return a window of one category."""
    column = ColumnCounts(name="plan", categories=rows, other=2, missing=1)
    return WindowCounts(rows=sum(rows.values()) + 3, columns=(column,))


def test_decision_score_and_features_are_told_of() -> None:
    found = {each.column: each for each in distributions_of(counts(4_000), counts(acted=0.6))}
    assert list(found) == ["decision", "score", "tenure", "plan"]
    assert found["decision"].before == (1_200, 2_800, 0)
    assert found["decision"].now == (600, 400, 0)
    assert found["tenure"].edges == (10.0, 20.0, 30.0)


def test_a_value_that_few_rows_have_has_no_name() -> None:
    found = distributions_of(plans(a=60, b=40, ann=4), plans(a=9, b=1, ann=30))[0]
    assert found.values == ("a", "b")
    assert (found.before, found.now) == ((60, 40, 6), (9, 1, 32))
    many = {f"v{number:02d}": 100 - number for number in range(40)}
    found = distributions_of(plans(**many), plans(**many))[0]
    assert len(found.values) == 12
    assert sum(found.before) == sum(many.values()) + 2


def test_a_side_without_rows_has_no_distribution() -> None:
    assert distributions_of(WindowCounts(), counts()) == ()
    assert distributions_of(counts(), WindowCounts()) == ()


def test_another_version_has_no_distribution_of_scores() -> None:
    found = distributions_of(counts(), counts(version="4"))
    assert [each.column for each in found] == ["tenure", "plan"]


def test_what_is_missing_is_a_line_of_its_own() -> None:
    made = shares(distributions_of(plans(a=60), plans(a=5))[0])
    assert [line["name"] for line in made["lines"]] == ["a", "any other value", "no value"]
    assert (made["rows_before"], made["rows_now"]) == (63, 8)


def test_a_review_that_was_kept_without_them_is_still_the_same() -> None:
    now = review_that_fired()
    old = Review.model_validate(now.model_dump(mode="json", exclude={"distributions"}))
    assert now.distributions
    assert not old.distributions
    assert content_digest(now) == content_digest(old)
