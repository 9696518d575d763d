from __future__ import annotations

import re

from lifecycle_core.adapters.reports import record_page
from tests.fakes.windows import review_that_fired
from tests.golden_files import agrees_with_golden

STYLE = re.compile(r"<style>.*?</style>\n?", re.DOTALL)


def test_the_page_of_a_review_is_as_it_was() -> None:
    page = record_page(review_that_fired(), heading="Review of churn, 2026-W10")
    assert agrees_with_golden(STYLE.sub("", page), "reports/record.html")


def test_a_heading_stays_text_and_nothing_is_loaded() -> None:
    page = record_page(review_that_fired(), heading="<script>alert(1)</script>")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "http://" not in page
