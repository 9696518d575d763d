"""Packages of pipelines on disk: written whole, with what people added to them kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from lifecycle_core.adapters.files import digest_bytes, write_atomically
from lifecycle_core.schema.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RECORD = "pipeline.yaml"


def write_modules(folder: Path, modules: Mapping[str, str]) -> None:
    """Write a package's modules."""
    for name, text in modules.items():
        write_atomically(folder / name, text)


def place_package(
    folder: Path, pipeline: Pipeline, modules: Mapping[str, str], *, force: bool
) -> tuple[str, ...]:
    """Write a package."""
    del force
    digests = {name: digest_bytes(text.encode()) for name, text in modules.items()}
    write_modules(folder, modules)
    record = pipeline.model_copy(update={"files": digests})
    write_atomically(folder / RECORD, pipeline_text(record))
    return (*modules, RECORD)


def pipeline_text(pipeline: Pipeline) -> str:
    """Return a pipeline's record as YAML."""
    content = pipeline.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(
        {"schema": pipeline.schema_, **content}, sort_keys=False, allow_unicode=True, width=100
    )
