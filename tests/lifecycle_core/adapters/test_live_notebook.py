"""A live notebook's file is found whatever the front end tells, and a token goes nowhere else."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.live_notebook import Traces, locate
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.session import Executed
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KERNEL = "0b1c"


class Jupyter:
    """A server that knows the sessions of its kernels, and what it was asked.

    Attributes:
        tokens: The `Authorization` header of each request.
    """

    def __init__(self, sessions: Any, *, elsewhere: str = "") -> None:  # noqa: ANN401 - any JSON
        self.tokens: list[str | None] = []
        jupyter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # http.server's name
                jupyter.tokens.append(self.headers["Authorization"])
                allowed = self.headers["Authorization"] in {"token secret", None}
                self.send_response(302 if elsewhere else 200 if allowed else 403)
                if elsewhere:
                    self.send_header("Location", elsewhere)
                self.end_headers()
                if allowed and self.path == "/base/api/sessions":
                    self.wfile.write(json.dumps(sessions).encode())

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/base/"


@contextmanager
def served(jupyter: Jupyter) -> Iterator[Jupyter]:
    thread = threading.Thread(target=jupyter.http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield jupyter
    finally:
        jupyter.http.shutdown()
        jupyter.http.server_close()
        thread.join()


def of_kernel(path: str, kernel: str = KERNEL) -> dict[str, Any]:
    return {"path": path, "kernel": {"id": kernel}}


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir()
    return folder


def announce(runtime: Path, root: Path, url: str, *, token: str = "secret") -> None:  # noqa: S107 - made up
    info = {"url": url, "root_dir": str(root), "token": token}
    (runtime / f"jpserver-{len(list(runtime.iterdir()))}.json").write_text(json.dumps(info))


def traces(folder: Path, runtime: Path | None = None, **more: Any) -> Traces:  # noqa: ANN401 - fields
    connection = str(runtime / f"kernel-{KERNEL}.json") if runtime else ""
    return Traces(folder=folder, connection_file=connection, **more)


def test_what_the_user_names_wins(tmp_path: Path) -> None:
    found = locate(traces(tmp_path, given="a.ipynb", environ={"NBRELEASE_NOTEBOOK": "b.ipynb"}))
    assert found == (tmp_path / "a.ipynb", "named by you")


@pytest.mark.parametrize("path", ["sub/new name.ipynb", "RTC:sub/new name.ipynb"])
def test_the_server_knows_a_renamed_notebook(tmp_path: Path, runtime: Path, path: str) -> None:
    (tmp_path / "sub").mkdir()
    renamed = write_notebook(tmp_path / "sub" / "new name.ipynb", "x = 1")
    stale = write_notebook(tmp_path / "old.ipynb", "x = 1")
    sessions = [of_kernel("other.ipynb", "another"), of_kernel(path)]
    with served(Jupyter(sessions)) as jupyter:
        announce(runtime, tmp_path, jupyter.url)
        found = locate(traces(tmp_path, runtime, environ={"JPY_SESSION_NAME": str(stale)}))
    assert found == (renamed, "found through Jupyter's server")
    assert jupyter.tokens == ["token secret"]


def test_a_server_without_a_token_is_asked_without_one(tmp_path: Path, runtime: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    with served(Jupyter([of_kernel("a.ipynb")])) as jupyter:
        announce(runtime, tmp_path, jupyter.url, token="")
        assert locate(traces(tmp_path, runtime)).path == path
    assert jupyter.tokens == [None]


def test_a_token_is_sent_to_this_machine_only(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    with served(Jupyter([])) as proxy, served(Jupyter([], elsewhere=proxy.url)) as jupyter:
        monkeypatch.setenv("http_proxy", proxy.url)
        announce(runtime, tmp_path, "http://jupyter.example:8888/")
        announce(runtime, tmp_path, "file:///etc/")
        announce(runtime, tmp_path, jupyter.url)
        found = locate(traces(tmp_path, runtime, environ={"JPY_SESSION_NAME": str(path)}))
    assert found.how == "found through JPY_SESSION_NAME"
    assert (len(jupyter.tokens), proxy.tokens) == (1, [])


@pytest.mark.parametrize("answer", [{"message": "no"}, [{}], [None], ["x"], 7])
def test_a_server_that_answers_nonsense_is_passed_over(
    tmp_path: Path, runtime: Path, answer: object
) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    (runtime / "jpserver-0.json").write_text("{")
    (runtime / "jpserver-00.json").write_text("[]")
    announce(runtime, tmp_path, "http://127.0.0.1:1/")  # nobody listens there
    with served(Jupyter(answer)) as jupyter:
        announce(runtime, tmp_path, jupyter.url)
        found = locate(traces(tmp_path, runtime, environ={"JPY_SESSION_NAME": "a.ipynb"}))
    assert found.path == path


def test_the_name_may_be_relative_to_where_the_kernel_began(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1")
    elsewhere = tmp_path / "elsewhere"
    environ = {"JPY_SESSION_NAME": "a.ipynb", "PWD": str(tmp_path)}
    assert locate(traces(elsewhere, environ=environ)).path == path


@pytest.mark.parametrize("host", ["", "//127.0.0.1:8080", "//ssh-remote%2Bhost"])
def test_vs_code_is_believed_by_the_cells_address_first(tmp_path: Path, host: str) -> None:
    path = write_notebook(tmp_path / "new name.ipynb", "x = 1")
    stale = write_notebook(tmp_path / "old.ipynb", "x = 1")
    address = f"vscode-notebook-cell:{host}{tmp_path}/new%20name.ipynb#W2sZmlsZQ%3D%3D"
    ran = (Executed(source="x = 1", cell_id=address),)
    assert locate(traces(tmp_path, editor=str(stale), executed=ran)) == (
        path,
        "found through VS Code",
    )
    assert locate(traces(tmp_path, editor=str(stale))).path == stale


def test_the_code_that_ran_leads_to_the_file(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "mine.ipynb", "a = 1", "b = 2")
    write_notebook(tmp_path / "other.ipynb", "a = 1", "x = 2")
    (tmp_path / "broken.ipynb").write_text('{"cells": [1]}')
    (tmp_path / "binary.ipynb").write_bytes(b"\xff\x00")
    ran = (Executed(source="a = 1"), Executed(source="b = 2\n"))
    assert locate(traces(tmp_path, executed=ran)) == (path, "found by the code that ran here")


def test_two_equal_files_are_not_guessed_between(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_notebook(tmp_path / f"{name}.ipynb", "a = 1")
    with pytest.raises(InvalidCall, match="not known which file") as caught:
        locate(traces(tmp_path, executed=(Executed(source="a = 1"),)))
    assert caught.value.hint == "Save it and name it, such as `%reproduce analysis.ipynb`."
