"""What the service logs of an error of its own: where it came from, and no value of a row."""

from __future__ import annotations

import logging
import traceback

_LOGGER = logging.getLogger("nbrelease.serving")


def log_failure(fact: str, error: BaseException) -> None:
    """Log where an error came from; its message is left out, for it may hold a row's values."""
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    _LOGGER.error("%s: %s\n%s", fact, type(error).__name__, places)
