"""Compare the texts of two locks: which packages came, went, or changed their version."""

from __future__ import annotations

import re

_PIN = re.compile(
    r"^(?P<local># )?(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)"
    r"(?(local)  installed from a folder(?:  (?P<digest>sha256:[0-9a-f]+))?)",
    re.MULTILINE,
)
_SHORT = len("sha256:") + 8


def locked_versions(text: str) -> dict[str, str]:
    r"""Return the versions in a lock's text by normal name.

    The version of a package that was installed from a folder ends in the beginning of the digest
    of its source, so that a change of it shows.

    Example:
        >>> locked_versions("# nbrelease==0.1  installed from a folder  sha256:0123456789\nsix==1")
        {'nbrelease': '0.1 (sha256:01234567)', 'six': '1'}
    """
    found = {}
    for pin in _PIN.finditer(text):
        digest = f" ({pin['digest'][:_SHORT]})" if pin["digest"] else ""
        found[re.sub(r"[-_.]+", "-", pin["name"]).lower()] = pin["version"] + digest
    return found


def recorded_differences(first: str, second: str) -> tuple[tuple[str, str, str], ...]:
    r"""Return what differs between the texts of two locks.

    Returns:
        Name, version in the first and version in the second lock, by name; a version is empty
        where the lock does not hold the package.

    Example:
        >>> recorded_differences("numpy==2.2.0\nsix==1.17.0\n", "numpy==2.3.0\nidna==3\n")
        (('idna', '', '3'), ('numpy', '2.2.0', '2.3.0'), ('six', '1.17.0', ''))
    """
    before, after = locked_versions(first), locked_versions(second)
    return tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )
