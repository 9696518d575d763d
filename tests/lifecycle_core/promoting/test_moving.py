from __future__ import annotations

from collections.abc import Callable

import pytest

from lifecycle_core.adapters.identity import Actor
from lifecycle_core.adapters.ledger import Ledger
from lifecycle_core.errors import (
    BundleInvalid,
    CheckpointFailed,
    ConcurrentPromotion,
    InvalidCall,
    ReleaseNotFound,
)
from lifecycle_core.promoting import Verified, nominate, previous, promote, rollback
from lifecycle_core.schema.release import Entry, Release
from lifecycle_core.schema.release_file import OwnersSection, PolicySection
from tests.fakes.evidence import evidence
from tests.fakes.registry import RegistryInMemory

ANN = Actor("ann", "stated")
Verify = Callable[[Release], Verified]


def good(release: Release) -> Verified:
    return Verified(release.bundle_digest, evidence())


def without_owners(policy: PolicySection | None = None) -> Verify:
    made = evidence(policy=policy)
    file = made.release_file.model_copy(update={"owners": OwnersSection()})
    spoilt = made.model_copy(update={"release_file": file})
    return lambda release: Verified(release.bundle_digest, spoilt)


class Desk:
    """One registry, and somebody who moves aliases in it."""

    def __init__(self) -> None:
        self.registry = RegistryInMemory()
        self.ledger = Ledger(self.registry)

    def registered(self, count: int = 1) -> None:
        for _ in range(count):
            nominate(self.registry.add("churn"), ledger=self.ledger, actor=ANN)

    def promoted(self, to: str, version: int | None = None, verify: Verify = good) -> Entry:
        return promote(
            "churn",
            to=to,
            version=version,
            ledger=self.ledger,
            verify=verify,
            actor=ANN,
        )

    def rolled_back(
        self,
        to: str | int = "previous",
        alias: str | None = None,
        reason: str = "complaints",
        verify: Verify = good,
    ) -> Entry:
        return rollback(
            "churn",
            to=to,
            alias=alias,
            reason=reason,
            ledger=self.ledger,
            verify=verify,
            actor=ANN,
        )

    def at(self, alias: str) -> int | None:
        head = self.ledger.history("churn").heads.get(alias)
        return head.version if head else None


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.registered(3)
    return made


def test_registering_makes_the_newest_the_candidate(desk: Desk) -> None:
    assert desk.at("candidate") == 3
    assert desk.registry.aliases("churn") == {"candidate": 3}


def test_of_two_registered_at_once_the_higher_version_is_the_candidate(desk: Desk) -> None:
    fourth, fifth = desk.registry.add("churn"), desk.registry.add("churn")
    history = desk.ledger.history("churn")
    for ours, other in ((fourth, fifth), (fifth, fourth)):
        desk.registry.before_append = [
            desk.ledger.propose(
                history, action="promote", alias="candidate", target=other, actor=ANN
            )
        ]
        nominate(ours, ledger=desk.ledger, actor=ANN)
        assert desk.at("candidate") == 5


def test_the_way_of_a_release(desk: Desk) -> None:
    challenger = desk.promoted("challenger")
    champion = desk.promoted("champion")

    assert (challenger.event.target_version, champion.event.target_version) == (3, 3)
    assert champion.event.action == "promote"
    assert champion.event.actor == "ann"
    assert champion.event.evidence_digest.startswith("sha256:")
    assert desk.at("champion") == 3


def test_a_version_can_be_named(desk: Desk) -> None:
    assert desk.promoted("champion", version=2).event.target_version == 2


def test_a_champion_comes_from_the_challenger(desk: Desk) -> None:
    with pytest.raises(ReleaseNotFound, match="churn has no challenger"):
        desk.promoted("champion")


def test_a_champion_that_somebody_else_made_is_not_replaced_unseen(desk: Desk) -> None:
    for version in (1, 2):
        desk.promoted("challenger", version)
        desk.promoted("champion", version)
    desk.promoted("challenger", 3)

    def replaced(seen: int) -> Entry:
        return promote(
            "churn", to="champion", instead_of=seen, ledger=desk.ledger, verify=good, actor=ANN
        )

    with pytest.raises(ConcurrentPromotion, match="points at version 2, and was to be moved from"):
        replaced(1)
    assert desk.at("champion") == 2
    replaced(2)
    assert desk.at("champion") == 3


def test_promoting_what_is_there_already_adds_nothing(desk: Desk) -> None:
    first = desk.promoted("challenger")

    assert desk.promoted("challenger") == first


def test_a_needed_checkpoint_stops_the_promotion_and_says_what_to_do(desk: Desk) -> None:
    with pytest.raises(CheckpointFailed) as caught:
        desk.promoted("challenger", verify=without_owners())

    assert str(caught.value) == (
        "churn/3 cannot become challenger: 1 checkpoint that challenger needs is not passed: "
        "owners (missing)."
    )
    assert caught.value.hint.startswith("Add `product: {name: ..., contact: ...}`")
    assert [result.id for result in caught.value.results] == ["owners"]
    assert desk.at("challenger") is None


