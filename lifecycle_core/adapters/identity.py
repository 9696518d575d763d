"""Who acts, and how that is known. Everything here is self-declared; the proof says by what."""

from __future__ import annotations

import getpass
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# The variable in which each CI system names the one who started the job.
_CI_VARIABLES = (
    "GITHUB_ACTOR",
    "GITLAB_USER_LOGIN",
    "BUILDKITE_BUILD_CREATOR_EMAIL",
    "BUILD_REQUESTEDFOREMAIL",
    "CIRCLE_USERNAME",
)
_GIT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who moves an alias.

    Attributes:
        name: Such as an email address or a login.
        proof: How the name is known: `stated`, `ci:VARIABLE`, `git-config` or `os-user`.
    """

    name: str
    proof: str


def identify(stated: str | None = None, *, environ: Mapping[str, str] = os.environ) -> Actor:
    """Return who acts: as stated, else by the CI system, else by git, else by the system.

    Example:
        >>> identify("ann@example.com")
        Actor(name='ann@example.com', proof='stated')
        >>> identify(environ={"CI": "true", "GITHUB_ACTOR": "ann"})
        Actor(name='ann', proof='ci:GITHUB_ACTOR')
    """
    if stated and stated.strip():
        return Actor(stated.strip(), "stated")
    if environ.get("CI"):
        for variable in _CI_VARIABLES:
            if name := environ.get(variable, "").strip():
                return Actor(name, f"ci:{variable}")
    if email := _git_email():
        return Actor(email, "git-config")
    return Actor(_login(), "os-user")


def _git_email() -> str:
    try:
        asked = subprocess.run(
            ["git", "config", "--get", "user.email"],  # noqa: S607 - whichever git the user has
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return f"uid {os.getuid()}"
