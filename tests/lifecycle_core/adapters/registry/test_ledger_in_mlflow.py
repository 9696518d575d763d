from __future__ import annotations

from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.adapters.registry.session import session
from lifecycle_core.errors import (
    BundleInvalid,
    LedgerBroken,
)
from tests.fakes.promoting import (
    moved,
    promote_and_die,
    promote_often,
    registered,
)

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from pathlib import Path

    from lifecycle_core.adapters.registry import MlflowRegistry


def test_a_ledger_is_kept_in_mlflow(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path, 2)

    entries = [moved(registry, 1), moved(registry, 2), moved(registry, 1, "challenger")]

    assert [entry.event.seq for entry in entries] == [1, 2, 3]
    assert Ledger(registry).history("churn").entries == tuple(entries)
    assert registry.aliases("churn") == {"champion": 2, "challenger": 1}
    status = registry.status("churn")
    assert [r.aliases for r in status.releases] == [("challenger",), ("champion",)]


def test_an_alias_deleted_behind_our_back_is_mended(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    registered(registry, tmp_path, 2)
    moved(registry, 2)
    with session(registry.uri) as client:
        client.delete_registered_model_alias("churn", "champion")
    assert registry.aliases("churn") == {}

    assert Ledger(registry).resolve("churn@champion").version == 2

    assert registry.aliases("churn") == {"champion": 2}


def test_a_deleted_event_is_reported(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path, 3)
    for version in (1, 2, 3):
        moved(registry, version)
    with session(registry.uri) as client:
        client.delete_model_version("churn.ledger", "2")

    history = Ledger(registry).history("churn")

    assert history.notes == ("Event 2 is missing from the ledger, or cannot be read.",)
    with pytest.raises(LedgerBroken, match="cannot be trusted"):
        Ledger(registry).resolve("churn@champion")


def test_an_edited_tag_is_detected(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path, 2)
    moved(registry, 1)
    with session(registry.uri) as client:
        client.set_model_version_tag("churn.ledger", "1", "nbrelease.target_version", "2")

    with pytest.raises(LedgerBroken, match="edited after it was written"):
        Ledger(registry).resolve("churn@champion")


def test_an_exchanged_digest_is_detected(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path)
    moved(registry, 1, "candidate")
    with session(registry.uri) as client:
        client.set_model_version_tag("churn", "1", "nbrelease.bundle_digest", "sha256:" + "f" * 64)

    with pytest.raises(BundleInvalid, match="the ledger recorded"):
        Ledger(registry).resolve("churn/1")


def test_a_writer_killed_before_the_alias_has_moved_it(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    registered(registry, tmp_path, 2)
    moved(registry, 1)
    killed = get_context("spawn").Process(target=promote_and_die, args=(registry.uri, "churn", 2))
    killed.start()
    killed.join()
    assert killed.exitcode == -9
    assert registry.aliases("churn") == {"champion": 1}

    assert Ledger(registry).resolve("churn@champion").version == 2

    assert registry.aliases("churn") == {"champion": 2}


def test_of_many_processes_one_wins_each_head(
    registry: MlflowRegistry, tmp_path: Path, processes: ProcessPoolExecutor
) -> None:
    registered(registry, tmp_path)
    runs = [processes.submit(promote_often, registry.uri, "churn", f"p{n}", 5) for n in range(4)]
    answers = [run.result() for run in runs]

    history = Ledger(registry).history("churn")
    valid = [entry.event for entry in history.entries if entry.valid]

    assert len(history.entries) == 20
    assert sorted(seq for won, _ in answers for seq in won) == [event.seq for event in valid]
    assert sum(lost for _, lost in answers) == 20 - len(valid)
    assert len({event.expected_seq for event in valid}) == len(valid)
    assert (history.notes, history.broken) == ((), {})
    assert registry.aliases("churn") == {"champion": 1}
