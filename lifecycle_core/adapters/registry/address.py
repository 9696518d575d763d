"""The address of a registry: what it may look like, how it is shown, and whether it answers.

MLflow waits for minutes on a server that is away and on a file that is no database, so we ask
first, with our own short patience.
"""

from __future__ import annotations

import re
import sqlite3
import ssl
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from lifecycle_core.errors import InvalidCall, RegistryUnavailable, TargetUnwritable

ANSWER_SECONDS = 3.0  # for a server's first answer
LOCK_SECONDS = 5.0  # for another writer to let go of the file
_FILE_PREFIX = "sqlite:///"
_CREDENTIALS = re.compile(r"(?<=://)[^/\s'\"]*@")


def redacted(text: str) -> str:
    """Return `text` with the credentials of every address in it replaced.

    Example:
        >>> redacted("cannot reach http://ann:s3cret@host:5000/api")
        'cannot reach http://***@host:5000/api'
    """
    return _CREDENTIALS.sub("***@", text)


def file_of(uri: str) -> Path | None:
    """Return the SQLite file that an address names, or None for a server.

    Raises:
        InvalidCall: It is neither.

    Example:
        >>> file_of("sqlite:////home/ann/registry.db").as_posix()
        '/home/ann/registry.db'
        >>> file_of("https://mlflow.example.com") is None
        True
    """
    if uri.startswith(_FILE_PREFIX) and len(uri) > len(_FILE_PREFIX):
        return Path(uri.removeprefix(_FILE_PREFIX))
    if re.match(r"https?://[^/]", uri):
        return None
    raise InvalidCall(
        f"registry is {redacted(uri)!r}, it must be an MLflow server or a SQLite file.",
        hint="Write `http://HOST:PORT`, `https://HOST` or `sqlite:////absolute/path/registry.db`.",
    )


def require_server(uri: str) -> None:
    """Ask a server for any answer at all.

    Raises:
        RegistryUnavailable: None came within 3 seconds.
    """
    bare = _CREDENTIALS.sub("", uri)
    request = urllib.request.Request(bare.rstrip("/") + "/health")  # noqa: S310 - http(s) by file_of
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS):  # noqa: S310 - as above
            return
    except urllib.error.HTTPError as answer:
        answer.close()  # an answer all the same; what it means is for the real call to find out
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLError):
            return  # MLflow may have been given its own certificates
        raise RegistryUnavailable(
            f"The registry {redacted(uri)} does not answer: {_plain(reason)}.",
            uri=redacted(uri),
            hint="Check that the server runs and the address is right, or set another one with "
            "NBRELEASE_REGISTRY. Nothing was changed.",
        ) from None  # the cause may hold the password


def require_file(path: Path, *, write: bool) -> None:
    """Look whether a SQLite file is a registry that can be read, and written if need be.

    Raises:
        RegistryUnavailable: It is no registry, is damaged, or stays locked for 5 seconds.
        TargetUnwritable: It can be read only.
    """
    address = f"file:{quote(str(path))}?mode=rw"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=LOCK_SECONDS)) as database:
            database.execute("SELECT version_num FROM alembic_version").fetchone()
            if write:
                database.execute("BEGIN IMMEDIATE")
                database.rollback()
    except sqlite3.Error as error:
        raise _refusal(path, str(error)) from error


def _refusal(path: Path, reason: str) -> RegistryUnavailable | TargetUnwritable:
    if "readonly" in reason:
        return TargetUnwritable(
            f"{path} cannot be written: it or its folder is read-only.",
            path=str(path),
            hint="Give yourself the right to write there, or name another registry.",
        )
    if "no such table" in reason:
        fact, hint = "is not an MLflow registry", "Name another file, or move this one away."
    elif "locked" in reason:
        fact = f"is locked by another program for more than {LOCK_SECONDS:g} s"
        hint = "Wait for that program to end, then run the same command again."
    elif "unable to open" in reason:
        fact, hint = "cannot be opened", "Check that it is a file and that you may read it."
    else:
        fact = f"is damaged or not a SQLite file ({reason})"
        hint = "Put back a copy from a backup, or move the file away to begin a new registry."
    return RegistryUnavailable(f"The registry {path} {fact}.", uri=str(path), hint=hint)


def _plain(reason: object) -> str:
    text = redacted(str(reason)).rstrip(".")
    return f"no answer within {ANSWER_SECONDS:g} s" if "timed out" in text else text
