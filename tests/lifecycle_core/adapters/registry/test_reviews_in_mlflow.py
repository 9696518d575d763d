"""Reviews kept in a real registry, by processes that are killed and by two at once."""

from __future__ import annotations

import base64
import zlib
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.registry.review_tags import review_event_of, review_tags
from lifecycle_core.adapters.registry.session import session
from lifecycle_core.adapters.review_ledger import ReviewLedger
from lifecycle_core.schema.review import ColumnDrift
from lifecycle_core.schema.review_history import ReviewKept
from tests.fakes.kept_reviews import Weeks, on
from tests.fakes.promoting import registered
from tests.fakes.receiving import receiving
from tests.fakes.review_runs import perform

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.registry import MlflowRegistry
    from lifecycle_core.schema.review_history import ReviewEvent


def large(events: tuple[ReviewEvent, ...]) -> ReviewKept:
    """Return a kept review that is larger than a tag, however well it is compressed."""
    kept = next(event for event in events if isinstance(event, ReviewKept))
    drift = tuple(
        ColumnDrift(
            column=f"column ü {number * 7919 % 10007}",
            what="distribution",
            state="no_material_drift",
            value=(number * 7919 % 10007) / 10007,
            adjusted=(number * 104729 % 99991) / 99991,
            tolerance=0.1,
        )
        for number in range(3_000)
    )
    review = kept.review.model_copy(update={"drift": drift})
    return kept.model_copy(update={"event_id": "large", "review": review})


def test_reviews_are_kept_beside_a_release(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path, 3)
    weeks = Weeks(registry=registry)
    weeks.perform(on(10))
    weeks.duty(on(10)).acknowledge("adoption_rate", window=None, note="on Monday", until=on(20))

    ledger = ReviewLedger(registry)
    events, notes = ledger.read("churn")
    assert [event.kind for event in events] == ["kept", "told", "acknowledged", "silenced"]
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert notes == ()
    assert registry.names() == ("churn",)
    assert ledger.read("nobody") == ((), ())

    written = large(events)
    ledger.append(written)
    (again,) = (event for event in ledger.read("churn").events if event.event_id == "large")
    assert isinstance(again, ReviewKept)
    assert again.review == written.review
    with session(registry.uri) as client:
        tags = client.get_model_version("churn.reviews", "5").tags
        assert sum(name.startswith("nbrelease.event.") for name in tags) > 1
        assert (tags["nbrelease.kind"], tags["nbrelease.window"]) == ("kept", "2026-W10")
        client.delete_model_version("churn.reviews", "2")
    assert ledger.read("churn").notes == ("Events 2 of the reviews are gone, or cannot be read.",)


def test_what_was_torn_or_is_a_bomb_is_no_event() -> None:
    weeks = Weeks()
    weeks.perform(on(10))
    kept, told = weeks.registry.review_events("churn")
    tags = review_tags(kept)
    assert review_event_of(tags, kept.seq) == kept
    name = "nbrelease.event.000"
    bomb = base64.b64encode(zlib.compress(b" " * ((1 << 26) + 1))).decode()
    for body in ("", "no base64!", tags[name][:-40], review_tags(told)[name][::-1], bomb):
        assert review_event_of({**tags, name: body}, 1) is None
    assert review_event_of({}, 1) is None


@pytest.mark.long
def test_killed_between_sending_and_noting_it_is_sent_again_under_its_key_and_then_never(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    registered(registry, tmp_path, 3)
    spawning = get_context("spawn")
    with receiving() as receiver:
        review = Weeks().review("2026-W10", on(10))
        call = (registry.uri, tmp_path / "home", receiver.url, review)
        killed = spawning.Process(target=perform, args=call, kwargs={"dies": True})
        killed.start()
        killed.join(timeout=120)
        assert killed.exitcode == -9
        assert len(receiver.requests) == 1
        events = registry.review_events("churn")
        assert [event.kind for event in events] == ["kept"]  # what was done is there

        ready = spawning.Event()
        other = spawning.Process(target=perform, args=call, kwargs={"ready": ready})
        other.start()
        assert ready.wait(timeout=120)
        read, _ = perform(*call)  # two at once
        other.join(timeout=60)
        assert (read, other.exitcode) == (0, 0)
        keys = {request.headers["idempotency-key"] for request in receiver.requests}
        assert (len(receiver.requests), len(keys)) == (2, 1)
    assert [event.kind for event in registry.review_events("churn")] == ["kept", "told"]
