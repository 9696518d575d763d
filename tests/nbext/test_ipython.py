"""The extension comes without weight and goes without trace."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.rendering.table import VIEWS
from nbext.ipython import MAGICS, PANELS, RECORDS
from tests.nbext.shells import completed, fresh_shell, snapshot

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tests.fakes.verbs import FakeVerbs

HEAVY = (
    "papermill", "nbformat", "nbclient", "pandas", "sklearn", "mlflow", "duckdb", "altair",
    "anywidget", "ipywidgets", "pydantic", "lifecycle_core",
)  # fmt: skip


def test_loading_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.find_line_magic('load_ext')\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'nbext')\n"
        f"print(sorted(set(sys.modules) & set({HEAVY})), len(set(sys.modules) - before))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[] 4\n"  # nbext, nbext.ipython, nbext.journal, nbext.steps


def test_unloading_restores_the_shell_exactly() -> None:
    with fresh_shell() as shell:
        shell.run_line_magic("load_ext", "nbext")  # whatever importing it does, is done once
        shell.run_line_magic("unload_ext", "nbext")
        before = snapshot(shell)
        shell.run_line_magic("load_ext", "nbext")
        assert snapshot(shell) != before
        shell.run_line_magic("unload_ext", "nbext")
        assert snapshot(shell) == before


def test_a_fresh_shell_is_restored_too() -> None:
    with fresh_shell() as shell:
        before = snapshot(shell)
        shell.run_line_magic("load_ext", "nbext")
        shell.run_line_magic("unload_ext", "nbext")
        assert snapshot(shell) == before


def test_unloading_after_use_restores_the_shell_exactly(verbs: FakeVerbs) -> None:
    with fresh_shell() as shell:
        before = snapshot(shell)
        shell.run_line_magic("load_ext", "nbext")
        use(shell)
        shell.run_line_magic("unload_ext", "nbext")
        assert snapshot(shell) == before
    assert len(verbs.calls) >= 4


def test_it_loads_again_after_use(verbs: FakeVerbs) -> None:
    with fresh_shell() as shell:
        for _ in range(2):
            shell.run_line_magic("load_ext", "nbext")
            use(shell)
            shell.run_line_magic("unload_ext", "nbext")
    assert [name for name, _ in verbs.calls].count("releases") == 2


def test_what_stood_in_our_places_comes_back() -> None:
    with fresh_shell() as shell:
        shell.register_magic_function(len, "line", "promote")
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name("lifecycle_core.schema.release", "Entry", repr)
        before = snapshot(shell)
        shell.run_line_magic("load_ext", "nbext")
        shell.run_line_magic("unload_ext", "nbext")
        assert snapshot(shell) == before
        assert shell.run_line_magic("promote", "four") == 4


def test_every_declared_magic_and_record_exists() -> None:
    for name, (kind, where) in MAGICS.items():
        module, _, holder = where.partition(":")
        assert name in getattr(import_module(module), holder).magics[kind]
    for record, module in {**RECORDS, **PANELS}.items():
        assert isclass(getattr(import_module(f"lifecycle_core.schema.{module}"), record))
    assert set(RECORDS) | set(PANELS) == set(VIEWS)


def test_every_magic_body_is_short() -> None:
    for _, where in MAGICS.values():
        module, _, holder = where.partition(":")
        source = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
        assert max(_body_lengths(source)) <= 10, holder


@pytest.mark.parametrize("name", MAGICS)
def test_help_shows_usage_and_an_example(name: str, shell: InteractiveShell) -> None:
    kind = MAGICS[name][0]
    magic = shell.find_magic(name, kind)
    sign = "%%" if kind == "cell" else "%"
    assert f"{sign}{name}" in magic.__doc__
    assert "Example::" in magic.__doc__


def test_options_are_completed(shell: InteractiveShell) -> None:
    assert "--holdout" in completed(shell, "%finalize candidates X y --ho")
    assert {"--to", "--version"} <= completed(shell, "%promote churn --")
    assert {"--wait", "--stop", "--restore"} <= completed(shell, "%reproduce --")


def test_records_show_as_html_and_text(shell: InteractiveShell, verbs: FakeVerbs) -> None:
    record = shell.run_line_magic("releases", "")
    shown, _ = shell.display_formatter.format(record)
    assert set(shown) == {"text/plain", "text/html"}
    assert shown["text/html"] == verbs.to_html(record)
    assert "churn" in shown["text/plain"]


def test_without_a_front_end_the_panel_is_text_and_html(
    shell: InteractiveShell, verbs: FakeVerbs
) -> None:
    shown, _ = shell.display_formatter.format(verbs.proposed)
    assert set(shown) == {"text/plain", "text/html"}
    assert "%promote churn --to challenger --version 2" in shown["text/plain"]


def test_magics_hold_no_names_but_their_own() -> None:
    for module in {where.partition(":")[0] for _, where in MAGICS.values()}:
        held = getmembers(import_module(module), isclass)
        ours = [name for name, kind in held if kind.__module__ == module and name[0] != "_"]
        assert len(ours) == 1


def use(shell: InteractiveShell) -> None:
    """Use magics of every kind, and let the formatters show what they return."""
    results: list[Any] = [
        shell.run_cell_magic("release", "churn", "model: {}"),
        shell.run_line_magic("releases", ""),
        shell.run_line_magic("promote", "churn"),
        shell.run_line_magic("promote", "churn --to champion"),
    ]
    completed(shell, "%promote churn --")
    for result in results:
        shell.display_formatter.format(result)


def _body_lengths(source: str) -> list[int]:
    import ast

    lengths = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lengths.append((body[-1].end_lineno or 0) - body[0].lineno + 1)
    return lengths
