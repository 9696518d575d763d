"""What the service counts, as Prometheus reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.serving.base import Inquiry, Reply
    from lifecycle_core.schema.prediction import Lag

_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Metrics:
    """Counters of one service; labels are names of releases, causes and fields, never values."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "nbrelease_requests", "Requests by path and status.", ("path", "status"),
            registry=registry,
        )  # fmt: skip
        self._predictions = Counter(
            "nbrelease_predictions", "Rows that were answered.",
            ("release", "version", "arm", "fallback"), registry=registry,
        )  # fmt: skip
        self._unanswered = Counter(
            "nbrelease_unanswered", "Requests without any answer.", ("cause",), registry=registry
        )
        self._refused = Counter(
            "nbrelease_refused_fields", "Fields that broke the contract.", ("field", "rule"),
            registry=registry,
        )  # fmt: skip
        self._raised = Counter(
            "nbrelease_model_errors", "Calls of a model that raised.", ("kind",), registry=registry
        )
        self._shed_shadows = Counter(
            "nbrelease_shadows_skipped", "Requests that the shadow had no time for.",
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "nbrelease_score_seconds", "From a request's arrival to its reply.",
            buckets=_BUCKETS, registry=registry,
        )  # fmt: skip
        self._served = Gauge(
            "nbrelease_served", "1 for the release that answers.", ("release", "version", "digest"),
            registry=registry,
        )  # fmt: skip
        self._switches = Counter(
            "nbrelease_switches", "Promotions and rollbacks that were taken up.", registry=registry
        )
        self._refusals = Counter(
            "nbrelease_releases_refused", "Releases that were not taken up.", registry=registry
        )
        self._answered: dict[tuple[str, int, str, str], Counter] = {}
        self._statuses: dict[tuple[str, int], Counter] = {}

    def watch(self, *, waiting: Callable[[], float], lag: Callable[[], Lag]) -> None:
        """Have the queue and the log asked when somebody reads the figures."""
        from prometheus_client import Gauge

        gauges: dict[str, tuple[str, Callable[[], float]]] = {
            "waiting": ("Requests that wait for a model.", waiting),
            "log_rows": ("Rows that are not in the log's tables yet.", lambda: lag().rows),
            "log_bytes": ("Bytes that they hold.", lambda: lag().bytes),
            "log_oldest_seconds": (
                "How long the oldest of them waits.",
                lambda: lag().oldest_seconds,
            ),
        }
        for name, (meaning, ask) in gauges.items():
            Gauge(f"nbrelease_{name}", meaning, registry=self.registry).set_function(ask)

    def replied(self, reply: Reply, seconds: float) -> None:
        """Count what was said to a request."""
        self._seconds.observe(seconds)
        for said in reply.predictions:
            labels = said["release"], said["version"], said["arm"], said["fallback"]
            counter = self._answered.get(labels)
            if counter is None:
                counter = self._answered[labels] = self._predictions.labels(*map(str, labels))
            counter.inc()
        if reply.unanswered:
            self.unanswered(reply.unanswered)
        if reply.raised:
            self.raised(reply.raised)

    def unanswered(self, cause: str) -> None:
        """Count a request that got no answer."""
        self._unanswered.labels(cause).inc()

    def ended(self, path: str, status: int) -> None:
        """Count a request to `/score`, or one to any path that the guard answered itself."""
        counter = self._statuses.get((path, status))
        if counter is None:
            counter = self._requests.labels(path, str(status))
            self._statuses[path, status] = counter
        counter.inc()

    def broken(self, inquiry: Inquiry) -> None:
        """Count the bad fields of a request, also where a fallback answers for them."""
        for fields in inquiry.broken.values():
            for (field, rule), many in fields.items():
                self._refused.labels(field, rule).inc(many)

    def raised(self, kind: str) -> None:
        """Count a call of a model that raised."""
        self._raised.labels(kind).inc()

    def shadow_skipped(self) -> None:
        """Count a request that the shadow had no time for."""
        self._shed_shadows.inc()

    def switched(self, release: str, version: int, digest: str, *, first: bool) -> None:
        """Note who answers now."""
        self._served.clear()
        self._served.labels(release, str(version), digest[:19]).set(1)
        if not first:
            self._switches.inc()

    def release_refused(self) -> None:
        """Count a release that was not taken up."""
        self._refusals.inc()

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry)
