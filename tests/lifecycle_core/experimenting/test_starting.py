from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.errors import ConcurrentPromotion, InvalidCall, LedgerBroken
from lifecycle_core.experimenting import (
    all_of,
    balance,
    chosen,
    require_startable,
    running,
    start,
    stop,
)
from lifecycle_core.schema.experiment import FrozenExperiment, FrozenRelease
from tests.fakes.experiments import counts, frozen, plan
from tests.fakes.registry import RegistryInMemory

if TYPE_CHECKING:
    from lifecycle_core.schema.release import History

ANN = Actor("ann", "stated")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def registry() -> RegistryInMemory:
    made = RegistryInMemory()
    for _ in range(2):
        made.add("churn")
    ledger = Ledger(made)
    for version, alias in ((1, "champion"), (2, "challenger")):
        target = made.release("churn", version)
        history = ledger.history("churn")
        ledger.commit(
            ledger.propose(history, action="promote", alias=alias, target=target, actor=ANN)
        )
    return made


def experiment(registry: RegistryInMemory, name: str = "autumn") -> FrozenExperiment:
    release = registry.release("churn", 2)
    owner = FrozenRelease(version=2, bundle_digest=release.bundle_digest)
    stated = plan(name=name, salt=f"churn-{name}")
    return frozen(stated, treatments={"challenger": owner})


def begin(registry: RegistryInMemory, name: str = "autumn") -> None:
    ledger = Ledger(registry)
    start(experiment(registry, name), ledger.history("churn"), ledger=ledger, actor=ANN)


def end(registry: RegistryInMemory) -> None:
    ledger = Ledger(registry)
    told = stop(ledger.history("churn"), reason="seen enough", ledger=ledger, actor=ANN)
    assert told in all_of(ledger.history("churn")).experiments


def history_of(registry: RegistryInMemory) -> History:
    return Ledger(registry).history("churn")


def test_experiments_run_one_after_the_other_and_move_no_alias(registry: RegistryInMemory) -> None:
    before = history_of(registry).heads
    for name in ("autumn", "winter"):
        begin(registry, name)
        now = running(history_of(registry))
        assert now is not None
        assert now.frozen == experiment(registry, name)
        end(registry)
        assert running(history_of(registry)) is None
    history = history_of(registry)
    assert history.heads == before
    assert registry.aliases("churn") == {"champion": 1, "challenger": 2}
    assert Ledger(registry).resolve("churn/2").aliases == ("challenger",)
    found = all_of(history).experiments
    assert [(each.frozen.plan.name, each.state, each.reason) for each in found] == [
        ("autumn", "stopped", "seen enough"), ("winter", "stopped", "seen enough"),
    ]  # fmt: skip
    assert chosen(history, None).frozen.plan.name == "winter"
    assert chosen(history, "autumn").by == "ann"


def test_one_at_a_time_under_names_and_salts_of_their_own(registry: RegistryInMemory) -> None:
    begin(registry)
    with pytest.raises(InvalidCall, match="autumn of churn is running"):
        require_startable(plan(name="winter", salt="w"), history_of(registry))
    end(registry)
    with pytest.raises(InvalidCall, match="an experiment autumn already"):
        require_startable(plan(salt="w"), history_of(registry))
    with pytest.raises(InvalidCall, match="The salt 'churn-autumn'"):
        require_startable(plan(name="winter"), history_of(registry))
    require_startable(plan(name="winter", salt="w"), history_of(registry))


def test_of_two_who_start_at_once_one_wins(registry: RegistryInMemory) -> None:
    ledger, history = Ledger(registry), history_of(registry)
    start(experiment(registry, "autumn"), history, ledger=ledger, actor=ANN)
    with pytest.raises(ConcurrentPromotion, match="started or stopped an experiment"):
        start(experiment(registry, "winter"), history, ledger=ledger, actor=ANN)
    assert len(all_of(history_of(registry)).experiments) == 1


def test_a_plan_that_was_changed_in_the_ledger_is_not_read(registry: RegistryInMemory) -> None:
    begin(registry)
    seq, event = max(registry.log["churn"].items())
    edited = event.record.replace('"level":0.95', '"level":0.60')
    assert edited != event.record
    registry.log["churn"][seq] = event.model_copy(update={"record": edited})
    with pytest.raises(LedgerBroken, match="cannot be trusted"):
        running(history_of(registry))
    assert history_of(registry).heads.keys() == {"champion", "challenger"}


def test_a_plan_of_a_later_version_says_so(registry: RegistryInMemory) -> None:
    ledger = Ledger(registry)
    event = ledger.propose(
        history_of(registry), action="start", alias="experiment",
        target=registry.release("churn", 2), actor=ANN, record='{"schema": "experiment/9"}',
    )  # fmt: skip
    ledger.commit(event)
    with pytest.raises(LedgerBroken, match="plan cannot be read"):
        running(history_of(registry))


def test_nothing_to_stop_or_to_find(registry: RegistryInMemory) -> None:
    with pytest.raises(InvalidCall, match="No experiment of churn is running"):
        end(registry)
    with pytest.raises(InvalidCall, match="had no experiment"):
        chosen(history_of(registry), None)
    begin(registry)
    with pytest.raises(InvalidCall, match="needs a reason"):
        stop(history_of(registry), reason=" ", ledger=Ledger(registry), actor=ANN)


def test_events_without_a_plan_keep_the_hash_that_they_had(registry: RegistryInMemory) -> None:
    event = registry.events("churn")[0]
    assert "record" not in event.model_dump(exclude_defaults=True)
    assert all(entry.valid for entry in history_of(registry).entries)


def test_arms_that_were_unlike_before_are_told() -> None:
    alike = balance(plan(), counts(effect=0.0), days=28)
    assert (alike.passed, alike.note) == (True, "")
    unlike = balance(plan(), counts(effect=1.0), days=28)
    assert (unlike.passed, unlike.metric_p["challenger"] < 0.05) == (False, True)
    assert "take another salt" in unlike.note
    lost = balance(plan(), counts(effect=0.0, lost=0.4), days=28)
    assert (lost.passed, "sizes" in lost.note) == (False, True)
    few = balance(plan(), counts(units=3), days=28)
    assert (few.passed, "nothing can be said" in few.note) == (True, True)
