"""What the service asks of those behind it: a desk that answers, and a log that keeps."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.schema.contract import Rule
    from lifecycle_core.schema.prediction import Lag, Outcome
    from lifecycle_core.schema.serving import Cause, Refusal, ServingSection
    from lifecycle_core.schema.usage import Usage


class Inquiry(Protocol):
    """One request, checked; `delivering.inquiring.Inquiry` is one."""

    @property
    def rows(self) -> int:
        """How many rows it has."""

    @property
    def refusals(self) -> Sequence[Refusal]:
        """What is wrong with its rows; of very many bad fields the first."""

    @property
    def refused(self) -> bool:
        """Whether it is refused for that; else a fallback answers for bad rows."""

    @property
    def broken(self) -> Mapping[int, Mapping[tuple[str, Rule], int]]:
        """By version that answers, how many fields break its contract, by field and rule."""

    @property
    def asked(self) -> Mapping[int, Sequence[int]]:
        """By version that answers, the positions of its rows."""

    @property
    def serving(self) -> ServingSection:
        """What is declared for the release that answers."""

    @property
    def shadowed(self) -> bool:
        """Whether a shadow scores it too."""

    @property
    def quick(self) -> bool:
        """Whether its models answer in a bounded, short time, so that nobody need wait apart."""

    @property
    def effort(self) -> float:
        """What its reasons take, as a part of what they may take while others wait; 0 for none."""

    @property
    def slow_reasons(self) -> bool:
        """Whether its reasons may take long, so that its scores cannot wait for them."""


class Reply(Protocol):
    """What is said and kept about one request; `delivering.replying.Reply` is one."""

    @property
    def answers(self) -> Sequence[Mapping[str, Any]]:
        """One for each row, for the caller."""

    @property
    def predictions(self) -> Sequence[Mapping[str, Any]]:
        """One for each row that was answered, for the log."""

    @property
    def unanswered(self) -> str:
        """Why no row has an answer; empty if one has."""

    @property
    def raised(self) -> str:
        """Type of what the model raised; empty if it did not."""


class Desk(Protocol):
    """Answers requests; `delivering.replying.Desk` is one."""

    def inquire(
        self, columns: Mapping[str, Sequence[Any]], rows: int, *, now: float, explained: bool
    ) -> Inquiry:
        """Route and check the rows of a request."""

    def answer(
        self,
        inquiries: Sequence[Any],
        elapsed: Callable[[], Sequence[float]],
        late: Callable[[int], bool],
    ) -> Sequence[Reply]:
        """Answer several requests at once; without reasons from where one of them is late."""

    def explain(
        self,
        inquiry: Any,  # noqa: ANN401 - its own inquiry
        reply: Any,  # noqa: ANN401 - its own reply
        elapsed: Callable[[], float],
        late: Callable[[], bool],
    ) -> Reply:
        """Return a reply with the reasons that there was no time for."""

    def fall_back(self, inquiry: Any, cause: Cause, latency: float) -> Reply:  # noqa: ANN401 - its own inquiry
        """Answer a request without its model, at once."""

    def shadow(self, inquiry: Any, latency: float) -> tuple[Sequence[Mapping[str, Any]], str]:  # noqa: ANN401 - as above
        """Return what the shadow says for the log, and what it raised."""


class PredictionLog(Protocol):
    """Keeps what was said; its futures are done when that is safe."""

    def keep(self, predictions: Sequence[bytes], then: Callable[[Exception | None], None]) -> None:
        """Keep predictions, each the JSON of one; `LogFull` where there is no room.

        `then` is called once, in any thread, when that is safe or has failed.
        """

    def append_outcomes(self, outcomes: Sequence[Outcome]) -> Future[None]:
        """Keep outcomes."""

    def append_usage(self, usage: Sequence[Usage]) -> Future[None]:
        """Keep what intervals took."""

    def lag(self) -> Lag:
        """Say what is not in the tables yet."""

    def close(self) -> object:
        """Write what can be written, and end."""


class NoLog:
    """Keeps nothing: for a service that was started without a log."""

    def __init__(self) -> None:
        self._done: Future[None] = Future()
        self._done.set_result(None)

    def keep(
        self,
        predictions: Sequence[bytes],  # noqa: ARG002 - nothing is kept
        then: Callable[[Exception | None], None],
    ) -> None:
        """Keep nothing."""
        then(None)

    def append_outcomes(self, outcomes: Sequence[Outcome]) -> Future[None]:  # noqa: ARG002 - as above
        """Keep nothing."""
        return self._done

    def append_usage(self, usage: Sequence[Usage]) -> Future[None]:  # noqa: ARG002 - as above
        """Keep nothing."""
        return self._done

    def lag(self) -> Lag:
        """Nothing waits."""
        from lifecycle_core.schema.prediction import Lag

        return Lag(rows=0, bytes=0, oldest_seconds=0.0)

    def close(self) -> None:
        """Nothing was open."""
