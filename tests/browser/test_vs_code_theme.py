"""The colours of a record inside VS Code, whose page is imitated: its variables and its attribute.

VS Code's own renderers bring the colours of JupyterLab's light theme into every page, whatever
theme is chosen. What is shown has to follow VS Code's colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core import verbs
from tests.fakes import records

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIGHT, DARK = "rgb(246, 248, 250)", "rgb(33, 38, 45)"
PAGE = """
<style>:root {{ --jp-layout-color0: white; --jp-content-font-color1: black;
  --vscode-foreground: {text}; --vscode-editor-background: {face}; }}</style>
<body data-vscode-theme-kind="{kind}">{record}</body>
"""
COLOURS = """() => {
    const of = (where) => getComputedStyle(document.querySelector(where));
    return [of(".nbr").color, of(".nbr").backgroundColor, of(".nbr code").backgroundColor];
}"""


@pytest.mark.parametrize(
    ("kind", "text", "face", "well"),
    [
        ("vscode-dark", "rgb(204, 204, 204)", "rgb(31, 31, 31)", DARK),
        ("vscode-light", "rgb(59, 59, 59)", "rgb(255, 255, 255)", LIGHT),
        ("vscode-high-contrast", "rgb(255, 255, 255)", "rgb(0, 0, 0)", DARK),
        ("vscode-high-contrast-light", "rgb(41, 41, 41)", "rgb(255, 255, 255)", LIGHT),
    ],
)
def test_a_record_follows_the_theme(page: Page, kind: str, text: str, face: str, well: str) -> None:
    page.emulate_media(color_scheme="light" if well == DARK else "dark")
    record = verbs.to_html(records.reproduction(good=False))
    page.set_content(PAGE.format(kind=kind, text=text, face=face, record=record))
    assert page.evaluate(COLOURS) == [text, face, well]
