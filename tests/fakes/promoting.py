"""Releases and moves for the tests of registry and ledger, in this process and in others."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.errors import ConcurrentPromotion
from lifecycle_core.schema.bundle import Bundle, Manifest

if TYPE_CHECKING:
    from lifecycle_core.schema.release import Entry

ANN = Actor("ann", "stated")


def names_in(folder: Path) -> list[str]:
    """Return the names of everything in a folder."""
    return sorted(path.name for path in folder.iterdir())


def a_bundle(folder: Path, name: str = "churn", content: bytes = b"\x00\r\n\xff") -> Bundle:
    path = folder / f"bundle-{digest_bytes(content)[7:15]}"
    (path / "model").mkdir(parents=True, exist_ok=True)
    (path / "manifest.json").write_bytes(content)
    (path / "model" / "model.skops").write_bytes(content * 1000)
    manifest = Manifest(name=name, nbrelease="0", files={})
    return Bundle(name=name, path=str(path), digest=digest_bytes(content), manifest=manifest)


def registered(registry: MlflowRegistry, folder: Path, count: int = 1) -> None:
    for number in range(count):
        registry.register(a_bundle(folder, content=b"%d" % number), verdict="identical")


def moved(registry: MlflowRegistry, version: int, alias: str = "champion") -> Entry:
    ledger = Ledger(registry)
    target = registry.release("churn", version)
    history = ledger.history("churn")
    event = ledger.propose(history, action="promote", alias=alias, target=target, actor=ANN)
    return ledger.commit(event)


class _DiesBeforeTheAlias(MlflowRegistry):
    def set_alias(self, name: str, alias: str, version: int) -> None:  # noqa: ARG002 - as the base
        os.kill(os.getpid(), signal.SIGKILL)


def promote_often(uri: str, name: str, actor: str, times: int) -> tuple[list[int], int]:
    """Move the champion `times` times; return the `seq` of the wins and the number of losses."""
    registry = MlflowRegistry(uri, Path("unused"))
    ledger = Ledger(registry)
    target = registry.release(name, 1)
    won, lost = [], 0
    for _ in range(times):
        event = ledger.propose(
            ledger.history(name),
            action="promote",
            alias="champion",
            target=target,
            actor=Actor(actor, "stated"),
        )
        try:
            won.append(ledger.commit(event).event.seq)
        except ConcurrentPromotion:
            lost += 1
    return won, lost


def promote_and_die(uri: str, name: str, version: int) -> None:
    """Commit a move of the champion and be killed before MLflow's alias is written."""
    registry = _DiesBeforeTheAlias(uri, Path("unused"))
    ledger = Ledger(registry)
    ledger.commit(
        ledger.propose(
            ledger.history(name),
            action="promote",
            alias="champion",
            target=registry.release(name, version),
            actor=Actor("killed", "stated"),
        )
    )


def create_registry(uri: str, artifacts: Path) -> tuple[str, ...]:
    """Make a registry ready, perhaps while others do the same."""
    registry = MlflowRegistry(uri, artifacts)
    registry.create()
    return registry.names()
