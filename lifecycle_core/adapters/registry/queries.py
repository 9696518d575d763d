"""What we ask MLflow for, in the words of its client, with pages and races seen to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.registry.review_tags import review_event_of, reviews_of
from lifecycle_core.adapters.registry.tags import KIND, event_of, ledger_of, release_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.release import LedgerEvent, Release
    from lifecycle_core.schema.review_history import ReviewEvent

_PAGE = 1_000
_EXPERIMENT = "nbrelease"


def or_none(call: Any) -> Any:  # noqa: ANN401 - MLflow is untyped
    """Return what a call finds, or None where MLflow says that there is no such thing."""
    from mlflow.exceptions import MlflowException

    try:
        return call()
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


def ensure_model(client: Any, name: str, *, kind: str) -> None:  # noqa: ANN401 - as above
    """Make a registered model with our mark, also if somebody else does so at this moment."""
    from mlflow.exceptions import MlflowException

    model = or_none(lambda: client.get_registered_model(name))
    if model is None:
        try:
            client.create_registered_model(name, tags={KIND: kind})
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
    elif model.tags.get(KIND) != kind:
        client.set_registered_model_tag(name, KIND, kind)


def ensure_experiment(client: Any, location: str | None) -> str:  # noqa: ANN401 - as above
    """Return the id of the experiment that our files are kept under, made if need be.

    Args:
        client: MLflow's.
        location: Where new files shall go, as a URI; None leaves it to the server.
    """
    from mlflow.exceptions import MlflowException

    name = _EXPERIMENT
    if location is not None:
        found = client.get_experiment_by_name(name)
        if found and found.artifact_location != location:
            # The project was moved. Old releases stay readable; new ones go to the new place.
            name = f"{_EXPERIMENT} {location}"
    if found := client.get_experiment_by_name(name):
        if found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
        return str(found.experiment_id)
    try:
        return str(client.create_experiment(name, artifact_location=location))
    except MlflowException:
        if (found := client.get_experiment_by_name(name)) is None:
            raise
        return str(found.experiment_id)  # somebody else was first


def pages(search: Any, **query: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Yield what a search finds, page by page."""
    token = None
    while True:
        page = search(max_results=_PAGE, page_token=token, **query)
        yield from page
        if not (token := page.token):
            return


def _versions(client: Any, model: str) -> list[Any]:  # noqa: ANN401 - as above
    query = {"filter_string": f"name = '{model}'", "order_by": ["version_number ASC"]}
    found = pages(client.search_model_versions, **query)
    return sorted(found, key=lambda version: int(version.version))


def releases_of(client: Any, name: str) -> tuple[Release, ...]:  # noqa: ANN401 - as above
    """Return the releases of a name, by version."""
    return tuple(release for v in _versions(client, name) if (release := release_of(v)))


def events_of(client: Any, name: str) -> tuple[LedgerEvent, ...]:  # noqa: ANN401 - as above
    """Return the readable events of a name's ledger, by `seq`."""
    found = _versions(client, ledger_of(name))
    return tuple(event for v in found if (event := event_of(v.tags, int(v.version))))


def review_events_of(client: Any, name: str) -> tuple[ReviewEvent, ...]:  # noqa: ANN401 - as above
    """Return the readable events of a name's reviews, by `seq`."""
    found = _versions(client, reviews_of(name))
    return tuple(event for v in found if (event := review_event_of(v.tags, int(v.version))))
