"""The hashes of exact versions, as the package index states them, kept once they are known.

A version on an index never changes its files, so an answer is good for ever; a file whose hash is
another one is refused later, when an environment is built.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.environment.distributions import plain
from lifecycle_core.adapters.environment.uv_program import COMPILE, run_uv
from lifecycle_core.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_core.adapters.environment.cache import Cache

Pin = tuple[str, str]
_KIND = "hashes"
_MOST_LACKING = 8
_PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)"
    r"(?P<hashes>(?:\s*\\?\s+--hash=sha256:[0-9a-f]{64})+)",
    re.MULTILINE,
)
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_KEEPABLE = re.compile(r"[A-Za-z0-9._-]+-[A-Za-z0-9.!+_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashes:
    """What is known of a list of pins.

    Attributes:
        known: Hashes by pin, sorted, such as `sha256:...`.
        note: Why some pins have none, naming them where that is known; else empty.
    """

    known: Mapping[Pin, tuple[str, ...]]
    note: str = ""


def hashes_of(pins: Iterable[Pin], *, cache: Cache, seconds: float) -> Hashes:
    """Return the hashes of all files of exact versions.

    Args:
        pins: Normal names and versions.
        cache: Keeps what was learned; a cache that cannot be written is only slower.
        seconds: How long the package index may take.
    """
    wanted = list(pins)
    known = {pin: kept for pin in wanted if (kept := _kept(cache, pin))}
    missing = [pin for pin in wanted if pin not in known]
    if not missing:
        return Hashes(known=known)
    asked, note = _ask(missing, seconds)
    for pin, values in asked.items():
        with suppress(TargetUnwritable):
            if _KEEPABLE.fullmatch(name := "-".join(pin)):
                cache.keep(_KIND, name + ".txt", "\n".join(values) + "\n")
    return Hashes(known=known | asked, note=note)


def read_pins(text: str) -> dict[Pin, tuple[str, ...]]:
    r"""Return the hashes by pin of a lock's text; pins without hashes are not among them.

    Example:
        >>> text = "six==1.16.0 \\\n    --hash=sha256:" + 64 * "0"
        >>> list(read_pins(text))
        [('six', '1.16.0')]
    """
    return {
        (plain(found["name"]), found["version"]): tuple(_HASH.findall(found["hashes"]))
        for found in _PINNED.finditer(text)
    }


def _kept(cache: Cache, pin: Pin) -> tuple[str, ...]:
    lines = (cache.read(_KIND, "-".join(pin) + ".txt") or "").split()
    return tuple(lines) if all(_HASH.fullmatch(line) for line in lines) else ()


def _ask(pins: list[Pin], seconds: float) -> tuple[dict[Pin, tuple[str, ...]], str]:
    """Ask the index for all pins and, as uv names one that it lacks, again for the others."""
    lacking: list[str] = []
    for _ in range(_MOST_LACKING):
        left = [pin for pin in pins if "==".join(pin) not in lacking]
        said = run_uv(
            [*COMPILE, "--no-deps"],
            text="\n".join("==".join(pin) for pin in left),
            seconds=seconds,
            folder=Path.cwd(),
        )  # fmt: skip
        if said.late:
            return {}, f"no hashes: the package index did not answer within {seconds:g} s"
        if said.well:
            found = read_pins(said.output)
            answered = {pin: found[pin] for pin in left if pin in found}
            return answered, _note(lacking, ["==".join(pin) for pin in left if pin not in found])
        named = [pin for pin in map("==".join, left) if _names(said.errors, pin)]
        if not named or "network" in said.errors or "Failed to fetch" in said.errors:
            break
        lacking += named
    return {}, "no hashes: the package index could not be asked for every package"


def _names(errors: str, pin: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(pin)}(?![\w.+!-])", errors) is not None


def _note(lacking: list[str], silent: list[str]) -> str:
    parts = []
    if lacking:
        parts.append(f"the package index does not have {', '.join(lacking)}")
    if silent:
        parts.append(f"the package index states none of {', '.join(silent)}")
    return f"no hashes: {'; '.join(parts)}" if parts else ""
