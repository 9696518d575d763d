from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {
    "papermill", "nbformat", "nbclient", "pandas", "sklearn", "mlflow", "duckdb", "altair",
    "anywidget", "ipywidgets", "pydantic",
}  # fmt: skip


def loaded_after(code: str) -> set[str]:
    program = f"{code}\nimport json, sys\nprint(json.dumps([m.split('.')[0] for m in sys.modules]))"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_the_extension_loads_nothing_heavy() -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_line_magic('load_ext', 'nbext')"
    )
    loaded = loaded_after(code)
    assert "nbext" in loaded
    assert loaded & (HEAVY | {"lifecycle_core"}) == set()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nsys.argv = ['nbrelease', '--help']\nfrom lifecycle_core.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    loaded = loaded_after(code)
    assert "typer" in loaded
    assert loaded & HEAVY == set()


def test_the_package_loads_nothing_at_all() -> None:
    assert loaded_after("import lifecycle_core") & (HEAVY | {"typer", "rich"}) == set()
