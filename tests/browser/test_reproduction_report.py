"""`%reproduce` in a real JupyterLab and in Notebook 7: a deleted cell comes back, meanwhile."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import open_notebook, run_cell
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Lab

pytestmark = pytest.mark.browser

CELLS = (
    "%load_ext nbext",
    "import random, time\nbase = 2",
    "threshold = 0.3  # to be deleted",
    "time.sleep(2)\nprint(random.random())",
    "print(base * threshold)",
    "%reproduce",
    "6 * 7",
)
DELETED, REPRODUCE, OTHER = 2, 4, 5  # the last two as they stand after the first is deleted


@pytest.fixture(params=["lab", "notebook_7"])
def jupyter(request: pytest.FixtureRequest) -> Lab:
    """Each application in turn."""
    server: Lab = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def project(jupyter: Lab, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder with one notebook. To be asked for before the page, which it then outlives.

    Each test has a folder of its own: the server keeps a notebook's kernel, and a second notebook
    of the same name would get it, in a folder that is gone.
    """
    folder = jupyter.folder / request.node.name
    folder.mkdir()
    write_notebook(folder / "churn.ipynb", *CELLS)
    yield folder
    shutil.rmtree(folder)


def test_a_deleted_cell_comes_back(project: Path, page: Page, jupyter: Lab, tmp_path: Path) -> None:
    open_notebook(page, jupyter.address, f"{project.name}/churn.ipynb", where=jupyter.where)
    for index in range(5):
        run_cell(page, index)
    page.evaluate(
        """async (index) => {
            const { commands, shell } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = index;
            await commands.execute('notebook:delete-cell');
            await shell.currentWidget.context.save();
            // The server renames it; JPY_SESSION_NAME still says the old name.
            await shell.currentWidget.context.rename('renamed.ipynb');
        }""",
        DELETED,
    )
    run_cell(page, REPRODUCE)
    running = page.get_by_role("region", name="Reproduction under way")
    running.wait_for()
    run_cell(page, OTHER)
    assert output(page, OTHER) == "42"
    assert running.is_visible()  # the session went on meanwhile
    assert "renamed.ipynb as last saved, found through Jupyter's server" in running.inner_text()
    running.get_by_text("cell 3 of 6").wait_for()
    assert running.get_by_role("progressbar", name="Running the notebook").is_visible()
    page.screenshot(path=tmp_path / "running.png")

    report = page.get_by_role("region", name="Reproduction", exact=True)
    report.wait_for()
    page.screenshot(path=tmp_path / "report.png")
    assert output(page, OTHER) == "42"  # and nothing of the report landed there
    lost = report.locator('[data-lost="3"]')
    assert "threshold = 0.3  # to be deleted" in lost.locator("pre").inner_text()
    assert "ran between cells 1 and 2" in lost.inner_text()
    assert lost.get_by_role("button", name="Copy").is_visible()
    differing = report.locator("details").filter(has_text="time.sleep(2)").first
    assert "Stored in the notebook" in differing.inner_text()  # the first difference is open
    failed = report.locator("summary").filter(has_text="print(base * threshold)").first
    open_by_keyboard(page, failed)
    failed.locator("xpath=..").get_by_text("'threshold' is not defined").first.wait_for()

    put_back(page, "%reproduce --restore 3")
    restored = page.locator(".jp-Cell").filter(has_text="threshold = 0.3").last
    restored.wait_for()
    assert page.locator(".jp-Cell").count() == len(CELLS)
    saved = save(page, project / "renamed.ipynb")
    kinds = saved["cells"][REPRODUCE]["outputs"][0]["data"]
    assert "threshold = 0.3" in "".join(kinds["text/html"])  # the file tells it without a kernel


@pytest.mark.parametrize("jupyter", ["lab"], indirect=True)
def test_the_keyboard_stops_it_while_another_cell_runs(
    project: Path, page: Page, jupyter: Lab
) -> None:
    open_notebook(page, jupyter.address, f"{project.name}/churn.ipynb", where=jupyter.where)
    for index in range(6):
        run_cell(page, index)
    stop = page.get_by_role("button", name="Stop the reproduction")
    stop.wait_for()
    page.evaluate(
        """() => {
            const { commands, shell } = window.jupyterapp;
            const notebook = shell.currentWidget.content;
            notebook.activeCellIndex = 6;
            notebook.activeCell.model.sharedModel.setSource('import time; time.sleep(60)');
            void commands.execute('notebook:run-cell');
        }"""
    )
    stop.focus()
    page.keyboard.press("Enter")
    page.get_by_text("The reproduction was stopped.").first.wait_for(timeout=30_000)
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")


def output(page: Page, index: int) -> str:
    """Return what stands below a cell."""
    return page.locator(".jp-Cell").nth(index).locator(".jp-OutputArea-output").inner_text().strip()


def open_by_keyboard(page: Page, summary: Locator) -> None:
    """Open details; again if the front end drew the panel anew between focus and key."""
    for _ in range(10):
        summary.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        if summary.locator("xpath=..").get_attribute("open") is not None:
            return


def put_back(page: Page, code: str) -> None:
    """Run code in the last cell."""
    page.evaluate(
        """async ([index, code]) => {
            const { commands, shell } = window.jupyterapp;
            const notebook = shell.currentWidget.content;
            notebook.activeCellIndex = index;
            notebook.activeCell.model.sharedModel.setSource(code);
            await commands.execute('notebook:run-cell');
        }""",
        [OTHER, code],
    )


def save(page: Page, path: Path) -> dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]:
    """Save the notebook and return what its file holds."""
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    found: dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]
    found = json.loads(path.read_text(encoding="utf-8"))
    return found
