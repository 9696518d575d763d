"""Alerts on their way: a real server, real files, real programs."""

from __future__ import annotations

import json
import shlex
import sys
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.notifying import configured_channels
from lifecycle_core.adapters.sinks import Surroundings
from lifecycle_core.errors import InvalidCall, SinkFailed
from lifecycle_core.monitoring.planning import FIGURES
from lifecycle_core.monitoring.response_rules import compile_rule
from lifecycle_core.schema.release_file import Duty, Owner, OwnersSection
from lifecycle_core.schema.review_history import Notification
from tests.fakes import windows
from tests.fakes.kept_reviews import LOW, Weeks, on
from tests.fakes.receiving import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.notifying import Channel, Sender


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as kept:
        yield kept


@pytest.fixture(scope="module")
def notification() -> Notification:
    weeks = Weeks()
    weeks.perform(on(10))
    return weeks.channel.told[0]


def sender(project: Path, **options: object) -> Sender:
    around = Surroundings(
        project=project, home=project, registry="http://r", environ={"TOKEN": "t0ken"}
    )
    (channel,) = configured_channels({"team": options}, file="nbrelease.toml", around=around)
    return channel.sender


def test_a_webhook_is_retried_under_the_same_key_which_is_the_alert(
    receiver: Receiver, notification: Notification, tmp_path: Path
) -> None:
    receiver.answers = [(503, {"retry-after": "0"})]
    options = {"kind": "webhook", "url": receiver.url, "token_env": "TOKEN", "backoff": 0.0}
    for _ in range(2):  # the second time: its sender was killed before it noted the first
        sender(tmp_path, **options).send(notification)
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert keys == [notification.alert.key] * 3
    assert Notification.from_json(receiver.requests[0].body) == notification
    assert receiver.requests[0].headers["authorization"] == "Bearer t0ken"


def test_a_receiver_that_refuses_says_why_without_its_path(
    receiver: Receiver, notification: Notification, tmp_path: Path
) -> None:
    receiver.answers = [(404, {})]
    with pytest.raises(SinkFailed, match="answered 404 Not Found") as caught:
        sender(tmp_path, kind="webhook", url=f"{receiver.url}/s3cret").send(notification)
    assert "s3cret" not in str(caught.value)


def test_an_email_appears_whole_and_the_same_one_once(
    notification: Notification, tmp_path: Path
) -> None:
    mail = sender(tmp_path, kind="mail", folder="outbox")
    mail.send(notification)
    (file,) = (tmp_path / "outbox").iterdir()
    first = file.read_bytes()
    mail.send(notification)
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [file.name]
    assert (file.name, file.read_bytes()) == (f"{notification.alert.key}.eml", first)
    read = message_from_bytes(first, policy=policy.default)
    assert read["To"] == "desk@example.org"
    assert read["Subject"] == (
        "churn 2026-W10: when adoption_rate < 0.6 then escalate operations within 2 days"
    )
    assert read["Date"] == "Tue, 10 Mar 2026 06:00:00 +0000"
    assert read["Message-ID"] == f"<{notification.alert.key}@nbrelease>"
    assert read.get_content().splitlines()[2:6] == [
        "To do: escalate operations by 2026-03-12 06:00 UTC",
        "Who: Retention desk, desk@example.org",
        "Else: The board",
        "Seen in 2026-W10: adoption_rate 0.5",
    ]


@pytest.mark.parametrize(
    ("contact", "to", "fact"),
    [
        ("ring the bell", (), "ring the bell is no address"),
        ("", (), "the owner has no contact is no address"),
        ("a@b.example\nBcc: c@d.example", (), "is no address"),
        ("", ("a@b.example\r\nBcc: c@d.example",), "Bcc"),
    ],
)
def test_an_email_to_nobody_or_with_a_forged_header_is_not_written(
    notification: Notification, tmp_path: Path, contact: str, to: tuple[str, ...], fact: str
) -> None:
    firing = notification.alert.firing.model_copy(update={"contact": contact})
    alert = notification.alert.model_copy(update={"firing": firing})
    with pytest.raises(SinkFailed, match=fact):
        sender(tmp_path, kind="mail", folder="outbox", to=to).send(
            notification.model_copy(update={"alert": alert})
        )
    assert not (tmp_path / "outbox").exists()


def test_a_hostile_name_stays_on_its_line(notification: Notification, tmp_path: Path) -> None:
    firing = notification.alert.firing.model_copy(update={"name": "Eve\n\nPay here\u202e"})
    alert = notification.alert.model_copy(update={"firing": firing})
    told = notification.model_copy(update={"alert": alert, "release": "churn\r\nX-Evil: 1"})
    sender(tmp_path, kind="mail", folder="outbox").send(told)
    (file,) = (tmp_path / "outbox").iterdir()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["X-Evil"] is None
    assert "Who: Eve Pay here⟨U+202E⟩, desk@example.org" in read.get_content()


