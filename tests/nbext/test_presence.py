"""What the messages of real front ends say about who looks at the notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from nbext.presence import can_show_widgets

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

JUPYTERLAB = "6a5f8ad0-2f0a-4a41-8f13-6a7f0f4a2a55"
VS_CODE = "vscode-notebook-cell:/home/me/a.ipynb#W2sZmlsZQ%3D%3D"
VS_CODE_IN_A_BROWSER = "vscode-notebook-cell://127.0.0.1:8080/home/me/a.ipynb#W3sdnNjb2Rl"


@pytest.mark.parametrize("cell", [JUPYTERLAB, VS_CODE, VS_CODE_IN_A_BROWSER])
def test_vs_code_gets_html_instead_of_panels(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    shell.kernel = None
    message: dict[str, Any] = {"content": {"allow_stdin": True}, "metadata": {"cellId": cell}}
    monkeypatch.setattr(type(shell), "get_parent", lambda _: message, raising=False)
    assert can_show_widgets(shell) == (cell == JUPYTERLAB)


@pytest.mark.parametrize("metadata", [{}, {"cellId": None}])
def test_a_front_end_that_names_no_cell_is_believed(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, metadata: dict[str, Any]
) -> None:
    shell.kernel = None
    message = {"content": {"allow_stdin": True}, "metadata": metadata}
    monkeypatch.setattr(type(shell), "get_parent", lambda _: message, raising=False)
    assert can_show_widgets(shell)


def test_a_terminal_shows_no_widgets(shell: InteractiveShell) -> None:
    assert not can_show_widgets(shell)
    assert not can_show_widgets(None)
