from __future__ import annotations

from typing import Any

import pytest

import nbext.progress
from nbext.progress import shown_progress


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was displayed and updated, in order."""
    seen: list[dict[str, Any]] = []

    def note(bundle: dict[str, str], *, display_id: str, raw: bool) -> None:
        assert raw
        seen.append({**bundle, "id": display_id})

    monkeypatch.setattr(nbext.progress, "display", note)
    monkeypatch.setattr(nbext.progress, "update_display", note)
    return seen


def test_one_display_is_updated_and_emptied(shown: list[dict[str, Any]]) -> None:
    with shown_progress() as progress:
        progress.begin("Running")
        progress.cell(0, 2, "import <b>")
        progress.end("Running", "2 cells")
    assert [seen["text/plain"] for seen in shown] == [
        "Running ...",
        "Running: cell 1 of 2: import <b>",
        "Running: 2 cells",
        "",
    ]
    assert len({seen["id"] for seen in shown}) == 1
    assert "import &lt;b&gt;" in shown[1]["text/html"]
    assert 'value="0"' in shown[1]["text/html"]


def test_it_is_emptied_after_an_error_too(shown: list[dict[str, Any]]) -> None:
    def fail() -> None:
        with shown_progress() as progress:
            progress.begin("Running")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert shown[-1]["text/plain"] == ""


def test_nothing_is_shown_for_nothing(shown: list[dict[str, Any]]) -> None:
    with shown_progress():
        pass
    assert shown == []
