"""What is known about a notebook's surroundings besides its runs: files, versions, history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A version that a file of the project or an earlier record asks for, and another is here.

    Attributes:
        name: Of the package.
        wanted: As the file says, such as `==1.5.3`.
        here: Version installed.
        said_by: The file or record.
    """

    name: str
    wanted: str
    here: str
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Evidence from outside the runs; what could not be found out is empty.

    Attributes:
        newer: Input files that were changed later than the notebook can have read them; paths as
            in `inputs`.
        burst: All files were written within moments, as a copy or an archive writes them: then
            their times say little.
        emptied: Folders of input files from which files were taken later than that.
        recorded: Content of input files as recorded together with the notebook, by path below the
            project's folder; only files that differ today.
        recorded_by: Where that content comes from, in words.
        pins: Versions asked for that are not the ones here.
        left_out: Files that lie in the user's project but not in a clean copy, because git ignores
            them; paths relative to the notebook's folder.
        saved_python: Version of Python stored in the notebook, or empty.
        python: Version of Python here.
    """

    newer: frozenset[str] = frozenset()
    burst: bool = False
    emptied: frozenset[str] = frozenset()
    recorded: Mapping[Path, bytes] = field(default_factory=dict)
    recorded_by: str = ""
    pins: tuple[Pin, ...] = ()
    left_out: frozenset[str] = frozenset()
    saved_python: str = ""
    python: str = ""
