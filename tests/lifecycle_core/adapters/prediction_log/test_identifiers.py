from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from lifecycle_core.adapters.prediction_log import Identifiers


def test_ids_are_uuids_of_version_7_and_of_now() -> None:
    made = uuid.UUID(Identifiers(lambda: 1_795_000_000_123_456_789).next())
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == 1_795_000_000_123


def test_ids_grow_though_the_clock_jumps_back() -> None:
    times = [5_000, 4_000, 4_000, 1, 6_000]
    made = Identifiers(iter([each * 1_000_000 for each in times]).__next__)
    ids = [made.next() for _ in times]
    assert ids == sorted(set(ids))


def test_more_ids_than_a_millisecond_counts_still_grow() -> None:
    made = Identifiers(lambda: 0)
    ids = [made.next() for _ in range(5_000)]
    assert ids == sorted(set(ids))


def test_threads_never_make_the_same() -> None:
    made = Identifiers(lambda: 0)
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: made.next(), range(2_000)))
    assert len(set(ids)) == len(ids)
