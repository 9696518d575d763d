"""The panel in a real JupyterLab, with a real registry: what is clicked is in the ledger."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.lab import run_all

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser


@pytest.fixture
def panel(page: Page, lab: Lab, notebook: str) -> Locator:
    """The panel, with every cell of the notebook run."""
    run_all(page, lab.address, notebook)
    found = page.locator(".nbr-panel")
    found.wait_for()
    page.get_by_text("ReleaseNotFound").wait_for()  # the last cell
    return found


def test_what_is_confirmed_is_done_and_what_is_cancelled_is_not(
    page: Page, panel: Locator, lab: Lab, tmp_path: Path
) -> None:
    before = ledger(lab)
    panel.get_by_role("button", name="Promote …").click()
    question = panel.get_by_role("alertdialog")
    question.get_by_role("button", name="Cancel").click()
    assert panel.get_by_role("button", name="Promote …").is_visible()
    assert ledger(lab) == before

    panel.get_by_role("button", name="Promote …").click()
    digest = next(event["bundle_digest"] for event in before if event["target_version"] == 2)
    assert question.get_by_role("heading").inner_text() == (
        "Promote tumours version 2 to challenger?"
    )
    assert digest in question.inner_text()
    page.screenshot(path=tmp_path / "confirm.png")
    question.get_by_label("Reason").fill("fewer misses")
    question.get_by_role("button", name="Promote version 2").click()
    panel.get_by_text("challenger points at version 2: entry").wait_for()
    event = ledger(lab)[-1]
    assert (event["action"], event["alias"], event["target_version"]) == (
        "promote", "challenger", 2,
    )  # fmt: skip
    assert (event["reason"], event["bundle_digest"]) == ("fewer misses", digest)
    assert re.search(r"version 2\s", panel.locator('[data-alias="challenger"]').inner_text())
    page.screenshot(path=tmp_path / "promoted.png")
    roll_back_by_mouse(panel, lab)


def roll_back_by_mouse(panel: Locator, lab: Lab) -> None:
    first = next(event for event in ledger(lab) if event["alias"] == "challenger")
    panel.get_by_role("button", name="Roll back …").click()
    question = panel.get_by_role("alertdialog")
    assert question.get_by_role("heading").inner_text() == (
        "Roll tumours challenger back to version 1?"
    )
    assert first["bundle_digest"] in question.inner_text()
    count = len(ledger(lab))
    question.get_by_role("button", name="Roll back to version 1").click()
    question.get_by_text("Say why").wait_for()
    assert len(ledger(lab)) == count
    question.get_by_label("Reason").fill("complaints")
    question.get_by_role("button", name="Roll back to version 1").click()
    panel.get_by_text("challenger points at version 1: entry").wait_for()
    event = ledger(lab)[-1]
    assert (event["action"], event["target_version"], event["reason"]) == (
        "rollback", 1, "complaints",
    )  # fmt: skip


def test_the_keyboard_is_enough(page: Page, panel: Locator, lab: Lab) -> None:
    panel.get_by_role("radio", name="challenger").focus()
    page.keyboard.press("Tab")
    assert focused(page) == "promote"
    page.keyboard.press("Enter")
    assert focused(page) == "reason"
    page.keyboard.press("Escape")
    assert focused(page) == "promote"
    page.keyboard.press("Enter")
    page.keyboard.type("by hand")
    page.keyboard.press("Tab")
    assert focused(page) == "confirm"
    page.keyboard.press("Enter")
    panel.get_by_text("challenger points at version 2: entry").wait_for()
    assert focused(page) == "title"
    assert ledger(lab)[-1]["reason"] == "by hand"

    panel.get_by_role("button", name="Roll back …").focus()
    page.keyboard.press("Space")
    page.keyboard.type("dd back")  # in command mode JupyterLab deletes a cell for `dd`
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    panel.get_by_text("challenger points at version 1: entry").wait_for()
    assert ledger(lab)[-1]["reason"] == "dd back"
    assert page.locator(".jp-Notebook .jp-Cell").count() == 4


def test_a_move_that_is_not_allowed_says_why(panel: Locator) -> None:
    panel.get_by_role("radio", name="champion").check()
    assert panel.get_by_role("button", name="Promote …").is_disabled()
    assert "champion needs checkpoints that are not passed: " in panel.inner_text()
    lights = {
        light.get_attribute("data-checkpoint"): light.locator(".nbr-word").inner_text()
        for light in panel.locator("details").all()
    }
    assert (lights["workflow"], lights["value"], lights["owners"]) == ("pass", "pass", "missing")
    owners = panel.locator('[data-checkpoint="owners"]')
    assert "Next:" in owners.inner_text()
    owners.locator("summary").click()
    assert "Next:" not in owners.inner_text()


def test_releases_and_errors_show(page: Page, panel: Locator) -> None:
    panel.wait_for()
    table = page.locator(".nbr").get_by_role("table").first
    assert table.get_by_role("rowheader").inner_text() == "tumours"
    shown = page.locator(".jp-Cell").last.locator(".jp-OutputArea-output").inner_text()
    assert [line.partition(":")[0] for line in shown.strip().splitlines()] == [
        "ReleaseNotFound",
        "Hint",
    ]


def test_a_narrow_window_hides_nothing(page: Page, panel: Locator, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 640, "height": 1200})
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    button = panel.get_by_role("button", name="Roll back …")
    button.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "narrow.png")
    box, frame = button.bounding_box(), panel.bounding_box()
    assert box is not None
    assert frame is not None
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]


def focused(page: Page) -> str | None:
    """Return which part of the panel has the focus."""
    found: str | None = page.evaluate("document.activeElement.dataset.focus")
    return found


def ledger(lab: Lab) -> list[dict[str, Any]]:
    """Return the ledger's events in order, by another process's reading."""
    from lifecycle_core.adapters.registry import MlflowRegistry

    home = lab.folder / ".nbrelease"
    registry = MlflowRegistry(uri=f"sqlite:///{home / 'registry.db'}", artifacts=home / "artifacts")
    return [json.loads(event.to_json()) for event in registry.events("tumours")]
