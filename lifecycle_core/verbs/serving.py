"""Serve a release: compose the ledger, the desk, the log and the web around one another."""

from __future__ import annotations

import json
import logging
import os
import shlex
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.errors import ReleaseNotFound
from lifecycle_core.settings import (
    bundles_of,
    hasher_of,
    ledger_of,
    load_settings,
    registry_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.adapters.explaining import Explainer
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.adapters.serving.base import PredictionLog
    from lifecycle_core.adapters.serving.metrics import Metrics
    from lifecycle_core.adapters.serving.running import Binding
    from lifecycle_core.adapters.worker import LastingWorker
    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.release import Alias, Release
    from lifecycle_core.schema.serving import Roles, Service
    from lifecycle_core.settings import Settings

LogMode = Literal["strict", "relaxed", "off"]
_LOGGER = logging.getLogger("nbrelease.serving")
_POLL_SECONDS = 0.25
_SERVER_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """How a service runs; what it answers is the release's own.

    Attributes:
        host: Where it listens; other than loopback it wants `token_file` or `client_ca`.
        port: 0 takes a free one.
        deadline_ms: In place of the one that the release file declares.
        log: `strict` syncs a row before its reply, `relaxed` does not wait, `off` keeps nothing.
        max_log_bytes: Disk that rows may take until they are in the log's tables.
        when_full: What a request gets when that is taken.
        token_file: Bearer tokens, one a line.
        rate: Requests a second of one client; 0 is no limit.
        tls_cert: Certificate, PEM; with `tls_key`.
        client_ca: Clients must show a certificate that it signed, probes of `/health` too.
        open_to_all: Listen on `host` though nothing says who may ask.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    deadline_ms: float | None = None
    log: LogMode = "strict"
    max_log_bytes: int = 1 << 30
    when_full: Literal["refuse", "fall_back"] = "refuse"
    token_file: Path | None = None
    rate: float = 0.0
    tls_cert: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None
    open_to_all: bool = False


def serve(spec: str, *, options: ServiceOptions, ready: Callable[[Service], None]) -> None:
    """Answer requests with a release until a signal ends it.

    Args:
        spec: `churn`, `churn@champion` or `churn/3`; an alias is followed as the ledger moves it.
        options: Where and how.
        ready: Called once it listens.

    Raises:
        InvalidCall: An option is wrong, or the port is taken.
        ReleaseNotFound: There is no such release.
        BundleInvalid: It is not what was registered, or does not warm up.
        UntrustedModel: Its model would run foreign code.
        MissingExtra: The libraries of a service are not installed.
    """
    from lifecycle_core.adapters.prediction_log import Identifiers
    from lifecycle_core.adapters.registry.address import file_of
    from lifecycle_core.adapters.serving.app import Parts, build
    from lifecycle_core.adapters.serving.guard import read_tokens
    from lifecycle_core.adapters.serving.metrics import Metrics
    from lifecycle_core.adapters.serving.polling import Poll
    from lifecycle_core.adapters.serving.running import (
        log_to_stderr,
        require_guarded,
        require_libraries,
        run,
    )
    from lifecycle_core.adapters.serving.scoring import Limits
    from lifecycle_core.adapters.serving.tally import Tally
    from lifecycle_core.adapters.serving.usage_log import UsageLog
    from lifecycle_core.adapters.worker import LastingWorker
    from lifecycle_core.delivering.following import Following
    from lifecycle_core.delivering.last_scores import LastScores
    from lifecycle_core.verbs.remembering import Remembering

    require_libraries()
    settings = load_settings()
    binding = _binding(options)
    tokens = read_tokens(options.token_file) if options.token_file else None
    require_guarded(binding, tokens=tokens is not None, open_to_all=options.open_to_all)
    log_to_stderr()
    with ExitStack() as stack:
        worker = stack.enter_context(LastingWorker(warm=("mlflow",)))
        last, metrics, identify = LastScores(), Metrics(), Identifiers().next
        loading = _Loading(settings, worker, last, options.deadline_ms)
        following = Following(
            lambda aliases: worker.run(roles, settings, spec, aliases),
            loading.load,
            load_shadow=loading.load_shadow,
            last=last,
            teller=_Teller(metrics),
            identify=identify,
            now=datetime.now(UTC),
        )
        log, where = _open_log(settings, following.release().release.name, options)
        stack.callback(log.close)
        served = following.desk.lineup.champion
        remembering = Remembering(last, served, where, log.lag)
        remembering.start()
        stack.callback(remembering.close)
        file = file_of(settings.registry)
        seconds = _POLL_SECONDS if file else _SERVER_POLL_SECONDS
        poll = Poll(following.step, seconds=seconds, file=file)
        poll.start()
        stack.callback(poll.close)
        tally = Tally()
        usage_log = UsageLog(tally, log, lambda: following.release().release, identify=identify)
        usage_log.start()
        stack.callback(usage_log.close)
        app = build(
            Parts(
                desk=following.desk,
                log=log,
                standing=following,
                metrics=metrics,
                identify=identify,
                limits=Limits(),
                spare=options.when_full == "fall_back",
                tokens=tokens,
                rate=options.rate,
                tally=tally,
            )
        )
        alias = following.alias
        run(app, binding, ready=lambda address: ready(_service(address, alias, served, where)))


def roles(settings: Settings, spec: str, aliases: frozenset[Alias]) -> Roles:
    """Return which release has which role now, by the ledger.

    Args:
        settings: Say where the ledger is.
        spec: `churn`, `churn@champion` or `churn/3`.
        aliases: Others to look for; one that points nowhere is left out.
    """
    from lifecycle_core.promoting.returning import previous
    from lifecycle_core.schema.release import ALIASES
    from lifecycle_core.schema.serving import Roles
    from lifecycle_core.verbs.assigning import started

    ledger = ledger_of(settings)
    champion = ledger.resolve(spec)
    name, _, alias = spec.partition("@")
    if "/" in spec:
        return Roles(champion=champion)
    history = ledger.history(name)
    followed = alias or next(a for a in reversed(ALIASES) if a in history.heads)
    before = previous(history, followed)
    others = {}
    for other in aliases:
        try:
            others[other] = ledger.resolve(f"{name}@{other}")
        except ReleaseNotFound:
            continue
    experiment, arms = started(ledger, history) if followed == "champion" else (None, {})
    return Roles(
        champion=champion,
        alias=followed,
        previous=ledger.resolve(f"{name}/{before.target_version}") if before else None,
        aliases=others,
        experiment=experiment,
        arms=arms,
    )


def download(settings: Settings, release: Release, into: Path) -> Path:
    """Copy a release's files into a folder within `into`, and return that folder."""
    return registry_of(settings).download(release, into)


@dataclass(frozen=True)
class _Loading:
    """Brings a release here, and loads it; the registry is asked by the worker."""

    settings: Settings
    worker: LastingWorker
    last: LastScores
    deadline_ms: float | None

    def load(self, release: Release) -> Served:
        """Return a release that is ready to answer."""
        from lifecycle_core.adapters.explaining import open_explainer
        from lifecycle_core.adapters.scorers import open_scorer

        return self._loaded(release, open_scorer, open_explainer)

    def load_shadow(self, release: Release) -> Served:
        """Return a release whose model keeps nobody waiting, and that gives no reasons."""
        from lifecycle_core.adapters.scorers import open_elsewhere

        return self._loaded(release, open_elsewhere, lambda _bundle, _scorer: None)

    def _loaded(
        self,
        release: Release,
        open_scorer: Callable[[Path], Scorer],
        open_explainer: Callable[[Path, Scorer], Explainer | None],
    ) -> Served:
        from lifecycle_core.delivering.loading import load

        with tempfile.TemporaryDirectory(prefix="nbrelease-bundle-") as folder:
            return load(
                release,
                self.worker.run(download, self.settings, release, Path(folder)),
                bundles=bundles_of(self.settings),
                open_scorer=open_scorer,
                open_explainer=open_explainer,
                last=self.last,
                hashed=self._hashed,
                now=datetime.now(UTC),
                deadline_ms=self.deadline_ms,
            )

    @cached_property
    def _hashed(self) -> Callable[[str, str], str]:
        return hasher_of(self.settings)


@dataclass(frozen=True, slots=True)
class _Teller:
    """Writes what happens to releases to the log of the process, and counts it."""

    metrics: Metrics

    def switched(self, release: Release, *, first: bool) -> None:
        """Another release answers from now on."""
        _LOGGER.info("%s/%d answers from now on", release.name, release.version)
        self.metrics.switched(release.name, release.version, release.bundle_digest, first=first)

    def refused(self, role: str, release: Release, reason: str) -> None:
        """A release was not let."""
        _LOGGER.error("%s/%d is refused as %s: %s", release.name, release.version, role, reason)
        self.metrics.release_refused()


def _binding(options: ServiceOptions) -> Binding:
    from lifecycle_core.adapters.serving.running import Binding

    return Binding(
        host=options.host,
        port=options.port,
        certificate=options.tls_cert,
        key=options.tls_key,
        client_ca=options.client_ca,
    )


def _open_log(settings: Settings, name: str, options: ServiceOptions) -> tuple[PredictionLog, str]:
    """Open the prediction log; the first folder that no other process has is this one's."""
    from lifecycle_core.adapters.prediction_log.free_folders import free_folder
    from lifecycle_core.adapters.prediction_log.log import open_locked
    from lifecycle_core.adapters.serving.base import NoLog
    from lifecycle_core.schema.prediction import LogPolicy

    if options.log == "off":
        return NoLog(), ""
    policy = LogPolicy(
        mode=options.log, max_bytes=options.max_log_bytes, when_full=options.when_full
    )
    folder, lock = free_folder(settings.write_ahead_logs, name)
    return open_locked(settings.log, wal=folder, lock=lock, policy=policy), settings.log


def _service(address: str, alias: str, served: Served, log: str) -> Service:
    from lifecycle_core.schema.serving import Service

    release = served.release
    return Service(
        address=address,
        release=release.name,
        version=release.version,
        alias=alias,
        deadline_ms=served.serving.deadline_ms,
        curl=_curl(address, served),
        process=os.getpid(),
        log=log,
    )


def _curl(address: str, served: Served) -> str:
    from lifecycle_core.delivering.serving import example_row

    row: dict[str, Any] = {name: f"{name}-1" for name in served.naming}
    row |= example_row(served.contract, now=datetime.fromtimestamp(time.time(), tz=UTC))
    body = shlex.quote(json.dumps(row, ensure_ascii=False))
    return f"curl -s {address}/score -H 'content-type: application/json' -d {body}"
