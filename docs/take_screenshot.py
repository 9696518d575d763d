"""Take docs/promote.png anew: the promotion panel in a real JupyterLab, on the churn example.

    python docs/take_screenshot.py [TARGET]

Runs the whole main job on a copy of the example, so it takes a minute or two.
"""  # noqa: INP001 - a script

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.lab import browser_program, chromium, jupyter, run_all  # noqa: E402 - needs the path
from tests.notebook_files import write_notebook  # noqa: E402 - as above


def take(target: Path) -> None:
    """Release the example in a scratch folder, show its panel, and write the picture."""
    program = browser_program()
    if program is None:
        sys.exit("No chromium: install one, such as `apt install chromium`.")
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = Path(scratch) / "churn", Path(scratch) / "home"
        shutil.copytree(ROOT / "example_notebooks", folder)
        command = [sys.executable, "-m", "lifecycle_core.cli", "run", "telco_churn.ipynb"]
        ended = subprocess.run(command, cwd=folder, check=False)  # noqa: S603 - our own program
        if ended.returncode not in {0, 1}:
            sys.exit("The example was not released; its message stands above.")
        write_notebook(folder / "promote.ipynb", "%load_ext nbext", "%promote churn")
        with jupyter(folder, home) as address, chromium(program) as browser:
            page = browser.new_page(
                viewport={"width": 1180, "height": 820}, device_scale_factor=1.5
            )
            run_all(page, address, "promote.ipynb")
            page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
            page.locator(".nbr-panel").wait_for()
            page.locator('[data-checkpoint="reproducible"] summary').click()
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            page.screenshot(path=target)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "promote.png")
