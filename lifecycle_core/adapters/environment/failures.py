"""What uv said when it failed, in our words: which package, why, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.errors import EnvironmentUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.adapters.environment.uv_program import Said

_TAIL = 12


class _Reason(NamedTuple):
    name: str
    pattern: str
    """Found, without regard to case, in what uv wrote."""
    fact: str
    hint: str


_OFFLINE_FACT = "could not be had: the package index could not be reached, and the cache lacks it"
_OFFLINE_HINT = "Connect to the network once and run again; afterwards it works without."
# The first that fits counts: a build that failed may also speak of connections.
_REASONS = (
    _Reason(
        "hash_mismatch",
        "hash mismatch",
        "is not what the lock says: its file has another hash",
        "Find out who changed it. If your package index was changed on purpose, delete the folder "
        "`hashes` in nbrelease's cache and make a new lock.",
    ),
    _Reason(
        "offline",
        "network was disabled|network connectivity is disabled",
        _OFFLINE_FACT,
        _OFFLINE_HINT,
    ),
    _Reason(
        "build_failed",
        "failed to (download and )?build|build backend",
        "has no wheel for this machine, and building it from source failed",
        "Install what its build needs, such as a compiler, or use a version that has a wheel.",
    ),
    _Reason(
        "no_wheel",
        "no usable wheels|no wheels with a matching|building from source is disabled",
        "has no file for this Python and machine",
        "Use a version that has one, or the Python it was made for.",
    ),
    _Reason(
        "refused",
        r"\b40[137]\b|unauthorized|forbidden",
        "could not be had: the package index refused us",
        "Check the user and password of your package index.",
    ),
    _Reason(
        "offline",
        "failed to fetch|error sending request|dns error|connection refused|request failed after"
        "|timed out|failed to download",
        _OFFLINE_FACT,
        _OFFLINE_HINT,
    ),
    _Reason(
        "not_on_index",
        "there is no version of|not found in the|no solution found",
        "is not on the package index",
        "Name the index that has it, as in UV_INDEX or uv.toml, or use --env current.",
    ),
)


def unavailable(said: Said, pins: Iterable[str]) -> EnvironmentUnavailable:
    """Return the error for a failed run of uv.

    Args:
        said: What uv answered; credentials are gone from it already.
        pins: What it was to install, as `name==version`.
    """
    package = next((pin for pin in pins if _is_about(said.errors, pin)), "")
    subject = package or "A package of the lock"
    if said.late:
        return EnvironmentUnavailable(
            f"The locked environment could not be built: {said.errors}.",
            reason="late",
            hint="Run again: what was downloaded already is kept.",
        )
    for reason in _REASONS:
        if re.search(reason.pattern, said.errors, re.IGNORECASE):
            told = f"\n{_tail(said.errors)}" if reason.name == "build_failed" else ""
            return EnvironmentUnavailable(
                f"{subject} {reason.fact}.{told}",
                package=package,
                reason=reason.name,
                hint=reason.hint,
            )
    return EnvironmentUnavailable(
        f"The locked environment could not be built; uv says:\n{_tail(said.errors)}",
        package=package,
        reason="unknown",
        hint="Mend what uv names, or use --env current.",
    )


def _is_about(errors: str, pin: str) -> bool:
    """Say whether a message names a pin, its package alone, or a file or page of it."""
    name, _, version = pin.partition("==")
    written = re.escape(name).replace(r"\-", "[-_.]+")
    return any(
        re.search(pattern, errors, re.IGNORECASE)
        for pattern in (
            rf"(?<![\w.-]){written}==v?{re.escape(version)}(?![\w.+!])",
            rf"`{written}`|\b{written} was not found",
            rf"/{written}/(?![\w])|/{written}-{re.escape(version)}[-.]",
        )
    )


def _tail(errors: str) -> str:
    return "\n".join(errors.strip().splitlines()[-_TAIL:])
