"""How releases and ledger events are written as tags of MLflow model versions, and read back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lifecycle_core.schema.release import LedgerEvent, Release

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "nbrelease."
KIND = PREFIX + "kind"
DIGEST = PREFIX + "bundle_digest"
VERDICT = PREFIX + "verdict"
MODEL = PREFIX + "logged_model"
_EVENT_FIELDS = {
    field.alias or name: name for name, field in LedgerEvent.model_fields.items() if name != "seq"
}


def ledger_of(name: str) -> str:
    """Return the registered model that holds the ledger of a release name.

    Example:
        >>> ledger_of("churn")
        'churn.ledger'
    """
    return f"{name}.ledger"


def tags_of(event: LedgerEvent) -> dict[str, str]:
    """Return an event as tags; empty fields are left out.

    Law: `event_of(tags_of(event), seq) == event` but for `seq`.
    """
    fields = event.model_dump(mode="json", exclude={"seq"})
    return {PREFIX + name: str(value) for name, value in fields.items() if value != ""}


def event_of(tags: Mapping[str, str], seq: int) -> LedgerEvent | None:
    """Return the event that tags hold, or None if they hold none that can be read."""
    fields = {
        name.removeprefix(PREFIX): value
        for name, value in tags.items()
        if name.removeprefix(PREFIX) in _EVENT_FIELDS and name.startswith(PREFIX)
    }
    try:
        return LedgerEvent.model_validate({**fields, "seq": seq})
    except ValidationError:
        return None


def release_of(version: Any) -> Release | None:  # noqa: ANN401 - an MLflow ModelVersion, untyped
    """Return the release that a model version is, or None if it is not one of ours."""
    if (digest := version.tags.get(DIGEST)) is None:
        return None
    created = datetime.fromtimestamp(version.creation_timestamp / 1000, tz=UTC)
    return Release(
        name=version.name,
        version=int(version.version),
        bundle_digest=digest,
        created=created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        verdict=version.tags.get(VERDICT, ""),
    )
