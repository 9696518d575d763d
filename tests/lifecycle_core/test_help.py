"""What a stranger reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import nbrelease

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("group", [(), ("contract",), ("pipeline",), ("log",), ("experiment",)])
def test_every_command_is_described_to_the_end(tmp_path: Path, group: tuple[str, ...]) -> None:
    ended = nbrelease(*group, "--help", cwd=tmp_path, COLUMNS="80")
    commands = ended.answer.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert len(commands) > 1
    assert [line for line in commands if not line.endswith(".") or line.endswith("...")] == []


@pytest.mark.parametrize("verb", ["run", "reproduce", "score"])
def test_no_option_is_described_in_types_of_python(tmp_path: Path, verb: str) -> None:
    assert "list[" not in nbrelease(verb, "--help", cwd=tmp_path).answer
