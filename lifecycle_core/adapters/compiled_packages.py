"""Compiled packages on disk: found by name, and the record that each of them carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import read_text
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.pipeline import Pipeline

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "pipeline.yaml"
LOCK = "lock.txt"
_COMPILE = "Compile a notebook first: nbrelease pipeline compile NOTEBOOK."


def find_package(name: str, start: Path) -> Path:
    """Return the folder of a compiled package.

    Args:
        name: Of the pipeline, whose package then lies in `pipelines` below `start` or below a
            folder above it; or the path of the package.
        start: The folder to look from.

    Raises:
        InvalidCall: There is none.
    """
    places = [start / name, *(folder / "pipelines" / name for folder in (start, *start.parents))]
    for place in places:
        if (place / RECORD).is_file():
            return place
    raise InvalidCall(
        f"There is no pipeline {name!r} here: no pipelines/{name}/{RECORD}.", hint=_COMPILE
    )


def compiled_from(notebook: Path, digest: str) -> tuple[Path, Pipeline] | None:
    """Return the package that was compiled from exactly this source, and its record.

    Args:
        notebook: Packages are looked for in `pipelines` beside it and in the folders above.
        digest: Of its source.

    Returns:
        None if there is none; a record that cannot be read is passed over.
    """
    path = notebook.resolve()
    for folder in path.parents:
        for record in sorted(folder.glob(f"pipelines/*/{RECORD}")):
            try:
                if digest not in read_text(record):
                    continue
                pipeline = read_package(record.parent)
            except InvalidCall:
                continue
            found = (record.parent / pipeline.notebook).resolve()
            if pipeline.source_digest == digest and found == path:
                return record.parent, pipeline
    return None


def read_package(folder: Path) -> Pipeline:
    """Return the record of a compiled package.

    Raises:
        InvalidCall: It cannot be read, or is no such record.
    """
    import yaml
    from pydantic import ValidationError

    path = folder / RECORD
    try:
        return Pipeline.model_validate(yaml.safe_load(read_text(path)))
    except yaml.YAMLError as error:
        raise InvalidCall(f"{path} is no YAML: {error}.", hint=_COMPILE) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the record"
        raise InvalidCall(f"{path}: {where}: {first['msg']}.", hint=_COMPILE) from error
