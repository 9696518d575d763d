from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.adapters.registry.tags import event_of, tags_of
from lifecycle_core.adapters.replay import hash_of, replay, sealed, status_of
from lifecycle_core.schema.release import ALIASES, History, LedgerEvent, Release

if TYPE_CHECKING:
    from random import Random

NAME = "churn"


def an_event(history: History, alias: str, version: int, **changes: object) -> LedgerEvent:
    head = history.heads.get(alias)
    fields: dict[str, Any] = {
        "event_id": f"{alias}-{version}-{len(history.entries)}",
        "action": "promote",
        "release": NAME,
        "alias": alias,
        "expected_seq": head.seq if head else 0,
        "seen_seq": max((entry.event.seq for entry in history.entries), default=0),
        "target_version": version,
        "bundle_digest": f"sha256:{version:064x}",
        "actor": "ann",
        "actor_proof": "stated",
        "reason": "because",
        "at": "2026-01-01T00:00:00Z",
        "prev_hash": head.hash if head else "",
    }
    return sealed(LedgerEvent(**fields | changes))


def a_chain(alias: str = "champion", length: int = 3) -> list[LedgerEvent]:
    events: list[LedgerEvent] = []
    for version in range(1, length + 1):
        event = an_event(replay(NAME, events), alias, version)
        events.append(event.model_copy(update={"seq": len(events) + 1}))
    return events


# Writers act by turns: each step says who, on which alias, and if it looks or writes what it saw.
_steps = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(ALIASES), st.booleans()), max_size=40
)


def interleaved(steps: list[tuple[int, str, bool]]) -> list[LedgerEvent]:
    log: list[LedgerEvent] = []
    seen: dict[int, History] = {}
    for number, (writer, alias, looks) in enumerate(steps):
        if looks or writer not in seen:
            seen[writer] = replay(NAME, log)
        else:
            event = an_event(seen[writer], alias, number + 1, event_id=str(number))
            log.append(event.model_copy(update={"seq": len(log) + 1}))
    return log


@given(_steps)
def test_exactly_one_writer_wins_each_head(steps: list[tuple[int, str, bool]]) -> None:
    log = interleaved(steps)
    history = replay(NAME, log)

    contested = {(event.alias, event.expected_seq) for event in log}
    won = [(e.event.alias, e.event.expected_seq) for e in history.entries if e.valid]
    assert sorted(won) == sorted(contested)
    assert history.broken == {}
    assert history.notes == ()


@given(_steps)
def test_the_first_of_the_writers_wins(steps: list[tuple[int, str, bool]]) -> None:
    log = interleaved(steps)
    first: dict[tuple[str, int], int] = {}
    for event in log:
        first.setdefault((event.alias, event.expected_seq), event.seq)

    valid = {entry.event.seq for entry in replay(NAME, log).entries if entry.valid}

    assert valid == set(first.values())


@given(_steps, st.randoms(use_true_random=False))
def test_replay_depends_on_the_sequence_numbers_only(
    steps: list[tuple[int, str, bool]], random: Random
) -> None:
    log = interleaved(steps)
    shuffled = list(log)
    random.shuffle(shuffled)

    assert replay(NAME, shuffled) == replay(NAME, log)


@given(_steps)
def test_what_was_valid_stays_valid_as_the_ledger_grows(steps: list[tuple[int, str, bool]]) -> None:
    log = interleaved(steps)
    whole = replay(NAME, log).entries

    for length in range(len(log)):
        assert replay(NAME, log[:length]).entries == whole[:length]


_CHANGES: dict[str, Any] = {
    "event_id": "other",
    "action": "rollback",
    "release": "other",
    "alias": "challenger",
    "expected_seq": 0,
    "seen_seq": 99,
    "target_version": 99,
    "bundle_digest": "sha256:" + "f" * 64,
    "evidence_digest": "sha256:" + "f" * 64,
    "actor": "mallory",
    "actor_proof": "os-user",
    "reason": "other",
    "at": "2027-01-01T00:00:00Z",
    "prev_hash": "sha256:" + "f" * 64,
    "hash": "sha256:" + "f" * 64,
    "record": "another plan",
}


