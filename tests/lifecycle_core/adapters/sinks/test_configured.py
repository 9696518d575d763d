from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.sinks import configured_sinks
from lifecycle_core.adapters.sinks.configured import GROUP
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.sinks import Surroundings

FILE = "/project/nbrelease.toml"
GOOD: dict[str, dict[str, Any]] = {
    "log": {"kind": "jsonl", "only": ["step_failed"], "queue": 5},
    "traces": {"kind": "opentelemetry", "endpoint": "http://localhost:4318"},
    "node": {"kind": "prometheus", "textfile": "collected"},
    "tracking": {"kind": "mlflow"},
    "team": {"kind": "webhook", "url": "https://example.com/hook", "secret_env": "SECRET"},
}


def test_every_shipped_kind_is_found_by_its_entry_point(around: Surroundings) -> None:
    found = configured_sinks(GOOD, file=FILE, around=around)
    assert [each.label for each in found] == [
        "sink log (jsonl)", "sink traces (opentelemetry)", "sink node (prometheus)",
        "sink tracking (mlflow)", "sink team (webhook)",
    ]  # fmt: skip
    assert found[0].only == {"step_failed"}
    assert found[0].queue == 5
    assert list(around.project.iterdir()) == []  # nothing is opened yet


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"path": "x"}, "`sinks.team.kind` is missing", "jsonl, mlflow, opentelemetry"),
        ({"kind": "jsonlines"}, "'jsonlines', which is no kind of sink", "Did you mean 'jsonl'"),
        ({"kind": 5}, "`sinks.team.kind` is 5", "Known"),
        ({"kind": "jsonl", "pth": "x"}, "unknown key `sinks.team.pth`", "Did you mean `path`?"),
        ({"kind": "jsonl", "queue": 0}, "`sinks.team.queue` is 0: input should be greater", "Mend"),
        ({"kind": "jsonl", "only": ["failed"]}, "`sinks.team.only.0` is 'failed': input", "Mend"),
        ({"kind": "webhook", "url": "http://e.com"}, "`sinks.team.url` is|plain http", "Mend"),
        ({"kind": "prometheus"}, "it must have `textfile` or `pushgateway`", "Mend"),
    ],
)
def test_a_mistake_names_file_key_got_and_wanted(
    around: Surroundings, table: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(InvalidCall, match=message) as failed:
        configured_sinks({"team": table}, file=FILE, around=around)
    assert str(failed.value).startswith(f"{FILE}: ")
    assert hint in failed.value.hint


def installed(folder: Path, value: str) -> None:
    """Make what an installed package leaves: its metadata, and a module."""
    metadata = folder / "theirs-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[{GROUP}]\ntheirs = {value}\n")


def test_somebody_elses_kind_is_found(
    around: Surroundings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, "their_sinks:Options")
    (tmp_path / "their_sinks.py").write_text(
        "from lifecycle_core.adapters.sinks import SinkOptions\n"
        "class Options(SinkOptions):\n"
        "    colour: str\n"
        "    def sink(self, around):\n"
        "        return self.colour\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = configured_sinks(
        {"x": {"kind": "theirs", "colour": "blue"}}, file=FILE, around=around
    )
    assert str(found.sink) == "blue"


@pytest.mark.parametrize(
    ("value", "message"),
    [("nowhere:Options", "cannot be loaded"), ("json:loads", "no subclass of SinkOptions")],
)
def test_a_broken_kind_is_named(
    around: Surroundings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    message: str,
) -> None:
    installed(tmp_path, value)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InvalidCall, match=message):
        configured_sinks({"x": {"kind": "theirs"}}, file=FILE, around=around)
