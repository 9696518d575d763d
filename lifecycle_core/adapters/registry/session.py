"""A quiet conversation with MLflow that leaves the user's process as it was.

MLflow reads its settings from the environment, talks through its own loggers, warns, and resolves
some addresses through one global variable. All of that is set for the length of a call and put
back. What MLflow raises becomes `RegistryUnavailable`.
"""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.registry.address import (
    file_of,
    redacted,
    require_file,
    require_server,
)
from lifecycle_core.errors import RegistryUnavailable, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

# Settings of MLflow for the length of a call; one that the user has set stays as it is, but for
# telemetry, which is never sent.
_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
_FORCED = {"MLFLOW_DISABLE_TELEMETRY": "true"}
_FULL = ("disk I/O error", "database or disk is full")
_LOGGERS = ("mlflow", "alembic")


@contextmanager
def session(uri: str, *, write: bool = False) -> Iterator[Any]:
    """Yield an `MlflowClient` for `uri` after making sure that the registry answers.

    Raises:
        RegistryUnavailable: It does not answer, or answers with an error.
        TargetUnwritable: It is a file that can be read only, and `write` is wanted.
    """
    if (path := file_of(uri)) is None:
        require_server(uri)
    else:
        require_file(path, write=write)
    with unguarded(uri) as client:
        yield client


@contextmanager
def unguarded(uri: str) -> Iterator[Any]:
    """Yield an `MlflowClient` without asking first, for a file that is still to be made."""
    with ExitStack() as stack:
        stack.enter_context(_environment(uri))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from requests import RequestException
        from sqlalchemy.exc import SQLAlchemyError

        stack.enter_context(_hushed())  # after the import, which sets MLflow's loggers up
        try:
            yield MlflowClient(tracking_uri=uri, registry_uri=uri)
        except (MlflowException, RequestException, SQLAlchemyError) as error:
            if any(sign in str(error) for sign in _FULL):
                raise TargetUnwritable(
                    f"{redacted(uri)} cannot be written: the disk is full or fails.",
                    path=redacted(uri),
                    hint="Free some space, or name another place with NBRELEASE_HOME.",
                ) from None
            lines = [line.strip() for line in redacted(str(error)).splitlines() if line.strip()]
            raise RegistryUnavailable(
                f"The registry {redacted(uri)} answered with an error: "
                f"{lines[0] if lines else type(error).__name__}",
                uri=redacted(uri),
                hint="Run the same command again; if it stays, look at the registry's own log.",
            ) from None  # the cause may hold the password


@contextmanager
def _environment(uri: str) -> Iterator[None]:
    """Set MLflow's variables, then put back whatever was there."""
    wanted = {k: v for k, v in _SETTINGS.items() if k not in os.environ} | _FORCED
    # The file store of model versions looks a logged model up through the global address.
    wanted["MLFLOW_TRACKING_URI"] = uri
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _hushed() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def addressed(uri: str) -> Iterator[None]:
    """Make `uri` MLflow's global address for one call, also where the user has set another."""
    from mlflow.tracking._tracking_service.utils import _use_tracking_uri

    variable = os.environ.get("MLFLOW_TRACKING_URI")
    try:
        with _use_tracking_uri(uri):
            yield
    finally:
        if variable is not None:  # leaving that block drops the variable
            os.environ["MLFLOW_TRACKING_URI"] = variable
