from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.lab import browser_program, chromium, jupyter
from tests.browser.small_release import register_two_versions
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response


_OF_NOTEBOOK_7 = "Cannot read properties of undefined (reading 'schema')"
"""Notebook 7.6 says so on every page where its settings are empty, also on one without us."""

_OF_JUPYTERS_SERVER = (
    "Unhandled error",
    "Failed to load resource: the server responded with a status of 500",
    "Failed to load resource: the server responded with a status of 404",
    "t: Directory not found: ",
)
"""What a page says where the server failed under load, or a file was renamed while it listed the
folder: it then answers 404 for the whole folder."""


@dataclass(frozen=True)
class Lab:
    """A JupyterLab or Notebook 7, the folder it serves, and where its pages show notebooks."""

    address: str
    folder: Path
    where: str = "lab/tree"


@pytest.fixture(scope="session")
def program() -> str:
    """The browser; without one the tests are skipped, but in CI they fail."""
    if found := browser_program():
        return found
    message = "No chromium: the browser tests need one, such as `apt install chromium`."
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def lab(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab in an empty project."""
    assert program
    folder = tmp_path_factory.mktemp("project")
    with jupyter(folder, tmp_path_factory.mktemp("home")) as address:
        yield Lab(address, folder)


@pytest.fixture(scope="session")
def notebook_7(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Notebook 7 in an empty project."""
    assert program
    folder = tmp_path_factory.mktemp("project")
    home = tmp_path_factory.mktemp("home")
    with jupyter(folder, home, application="notebook") as address:
        yield Lab(address, folder, "notebooks")


@pytest.fixture(scope="session")
def released(lab: Lab) -> Lab:
    """The same JupyterLab, with two versions of a release in its project."""
    register_two_versions(lab.folder)
    return lab


@pytest.fixture(scope="session")
def browser(program: str) -> Iterator[Browser]:
    """A browser without a window."""
    with chromium(program) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must end without an error of its own."""
    opened = browser.new_page(viewport={"width": 1250, "height": 1400})
    errors: list[str] = []
    refused: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    opened.on("response", lambda each: refused.append(each.url) if _not_ours(each) else None)
    yield opened
    opened.close()
    left_out = (_OF_NOTEBOOK_7, *(_OF_JUPYTERS_SERVER if refused else ()))
    assert [error for error in errors if not error.startswith(left_out)] == [], refused


def _not_ours(response: Response) -> bool:
    path = urlsplit(response.url).path
    listing = path.startswith("/api/contents/") and not path.endswith(".ipynb")
    return response.status >= 500 or (response.status == 404 and listing)


@pytest.fixture
def notebook(released: Lab, request: pytest.FixtureRequest) -> Iterator[str]:
    """Name of a notebook that loads the extension and shows the panel and the releases."""
    name = f"{request.node.name}.ipynb"
    path = write_notebook(
        released.folder / name,
        "%load_ext nbext",
        "%promote tumours",
        "%releases",
        "%releases nothing",
    )
    yield name
    path.unlink()
