"""How releases and ledger events are written as tags of MLflow model versions, and read back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lifecycle_core.schema.release import LedgerEvent, Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.retraining import Lineage

PREFIX = "nbrelease."
KIND = PREFIX + "kind"
DIGEST = PREFIX + "bundle_digest"
VERDICT = PREFIX + "verdict"
MODEL = PREFIX + "logged_model"
RETRAINED_FROM = PREFIX + "retrained_from"
PIPELINE = PREFIX + "pipeline"
RUN = PREFIX + "pipeline_run"
PARAMETER = PREFIX + "param."
STANDING = PREFIX + "against_champion"
_LONGEST = 500  # of a parameter of a model; a tag may be longer
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
        retrained_from=int(before) if (before := version.tags.get(RETRAINED_FROM)) else None,
        standing=version.tags.get(STANDING, ""),
    )


def lineage_tags(lineage: Lineage | None, standing: str = "") -> dict[str, str]:
    """Return where a release comes from as tags of its version; none for a notebook's.

    Parameters have a tag each, so that `search_model_versions` can filter by one.

    Example:
        >>> from lifecycle_core.schema.retraining import Lineage
        >>> lineage = Lineage(release="churn", retrained_from=3, pipeline="churn",
        ...     source_digest="sha256:1", run="r", parameters={"data": "new.csv"})
        >>> tags = lineage_tags(lineage, "better")
        >>> tags["nbrelease.retrained_from"], tags["nbrelease.param.data"]
        ('3', 'new.csv')
    """
    if lineage is None:
        return {}
    before = lineage.retrained_from
    return {
        **({PIPELINE: lineage.pipeline, RUN: lineage.run} if lineage.pipeline else {}),
        **({RETRAINED_FROM: str(before)} if before is not None else {}),
        **({STANDING: standing} if standing else {}),
        **{PARAMETER + name: value for name, value in params_of(lineage).items()},
    }


def params_of(lineage: Lineage | None) -> dict[str, str]:
    """Return the parameters of a run as the text that MLflow keeps."""
    if lineage is None:
        return {}
    return {
        name: (value if isinstance(value, str) else json.dumps(value))[:_LONGEST]
        for name, value in lineage.parameters.items()
    }
