"""With a package index on loopback that goes away."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.environment.building import build
from lifecycle_core.adapters.environment.cache import Cache
from lifecycle_core.adapters.environment.hashes import hashes_of
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.errors import EnvironmentUnavailable
from tests.fakes.locks import lock_of, value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(
    wheels: Path, wheel: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, http.server.HTTPServer]]:
    """Serve one package; yield its line in a lock and the server."""
    line = wheel("alpha")
    page = wheels.parent / "served" / "simple" / "alpha"
    shutil.copytree(wheels, page)
    (file,) = page.iterdir()
    stated = digest_file(file).replace(":", "=")
    (page / "index.html").write_text(f'<a href="{file.name}#{stated}">{file.name}</a>')
    handler = functools.partial(QuietHandler, directory=str(wheels.parent / "served"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.delenv("UV_FIND_LINKS")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    address = f"http://me:secret@127.0.0.1:{server.server_port}/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", address)
    yield line, server
    server.shutdown()
    server.server_close()
    thread.join()


def stop(server: http.server.HTTPServer) -> None:
    server.shutdown()
    server.server_close()


def test_a_warm_cache_needs_no_network(
    index: tuple[str, http.server.HTTPServer], tmp_path: Path
) -> None:
    line, server = index
    build(lock_of(line), cache=Cache(tmp_path / "first"))
    stop(server)
    built = build(lock_of(line), cache=Cache(tmp_path / "second"))
    assert value(built.python, "alpha") == "1"


def test_hashes_are_those_of_the_files_and_known_without_network(
    index: tuple[str, http.server.HTTPServer], cache: Cache
) -> None:
    line, server = index
    asked = hashes_of([("alpha", "1.0")], cache=cache, seconds=30)
    assert asked.note == ""
    assert asked.known["alpha", "1.0"][0] in line
    stop(server)
    assert hashes_of([("alpha", "1.0")], cache=cache, seconds=30) == asked


def test_what_the_index_lacks_is_named_and_the_others_have_hashes(
    index: tuple[str, http.server.HTTPServer], cache: Cache
) -> None:
    assert index
    asked = hashes_of([("alpha", "1.0"), ("beta", "2.0")], cache=cache, seconds=30)
    assert list(asked.known) == [("alpha", "1.0")]
    assert asked.note == "no hashes: the package index does not have beta==2.0"


def test_an_index_that_states_no_hashes_is_said_to(
    index: tuple[str, http.server.HTTPServer], cache: Cache, tmp_path: Path
) -> None:
    assert index
    (tmp_path / "served" / "simple" / "alpha" / "index.html").unlink()
    asked = hashes_of([("alpha", "1.0")], cache=cache, seconds=30)
    assert asked.note == "no hashes: the package index states none of alpha==1.0"


def test_a_cold_cache_names_the_package_and_no_password(
    index: tuple[str, http.server.HTTPServer], cache: Cache
) -> None:
    line, server = index
    stop(server)
    with pytest.raises(EnvironmentUnavailable, match="alpha==1") as refused:
        build(lock_of(line), cache=cache)
    assert refused.value.reason == "offline"
    assert "secret" not in str(refused.value)


def test_a_date_that_a_project_configured_does_not_hide_what_is_installed(
    index: tuple[str, http.server.HTTPServer],
    cache: Cache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert index
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\nexclude-newer = "2015-01-01T00:00:00Z"\n')
    monkeypatch.chdir(tmp_path)
    assert hashes_of([("alpha", "1.0")], cache=cache, seconds=30).note == ""
