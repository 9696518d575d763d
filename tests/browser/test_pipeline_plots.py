"""The plots of a step in the pipeline panel and in the records' HTML, on a page without Jupyter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core import verbs
from nbext.widgets.panel import script
from nbext.widgets.pipeline import PipelinePanel
from tests.fakes import pipeline_runs

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

STYLE = Path(__file__).parents[2] / "nbext" / "widgets" / "pipeline.css"
MOUNT = """
const held = {held};
const model = {{
  get: (key) => held[key],
  on: () => {{}},
  off: () => {{}},
  send: () => {{}},
}};
const made = await import(URL.createObjectURL(new Blob([{script}], {{ type: "text/javascript" }})));
made.default().render({{ model, el: document.body }});
"""


def loaded(picture: Locator) -> tuple[int, str]:
    """Return the width of a picture as the browser read it, and what is said in its place."""
    width: int = picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }")
    return width, picture.get_attribute("alt") or ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_click_on_a_step_shows_its_plots(page: Page, tmp_path: Path, theme: str) -> None:
    panel = PipelinePanel(pipeline_runs.overview())
    held = {"html": panel.html, "steps": panel.steps, "state": panel.state}
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] # one of both
    page.set_content(f"<style>{STYLE.read_text()}</style>")
    mount = MOUNT.format(held=json.dumps(held), script=json.dumps(script("pipeline.js")))
    page.add_script_tag(content=mount, type="module")
    page.get_by_role("button", name="load_data: fresh").click()
    inside = page.get_by_role("region", name="Step load_data")
    assert loaded(inside.get_by_role("img")) == (60, "Figure 1 of step load_data: Tenure by churn")
    assert "there was no room for it here" in inside.inner_text()
    assert "3 figures more" in inside.inner_text()
    page.screenshot(path=tmp_path / f"panel_{theme}.png")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_run_shows_its_plots(page: Page, tmp_path: Path, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type] # as above
    page.set_content(verbs.to_html(pipeline_runs.run()))
    page.get_by_text("Drawn by load_data (2)").click()
    picture = page.get_by_role("img", name="Figure 1 of step load_data: Tenure by churn")
    assert loaded(picture)[0] == 60
    page.screenshot(path=tmp_path / f"run_{theme}.png")