def test_a_rule_is_one_word_of_the_command_that_takes_it_on(
    notification: Notification, tmp_path: Path
) -> None:
    """The condition has Python's syntax, so that a comment may hold anything."""
    rule = compile_rule("when rows < 1 # '; touch forged; ' then notify data", FIGURES).text
    firing = notification.alert.firing.model_copy(update={"rule": rule})
    alert = notification.alert.model_copy(update={"firing": firing})
    sender(tmp_path, kind="mail", folder="outbox").send(
        notification.model_copy(update={"alert": alert})
    )
    (file,) = (tmp_path / "outbox").iterdir()
    text = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    (line,) = [line for line in text.splitlines() if line.startswith("Take it on: ")]
    words = shlex.split(line.removeprefix("Take it on: "))
    assert words == ["nbrelease", "acknowledge", "churn", rule, "--by", "YOU"]


def test_a_folder_that_cannot_be_written_is_a_failure_to_be_tried_again(
    notification: Notification, tmp_path: Path
) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(SinkFailed, match="cannot be written"):
        sender(tmp_path, kind="mail", folder="outbox").send(notification)


def test_a_command_gets_the_alert_without_a_shell(
    notification: Notification, tmp_path: Path
) -> None:
    code = (
        "import json, os, sys; json.dump([json.load(sys.stdin), os.environ['NBRELEASE_ALERT'], "
        "sys.argv[1]], open('told.json', 'w'))"
    )
    words = (sys.executable, "-c", code, "$HOME; echo {rule}")
    sender(tmp_path, kind="command", command=words).send(notification)
    body, key, word = json.loads((tmp_path / "told.json").read_text())
    assert Notification.model_validate(body) == notification
    assert (key, word) == (notification.alert.key, "$HOME; echo {rule}")


@pytest.mark.parametrize(
    ("words", "timeout", "fact"),
    [
        (("no-such-program",), 5, "no-such-program cannot be started: No such file"),
        ((sys.executable, "-c", "import sys; sys.exit('no\\nroute')"), 5, "ended with 1: no route"),
        (("sleep", "60"), 0.05, "sleep did not end within 0.05 s"),
    ],
)
def test_a_command_that_fails_says_how(
    notification: Notification, tmp_path: Path, words: tuple[str, ...], timeout: float, fact: str
) -> None:
    with pytest.raises(SinkFailed, match=fact):
        sender(tmp_path, kind="command", command=words, timeout=timeout).send(notification)


@pytest.mark.parametrize(
    ("options", "fact", "hint"),
    [
        ({"kind": "mial", "folder": "out"}, "'mial', which is no kind", "Did you mean 'mail'?"),
        ({"folder": "out"}, "'', which is no kind", "Known: webhook, mail, command."),
        ({"kind": "mail"}, "`notify.team.folder` is missing", "Add `folder = ...`."),
        ({"kind": "command", "command": "echo hi"}, "`notify.team.command` is 'echo hi'", ""),
        ({"kind": "command", "command": ["a"], "shell": True}, "unknown key", ""),
        ({"kind": "webhook", "url": "http://example.com"}, "plain http leaves this machine", ""),
        ({"kind": "webhook"}, "either `url` or `url_env`", ""),
    ],
)
def test_a_wrong_option_is_named(
    tmp_path: Path, options: dict[str, object], fact: str, hint: str
) -> None:
    with pytest.raises(InvalidCall, match=fact) as caught:
        sender(tmp_path, **options)
    assert hint in caught.value.hint


def channels(project: Path, **tables: dict[str, object]) -> tuple[Channel, ...]:
    around = Surroundings(project=project, home=project, registry="http://r", environ={})
    return configured_channels(tables, file="nbrelease.toml", around=around)


def test_a_reminder_comes_once_under_a_key_of_its_own(receiver: Receiver, tmp_path: Path) -> None:
    code = "import sys; open('told.jsonl', 'a').write(sys.stdin.read() + chr(10))"
    team = channels(
        tmp_path,
        hook={"kind": "webhook", "url": receiver.url, "backoff": 0.0},
        pager={"kind": "command", "command": (sys.executable, "-c", code)},
        mail={"kind": "mail", "folder": "outbox"},
    )
    owners = OwnersSection(
        operations=Owner(name="Retention desk", contact="desk@example.org"),
        product=Owner(name="The board", contact="board@example.org"),
        escalation=Duty(name="Ida", service_level="within a day", escalation="The board"),
    )
    stated = windows.stated(rules=(LOW,)).model_copy(update={"owners": owners})
    weeks = Weeks(stated=stated)
    for day in (10, 11, 12, 13, 14):
        weeks.perform(on(day), *team)
    posted = [Notification.from_json(request.body) for request in receiver.requests]
    assert [(each.reminder, each.escalation_contact) for each in posted] == [
        (False, ""), (True, "board@example.org"),
    ]  # fmt: skip
    keys = [request.headers["idempotency-key"] for request in receiver.requests]
    assert keys == [posted[0].alert.key, f"{posted[0].alert.key}_reminder"]
    lines = (tmp_path / "told.jsonl").read_text().splitlines()
    told = [Notification.from_json(line) for line in lines]
    assert told == posted
    files = {path.name: path for path in (tmp_path / "outbox").iterdir()}
    assert sorted(files) == sorted(f"{key}.eml" for key in keys)
    read = message_from_bytes(files[f"{keys[1]}.eml"].read_bytes(), policy=policy.default)
    assert read["To"] == "desk@example.org, board@example.org"
    assert read["Subject"].startswith("Reminder: churn 2026-W10: when adoption_rate")
    assert "Now: board@example.org" in read.get_content()
