"""Packages of pipelines written to disk, with what people added to them kept.

Beside its modules a package holds `lock.txt`, the exact packages that it was proven with, without
addresses. Each file appears whole, and the record last: a package whose files are not those of its
record was not finished, or was changed, and is not what was proven.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from lifecycle_core.adapters.files import digest_bytes, read_text, write_atomically, writing
from lifecycle_core.adapters.pipeline_packages import LOCK, RECORD
from lifecycle_core.adapters.regions import difference, parts_of, region

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.schema.pipeline import Pipeline

_WIDTH = 100
_BREAKS = re.compile("[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedByHand:
    """A file that cannot be written without loss.

    Attributes:
        name: Of the file, within the package.
        reason: One sentence.
        diff: From what is there to what would be written.
    """

    name: str
    reason: str
    diff: str = ""


def write_modules(folder: Path, modules: Mapping[str, str]) -> None:
    """Write modules into a folder of our own."""
    for name, text in modules.items():
        write_atomically(folder / name, text)


def changed_by_hand(folder: Path, modules: Mapping[str, str]) -> tuple[ChangedByHand, ...]:
    """Return the files in which a person changed what would be written over.

    Args:
        folder: The package's folder; it need not exist.
        modules: Text of each file that is to be written.
    """
    found: list[ChangedByHand] = []
    for name in sorted({*modules, *_written_before(folder)}):
        path = folder / name
        if not path.exists():
            continue
        there, wanted = parts_of(read_text(path)), modules.get(name, "")
        if there is None:
            reason = f"{name} is there, and nbrelease did not write it"
            found.append(ChangedByHand(name=name, reason=reason))
        elif not there.untouched and there.text != wanted:
            reason = f"{name} was changed by hand inside its generated region"
            diff = difference(there.text, wanted, name)
            found.append(ChangedByHand(name=name, reason=reason, diff=diff))
    return tuple(found)


def place_package(
    folder: Path, pipeline: Pipeline, modules: Mapping[str, str], *, lock: str = ""
) -> tuple[str, ...]:
    """Write a package: its modules, its lock, then its record; modules that are none now go.

    Args:
        folder: The package's folder; it is made if need be.
        pipeline: Its record.
        modules: Text of each generated file by its name.
        lock: Text of the lock that it was proven with; nothing is written if empty.

    Returns:
        The files that were written or removed.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    source = pipeline.notebook.rpartition("/")[2]
    done: list[str] = []
    for name in sorted(_written_before(folder) - modules.keys()):
        there = parts_of(read_text(folder / name))
        rest = f"{there.above}{there.below}" if there else ""
        if rest.strip():
            write_atomically(folder / name, rest)
        else:
            with writing(folder / name):
                (folder / name).unlink()
        done.append(name)
    for name, text in modules.items():
        path = folder / name
        before = read_text(path) if path.exists() else ""
        there = parts_of(before)
        above, below = (there.above, there.below) if there else ("", "")
        content = f"{above}{region(text, source)}{below}"
        if content != before:
            write_atomically(path, content)
            done.append(name)
    if lock and (not (folder / LOCK).exists() or read_text(folder / LOCK) != lock):
        write_atomically(folder / LOCK, lock)
        done.append(LOCK)
    digests = {name: digest_bytes(text.encode()) for name, text in sorted(modules.items())}
    record = pipeline_text(pipeline.model_copy(update={"files": digests}))
    if not (folder / RECORD).exists() or read_text(folder / RECORD) != record:
        write_atomically(folder / RECORD, record)
        done.append(RECORD)
    return tuple(done)


def _written_before(folder: Path) -> set[str]:
    """Return the Python files of a package that hold a region of ours."""
    if not (folder / RECORD).is_file():
        return set()
    return {
        path.relative_to(folder).as_posix()
        for path in (*folder.glob("*.py"), *folder.glob("tests/*.py"))
        if path.is_file() and parts_of(read_text(path))
    }


def pipeline_text(pipeline: Pipeline) -> str:
    """Return a pipeline's record as YAML; what has its default value is left out."""
    content = pipeline.model_dump(mode="json", exclude_defaults=True)
    return yaml.dump(
        {"schema": pipeline.schema_, **content},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
    )


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as people do, and has no marks for what stands twice."""

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    lines = "\n" in value and not any(line.endswith(" ") for line in value.split("\n"))
    # Other breaks of lines come back as blanks unless they are escaped.
    style = '"' if _BREAKS.search(value) else "|" if lines else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
