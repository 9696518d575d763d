"""A real JupyterLab or Notebook 7 on the loopback, and a real browser that looks at it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from tests.corpus.serving import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE = 120.0
_MILLISECONDS = 120_000


def browser_program() -> str | None:
    """Return the path of the system's chromium, or None."""
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@contextmanager
def jupyter(
    folder: Path, home: Path, *, theme: str = "JupyterLab Light", application: str = "jupyterlab"
) -> Iterator[str]:
    """Yield the address of a server of `folder` that keeps its own things in `home`.

    Args:
        folder: What it serves.
        home: An empty folder.
        theme: As JupyterLab calls it.
        application: Module of the application: `jupyterlab` or `notebook`.
    """
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": theme}))
    (home / "config" / "labconfig").mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (home / "config" / "labconfig" / "page_config.json").write_text(json.dumps(quiet))
    port = free_port()
    command = [
        sys.executable, "-m", application, "--no-browser", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--allow-root", "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]  # fmt: skip
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("NBRELEASE_")},
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "PYTHONPATH": str(ROOT),
    }
    log = (home / "jupyter.log").open("wb")
    server = subprocess.Popen(
        command, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, home / "jupyter.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    """Yield a browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
        try:
            yield browser
        finally:
            browser.close()


def open_notebook(page: Page, address: str, notebook: str, *, where: str = "lab/tree") -> None:
    """Open a notebook and wait until its kernel answers; Notebook 7 has it in `notebooks`."""
    page.set_default_timeout(_MILLISECONDS)
    page.goto(f"{address}/{where}/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.context.sessionContext.ready;
            await panel.context.sessionContext.session.kernel.info;
        }"""
    )


def run_all(page: Page, address: str, notebook: str) -> None:
    """Open a notebook and run every cell of it, until the kernel has nothing left to do."""
    open_notebook(page, address, notebook)
    # Not awaited: the promise ends only with the last cell.
    page.evaluate("void window.jupyterapp.commands.execute('runmenu:run-all')")


def run_cell(page: Page, index: int) -> None:
    """Run one cell and wait until it has ended."""
    page.evaluate(
        """async (index) => {
            const { commands, shell } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = index;
            await commands.execute('notebook:run-cell');
        }""",
        index,
    )


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{address}/api/status", timeout=5):  # noqa: S310 - our own loopback address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"Jupyter did not start:\n{log.read_text()[-2000:]}")
