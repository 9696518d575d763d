"""The review panel in a real JupyterLab: windows, a distribution, an alert that is taken on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import run_all
from tests.browser.reviewed_release import keep_reviews
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_review_is_looked_into_and_acted_on(page: Page, released: Lab, tmp_path: Path) -> None:
    keep_reviews(released.folder)
    write_notebook(released.folder / "look.ipynb", "%load_ext nbext", "%review tumours --kept")
    run_all(page, released.address, "look.ipynb")
    panel = page.locator(".nbr-review")
    panel.wait_for()
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    assert "2025-05" in panel.get_by_role("heading", level=3).inner_text()

    panel.get_by_role("tab", name="Technical").focus()
    page.keyboard.press("ArrowRight")
    assert panel.get_by_role("tab", name="Data").get_attribute("aria-selected") == "true"
    column = panel.get_by_role("button", name="mean radius")
    column.focus()
    page.keyboard.press("Enter")
    behind = panel.get_by_role("region", name="mean radius: distribution")
    assert "drift" in behind.inner_text()
    bins = behind.get_by_role("rowheader").all_inner_texts()
    assert bins[0].startswith("up to ")
    assert bins[-1].startswith("above ")
    page.screenshot(path=tmp_path / "distribution.png")

    panel.get_by_role("button", name="Window before: 2025-04").click()
    panel.get_by_role("heading", level=3).filter(has_text="2025-04").wait_for()
    assert behind.is_visible()  # what was open stays open
    panel.get_by_role("button", name="2025-05", exact=False).last.click()
    panel.get_by_role("heading", level=3).filter(has_text="2025-05").wait_for()

    rule = "when drifted > 0 then escalate operations within 2 days"
    alert = panel.get_by_role("region", name="Rules that fired").get_by_role("article", name=rule)
    alert.get_by_role("button", name="Acknowledge").click()
    question = alert.get_by_role("group", name="Acknowledge")
    question.get_by_role("button", name="Acknowledge").click()
    question.get_by_text("Say why").wait_for()
    page.keyboard.type("dd the scanner was replaced")  # `dd` deletes a cell in command mode
    question.get_by_role("button", name="Acknowledge").click()
    panel.get_by_text(f"2025-05: {rule} is acknowledged, by ").wait_for()
    assert "the scanner was replaced" in alert.inner_text()
    assert alert.get_by_role("button").count() == 0
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2

    page.set_viewport_size({"width": 700, "height": 1400})
    wide = panel.evaluate("node => node.scrollWidth - node.clientWidth")
    page.screenshot(path=tmp_path / "narrow.png")
    assert wide <= 0
