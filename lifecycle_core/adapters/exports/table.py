"""Which module writes for which engine. A new target is a line here, a module and its test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.adapters.exports.tasks import Tasks

TARGETS = ("airflow", "kubeflow", "argo", "papermill")


class Exporter(Protocol):
    """How a pipeline is written for one engine.

    Attributes:
        TAKES_IMAGE: Whether the engine starts containers.
    """

    TAKES_IMAGE: bool

    def files(self, tasks: Tasks, *, project: str, image: str) -> dict[str, str]:
        """Return the content of each file by its name, the one to start with first."""

    def advice(self, tasks: Tasks) -> str:
        """Return what to do with the files."""


def exporter_of(target: str) -> Exporter:
    """Return what writes for an engine.

    Raises:
        InvalidCall: The engine is not known.
    """
    if target not in TARGETS:
        raise InvalidCall(
            f"--to is {target!r}, want one of {', '.join(TARGETS)}.", hint="Try --to airflow."
        )
    return cast("Exporter", import_module(f"lifecycle_core.adapters.exports.{target}"))
