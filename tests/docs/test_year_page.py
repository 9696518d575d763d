"""What is shown of the year of flights is what was found: the picture, and the page's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.year_of_flights.picture import draw
from docs.year_of_flights.results import Year
from docs.year_of_flights.telling import shown, summary

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def year() -> Year:
    return Year.from_json((ROOT / "docs" / "year_of_flights.json").read_text())


def test_the_picture_is_drawn_from_what_was_found(year: Year) -> None:
    assert (ROOT / "docs" / "year_of_flights.svg").read_text() == draw(year)
    assert len(year.months) == 9


def test_the_page_shows_what_was_found(year: Year) -> None:
    page = (ROOT / "README.md").read_text()
    assert summary(year).strip() in page
    assert shown(year) in page
