from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.errors import BundleInvalid, RegistryUnavailable
from lifecycle_core.schema.serving import Experiment, Roles
from tests.fakes.serving import NOW, FakeLedger, a_release, served

if TYPE_CHECKING:
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.release import Alias, Release


class Shelf:
    """Makes versions, some of which are broken."""

    def __init__(self, serving: dict[str, Any] | None = None) -> None:
        self.serving = serving or {}
        self.broken: set[int] = set()
        self.made: list[int] = []

    def __call__(self, version: int) -> Served:
        self.made.append(version)
        if version in self.broken:
            raise BundleInvalid("It is not what was registered.", path="model")
        return served(version=version, **self.serving)


def champion(
    version: int, previous: Release | None = None, aliases: dict[Alias, Release] | None = None
) -> Roles:
    return Roles(
        champion=a_release(version), alias="champion", previous=previous, aliases=aliases or {}
    )


def test_a_promotion_and_a_rollback_are_taken_up() -> None:
    ledger = FakeLedger(Shelf())
    following = ledger.following()
    for version in (2, 1):
        ledger.roles = champion(version)
        following.step(NOW)
        assert following.desk.lineup.champion.release.version == version
        assert following.readiness().roles == {"champion": version}
    assert ledger.told == [("first", 1), ("switched", 2), ("switched", 1)]


def test_a_request_keeps_the_releases_that_it_came_under() -> None:
    ledger = FakeLedger(Shelf())
    following = ledger.following()
    row: dict[str, list[Any]] = {"tenure": [3], "plan": ["basic"]}
    before = following.desk.inquire(row, 1, now=0.0, explained=True)
    ledger.roles = champion(2)
    following.step(NOW)
    after = following.desk.inquire(row, 1, now=0.0, explained=True)
    replies = following.desk.answer([before, after], lambda: [0.0, 0.0])
    assert [reply.answers[0]["version"] for reply in replies] == [1, 2]


def test_nothing_is_loaded_while_nothing_moves() -> None:
    shelf = Shelf()
    following = FakeLedger(shelf).following()
    for _ in range(3):
        following.step(NOW)
    assert shelf.made == [1]


def test_a_release_that_is_refused_leaves_the_one_before_and_is_told_once() -> None:
    shelf = Shelf()
    ledger = FakeLedger(shelf)
    following = ledger.following()
    shelf.broken = {2}
    ledger.roles = champion(2)
    for seconds in (0, 1, 29):
        following.step(NOW + timedelta(seconds=seconds))
    found = following.readiness()
    assert (found.ready, found.version) == (True, 1)
    assert [(each.role, each.version) for each in found.refused] == [("champion", 2)]
    assert "not what was registered" in found.refused[0].reason
    assert shelf.made == [1, 2]
    assert ledger.told == [("first", 1), ("refused as champion", 2)]
    shelf.broken.clear()
    following.step(NOW + timedelta(seconds=31))
    assert following.readiness().refused == ()
    assert ledger.told[-1] == ("switched", 2)


def test_a_refused_promotion_that_is_taken_back_is_refused_no_more() -> None:
    shelf = Shelf()
    ledger = FakeLedger(shelf)
    following = ledger.following()
    following.step(NOW)
    shelf.broken = {2}
    for version, refused in ((2, [2]), (1, [])):
        ledger.roles = champion(version)
        following.step(NOW)
        assert [each.version for each in following.readiness().refused] == refused


def test_a_ledger_that_is_back_is_told_of_though_its_champion_is_refused() -> None:
    shelf = Shelf()
    ledger = FakeLedger(shelf)
    following = ledger.following()
    shelf.broken = {2}
    ledger.roles = champion(2)
    ledger.unable = RegistryUnavailable("The registry does not answer.", uri="http://r")
    following.step(NOW)
    ledger.unable = None
    following.step(NOW)
    assert following.readiness().ledger == ""


def test_a_ledger_that_is_away_stops_nothing() -> None:
    ledger = FakeLedger(Shelf())
    following = ledger.following()
    ledger.unable = RegistryUnavailable("The registry does not answer.", uri="http://r")
    following.step(NOW)
    assert following.readiness().ledger == "The registry does not answer."
    assert following.readiness().ready
    ledger.unable = None
    following.step(NOW)
    assert following.readiness().ledger == ""


def test_a_look_that_fails_unforeseen_is_in_the_readiness_too() -> None:
    ledger = FakeLedger(Shelf())
    following = ledger.following()
    ledger.unable = RuntimeError("The worker died.")
    with pytest.raises(RuntimeError):
        following.step(NOW)
    assert following.readiness().ledger == "It cannot be asked: RuntimeError."
    ledger.unable = None
    following.step(NOW)
    assert following.readiness().ledger == ""


def test_without_a_first_release_there_is_no_service() -> None:
    shelf = Shelf()
    shelf.broken = {1}
    with pytest.raises(BundleInvalid):
        FakeLedger(shelf).following()


def test_shadow_arms_and_the_one_before_come_from_the_release_s_own_declaration() -> None:
    shelf = Shelf(
        {
            "shadow": "candidate",
            "experiment": {"salt": "s", "arms": {"challenger": 10}},
            "fallback": [{"use": "previous_release"}],
        }
    )
    ledger = FakeLedger(shelf)
    ledger.roles = champion(
        3,
        previous=a_release(2),
        aliases={"candidate": a_release(5), "challenger": a_release(4)},
    )
    following = ledger.following()
    assert following.readiness().roles == {
        "champion": 3, "previous": 2, "shadow": 5, "challenger": 4,
    }  # fmt: skip
    shelf.broken = {6}
    ledger.roles = champion(3, aliases={"candidate": a_release(6)})
    following.step(NOW)
    found = following.readiness()
    assert found.roles == {"champion": 3}
    assert [(each.role, each.version) for each in found.refused] == [("shadow", 6)]


def test_a_shadow_is_loaded_for_itself_though_the_same_release_has_an_arm() -> None:
    shelf = Shelf({"shadow": "challenger", "experiment": {"salt": "s", "arms": {"challenger": 10}}})
    ledger = FakeLedger(shelf)
    ledger.roles = champion(3, aliases={"challenger": a_release(4)})
    following = ledger.following()
    lineup = following.desk.lineup
    assert lineup.shadow is not lineup.arms["challenger"]
    assert ledger.told == [("loaded as shadow", 4), ("first", 3)]
    assert shelf.made == [3, 4, 4]
    following.step(NOW)
    assert shelf.made == [3, 4, 4]
    ledger.roles = champion(4)
    following.step(NOW)
    assert following.desk.lineup.champion is lineup.arms["challenger"]
    assert following.desk.lineup.shadow is None


def test_an_experiment_of_the_ledger_counts_in_place_of_the_declared_one() -> None:
    ledger = FakeLedger(Shelf({"experiment": {"salt": "s", "arms": {"candidate": 10}}}))
    ledger.roles = champion(3, aliases={"candidate": a_release(5)})
    following = ledger.following()
    assert following.readiness().roles == {"champion": 3, "candidate": 5}
    started = Experiment(salt="autumn", arms={"challenger": 50}, holdout=10)
    arms = {"challenger": a_release(4), "holdout": a_release(3)}
    ledger.roles = champion(3).model_copy(update={"experiment": started, "arms": arms})
    following.step(NOW)
    assert following.readiness().roles == {"champion": 3, "challenger": 4, "holdout": 3}
    assert following.desk.lineup.experiment == started
    ledger.roles = champion(3, aliases={"candidate": a_release(5)})
    following.step(NOW)
    assert following.readiness().roles == {"champion": 3, "candidate": 5}
