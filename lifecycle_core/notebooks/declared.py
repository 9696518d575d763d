"""What a project's files declare that it needs: requirements, locks and project files of all kinds.

A declaration is no proof of what ran; where the environment does not satisfy it, that is evidence.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_CONDA = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)\s*(?P<specifier>[=<>!~].*)?$")


class DeclaredPin(NamedTuple):
    """One declared requirement: normal name, specifier as in `>=2,<3` (may be empty), file."""

    name: str
    specifier: str
    file: str


def declared_pins(files: Mapping[str, str]) -> tuple[DeclaredPin, ...]:
    r"""Read the requirements that files of a project declare for this machine.

    Args:
        files: Text by path. Read are `requirements*.txt`, `pylock*.toml`, `uv.lock`,
            `environment.yml`, `Pipfile.lock`, `poetry.lock` and `pyproject.toml`; others, and
            what is broken, are left out.

    Returns:
        By file and name.

    Example:
        >>> declared_pins({"requirements.txt": "numpy >= 2  # arrays\n-r other.txt\n"})
        (DeclaredPin(name='numpy', specifier='>=2', file='requirements.txt'),)
    """
    found = set()
    for path, text in files.items():
        if reader := _reader(PurePath(path).name):
            try:
                found |= {DeclaredPin(*pin, path) for pin in reader(text)}
            except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
                continue  # broken, or of a form of its own: it declares nothing we understand
    return tuple(sorted(found, key=lambda pin: (pin.file, pin.name, pin.specifier)))


def unsatisfied(
    pins: Iterable[DeclaredPin], versions: Mapping[str, str]
) -> tuple[DeclaredPin, ...]:
    r"""Return the declared pins that installed versions do not satisfy.

    Args:
        pins: As `declared_pins` returns them.
        versions: Installed versions by normal name, as `locks.locked_versions` returns them; a
            package that is not among them says nothing.

    Example:
        >>> pins = declared_pins({"requirements.txt": "numpy<2\npandas\n"})
        >>> [pin.name for pin in unsatisfied(pins, {"numpy": "2.3.0", "pandas": "3.0.0"})]
        ['numpy']
    """
    found = []
    for pin in pins:
        version = versions.get(pin.name, "").partition(" ")[0]
        if not version:
            continue
        try:
            wanted = SpecifierSet(pin.specifier)
            if not wanted.contains(version, prereleases=True):
                found.append(pin._replace(specifier=str(wanted)))  # in one line, whatever it was
        except (InvalidSpecifier, InvalidVersion):
            continue
    return tuple(found)


def _reader(name: str) -> Callable[[str], Iterator[tuple[str, str]]] | None:
    if re.fullmatch(r"requirements.*\.(txt|in)", name):
        return _requirements
    if re.fullmatch(r"pylock(\..+)?\.toml|uv\.lock|poetry\.lock", name):
        return _locked_packages
    return {
        "pyproject.toml": _project,
        "Pipfile.lock": _pipfile,
        "environment.yml": _conda,
        "environment.yaml": _conda,
    }.get(name)


def _requirement(text: str) -> Iterator[tuple[str, str]]:
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return
    if found.marker is None or found.marker.evaluate({"extra": ""}):
        yield _plain(found.name), str(found.specifier)


def _requirements(text: str) -> Iterator[tuple[str, str]]:
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        bare = re.split(r"(?:^|\s)(?:#|--?[A-Za-z])", line, maxsplit=1)[0].strip()
        if bare:
            yield from _requirement(bare)


def _locked_packages(text: str) -> Iterator[tuple[str, str]]:
    read = tomllib.loads(text)
    for package in [*read.get("packages", []), *read.get("package", [])]:
        source = package.get("source", {})
        own = isinstance(source, dict) and source.keys() & {"virtual", "editable", "directory"}
        if "version" in package and not own:
            yield _plain(package["name"]), f"=={package['version']}"


def _project(text: str) -> Iterator[tuple[str, str]]:
    read = tomllib.loads(text)
    for requirement in read.get("project", {}).get("dependencies", []):
        yield from _requirement(requirement)
    poetry = read.get("tool", {}).get("poetry", {}).get("dependencies", {})
    for name, value in poetry.items():
        if name != "python":
            stated = value if isinstance(value, str) else value.get("version", "")
            yield _plain(name), _poetry_specifier(stated)


def _poetry_specifier(stated: str) -> str:
    """Translate `^1.2.3` and a bare version; other forms are those of everybody."""
    if stated in {"", "*"}:
        return ""
    if stated.startswith("^"):
        numbers = [int(part) for part in re.findall(r"\d+", stated)]
        place = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
        above = [*numbers[:place], numbers[place] + 1]
        return f">={stated[1:]},<{'.'.join(map(str, above))}"
    return stated if stated[0] in "<>=!~" else f"=={stated}"


def _pipfile(text: str) -> Iterator[tuple[str, str]]:
    for name, value in json.loads(text).get("default", {}).items():
        if "version" in value:
            yield _plain(name), value["version"]


def _conda(text: str) -> Iterator[tuple[str, str]]:
    try:
        read: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    for stated in read.get("dependencies", []):
        if isinstance(stated, dict):
            for requirement in stated.get("pip", []):
                yield from _requirement(requirement)
        elif (found := _CONDA.match(stated.split("::")[-1].strip())) and found["name"] != "python":
            yield _plain(found["name"]), _conda_specifier(found["specifier"] or "")


def _conda_specifier(stated: str) -> str:
    """Translate `=1.2` (any 1.2), `=1.2.3=build` and `==1.2.3`."""
    bare = stated.replace(" ", "")
    if match := re.fullmatch(r"=(?!=)([^=]+)(=.*)?", bare):
        version = match[1]
        return f"=={version}" if match[2] or version.endswith("*") else f"=={version}.*"
    return bare


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
