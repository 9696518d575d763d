from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.drift_map import drift_map
from lifecycle_core.adapters.rendering.trends import HEIGHT, WIDTH, seen_lines, trends
from tests.fakes.review_series import series
from tests.fakes.windows import reviewed

if TYPE_CHECKING:
    from lifecycle_core.schema.review import Review


def test_every_figure_is_drawn_or_named_once() -> None:
    reviews = series().reviews
    drawn, flat = trends(reviews)
    names = [line["name"] for line in drawn] + flat
    assert sorted(names) == sorted(
        figure.name for section in reviews[-1].sections for figure in section.figures
    )
    assert "adoption_rate" not in flat
    assert "money_cumulated" in flat


def test_a_line_lies_within_its_picture_and_says_its_values() -> None:
    drawn, _ = trends(series().reviews)
    for line in drawn:
        for x, y in line["points"]:
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
        assert line["said"].startswith("2026-W08 ")
    adoption = next(line for line in drawn if line["name"] == "adoption_rate")
    assert adoption["said"] == "2026-W08 90.0%; 2026-W09 90.0%; 2026-W10 50.0%"
    assert adoption["points"][0][1] < adoption["points"][-1][1]


def without(review: Review, name: str) -> Review:
    """Return a review in which one figure is not known."""
    sections = tuple(
        section.model_copy(
            update={
                "figures": tuple(
                    each.model_copy(update={"value": None, "interval": None})
                    if each.name == name
                    else each
                    for each in section.figures
                )
            }
        )
        for section in review.sections
    )
    return review.model_copy(update={"sections": sections})


def test_a_figure_without_a_value_leaves_a_gap_and_tells_which_window_is_the_last_known() -> None:
    *others, last = series().reviews
    drawn, _ = trends((*others, without(last, "accuracy")))
    accuracy = next(line for line in drawn if line["name"] == "accuracy")
    assert (len(accuracy["points"]), accuracy["window"]) == (2, "2026-W09")
    assert "2026-W10 not enough data" in accuracy["said"]


def test_a_window_of_before_a_figure_was_there_is_a_gap() -> None:
    old, *others = series().reviews
    bare = old.model_copy(update={"sections": ()})
    drawn, _ = trends((bare, *others))
    assert all("2026-W08 not enough data" in line["said"] for line in drawn)


def test_the_map_has_score_and_decision_first_and_a_cell_for_each_window() -> None:
    rows = drift_map(series().reviews)
    assert {rows[0]["column"], rows[1]["column"]} == {"score", "decision"}
    assert all(len(row["cells"]) == 3 for row in rows)
    last = rows[0]["cells"][-1]
    assert last["state"] == "drift"
    assert last["depth"] > 0.5
    assert "tolerance" in last["said"]


def test_a_history_of_one_window_has_no_lines() -> None:
    assert seen_lines(reviewed().history) == {}
