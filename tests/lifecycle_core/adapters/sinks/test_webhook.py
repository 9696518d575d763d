from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from lifecycle_core.adapters.sinks.webhook import WebhookOptions
from lifecycle_core.errors import SinkFailed
from tests.fakes.events import failed_run, metric

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks import Sink, Surroundings
    from tests.fakes.receiving import Receiver


def opened(around: Surroundings, **options: object) -> Sink:
    given = {"kind": "webhook", "backoff": 0.0, **options}
    return WebhookOptions.model_validate(given).sink(around)


def test_an_event_arrives_as_json_and_its_signature_holds(
    receiver: Receiver, around: Surroundings
) -> None:
    sink = opened(
        around, url=f"{receiver.url}/in", secret_env="HOOK_SECRET", token_env="HOOK_TOKEN"
    )
    sink.take(failed_run()[2])
    sink.close()
    (request,) = receiver.requests
    told = json.loads(request.body)
    assert (told["kind"], told["cell"], told["line"]) == ("step_failed", 4, 2)
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer t0ken"
    identity, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    key = base64.b64decode("plJ3nmyCDGBKInavdOK15jsl")
    signed = f"{identity}.{moment}.".encode() + request.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_under_the_same_key(
    receiver: Receiver, around: Surroundings, status: int
) -> None:
    receiver.answers = [(status, {"retry-after": "0"}), (status, {})]
    opened(around, url=receiver.url).take(metric())
    assert len(receiver.requests) == 3
    assert len({request.headers["idempotency-key"] for request in receiver.requests}) == 1


def test_different_events_have_different_keys(receiver: Receiver, around: Surroundings) -> None:
    sink = opened(around, url=receiver.url)
    sink.take(metric(0.1))
    sink.take(metric(0.2))
    assert len({request.headers["idempotency-key"] for request in receiver.requests}) == 2


def test_a_refusal_is_not_tried_again(receiver: Receiver, around: Surroundings) -> None:
    receiver.answers = [(403, {})]
    with pytest.raises(SinkFailed, match="answered 403 Forbidden") as failed:
        opened(around, url=f"{receiver.url}/s3cret-path").take(metric())
    assert len(receiver.requests) == 1
    assert failed.value.kind == "403"
    assert "s3cret-path" not in str(failed.value)


def test_tries_end(receiver: Receiver, around: Surroundings) -> None:
    receiver.answers = [(500, {})] * 9
    with pytest.raises(SinkFailed, match="answered 500"):
        opened(around, url=receiver.url, attempts=3).take(metric())
    assert len(receiver.requests) == 3


def test_redirects_are_not_followed(receiver: Receiver, around: Surroundings) -> None:
    receiver.answers = [(307, {"location": f"{receiver.url}/elsewhere"})]
    with pytest.raises(SinkFailed, match="answered 307") as failed:
        opened(around, url=receiver.url, token_env="HOOK_TOKEN").take(metric())
    assert receiver.got("/elsewhere") == []
    assert "Redirects are not followed" in failed.value.hint


def test_nobody_there_is_said_without_the_path(around: Surroundings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(SinkFailed, match="did not answer in 2 tries") as failed:
        opened(around, url=f"http://127.0.0.1:{port}/s3cret", attempts=2).take(metric())
    assert "s3cret" not in str(failed.value)
    assert failed.value.__suppress_context__


def test_a_missing_secret_names_its_variable(receiver: Receiver, around: Surroundings) -> None:
    with pytest.raises(SinkFailed, match="the environment variable NOT_SET is not set"):
        opened(around, url=receiver.url, secret_env="NOT_SET").take(metric())
    assert receiver.requests == []


def test_a_secret_that_is_not_base64_is_not_shown(around: Surroundings) -> None:
    around.environ["HOOK_SECRET"] = "whsec_?!"  # type: ignore[index] # a dict here
    with pytest.raises(SinkFailed, match="no base64") as failed:
        opened(around, url="http://127.0.0.1:1", secret_env="HOOK_SECRET").take(metric())
    assert "?!" not in str(failed.value)


def test_an_address_may_come_from_a_variable(receiver: Receiver, around: Surroundings) -> None:
    around.environ["HOOK_URL"] = receiver.url  # type: ignore[index] # a dict here
    opened(around, url_env="HOOK_URL").take(metric())
    assert len(receiver.requests) == 1
    around.environ["HOOK_URL"] = "http://example.com"  # type: ignore[index] # a dict here
    with pytest.raises(SinkFailed, match="plain http"):
        opened(around, url_env="HOOK_URL").take(metric())


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.com/hook", "plain http"),
        ("http://localhost.example.com/hook", "plain http"),
        ("ftp://example.com", "must be an address"),
        ("https://ann:s3cret@example.com", "no name or password"),
        ("/hook", "must be an address"),
    ],
)
def test_addresses_that_are_refused(url: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        WebhookOptions(kind="webhook", url=url)


def test_plain_http_to_elsewhere_when_allowed() -> None:
    assert WebhookOptions(kind="webhook", url="http://example.com", plain_http=True).url


def test_either_an_address_or_its_variable() -> None:
    with pytest.raises(ValidationError, match="either `url` or `url_env`"):
        WebhookOptions(kind="webhook")
