"""Packages on disk: whole files, the record last, and nothing of anybody's is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.packages import changed_by_hand, pipeline_text, place_package
from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.adapters.regions import parts_of
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step

if TYPE_CHECKING:
    from pathlib import Path

PIPELINE = Pipeline(
    name="churn", notebook="../../a.ipynb", source_digest="sha256:0", steps=(Step(name="load"),)
)
OLD = {"__init__.py": "import load\n", "load.py": "x = 1\n", "gone.py": "y = 1\n",
       "tests/test_gone.py": "y = 1\n"}  # fmt: skip
NEW = {"__init__.py": "import load, train\n", "load.py": "x = 2\n", "train.py": "z = 1\n"}
KILLED = """\
import os, signal, sys
from pathlib import Path
from lifecycle_core.adapters import packages
from tests.lifecycle_core.adapters import test_packages as here

left = int(sys.argv[2])
write = packages.write_atomically

def counted(path, content):
    global left
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    write(path, content)

packages.write_atomically = counted
packages.place_package(Path(sys.argv[1]), here.PIPELINE, here.NEW)
"""


def regions(folder: Path) -> dict[str, str]:
    """Return what the regions of a package hold, by file."""
    found = {
        path.relative_to(folder).as_posix(): parts_of(path.read_text())
        for path in folder.rglob("*.py")
    }
    return {name: parts.text for name, parts in found.items() if parts}


def test_a_package_is_written_and_only_what_changed_again(tmp_path: Path) -> None:
    folder = tmp_path / "pipelines" / "churn"
    assert place_package(folder, PIPELINE, OLD) == (*OLD, "pipeline.yaml")
    assert regions(folder) == OLD
    assert place_package(folder, PIPELINE, OLD) == ()
    assert place_package(folder, PIPELINE, NEW) == (
        "gone.py",
        "tests/test_gone.py",
        *NEW,
        "pipeline.yaml",
    )
    assert regions(folder) == NEW
    assert not (folder / "gone.py").exists()


def test_the_record_holds_the_digests_of_the_regions(tmp_path: Path) -> None:
    place_package(tmp_path, PIPELINE, NEW)
    record = find_package(tmp_path).pipeline
    assert record.files == {name: digest_bytes(text.encode()) for name, text in NEW.items()}
    assert record == PIPELINE.model_copy(update={"files": record.files})


def test_what_people_added_outside_is_kept(tmp_path: Path) -> None:
    place_package(tmp_path, PIPELINE, OLD)
    for name in ("load.py", "gone.py"):
        path = tmp_path / name
        path.write_text(f"# mine\n{path.read_text()}\n\ndef added():\n    return 1\n")
    assert changed_by_hand(tmp_path, NEW) == ()
    place_package(tmp_path, PIPELINE, NEW)
    assert (tmp_path / "load.py").read_text().startswith("# mine\n# region nbrelease ")
    assert (tmp_path / "load.py").read_text().endswith("\n\ndef added():\n    return 1\n")
    assert (tmp_path / "gone.py").read_text() == "# mine\n\n\ndef added():\n    return 1\n"


def test_a_change_inside_is_told_with_a_diff(tmp_path: Path) -> None:
    place_package(tmp_path, PIPELINE, OLD)
    path = tmp_path / "load.py"
    path.write_text(path.read_text().replace("x = 1", "x = 5"))
    (told,) = changed_by_hand(tmp_path, NEW)
    assert told.name == "load.py"
    assert "-x = 5\n+x = 2\n" in told.diff
    # What somebody has changed into what would be written is no loss.
    path.write_text(path.read_text().replace("x = 5", "x = 2"))
    assert changed_by_hand(tmp_path, NEW) == ()


def test_a_changed_file_that_would_go_is_told_too(tmp_path: Path) -> None:
    place_package(tmp_path, PIPELINE, OLD)
    path = tmp_path / "gone.py"
    path.write_text(path.read_text().replace("y = 1", "y = 5"))
    assert [one.name for one in changed_by_hand(tmp_path, NEW)] == ["gone.py"]


def test_somebody_elses_file_is_told_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "load.py").write_text("mine = 1\n")
    (tmp_path / "notes.py").write_text("mine = 2\n")
    (told,) = changed_by_hand(tmp_path, NEW)
    assert told.reason == "load.py is there, and nbrelease did not write it"
    place_package(tmp_path, PIPELINE, NEW)
    assert (tmp_path / "notes.py").read_text() == "mine = 2\n"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    place_package(tmp_path, PIPELINE, OLD)
    (tmp_path / "load.py").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidCall, match="no text"):
        changed_by_hand(tmp_path, NEW)


@pytest.mark.parametrize("moment", range(4))
def test_killed_at_any_write_every_file_is_whole_and_the_next_call_mends_it(
    tmp_path: Path, moment: int
) -> None:
    place_package(tmp_path, PIPELINE, OLD)
    before = (tmp_path / "pipeline.yaml").read_text()
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(moment)]
    done = subprocess.run(words, check=False, env={**os.environ, "PYTHONPATH": os.getcwd()})  # noqa: PTH109
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "pipeline.yaml").read_text() == before
    assert all(text in {OLD.get(n), NEW.get(n)} for n, text in regions(tmp_path).items())
    assert changed_by_hand(tmp_path, NEW) == ()
    place_package(tmp_path, PIPELINE, NEW)
    assert regions(tmp_path) == NEW


def test_a_record_reads_as_people_write() -> None:
    text = pipeline_text(PIPELINE.model_copy(update={"notebook": "a\nb: é\n"}))
    assert "notebook: |\n  a\n  b: é\n" in text
    assert text.startswith("schema: nbrelease/pipeline/1\nname: churn\n")
    assert yaml.safe_load(text)["steps"] == [{"name": "load"}]


@pytest.mark.parametrize(
    "text", ["a\x85b", "a\u2028b", "\u2029", "a\rb\n", "a\r\nb", " a\n b", "<<"]
)
def test_a_default_comes_back_as_it_was(text: str) -> None:
    default = {"value": text, text: [1.0, 1, True, None]}
    parameter = Parameter(name="options", type="Any", default=default)
    record = PIPELINE.model_copy(update={"parameters": (parameter,)})
    again = yaml.safe_load(pipeline_text(record))["parameters"][0]["default"]
    assert repr(again) == repr(default)