def test_every_field_of_an_event_is_tried() -> None:
    assert set(_CHANGES) == set(LedgerEvent.model_fields) - {"schema_", "seq"}


@pytest.mark.parametrize("field", _CHANGES)
@pytest.mark.parametrize("position", [1, 2])
def test_an_edited_event_breaks_the_chain_visibly(field: str, position: int) -> None:
    events = a_chain()
    events[position] = events[position].model_copy(update={field: _CHANGES[field]})

    history = replay(NAME, events)

    assert [entry.valid for entry in history.entries[position:]] == [False] * (3 - position)
    alias = events[position].alias
    assert "edited after it was written" in history.entries[position].note
    assert alias in history.broken
    assert history.heads["champion"].version == position


def test_an_event_edited_together_with_its_hash_breaks_what_builds_on_it() -> None:
    events = a_chain()
    events[1] = sealed(events[1].model_copy(update={"target_version": 9}))

    history = replay(NAME, events)

    assert [entry.valid for entry in history.entries] == [True, True, False]
    assert "not the hash of event 2" in history.broken["champion"]


def test_a_deleted_event_is_noticed_and_takes_what_builds_on_it_along() -> None:
    first, _, third = a_chain()

    history = replay(NAME, [first, third])

    assert history.notes == ("Event 2 is missing from the ledger, or cannot be read.",)
    assert history.heads["champion"].version == 1
    assert "builds on event 2, which is gone" in history.broken["champion"]


@pytest.mark.parametrize("fate", ["deleted", "edited"])
def test_a_loser_does_not_win_when_the_winner_is_taken_away(fate: str) -> None:
    (first,) = a_chain(length=1)
    before = replay(NAME, [first])
    winner = an_event(before, "champion", 2).model_copy(update={"seq": 2})
    loser = an_event(before, "champion", 3).model_copy(update={"seq": 3})
    assert replay(NAME, [first, winner, loser]).heads["champion"].version == 2
    left = [] if fate == "deleted" else [winner.model_copy(update={"actor": "mallory"})]

    history = replay(NAME, [first, *left, loser])

    assert history.heads["champion"].version == 1
    assert "may have lost to event 2" in history.entries[-1].note
    assert "champion" in history.broken


def test_a_new_event_mends_a_broken_alias() -> None:
    first, second, third = a_chain()
    broken = [first, second.model_copy(update={"reason": "other"}), third]

    mended = an_event(replay(NAME, broken), "champion", 7).model_copy(update={"seq": 4})
    history = replay(NAME, [*broken, mended])

    assert history.broken == {}
    assert history.heads["champion"].version == 7


def test_aliases_do_not_disturb_each_other() -> None:
    events = a_chain("champion", 2)
    other = an_event(replay(NAME, []), "challenger", 5).model_copy(update={"seq": 3})

    heads = replay(NAME, [*events, other]).heads

    assert {alias: head.version for alias, head in heads.items()} == {
        "champion": 2,
        "challenger": 5,
    }


def test_the_hash_speaks_of_everything_but_the_sequence_number() -> None:
    (event,) = a_chain(length=1)

    assert hash_of(event.model_copy(update={"seq": 9, "hash": ""})) == event.hash


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 10**6))
def test_an_event_survives_being_tags(reason: str, seq: int) -> None:
    event = an_event(replay(NAME, []), "champion", 1, reason=reason)

    assert event_of(tags_of(event), seq) == event.model_copy(update={"seq": seq})


def test_a_version_that_somebody_else_put_into_the_ledger_is_no_event() -> None:
    assert event_of({"hello": "world"}, 1) is None
    assert event_of({"nbrelease.event_id": "x"}, 1) is None


def test_status_takes_its_aliases_from_the_ledger() -> None:
    releases = [
        Release(name=NAME, version=v, bundle_digest=f"sha256:{v:064x}", created="2026-01-01")
        for v in (2, 1)
    ]

    status = status_of(NAME, releases, a_chain(length=2))

    assert [(release.version, release.aliases) for release in status.releases] == [
        (1, ()),
        (2, ("champion",)),
    ]
