"""The record of an export: a pipeline written for an engine that others run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Target = Literal["airflow", "kubeflow", "argo", "papermill"]


class Export(Record):
    """What was written for an engine.

    Attributes:
        pipeline: Its name.
        steps: How many tasks the engine will run.
        folder: Where the files lie, as the caller would name it.
        files: Names of the files in that folder, the one to start with first.
        next: What to do now.
    """

    schema_: Literal["nbrelease/export/1"] = Field(default="nbrelease/export/1", alias="schema")
    pipeline: str
    target: Target
    steps: int = Field(ge=1)
    folder: str
    files: tuple[str, ...]
    next: str = ""
