from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.announcer import Announcer
from lifecycle_core.adapters.sinks import ConfiguredSink
from lifecycle_core.errors import MissingExtra, SinkFailed
from lifecycle_core.schema.event import Metric
from tests.fakes.events import good_run, metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.sinks import Sink
    from lifecycle_core.schema.event import Event


class Kept:
    """A sink that keeps events, after doing something for each."""

    def __init__(self, doing: Callable[[Event], object] = lambda _event: None) -> None:
        self.events: list[Any] = []
        self.closed = 0
        self._doing = doing

    def take(self, event: Event) -> None:
        self._doing(event)
        self.events.append(event)

    def close(self) -> None:
        self.closed += 1


def announcer(*sinks: Sink, only: frozenset[str] = frozenset()) -> Announcer:
    return Announcer(
        [
            ConfiguredSink(label=f"sink {number}", sink=sink, only=only)
            for number, sink in enumerate(sinks)
        ]
    )


def raising(error: BaseException) -> Callable[[Event], object]:
    def doing(_event: Event) -> None:
        raise error

    return doing


def test_every_sink_gets_every_event_in_order_and_is_closed_once() -> None:
    first, second = Kept(), Kept()
    telling = announcer(first, second)
    for event in good_run():
        telling.tell(event)
    assert telling.close() == ()
    assert telling.close() == ()
    assert first.events == second.events == good_run()
    assert (first.closed, second.closed) == (1, 1)


def test_a_sink_is_told_only_what_it_wants() -> None:
    sink = Kept()
    telling = announcer(sink, only=frozenset({"metric", "run_finished"}))
    for event in good_run():
        telling.tell(event)
    telling.close()
    assert [event.kind for event in sink.events] == ["metric", "run_finished"]


def test_a_failing_sink_is_told_once_for_each_kind_of_failure() -> None:
    def doing(event: Event) -> None:
        assert isinstance(event, Metric)
        if event.value < 3:
            raise SinkFailed("https://e.com answered 503 Busy", kind="503")
        if event.value == 3:
            raise ValueError("http://ann:s3cret@host\nis \x1b[31mgone")

    sink, other = Kept(doing), Kept()
    telling = announcer(sink, other)
    for value in range(5):
        telling.tell(metric(value))
    assert telling.close() == (
        "Sink 0 did not take 3 events: https://e.com answered 503 Busy.",
        "Sink 0 did not take 1 event: ValueError: http://***@host is [31mgone.",
    )
    assert len(sink.events) == 1
    assert len(other.events) == 5


def test_a_missing_library_is_told_with_its_cure() -> None:
    telling = announcer(
        Kept(raising(MissingExtra("prometheus-client is not installed.", extra="monitoring")))
    )
    telling.tell(metric())
    (said,) = telling.close()
    assert said.endswith("prometheus-client is not installed. pip install 'nbrelease[monitoring]'.")


def test_a_hook_that_leaves_does_not_end_the_others() -> None:
    sink = Kept(raising(SystemExit(1)))
    telling = announcer(sink)
    telling.tell(metric())
    telling.tell(metric())
    assert telling.close() == ("Sink 0 did not take 2 events: SystemExit: 1.",)
    assert sink.closed == 1


def test_a_close_that_fails_is_told() -> None:
    class Stuck(Kept):
        def close(self) -> None:
            raise OSError("no space")

    telling = announcer(Stuck())
    telling.tell(metric())
    assert telling.close() == ("Sink 0 could not be closed: OSError: no space.",)


def test_a_slow_sink_drops_the_oldest_and_never_holds_the_run_up() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def doing(_event: Event) -> None:
        begun.set()
        go_on.wait()

    slow, quick = Kept(doing), Kept()
    telling = Announcer(
        [
            ConfiguredSink(label="sink slow", sink=slow, queue=3),
            ConfiguredSink(label="sink quick", sink=quick),
        ]
    )
    telling.tell(metric(0))
    begun.wait()
    for value in range(1, 10):
        telling.tell(metric(value))  # would wait for ever if it waited
    go_on.set()
    assert telling.close() == ("Sink slow was too slow: 6 events dropped, the oldest first.",)
    assert [event.value for event in slow.events] == [0, 7, 8, 9]
    assert len(quick.events) == 10


def test_what_a_hung_sink_did_not_get_is_told() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def doing(_event: Event) -> None:
        begun.set()
        go_on.wait()

    sink = Kept(doing)
    telling = announcer(sink)
    for value in range(3):
        telling.tell(metric(value))
    begun.wait()
    assert telling.close(timeout=0.01) == ("Sink 0 had 3 events left undelivered after 0.01 s.",)
    go_on.set()
    assert telling.close() == ("Sink 0 had 3 events left undelivered after 0.01 s.",)


def test_an_event_after_the_close_is_dropped() -> None:
    sink = Kept()
    telling = announcer(sink)
    telling.close()
    telling.tell(metric())
    assert sink.events == []


def test_no_thread_starts_where_nothing_is_told() -> None:
    before = threading.active_count()
    assert announcer(Kept()).close() == ()
    assert threading.active_count() == before


def test_many_threads_may_tell_at_once() -> None:
    sink = Kept()
    telling = announcer(sink)

    def tell_all() -> None:
        for value in range(200):
            telling.tell(metric(value))

    tellers = [threading.Thread(target=tell_all) for _ in range(4)]
    for each in tellers:
        each.start()
    for each in tellers:
        each.join()
    assert telling.close() == ()
    assert len(sink.events) == 800
