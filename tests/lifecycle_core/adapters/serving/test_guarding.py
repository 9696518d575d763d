"""Where the service may listen, who is let in, and how the ledger is looked at."""

from __future__ import annotations

import asyncio
import os
import threading
from datetime import datetime  # noqa: TC003 - of a function that is called
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.serving.guard import Guard, Rate, Tokens, read_tokens
from lifecycle_core.adapters.serving.polling import Poll
from lifecycle_core.adapters.serving.running import Binding, require_guarded, run
from lifecycle_core.errors import InvalidCall
from lifecycle_core.verbs import serving

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "::1"])
def test_this_machine_is_let_in_without_a_word(host: str) -> None:
    require_guarded(Binding(host=host), tokens=False, open_to_all=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "host.example.com"])  # noqa: S104 - refused
def test_others_need_a_token_a_certificate_or_a_flag(host: str, tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    with pytest.raises(InvalidCall, match="nothing says who may ask"):
        require_guarded(Binding(host=host), tokens=False, open_to_all=False)
    require_guarded(Binding(host=host), tokens=True, open_to_all=False)
    require_guarded(Binding(host=host), tokens=False, open_to_all=True)
    mutual = Binding(host=host, certificate=file, key=file, client_ca=file)
    require_guarded(mutual, tokens=False, open_to_all=False)


def test_tls_is_said_whole(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    for half, fact in (
        (Binding(certificate=file), "must have both"),
        (Binding(client_ca=file), "only over TLS"),
        (Binding(certificate=tmp_path / "none", key=file), "There is no file"),
    ):
        with pytest.raises(InvalidCall, match=fact):
            require_guarded(half, tokens=True, open_to_all=True)


def test_a_port_that_is_taken_is_told() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        binding = Binding(port=taken.getsockname()[1])

        async def nothing(*_: object) -> None:
            """Answer nothing."""

        with pytest.raises(InvalidCall, match=r"cannot listen on .*: Address already in use\.$"):
            run(nothing, binding, ready=print)


@pytest.mark.parametrize(
    ("text", "mode", "fact"),
    [
        ("short", 0o600, "has a short token"),
        ("# nothing\n\n", 0o600, "has no token"),
        ("a-token-of-some-length", 0o644, "Everybody on this machine can read"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_token_file_that_protects_nothing_is_refused(
    tmp_path: Path, text: str | None, mode: int, fact: str
) -> None:
    path = tmp_path / "tokens"
    if text is not None:
        path.write_text(text)
        path.chmod(mode)
    with pytest.raises(InvalidCall, match=fact):
        read_tokens(path)


def test_a_token_file_of_somebody_else_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("a-token-of-some-length")
    path.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # whom no mode keeps out
            os.seteuid(10001)
        with pytest.raises(InvalidCall, match="may not be read by user") as refused:
            read_tokens(path)
        assert f"chown {os.geteuid()} {path}" in refused.value.hint
    finally:
        os.seteuid(user)


def test_each_line_of_a_token_file_is_a_token(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("# of the CRM\nfirst-token-of-length\n\nsecond-token-of-length\n")
    path.chmod(0o600)
    tokens = read_tokens(path)
    assert tokens.allow(b"bearer second-token-of-length")
    assert not tokens.allow(b"Basic second-token-of-length")
    assert not tokens.allow(b"")


@pytest.mark.parametrize(
    ("path", "tokens", "per_second", "counted"),
    [
        ("/score", Tokens.of(["a-token-of-some-length"]), 0.0, [("/score", 401)] * 2),
        ("/release", Tokens.of(["a-token-of-some-length"]), 0.0, [("other", 401)] * 2),
        ("/score", None, 0.001, [("/score", 503), ("/score", 429)]),
        ("/guessed", None, 0.001, [("other", 503), ("other", 429)]),
    ],
)
def test_what_the_guard_answers_itself_is_counted(
    path: str, tokens: Tokens | None, per_second: float, counted: list[tuple[str, int]]
) -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError("patient 17")

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    statuses: list[int] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    ended: list[tuple[str, int]] = []
    guard = Guard(
        {"/score": failing}, failing, tokens=tokens, rate=Rate(per_second),
        ended=lambda where, status: ended.append((where, status)),
    )  # fmt: skip
    for _ in counted:
        asyncio.run(guard({"type": "http", "path": path, "headers": []}, receive, send))
    assert ended == counted
    assert statuses == [status for _, status in counted]


def test_a_ledger_is_asked_again_when_its_file_was_written_to(tmp_path: Path) -> None:
    file = tmp_path / "registry.db"
    file.write_text("1")
    asked = threading.Semaphore(0)

    def step(now: datetime) -> None:
        assert now.tzinfo is not None
        asked.release()
        raise RuntimeError("a step that fails does not end the thread")

    poll = Poll(step, seconds=0.01, file=file)
    poll.start()
    assert asked.acquire(timeout=30)
    file.write_text("two")
    assert asked.acquire(timeout=30)
    poll.close()
    assert not asked.acquire(blocking=False)


def test_a_promotion_is_looked_for_so_often_that_it_is_taken_up_within_two_seconds() -> None:
    # Whoever promotes just after a look waits this long; a second is left to verify and load.
    intervals = (serving._POLL_SECONDS, serving._SERVER_POLL_SECONDS)
    assert max(intervals) <= 1.0
    for seconds in intervals:
        clock = StandingClock()
        looks: list[datetime] = []
        poll = Poll(looks.append, seconds=seconds)
        poll._over = clock  # type: ignore[assignment]  # waits without any time
        poll._run()
        assert clock.waited == [seconds] * 4  # nothing else is waited for
        assert len(looks) == 3


class StandingClock:
    """Waits for nothing, and is over at the fourth time."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return len(self.waited) > 3
