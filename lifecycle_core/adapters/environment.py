"""The environment a notebook really used: loaded modules -> distributions -> an exact lock.

The lock names packages, versions and hashes, and no address, so that it can be kept anywhere and
leaks nothing about the index that it was made from.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.schema.bundle import Lock
from lifecycle_core.schema.reproduction import EnvironmentFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_INDEX_SECONDS = 30.0
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)


class Environments(Protocol):
    """Says what an environment consists of."""

    def lock(self, modules: frozenset[str]) -> Lock:
        """Return the exact packages that the loaded modules come from."""


@dataclass(frozen=True, slots=True)
class UvEnvironments:
    """Locks made with uv for the interpreter that runs this.

    Attributes:
        seconds: How long the package index may take to answer with hashes.
    """

    seconds: float = _INDEX_SECONDS

    def lock(self, modules: frozenset[str]) -> Lock:
        """Return the exact packages that the loaded modules come from, with what they require.

        Args:
            modules: Top-level names of modules.

        Returns:
            A lock; without hashes, and with a note that says why, where the package index cannot
            be asked. Packages installed from a folder stand in it as comments.
        """
        pins, local = _observed(modules)
        comments = [f"# {name}=={version}  installed from a folder" for name, version in local]
        names = [f"{name}=={version}" for name, version in pins]
        hashed, note = _with_hashes(names, self.seconds)
        text = "\n".join([*comments, *(hashed or names)]) + "\n"
        return Lock(
            python=platform.python_version(),
            platform=platform.platform(),
            text=text,
            digest=digest_bytes(text.encode()),
            packages=len(names),
            hashed=hashed is not None,
            note=note,
        )


def environment_facts(lock: Lock) -> EnvironmentFacts:
    """Return what a reproduction says about where it took place."""
    return EnvironmentFacts(python=lock.python, lock=lock.digest, platform=lock.platform)


def _observed(modules: frozenset[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (name, version) of the distributions behind modules: from an index, from folders."""
    providers = metadata.packages_distributions()
    installed = {_plain(found.name): found for found in metadata.distributions()}
    folders = {name: folder for name, found in installed.items() if (folder := _folder(found))}
    wanted = {_plain(name) for module in modules for name in providers.get(module, ())}
    wanted |= {name for name, folder in folders.items() if _holds(folder, modules)}
    reached = sorted(_closure(wanted, installed))
    versions = [(name, installed[name].version) for name in reached]
    pins = [found for found in versions if found[0] not in folders]
    return pins, [found for found in versions if found[0] in folders]


def _closure(wanted: Iterable[str], installed: Mapping[str, metadata.Distribution]) -> set[str]:
    """Return the installed distributions that the wanted ones require, and those they require."""
    from packaging.requirements import InvalidRequirement, Requirement

    reached: set[str] = set()
    waiting = [name for name in wanted if name in installed]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for text in installed[name].requires or ():
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue  # an old package; what it loads is among the modules anyway
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            if (needed := _plain(requirement.name)) in installed:
                waiting.append(needed)
    return reached


def _folder(found: metadata.Distribution) -> Path | None:
    """Return the folder that a distribution was installed from, if it was one."""
    address = urlsplit(json.loads(found.read_text("direct_url.json") or "{}").get("url", ""))
    return Path(unquote(address.path)) if address.scheme == "file" else None


def _holds(folder: Path, modules: frozenset[str]) -> bool:
    """Say whether a module lies in a folder; an editable install does not list its modules."""
    places = (folder, folder / "src")
    return any(
        (place / m).is_dir() or (place / f"{m}.py").is_file() for place in places for m in modules
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _with_hashes(pins: list[str], seconds: float) -> tuple[list[str] | None, str]:
    """Return the pins with the hashes that the index states, or None and the reason."""
    from uv import find_uv_bin

    command = [
        find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-deps", "--generate-hashes",
        "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
        "--no-config", "--python-version", platform.python_version(),
    ]  # fmt: skip
    if not pins:
        return [], ""
    try:
        asked = subprocess.run(
            command,
            input="\n".join(pins),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"no hashes: the package index did not answer within {seconds:g} s"
    if asked.returncode:
        return None, "no hashes: the package index could not be asked for every package"
    answered = {_plain(found["name"]): found["version"] for found in _PIN.finditer(asked.stdout)}
    if len(answered) != len(pins):
        return None, "no hashes: the package index does not have every package"
    return asked.stdout.rstrip().splitlines(), ""
