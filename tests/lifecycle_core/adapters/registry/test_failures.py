from __future__ import annotations

import socket
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.registry import MlflowRegistry
from lifecycle_core.adapters.registry.address import redacted
from lifecycle_core.errors import (
    InvalidCall,
    RegistryUnavailable,
    TargetUnwritable,
)
from tests.fakes.promoting import (
    a_bundle,
    names_in,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def in_the_file(registry: MlflowRegistry, statement: str, *values: object) -> None:
    """Change the database behind everybody's back."""
    with closing(sqlite3.connect(registry.uri.removeprefix("sqlite:///"))) as database:
        assert database.execute(statement, values).rowcount == 1
        database.commit()


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A server that takes the connection and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_a_server_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    registry = MlflowRegistry(f"http://ann:s3cret@127.0.0.1:{port}", tmp_path)

    for call in (registry.create, registry.names, lambda: registry.status("churn")):
        with pytest.raises(RegistryUnavailable, match=r"does not answer: .*refused") as caught:
            call()
        assert "s3cret" not in f"{caught.value}{caught.value.hint}{caught.value.uri}"
        assert f"http://***@127.0.0.1:{port}" in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_server_that_says_nothing_is_not_waited_for(silent_server: int, tmp_path: Path) -> None:
    registry = MlflowRegistry(f"http://127.0.0.1:{silent_server}", tmp_path)

    with pytest.raises(RegistryUnavailable, match="no answer within 3 s"):
        registry.names()


def test_a_server_that_is_no_registry_is_said(tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        registry = MlflowRegistry(f"http://127.0.0.1:{server.server_port}", tmp_path)
        with pytest.raises(RegistryUnavailable, match=r"answered with an error: .*404"):
            registry.names()
        server.shutdown()


@pytest.mark.parametrize("uri", ["", "ftp://host", "registry.db", "sqlite:///", "http://"])
def test_another_kind_of_address_is_refused(uri: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidCall, match="must be an MLflow server or a SQLite file"):
        MlflowRegistry(uri, tmp_path).names()


def test_credentials_are_cut_from_any_text() -> None:
    assert redacted("a http://u:p%40@h/x and https://u@i") == "a http://***@h/x and https://***@i"
    assert redacted("http://u:p@ss@h:1/x") == "http://***@h:1/x"
    assert redacted("http://h/u@x") == "http://h/u@x"


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(b"not a database" * 100)
    registry = MlflowRegistry(f"sqlite:///{tmp_path / 'registry.db'}", tmp_path / "a")

    for call in (registry.create, registry.names):
        with pytest.raises(RegistryUnavailable, match="is damaged or not a SQLite file"):
            call()
    assert names_in(tmp_path) == ["registry.db"]


def test_a_database_of_something_else_is_said(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "registry.db")) as database:
        database.execute("CREATE TABLE theirs (x)")
    registry = MlflowRegistry(f"sqlite:///{tmp_path / 'registry.db'}", tmp_path / "a")

    with pytest.raises(RegistryUnavailable, match="is not an MLflow registry"):
        registry.register(a_bundle(tmp_path), verdict="identical")


def test_a_registry_of_another_mlflow_is_said(registry: MlflowRegistry) -> None:
    in_the_file(registry, "UPDATE alembic_version SET version_num = 'abc'")

    with pytest.raises(RegistryUnavailable, match=r"answered with an error: .*schema"):
        registry.names()


def test_a_damaged_table_is_said(registry: MlflowRegistry, tmp_path: Path) -> None:
    registered(registry, tmp_path)
    file = Path(registry.uri.removeprefix("sqlite:///"))
    size = file.stat().st_size
    with file.open("r+b") as database:
        database.seek(8192)
        database.write(b"\xff" * (size - 8192))

    with pytest.raises(RegistryUnavailable):
        registry.status("churn")


def test_a_locked_file_is_said(
    registry: MlflowRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(registry, tmp_path)
    monkeypatch.setattr("lifecycle_core.adapters.registry.address.LOCK_SECONDS", 0.1)
    file = registry.uri.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RegistryUnavailable, match="is locked by another program"):
            registry.names()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    registry = MlflowRegistry(f"sqlite:///{tmp_path / 'file' / 'registry.db'}", tmp_path / "a")

    with pytest.raises(TargetUnwritable, match="something else is there already"):
        registry.register(a_bundle(tmp_path), verdict="identical")


def test_files_that_cannot_be_kept_leave_no_version(
    registry: MlflowRegistry, tmp_path: Path
) -> None:
    registry.artifacts.write_text("in the way")

    with pytest.raises(TargetUnwritable, match="cannot be written"):
        registry.register(a_bundle(tmp_path), verdict="identical")

    assert registry.releases("churn") == ()
