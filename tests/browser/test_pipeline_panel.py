"""`%pipeline` in a real JupyterLab and in Notebook 7: compiled, run meanwhile, looked into."""

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
    "import time\nfactor = 2",
    "%%step load_data\nnumbers = [n * factor for n in range(100)]\nprint('loaded <b>100</b>')",
    "%%step train\ntime.sleep(1.5)\nmodel = {'mean': sum(numbers) / len(numbers)}",
    "%%step evaluate\ntime.sleep(1.5)\nscore = model['mean'] - min(numbers)",
    "%pipeline compile --name churn",
    "%pipeline",
    "%pipeline run --into score",
    "# what is put here",
)
COMPILE, SHOW, RUN, OTHER = 5, 6, 7, 8


@pytest.fixture(params=["lab", pytest.param("notebook_7", marks=pytest.mark.long)])
def jupyter(request: pytest.FixtureRequest) -> Lab:
    """Each application in turn."""
    server: Lab = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def project(jupyter: Lab, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder with one notebook; to be asked for before the page, which it then outlives."""
    folder = jupyter.folder / request.node.name
    folder.mkdir()
    write_notebook(folder / "churn.ipynb", *CELLS)
    yield folder
    shutil.rmtree(folder)


def test_a_notebook_is_compiled_run_and_looked_into(
    project: Path, page: Page, jupyter: Lab, tmp_path: Path
) -> None:
    open_notebook(page, jupyter.address, f"{project.name}/churn.ipynb", where=jupyter.where)
    for index in (0, COMPILE):
        run_cell(page, index)
    page.get_by_role("region", name="Compilation").wait_for()
    assert "proven identical" in cell(page, COMPILE).inner_text()
    page.screenshot(path=tmp_path / "compiled.png")

    run_cell(page, SHOW)
    shown = cell(page, SHOW)
    train = shown.get_by_role("button", name="train: stale")
    train.click()
    inside = shown.get_by_role("region", name="Step train")
    inside.wait_for()
    assert "def train(" in inside.inner_text()
    assert "model = {'mean'" in inside.inner_text()
    assert shown.get_by_role("table").count() >= 2
    page.screenshot(path=tmp_path / "shown.png")

    run_cell(page, RUN)
    running = cell(page, RUN)
    running.get_by_role("button", name="train: running").wait_for()
    box = running.locator('[data-step="train"]')
    box.focus()
    page.keyboard.press("Enter")
    running.get_by_role("region", name="Step train").wait_for()
    running.get_by_role("button", name="evaluate: running").wait_for()
    assert focused(page) == "step train"  # nothing was drawn anew below the reader
    assert box.get_attribute("aria-expanded") == "true"
    page.screenshot(path=tmp_path / "running.png")
    running.get_by_role("button", name="evaluate: ran").wait_for()
    running.get_by_role("button", name="Stop the run").wait_for(state="detached")
    running.locator(".nbr-pipeline").wait_for()
    # The front end has drawn it anew, for the output was updated: the reader is where he was.
    page.wait_for_function("document.activeElement?.dataset?.focus === 'step train'")
    running.get_by_role("region", name="Step train").wait_for()
    open_by_keyboard(page, running.locator('[data-step="load_data"]'))
    first = running.get_by_role("region", name="Step load_data")
    assert "loaded <b>100</b>" in first.inner_text()
    page.screenshot(path=tmp_path / "ran.png")

    put(page, OTHER, "print('score' in globals())")
    assert cell(page, OTHER).locator(".jp-OutputArea-output").inner_text().strip() == "True"
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    saved = json.loads((project / "churn.ipynb").read_text(encoding="utf-8"))
    kinds = saved["cells"][RUN]["outputs"][0]["data"]
    assert "<svg" in "".join(kinds["text/html"])  # the file shows it without a kernel
    assert "train" in "".join(kinds["text/plain"])


@pytest.mark.parametrize("jupyter", ["lab"], indirect=True)
def test_the_keyboard_stops_a_run_while_another_cell_runs(
    project: Path, page: Page, jupyter: Lab
) -> None:
    slow = list(CELLS)
    slow[3] = slow[3].replace("sleep(1.5)", "sleep(20 if factor == 3 else 0)")
    slow[1] += "  # a parameter"
    path = project / "churn.ipynb"
    write_notebook(path, *slow)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1]["metadata"]["tags"] = ["parameters"]
    content["cells"][1]["source"] = "factor = 2"
    content["cells"].insert(1, {**content["cells"][1], "metadata": {}, "source": "import time"})
    content["cells"][1].pop("id", None)
    path.write_text(json.dumps({**content, "nbformat_minor": 4}), encoding="utf-8")
    open_notebook(page, jupyter.address, f"{project.name}/churn.ipynb", where=jupyter.where)
    for index in (0, COMPILE + 1):
        run_cell(page, index)
    page.get_by_role("region", name="Compilation").wait_for()
    put(page, RUN + 1, "%pipeline run --param factor=3")
    stop = page.get_by_role("button", name="Stop the run")
    stop.wait_for()
    page.get_by_role("button", name="train: running").wait_for()
    put(page, OTHER + 1, "import time; time.sleep(60)", wait=False)
    stop.focus()
    page.keyboard.press("Enter")
    page.get_by_text("The run was stopped.").first.wait_for(timeout=30_000)
    page.get_by_role("button", name="train: not run").wait_for()
    page.evaluate("window.jupyterapp.commands.execute('notebook:interrupt-kernel')")


def cell(page: Page, index: int) -> Locator:
    """Return a cell with its outputs."""
    return page.locator(".jp-Cell").nth(index)


def focused(page: Page) -> str:
    """Return what has the focus, by the name that the panel gives it."""
    found: str = page.evaluate("document.activeElement?.dataset?.focus || ''")
    return found


def open_by_keyboard(page: Page, box: Locator) -> None:
    """Open a step; again if the front end drew the panel anew between focus and key."""
    for _ in range(10):
        box.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(300)
        if box.get_attribute("aria-expanded") == "true":
            return


def put(page: Page, index: int, code: str, *, wait: bool = True) -> None:
    """Run other code in a cell."""
    page.evaluate(
        """async ([index, code, wait]) => {
            const { commands, shell } = window.jupyterapp;
            const notebook = shell.currentWidget.content;
            notebook.activeCellIndex = index;
            notebook.activeCell.model.sharedModel.setSource(code);
            const ended = commands.execute('notebook:run-cell');
            if (wait) await ended;
        }""",
        [index, code, wait],
    )
