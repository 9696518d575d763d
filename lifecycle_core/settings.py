"""The composition root: reads configuration once and builds the adapters.

Order of authority: flags, then `NBRELEASE_*` variables, then `nbrelease.toml` or
`[tool.nbrelease]` in `pyproject.toml`, then the embedded default under `.nbrelease/`.
Nothing below this module may import it: verbs hand adapters down as arguments.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.configuration_files import read_configuration
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lifecycle_core.adapters.announcer import Announcer
    from lifecycle_core.adapters.bundles import BundleFolders
    from lifecycle_core.adapters.ledger import Ledger
    from lifecycle_core.adapters.notifying import Channel
    from lifecycle_core.adapters.registry import MlflowRegistry
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.contracting import Borders
    from lifecycle_core.monitoring import References
    from lifecycle_core.releasing import Outside
    from lifecycle_core.releasing.border_checks import BorderChecks
    from lifecycle_core.schema.monitoring import Monitoring

TEXTS = ("home", "registry", "log", "salt_file")
TABLES = ("sinks", "hooks", "borders", "drift", "notify")
ATTESTATION = "attestation"
HEAVY = ("mlflow", "skops.io", "pandas", "pyarrow", "duckdb", "sklearn.pipeline")
"""What the worker loads while the notebook runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are kept.

    Attributes:
        home: Folder of the embedded registry and of bundles.
        registry: Tracking URI of an MLflow registry: `sqlite:///PATH` or `http(s)://HOST`.
        log: Folder or URL of the tables of predictions and outcomes.
        project: The project's folder, which relative paths in its configuration are relative to.
        file: The configuration file, for messages; empty without one.
        monitoring: Sinks, hooks, contracts and references; None where none are configured.
        salt_file: File of the secret that values are hashed with for the log, which must be there;
            one that is made in `home` if None.
        private_key: Key that new bundles are attested with; None attests none.
        public_key: Key whose attestation bundles must have; None demands none.
    """

    home: Path
    registry: str
    log: str
    project: Path = Path()
    file: str = ""
    monitoring: Monitoring | None = None
    salt_file: Path | None = None
    private_key: Path | None = None
    public_key: Path | None = None

    @property
    def bundles(self) -> Path:
        """The folder that bundles are written to."""
        return self.home / "bundles"

    @property
    def store(self) -> str:
        """The address of the store of pipelines' results."""
        return str(self.home / "store")

    @property
    def score_runs(self) -> Path:
        """The folder with what is kept of scoring runs that have not ended."""
        return self.home / "scoring"

    @property
    def write_ahead_logs(self) -> Path:
        """The folder with a folder for each process that logs predictions."""
        return self.home / "wal"


