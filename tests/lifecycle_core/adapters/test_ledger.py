from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.errors import (
    BundleInvalid,
    ConcurrentPromotion,
    InvalidCall,
    LedgerBroken,
    RegistryUnavailable,
    ReleaseNotFound,
)
from tests.fakes.registry import RegistryInMemory

if TYPE_CHECKING:
    from lifecycle_core.schema.release import Entry, LedgerEvent

ANN = Actor("ann", "stated")


@pytest.fixture
def registry() -> RegistryInMemory:
    made = RegistryInMemory()
    for _ in range(3):
        made.add("churn")
    return made


def proposed(registry: RegistryInMemory, version: int, alias: str = "champion") -> LedgerEvent:
    ledger = Ledger(registry)
    return ledger.propose(
        ledger.history("churn"),
        action="promote",
        alias=alias,
        target=registry.release("churn", version),
        actor=ANN,
    )


def moved(registry: RegistryInMemory, version: int, alias: str = "champion") -> Entry:
    return Ledger(registry).commit(proposed(registry, version, alias))


def test_a_move_is_an_event_and_then_an_alias(registry: RegistryInMemory) -> None:
    entry = moved(registry, 2)

    assert entry.valid
    assert entry.event.seq == 1
    assert registry.aliases("churn") == {"champion": 2}
    assert Ledger(registry).resolve("churn@champion").version == 2


def test_the_loser_of_a_race_is_told_and_its_event_stays(registry: RegistryInMemory) -> None:
    late = proposed(registry, 3)
    registry.before_append = [proposed(registry, 2)]

    with pytest.raises(ConcurrentPromotion, match="it points at churn/2 now") as caught:
        Ledger(registry).commit(late)

    assert caught.value.head is not None
    assert caught.value.head.version == 2
    entries = Ledger(registry).history("churn").entries
    assert [(entry.event.target_version, entry.valid) for entry in entries] == [
        (2, True),
        (3, False),
    ]
    assert "event 1 won" in entries[1].note


def test_a_lost_answer_is_looked_up_and_not_sent_twice(registry: RegistryInMemory) -> None:
    registry.failures = ["after"]

    entry = moved(registry, 1)

    assert entry.valid
    assert registry.appended == 1


def test_a_lost_call_is_sent_again(registry: RegistryInMemory) -> None:
    registry.failures = ["before"]

    assert moved(registry, 1).valid
    assert registry.appended == 1


def test_a_registry_that_stays_away_is_an_error(registry: RegistryInMemory) -> None:
    registry.failures = ["before", "before"]

    with pytest.raises(RegistryUnavailable):
        moved(registry, 1)

    assert registry.events("churn") == ()


def test_an_event_that_arrived_twice_counts_once(registry: RegistryInMemory) -> None:
    event = proposed(registry, 1)
    registry.before_append = [event]

    entry = Ledger(registry).commit(event)

    assert (entry.valid, entry.event.seq) == (True, 1)
    assert [e.valid for e in Ledger(registry).history("churn").entries] == [True, False]


def test_a_commit_stands_though_the_alias_could_not_be_set(registry: RegistryInMemory) -> None:
    registry.aliases_fail = True
    entry = moved(registry, 1)
    assert entry.valid
    assert "lags behind" in entry.note
    assert Ledger(registry).resolve("churn@champion").version == 1

    registry.aliases_fail = False
    Ledger(registry).history("churn")

    assert registry.aliases("churn") == {"champion": 1}


@pytest.mark.parametrize("behind", [{}, {"champion": 1}, {"champion": 3, "shadow": 1}])
def test_the_next_look_mends_an_alias_moved_behind_our_back(
    registry: RegistryInMemory, behind: dict[str, int]
) -> None:
    moved(registry, 2)
    registry.shown["churn"] = dict(behind)

    assert Ledger(registry).resolve("churn@champion").version == 2

    assert registry.aliases("churn") == behind | {"champion": 2}


def test_an_edited_event_makes_its_alias_untrusted_until_it_is_moved_again(
    registry: RegistryInMemory,
) -> None:
    moved(registry, 1)
    moved(registry, 2)
    log = registry.log["churn"]
    log[2] = log[2].model_copy(update={"target_version": 3})

    with pytest.raises(LedgerBroken, match="edited after it was written") as caught:
        Ledger(registry).resolve("churn@champion")
    assert "nbrelease history churn" in caught.value.hint

    assert moved(registry, 2).valid
    assert Ledger(registry).resolve("churn@champion").version == 2


def test_a_deleted_last_event_is_noticed_by_the_next_move(registry: RegistryInMemory) -> None:
    moved(registry, 1)
    moved(registry, 2)
    del registry.log["churn"][2]

    with pytest.raises(LedgerBroken, match="may have lost to event 2, which is gone"):
        moved(registry, 3)

    assert Ledger(registry).history("churn").notes == (
        "Event 2 is missing from the ledger, or cannot be read.",
    )
    assert moved(registry, 3).valid


def test_a_digest_exchanged_in_the_registry_is_refused(registry: RegistryInMemory) -> None:
    moved(registry, 1)
    registry.kept["churn"][0] = registry.kept["churn"][0].model_copy(
        update={"bundle_digest": "sha256:" + "f" * 64}
    )

    for spec in ("churn@champion", "churn/1", "churn"):
        with pytest.raises(BundleInvalid, match="the ledger recorded"):
            Ledger(registry).resolve(spec)


def test_a_name_alone_means_its_strongest_alias(registry: RegistryInMemory) -> None:
    ledger = Ledger(registry)
    with pytest.raises(ReleaseNotFound, match="No alias of churn points anywhere"):
        ledger.resolve("churn")
    for alias, version in (("candidate", 3), ("challenger", 2), ("champion", 1)):
        moved(registry, version, alias)
        assert ledger.resolve("churn").version == version
        assert ledger.resolve("churn").aliases == (alias,)


@pytest.mark.parametrize(
    "spec", ["", "Churn", "churn@", "churn/0", "churn/x", "a/b/c", "churn@x/1"]
)
def test_what_names_no_release_is_refused(registry: RegistryInMemory, spec: str) -> None:
    with pytest.raises(InvalidCall, match="names no release"):
        Ledger(registry).resolve(spec)


def test_what_is_not_there_is_said(registry: RegistryInMemory) -> None:
    ledger = Ledger(registry)
    with pytest.raises(ReleaseNotFound, match="no release called other"):
        ledger.resolve("other")
    with pytest.raises(ReleaseNotFound, match="churn has no champion"):
        ledger.resolve("churn@champion")
    with pytest.raises(ReleaseNotFound, match="churn/9"):
        ledger.resolve("churn/9")
