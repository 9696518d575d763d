"""Releases that are ready to answer, a ledger that moves at will, and logs that misbehave."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import uvicorn

from lifecycle_core.adapters.prediction_log import Identifiers
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import checked
from lifecycle_core.adapters.serving.app import Parts, build
from lifecycle_core.adapters.serving.metrics import Metrics
from lifecycle_core.adapters.serving.scoring import Limits
from lifecycle_core.delivering.following import Following
from lifecycle_core.delivering.last_scores import LastScores
from lifecycle_core.delivering.serving import prepare
from lifecycle_core.errors import LogFull
from lifecycle_core.schema.contract import Contract, Feature
from lifecycle_core.schema.finalization import DecisionRule
from lifecycle_core.schema.prediction import Lag
from lifecycle_core.schema.release import Release
from lifecycle_core.schema.release_file import ReleaseFile
from lifecycle_core.schema.serving import Roles
from tests.fakes.scoring import finalization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lifecycle_core.adapters.serving.base import PredictionLog
    from lifecycle_core.adapters.serving.guard import Application
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.prediction import Outcome
    from lifecycle_core.schema.usage import Usage

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
CONTRACT = Contract(
    name="churn",
    features=(
        Feature(
            name="tenure", type="integer", required=True, minimum=0, maximum=72,
            meaning="Months as a customer", unit="months",
        ),
        Feature(name="charges", type="number", required=False, minimum=0),
        Feature(name="plan", type="string", required=True, categories=("basic", "plus")),
    ),
)  # fmt: skip
ROW = {"tenure": 36, "charges": 50.5, "plan": "plus"}
CONSTANT = {"use": "constant", "decision": False, "score": 0.125}
"""A fallback that always answers."""


@dataclass
class FakeScorer:
    """Gives what a function of the tenures gives, and counts how often it is asked.

    Attributes:
        score_of: A row's score.
        seconds: How long a call takes.
        raises: What a call raises.
    """

    score_of: Callable[[int], float] = lambda tenure: tenure / 72
    seconds: float = 0.0
    raises: Exception | None = None
    kind: str = "scikit-learn"
    features: tuple[str, ...] = ("tenure", "charges", "plan")
    calls: list[int] = field(default_factory=list)

    def score(self, row: Mapping[str, Any]) -> float:
        return float(self.scores({name: [value] for name, value in row.items()})[0])

    def scores(self, columns: Mapping[str, Any]) -> NDArray[np.float64]:
        tenures = columns["tenure"]
        self.calls.append(len(tenures))
        if self.seconds:
            time.sleep(self.seconds)
        if self.raises is not None:
            raise self.raises
        return np.asarray([self.score_of(tenure) for tenure in tenures], dtype=np.float64)


def a_release(version: int = 1) -> Release:
    digest = f"sha256:{version:064x}"
    return Release(name="churn", version=version, bundle_digest=digest, created="2026-11-28")


def served(
    scorer: FakeScorer | None = None,
    *,
    version: int = 1,
    contract: Contract = CONTRACT,
    last: LastScores | None = None,
    key: tuple[str, ...] = ("customer",),
    **serving: object,
) -> Served:
    """Return a release that acts from a score of 0.5, with this in its section `serving`."""
    declared = {"model": {"name": "churn"}, "workflow": {"key": key}, "serving": serving}
    rule = DecisionRule(kind="threshold", value=0.5)
    return prepare(
        a_release(version), contract, finalization("classification", rule),
        ReleaseFile.model_validate(declared), scorer or FakeScorer(),
        last=last or LastScores(), hashed=lambda name, value: f"sha256:{name}-{value}", now=NOW,
    )  # fmt: skip


@dataclass
class FakeLedger:
    """Says who has which role; `of` makes each version.

    Attributes:
        roles: What it says now.
        unable: What it raises instead.
        told: What happened to releases.
    """

    of: Callable[[int], Served]
    roles: Roles = field(default_factory=lambda: Roles(champion=a_release(), alias="champion"))
    unable: Exception | None = None
    told: list[tuple[str, int]] = field(default_factory=list)

    def look(self, _: object) -> Roles:
        if self.unable is not None:
            raise self.unable
        return self.roles

    def load(self, release: Release) -> Served:
        return self.of(release.version)

    def load_shadow(self, release: Release) -> Served:
        self.told.append(("loaded as shadow", release.version))
        return self.load(release)

    def switched(self, release: Release, *, first: bool) -> None:
        self.told.append(("first" if first else "switched", release.version))

    def refused(self, role: str, release: Release, reason: str) -> None:
        assert reason
        self.told.append((f"refused as {role}", release.version))

    def following(self, last: LastScores | None = None) -> Following:
        return Following(
            self.look, self.load, load_shadow=self.load_shadow,
            last=last or LastScores(), teller=self, identify=Identifiers().next, now=NOW,
        )  # fmt: skip


class MemoryLog:
    """Keeps rows in a list.

    Attributes:
        seconds: How long until a row is kept.
        full: It takes no more.
        broken: The disk refuses.
    """

    def __init__(self, *, seconds: float = 0.0, full: bool = False, broken: bool = False) -> None:
        self.rows: list[bytes] = []
        self.outcomes: list[Outcome] = []
        self.usage: list[Usage] = []
        self.seconds, self.full, self.broken = seconds, full, broken

    def keep(self, predictions: Sequence[bytes], then: Callable[[Exception | None], None]) -> None:
        if self.full:
            raise LogFull("There is no room.", path="wal")
        if self.broken:
            then(OSError(5, "the disk fails"))
            return
        self.rows.extend(checked(Kind.PREDICTION, row) for row in predictions)
        if self.seconds:
            threading.Timer(self.seconds, then, (None,)).start()
        else:
            then(None)

    def append_outcomes(self, outcomes: Sequence[Outcome]) -> Future[None]:
        kept = self._kept()
        self.outcomes.extend(outcomes)
        return kept

    def append_usage(self, usage: Sequence[Usage]) -> Future[None]:
        kept = self._kept()
        if not self.broken:
            self.usage.extend(usage)
        return kept

    def _kept(self) -> Future[None]:
        done: Future[None] = Future()
        self.keep((), lambda error: done.set_exception(error) if error else done.set_result(None))
        return done

    def lag(self) -> Lag:
        return Lag(rows=len(self.rows), bytes=sum(map(len, self.rows)), oldest_seconds=0)

    def close(self) -> None:
        pass


class KeptTogether(MemoryLog):
    """Notes how many rows were kept at once."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[int] = []

    def keep(self, predictions: Sequence[bytes], then: Callable[[Exception | None], None]) -> None:
        self.groups.append(len(predictions))
        super().keep(predictions, then)


def application(following: Following, log: PredictionLog, **parts: object) -> Application:
    """Return the service as an ASGI application."""
    made: dict[str, Any] = {"limits": Limits(), **parts}
    return build(
        Parts(
            desk=following.desk, log=log, standing=following, metrics=Metrics(),
            identify=Identifiers().next, **made,
        )
    )  # fmt: skip


@contextmanager
def running(following: Following, log: PredictionLog, **parts: object) -> Iterator[str]:
    """Serve in a thread of this process; yield the address."""
    app = application(following, log, **parts)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
