"""The report on reviews, made by its template notebook in a real kernel."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.engine import PapermillEngine
from lifecycle_core.adapters.reports import review_page
from lifecycle_core.adapters.reports.review_parts import figures, firings, overview
from lifecycle_core.adapters.templates import template_path
from lifecycle_core.errors import CellFailed
from lifecycle_core.schema.review_series import ReviewSeries
from tests.fakes.review_series import series
from tests.golden_files import agrees_with_golden

if TYPE_CHECKING:
    from pathlib import Path

STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)


@pytest.fixture(scope="module")
def page() -> str:
    return review_page(series(), engine=PapermillEngine())


def test_the_page_is_as_it_was(page: str) -> None:
    assert agrees_with_golden(STYLE.sub("", page), "reports/review.html")


def test_the_page_loads_and_runs_nothing(page: str) -> None:
    assert "<script" not in page
    assert "http:" not in page
    assert "https:" not in page
    assert "default-src 'none'" in page
    assert "import" not in STYLE.sub("", page)  # no code of its notebook


def test_every_picture_has_words(page: str) -> None:
    pictures = re.findall(r"<svg[^>]*>", page)
    assert pictures
    assert all('aria-label="' in each for each in pictures)


def test_what_comes_from_the_log_stays_text() -> None:
    one = series().reviews[-1]
    (fired, *_) = one.firings
    hostile = fired.model_copy(update={"name": "<script>alert(1)</script>"})
    drifted = one.drift[0].model_copy(update={"column": "<img src=x>"})
    odd = one.model_copy(update={"firings": (hostile,), "drift": (drifted,)})
    shown = firings(ReviewSeries(release="churn", reviews=(odd,))).html
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_no_review_is_no_failure() -> None:
    nothing = ReviewSeries(release="churn")
    assert "No review was kept yet" in overview(nothing).html
    assert "No rule fired" in firings(nothing).html
    assert "<svg" not in figures(nothing).html


def test_a_notebook_of_ones_own_makes_another_report_or_says_where_it_fails(tmp_path: Path) -> None:
    content = json.loads(template_path("reports/review.ipynb").read_text())
    content["cells"] = [*content["cells"][:3], {**content["cells"][-1], "source": "1 / 0"}]
    own = tmp_path / "own.ipynb"
    own.write_text(json.dumps(content))
    with pytest.raises(CellFailed, match=r"own.ipynb: cell 3 .*ZeroDivisionError"):
        review_page(series(), engine=PapermillEngine(), notebook=own)