@pytest.mark.parametrize(
    "policy",
    [
        PolicySection(required={"challenger": ("value",)}),
        PolicySection(waived={"owners": "a pilot"}),
    ],
)
def test_what_the_policy_does_not_ask_for_stops_nothing(desk: Desk, policy: PolicySection) -> None:
    assert desk.promoted("challenger", verify=without_owners(policy)).valid


def test_the_policy_is_for_one_alias(desk: Desk) -> None:
    policy = PolicySection(required={"challenger": ("value",)})
    desk.promoted("challenger", verify=without_owners(policy))

    with pytest.raises(CheckpointFailed, match="cannot become champion"):
        desk.promoted("champion", verify=without_owners(policy))


def test_another_bundle_than_the_registered_one_is_refused(desk: Desk) -> None:
    def other(_: Release) -> Verified:
        return Verified("sha256:" + "f" * 64, evidence())

    with pytest.raises(BundleInvalid, match="has digest sha256:f"):
        desk.promoted("challenger", verify=other)
    desk.promoted("challenger", version=1)
    desk.promoted("challenger", version=2)
    with pytest.raises(BundleInvalid, match="has digest sha256:f"):
        desk.rolled_back(verify=other)


def test_evidence_of_another_model_is_refused(desk: Desk) -> None:
    def other(release: Release) -> Verified:
        return Verified(release.bundle_digest, evidence("fraud"))

    with pytest.raises(BundleInvalid, match="says that it is of fraud"):
        desk.promoted("challenger", verify=other)


def test_who_moves_the_alias_while_we_verify_wins(desk: Desk) -> None:
    def slow(release: Release) -> Verified:
        desk.promoted("challenger", version=1)
        return good(release)

    with pytest.raises(ConcurrentPromotion, match="it points at churn/1 now"):
        desk.promoted("challenger", version=2, verify=slow)
    assert desk.at("challenger") == 1


@pytest.mark.parametrize(
    ("alias", "hint"), [("champoin", "Did you mean champion"), ("x", "--to challenger")]
)
def test_an_alias_that_there_is_not_is_refused(desk: Desk, alias: str, hint: str) -> None:
    with pytest.raises(InvalidCall, match="is no alias") as caught:
        desk.promoted(alias)
    assert hint in caught.value.hint


def test_rolling_back_goes_back_and_never_forward(desk: Desk) -> None:
    for version in (1, 2, 3):
        desk.promoted("champion", version=version)

    assert desk.rolled_back().event.target_version == 2
    entry = desk.rolled_back()

    assert (entry.event.action, entry.event.reason) == ("rollback", "complaints")
    assert desk.at("champion") == 1
    with pytest.raises(ReleaseNotFound, match="churn@champion has no version before churn/1"):
        desk.rolled_back()


def test_after_a_rollback_a_promotion_stands_on_what_was_rolled_back_to(desk: Desk) -> None:
    desk.promoted("champion", version=1)
    desk.promoted("champion", version=2)
    desk.rolled_back()
    desk.promoted("champion", version=3)

    before = previous(desk.ledger.history("churn"), "champion")

    assert before is not None
    assert before.target_version == 1


def test_a_rollback_can_name_a_version_that_the_alias_pointed_at(desk: Desk) -> None:
    for version in (1, 2, 3):
        desk.promoted("champion", version=version)

    assert desk.rolled_back(to="1").event.target_version == 1
    assert desk.rolled_back(to=3).event.target_version == 3
    with pytest.raises(InvalidCall, match="points at churn/3 already"):
        desk.rolled_back(to=3)
    with pytest.raises(ReleaseNotFound, match="never pointed at churn/9"):
        desk.rolled_back(to=9)
    with pytest.raises(InvalidCall, match="must be `previous` or a version"):
        desk.rolled_back(to="-1")


def test_a_rollback_takes_the_champion_if_there_is_one_else_the_challenger(desk: Desk) -> None:
    with pytest.raises(ReleaseNotFound, match="churn has no challenger"):
        desk.rolled_back()
    desk.promoted("challenger", version=1)
    desk.promoted("challenger", version=2)
    assert desk.rolled_back().event.alias == "challenger"
    desk.promoted("champion", version=1)
    desk.promoted("champion", version=2)
    assert desk.rolled_back().event.alias == "champion"
    assert desk.rolled_back(alias="candidate").event.target_version == 2


def test_a_rollback_skips_the_checkpoints(desk: Desk) -> None:
    desk.promoted("champion", version=1)
    desk.promoted("champion", version=2)

    assert desk.rolled_back(verify=without_owners()).valid


def test_a_rollback_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(InvalidCall, match="needs a reason") as caught:
        desk.rolled_back(reason=" ")
    assert "--reason" in caught.value.hint
