"""Releases as MLflow model versions, and their ledger as the versions of a second model."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import require_place, write_atomically, writing
from lifecycle_core.adapters.registry.address import (
    file_of,
    redacted,
    require_file,
    require_server,
)
from lifecycle_core.adapters.registry.creation import create_file
from lifecycle_core.adapters.registry.queries import (
    ensure_experiment,
    ensure_model,
    events_of,
    or_none,
    pages,
    releases_of,
    review_events_of,
)
from lifecycle_core.adapters.registry.review_tags import review_tags, reviews_of
from lifecycle_core.adapters.registry.session import addressed, session
from lifecycle_core.adapters.registry.tags import (
    DIGEST,
    KIND,
    MODEL,
    VERDICT,
    ledger_of,
    lineage_tags,
    params_of,
    release_of,
    tags_of,
)
from lifecycle_core.adapters.replay import status_of
from lifecycle_core.errors import ReleaseNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.bundle import Bundle
    from lifecycle_core.schema.release import LedgerEvent, Release, Status
    from lifecycle_core.schema.retraining import Lineage
    from lifecycle_core.schema.review_history import ReviewEvent

_ALIAS_TRIES = 5
_ADDED_BY_DOWNLOAD = "registered_model_meta"


@dataclass(frozen=True, slots=True)
class MlflowRegistry:
    """A registry in an MLflow SQLite file or on an MLflow server; it may cross processes.

    Attributes:
        uri: `sqlite:///PATH`, or `http(s)://HOST`.
        artifacts: Folder for the files of bundles; a server keeps them where it is told to.
    """

    uri: str
    artifacts: Path

    @property
    def address(self) -> str:
        """The address without credentials, fit to be shown."""
        return redacted(self.uri)

    def require(self) -> None:
        """Look whether the registry can be worked with, without loading MLflow.

        Raises:
            InvalidCall: The address is none.
            RegistryUnavailable: The server does not answer, or the file is no registry.
            TargetUnwritable: The file cannot be made or written.
        """
        path = file_of(self.uri)
        if path is None:
            require_server(self.uri)
        elif path.exists():
            require_file(path, write=True)
        else:
            require_place(path.parent)

    def create(self) -> None:
        """Make the registry ready; a first creation takes MLflow several seconds.

        Raises:
            RegistryUnavailable: The server does not answer, or the file is no registry.
            TargetUnwritable: The file cannot be made.
        """
        if path := file_of(self.uri):
            create_file(path)
        with session(self.uri) as client:
            client.search_registered_models(max_results=1)

    def register(
        self, bundle: Bundle, *, verdict: str, lineage: Lineage | None = None, standing: str = ""
    ) -> Release:
        """Keep a bundle's files byte for byte as the next version of its name.

        The version appears last, so a failure before leaves nothing that anybody can see.

        Args:
            bundle: A verified bundle.
            verdict: Of its reproduction.
            lineage: Of a release that was retrained; its parameters become the model's.
            standing: How that release stood beside the one before.
        """
        if path := file_of(self.uri):
            create_file(path)
        with session(self.uri, write=True) as client, self._writing():
            model = client.create_logged_model(
                ensure_experiment(client, self._location),
                name=bundle.name,
                params=params_of(lineage),
            )
            client.log_model_artifacts(model.model_id, bundle.path)
            client.finalize_logged_model(model.model_id, "READY")
            ensure_model(client, ledger_of(bundle.name), kind="ledger")
            ensure_model(client, bundle.name, kind="release")
            with addressed(self.uri):
                version = client.create_model_version(
                    bundle.name,
                    source=f"models:/{model.model_id}",
                    model_id=model.model_id,
                    tags={
                        DIGEST: bundle.digest,
                        VERDICT: verdict,
                        MODEL: model.model_id,
                        **lineage_tags(lineage, standing),
                    },
                )
            return self._known(release_of(version), bundle.name, int(version.version))

    def release(self, name: str, version: int) -> Release:
        """Return one release, without aliases.

        Raises:
            ReleaseNotFound: There is no such version.
        """
        with self._reading() as client:
            found = client and or_none(lambda: client.get_model_version(name, str(version)))
            return self._known(release_of(found) if found else None, name, version)

    def releases(self, name: str) -> tuple[Release, ...]:
        """Return all releases of a name by version, without aliases; none for an unknown name."""
        with self._reading() as client:
            return releases_of(client, name) if client else ()

    def status(self, name: str) -> Status:
        """Return all releases of a name and its aliases by the ledger.

        Raises:
            ReleaseNotFound: The name has no releases.
        """
        with self._reading() as client:
            releases = releases_of(client, name) if client else ()
            if not releases:
                raise self._unknown(name)
            return status_of(name, releases, events_of(client, name))

    def names(self) -> tuple[str, ...]:
        """Return the names that have releases, sorted."""
        with self._reading() as client:
            if client is None:
                return ()
            ours = f"tags.`{KIND}` = 'release'"
            models = pages(client.search_registered_models, filter_string=ours)
            return tuple(sorted(model.name for model in models))

    def download(self, release: Release, into: Path) -> Path:
        """Copy a release's files into a new folder within `into` and return that folder.

        Nothing of it is to be trusted before its digest was verified.

        Raises:
            ReleaseNotFound: There is no such version.
            TargetUnwritable: `into` cannot be written.
        """
        name, version = release.name, release.version
        with self._reading() as client:
            found = client and or_none(lambda: client.get_model_version(name, str(version)))
            if not found or release_of(found) is None:
                raise self._missing(name, version)
            with writing(into):
                into.mkdir(parents=True, exist_ok=True)
                target = Path(tempfile.mkdtemp(prefix=f"{name}-{version}-", dir=into))
            try:
                folder = self._fetch(client, found, target)
            except BaseException:
                shutil.rmtree(target, ignore_errors=True)
                raise
        (folder / _ADDED_BY_DOWNLOAD).unlink(missing_ok=True)
        return folder

    def attach(self, release: Release, file: Path) -> None:
        """Put a file beside those of a release, in place of one of its name.

        Raises:
            ReleaseNotFound: There is no such version.
        """
        name, version = release.name, release.version
        with session(self.uri, write=True) as client, self._writing():
            found = or_none(lambda: client.get_model_version(name, str(version)))
            if not found or release_of(found) is None:
                raise self._missing(name, version)
            if own := self._own(found):
                write_atomically(own / file.name, file.read_bytes())
            else:
                client.log_model_artifact(found.tags[MODEL], str(file))

    def append(self, event: LedgerEvent) -> int:
        """Add an event to the ledger of its release in one step; return its `seq`."""
        ledger = ledger_of(event.release)
        with session(self.uri, write=True) as client:
            ensure_model(client, ledger, kind="ledger")
            version = client.create_model_version(
                ledger,
                source=f"models:/{event.release}/{event.target_version}",
                tags=tags_of(event),
            )
            return int(version.version)

    def events(self, name: str) -> tuple[LedgerEvent, ...]:
        """Return the readable events of a name's ledger, by `seq`."""
        with self._reading() as client:
            return events_of(client, name) if client else ()

    def append_review(self, event: ReviewEvent) -> int:
        """Add an event to the reviews of its release in one step; return its `seq`."""
        model = reviews_of(event.release)
        with session(self.uri, write=True) as client:
            ensure_model(client, model, kind="reviews")
            version = client.create_model_version(
                model, source=f"models:/{event.release}/{event.version}", tags=review_tags(event)
            )
            return int(version.version)

    def review_events(self, name: str) -> tuple[ReviewEvent, ...]:
        """Return the readable events of a name's reviews, by `seq`."""
        with self._reading() as client:
            return review_events_of(client, name) if client else ()

    def aliases(self, name: str) -> dict[str, int]:
        """Return the registry's own aliases, which may lag behind the ledger."""
        with self._reading() as client:
            model = client and or_none(lambda: client.get_registered_model(name))
            return {a: int(v) for a, v in model.aliases.items()} if model else {}

    def set_alias(self, name: str, alias: str, version: int) -> None:
        """Point the registry's own alias at a version.

        Two writers of a new alias collide in the database; the one who lost just tries again.
        """
        with session(self.uri, write=True) as client:
            from mlflow.exceptions import MlflowException

            for attempt in range(_ALIAS_TRIES):
                try:
                    client.set_registered_model_alias(name, alias, str(version))
                except MlflowException as error:
                    if error.error_code != "BAD_REQUEST" or attempt == _ALIAS_TRIES - 1:
                        raise
                    time.sleep(0.05 * (attempt + 1))
                else:
                    return

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        """Yield a client, or None where the registry's file is not made yet."""
        path = file_of(self.uri)
        if path and not path.exists():
            yield None
        else:
            with session(self.uri) as client:
                yield client

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Turn a refusal of the file system into `TargetUnwritable`, where the files are ours."""
        if file_of(self.uri):
            with writing(self.artifacts):
                yield
        else:
            yield

    @property
    def _location(self) -> str | None:
        """Where MLflow is to keep new files; None leaves it to the server."""
        return self.artifacts.resolve().as_uri() if file_of(self.uri) else None

    def _fetch(self, client: Any, version: Any, target: Path) -> Path:  # noqa: ANN401 - as above
        """Copy the files and return their folder; a moved project's are found where they are."""
        if own := self._own(version):
            with writing(target):
                shutil.copytree(own, target, dirs_exist_ok=True)
            return target
        from mlflow.artifacts import download_artifacts

        location = client.get_model_version_download_uri(version.name, version.version)
        return Path(  # MLflow makes a folder within `target`
            download_artifacts(artifact_uri=location, dst_path=str(target), tracking_uri=self.uri)
        )

    def _own(self, version: Any) -> Path | None:  # noqa: ANN401 - as above
        """Return the folder of a version's files where we keep it ourselves."""
        model = version.tags.get(MODEL)
        own = self.artifacts / "models" / (model or "") / "artifacts"
        return own if file_of(self.uri) and model and own.is_dir() else None

    def _known(self, release: Release | None, name: str, version: int) -> Release:
        if release is None:
            raise self._missing(name, version)
        return release

    def _missing(self, name: str, version: int) -> ReleaseNotFound:
        known = [release.version for release in self.releases(name)]
        if not known:
            return self._unknown(name)
        return ReleaseNotFound(
            f"There is no {name}/{version} in {self.address}.",
            name=name,
            hint=f"Versions of {name}: {', '.join(map(str, known[-10:]))}.",
        )

    def _unknown(self, name: str) -> ReleaseNotFound:
        names = self.names()
        near = get_close_matches(name, names, n=1) or names[:1]
        return ReleaseNotFound(
            f"There is no release called {name} in {self.address}.",
            name=name,
            hint=f"Did you mean {near[0]}?" if near else "Make one: `nbrelease run NOTEBOOK`.",
        )
