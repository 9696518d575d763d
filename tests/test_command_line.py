"""The warm command line that other tests use is what the cold one is."""

from __future__ import annotations

import json
import signal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import pytest

from tests.command_line import nbrelease
from tests.warm_python import WarmPython

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("words", [("--help",), ("status", "nothing"), ("nonsense",)])
def test_a_warm_command_says_what_a_cold_one_does(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    cold = nbrelease(*words, cwd=tmp_path, PYTHONDONTWRITEBYTECODE="1")
    assert nbrelease(*words, cwd=tmp_path) == cold
    assert cold.code == (0 if words == ("--help",) else 2)


def test_it_has_the_folder_the_environment_and_the_files_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text(
        "import json, os, signal, sys\n"
        "print(json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), sys.path[0]]))\n"
        "os.kill(os.getpid(), signal.SIGKILL) if 'die' in sys.argv else sys.exit(7)\n"
    )
    warm = WarmPython.start()
    for word, code in (("live", 7), ("die", -signal.SIGKILL)):
        with TemporaryFile() as output, TemporaryFile() as messages:
            ended = warm.run(
                "told", [word], cwd=tmp_path, environ={"ONLY": "this"},
                output=output, messages=messages,
            )  # fmt: skip
            output.seek(0)
            text = output.read().decode()
        assert ended == code
        if word == "live":
            assert json.loads(text) == [["live"], str(tmp_path), {"ONLY": "this"}, str(tmp_path)]
    warm.end()