def load_settings(
    *,
    start: Path | None = None,
    home: Path | None = None,
    registry: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Settings:
    """Return the settings in force for a folder.

    Args:
        start: Where to look from, upwards; the current folder if None.
        home: From a flag.
        registry: From a flag.
        environ: Variables; `NBRELEASE_HOME`, `NBRELEASE_REGISTRY`, `NBRELEASE_LOG`,
            `NBRELEASE_SALT_FILE`, `NBRELEASE_ATTESTATION_PRIVATE_KEY`,
            `NBRELEASE_ATTESTATION_PUBLIC_KEY` and `NBRELEASE_SINKS` count.

    Raises:
        InvalidCall: A configuration file is not TOML, has an unknown key or a wrong value, or
            `NBRELEASE_SINKS` is neither `on` nor `off`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     found = load_settings(start=Path(folder), registry="http://r:5000", environ={})
        >>> found.registry
        'http://r:5000'
    """
    root, file, configured = read_configuration(
        (start or Path.cwd()).resolve(), texts=TEXTS, tables=(*TABLES, ATTESTATION)
    )
    chosen_home = home or _path(environ.get("NBRELEASE_HOME")) or _path(configured.get("home"))
    folder = (root / (chosen_home or ".nbrelease")).resolve()
    log = environ.get("NBRELEASE_LOG") or configured.get("log") or str(folder / "log")
    uri = registry or environ.get("NBRELEASE_REGISTRY") or configured.get("registry")

    def file_of(variable: str, stated: str | None) -> Path | None:
        chosen = environ.get(variable) or stated
        return (root / chosen).resolve() if chosen else None

    keys: dict[str, str] = {}
    if ATTESTATION in configured:
        keys = _attesting(configured[ATTESTATION], file)
    return Settings(
        home=folder,
        registry=uri or f"sqlite:///{folder / 'registry.db'}",
        log=log if "://" in log else str((root / log).resolve()),
        project=root,
        file=file,
        monitoring=_monitoring(configured, file, told=_sinks_are_on(environ)),
        salt_file=file_of("NBRELEASE_SALT_FILE", configured.get("salt_file")),
        private_key=file_of("NBRELEASE_ATTESTATION_PRIVATE_KEY", keys.get("private_key")),
        public_key=file_of("NBRELEASE_ATTESTATION_PUBLIC_KEY", keys.get("public_key")),
    )


def registry_of(settings: Settings) -> MlflowRegistry:
    """Return the registry that the settings name; it is opened when first used."""
    from lifecycle_core.adapters.registry import MlflowRegistry

    return MlflowRegistry(uri=settings.registry, artifacts=settings.home / "artifacts")


def ledger_of(settings: Settings) -> Ledger:
    """Return the ledger of the registry that the settings name."""
    from lifecycle_core.adapters.ledger import Ledger

    return Ledger(registry_of(settings))


def bundles_of(settings: Settings) -> BundleFolders:
    """Return what writes and verifies bundles, with the attestations that the settings ask for."""
    from lifecycle_core.adapters.attestation import Attestations
    from lifecycle_core.adapters.bundles import BundleFolders

    return BundleFolders(Attestations(settings.private_key, settings.public_key))


def hasher_of(settings: Settings) -> Callable[[str, str], str]:
    """Return what turns a feature's name and value into what the log keeps instead of it.

    Raises:
        InvalidCall: The file of the secret that the settings name cannot be read, or is too short.
        TargetUnwritable: The one in `home` cannot be made.
    """
    from lifecycle_core.adapters.serving.salt import given_hasher, hasher

    if settings.salt_file:
        return given_hasher(settings.salt_file)
    return hasher(settings.home / "log-salt")


def announcer_of(settings: Settings) -> Announcer:
    """Return who tells events to the sinks and hooks that the settings name; none is opened.

    Raises:
        InvalidCall: A sink's kind or one of its options is wrong.
    """
    from lifecycle_core.adapters.announcer import Announcer

    monitoring = settings.monitoring
    if monitoring is None:
        return Announcer(())
    from lifecycle_core.adapters.sinks import configured_sinks
    from lifecycle_core.adapters.sinks.base import surroundings
    from lifecycle_core.adapters.user_hooks import configured_hooks

    around = surroundings(project=settings.project, home=settings.home, registry=settings.registry)
    sinks = configured_sinks(monitoring.sinks, file=settings.file, around=around)
    return Announcer((*sinks, *configured_hooks(monitoring.hooks, project=settings.project)))


def channels_of(settings: Settings) -> tuple[Channel, ...]:
    """Return the channels that are told of alerts; none is opened.

    Raises:
        InvalidCall: A channel's kind or one of its options is wrong.
    """
    if settings.monitoring is None or not settings.monitoring.notify:
        return ()
    from lifecycle_core.adapters.notifying import configured_channels
    from lifecycle_core.adapters.sinks.base import surroundings

    around = surroundings(project=settings.project, home=settings.home, registry=settings.registry)
    return configured_channels(settings.monitoring.notify, file=settings.file, around=around)


def borders_of(settings: Settings) -> Borders:
    """Return the contracts that are declared for variables of steps.

    Raises:
        InvalidCall: A contract's file cannot be read.
        ReleaseFileInvalid: It is no contract.
    """
    from lifecycle_core.adapters.files import digest_bytes, read_text
    from lifecycle_core.adapters.tables import measure_frame
    from lifecycle_core.contracting import AgreedBorder, Borders, from_odcs

    agreed = {}
    for place, border in (settings.monitoring.borders if settings.monitoring else {}).items():
        path = settings.project / border.contract
        text = read_text(path)
        agreed[_place(place)] = AgreedBorder(
            contract=from_odcs(text, str(path)),
            digest=digest_bytes(text.encode()),
            stops=border.on_violation == "stop",
        )
    return Borders(agreed=agreed, measure=measure_frame)


def checks_of(settings: Settings) -> BorderChecks | None:
    """Return what is declared for tables at the borders of steps; None if nothing is.

    Raises:
        InvalidCall: A file that is named cannot be read.
        ReleaseFileInvalid: A contract is none.
    """
    from lifecycle_core.releasing.border_checks import BorderChecks

    borders, references = borders_of(settings), references_of(settings)
    if not borders.agreed and not references.declared_for:
        return None
    return BorderChecks(borders=borders, references=references)


def references_of(settings: Settings) -> References:
    """Return the reference tables that are declared for variables of steps.

    Raises:
        InvalidCall: There is no such file.
    """
    from lifecycle_core.adapters.tables import FrameColumns
    from lifecycle_core.monitoring import References

    declared = {}
    for place, found in (settings.monitoring.drift if settings.monitoring else {}).items():
        path = settings.project / found.reference
        if not path.is_file():
            raise InvalidCall(
                f"{settings.file}: the reference of `drift.{place}` is {path}, which is no file.",
                hint="Keep the table that the model was trained on, as parquet for example.",
            )
        declared[_place(place)] = (str(path), found.limit)
    return References(declared_for=declared, columns=FrameColumns())


def store_at(settings: Settings, address: str | None = None, *, to_write: bool = True) -> Store:
    """Return the store of pipelines' results, at an address or where the settings say.

    Args:
        settings: Say where it is by default.
        address: A folder, or an address of fsspec.
        to_write: Otherwise nothing is made there.

    Raises:
        StoreUnavailable: It does not answer, or cannot be written.
    """
    from lifecycle_core.adapters.store import open_store

    return open_store(address or settings.store, to_write=to_write)


@contextmanager
def outside(settings: Settings) -> Iterator[Outside]:
    """Yield the systems that the main job works with; the worker ends with the block."""
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.adapters.environment import UvEnvironments
    from lifecycle_core.adapters.identity import identify
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.adapters.tables import DuckTables
    from lifecycle_core.adapters.worker import open_worker
    from lifecycle_core.releasing import Outside

    with open_worker(warm=HEAVY) as worker:
        yield Outside(
            engine=PapermillEngine(),
            environments=UvEnvironments(),
            models=SkopsModels(),
            tables=DuckTables(),
            bundles=bundles_of(settings),
            registry=registry_of(settings),
            ledger=ledger_of(settings),
            actor=identify(),
            apart=worker,
        )


def _place(text: str) -> tuple[str, str]:
    step, _, name = text.partition(".")
    return step, name


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _sinks_are_on(environ: Mapping[str, str]) -> bool:
    wanted = environ.get("NBRELEASE_SINKS", "on").strip().lower() or "on"
    if wanted not in {"on", "off"}:
        raise InvalidCall(
            f"NBRELEASE_SINKS is {wanted!r}, want on or off.",
            hint="NBRELEASE_SINKS=off tells no sink and calls no hook.",
        )
    return wanted == "on"


def _attesting(configured: object, file: str) -> dict[str, str]:
    from lifecycle_core.adapters.configuring import validated
    from lifecycle_core.schema.attesting import Attesting

    return validated(Attesting, configured, file=file, place=(ATTESTATION,)).model_dump()


def _monitoring(configured: dict[str, Any], file: str, *, told: bool) -> Monitoring | None:
    tables = {key: configured[key] for key in TABLES if key in configured}
    if not tables:
        return None
    from lifecycle_core.adapters.configuring import validated
    from lifecycle_core.schema.monitoring import Monitoring

    found = validated(Monitoring, tables, file=file)
    return found if told else found.model_copy(update={"sinks": {}, "hooks": ()})
