"""Where a table lies, as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lifecycle_core.adapters.sinks.addresses import require_address, shown
from lifecycle_core.errors import InvalidCall

Kind = Literal["file", "delta", "sql", "http"]
_DELTA = "delta:"
_FORMS = (
    "Write a CSV or parquet file, delta:FOLDER_OR_URL, sqlite:///FILE::TABLE, "
    "postgresql+pg8000://USER@HOST/DATABASE::TABLE, or https://ADDRESS for the output."
)


@dataclass(frozen=True, slots=True)
class TableAddress:
    """The place of a table.

    Attributes:
        kind: What is there.
        location: A path, a folder or URL of Delta's, SQLAlchemy's URL of a database, or an URL.
        table: Name of the table in a database.
    """

    kind: Kind
    location: str
    table: str = ""

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.location)

    @property
    def name(self) -> str:
        """What messages call the table."""
        return self.table or self.shown.rstrip("/").rpartition("/")[2]

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        if self.kind == "http":
            return shown(self.location)
        if self.kind == "sql":
            from sqlalchemy import make_url

            url = make_url(self.location).set(query={})  # a password may stand there too
            return f"{url.render_as_string(hide_password=True)}::{self.table}"
        if self.kind == "delta" and "://" in self.location:
            parts = urlsplit(self.location)
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return self.location


def address_of(text: str | Path, *, out: bool = False) -> TableAddress:
    """Read the address of a table.

    Args:
        text: As people write it.
        out: The table is to be written.

    Raises:
        InvalidCall: It is no such address.

    Example:
        >>> address_of("sqlite:///shop.db::customers")
        TableAddress(kind='sql', location='sqlite:///shop.db', table='customers')
        >>> address_of("delta:s3://shop/customers").kind, address_of("customers.csv").kind
        ('delta', 'file')
    """
    word = str(text)
    if word.startswith(_DELTA):
        if word == _DELTA:
            raise InvalidCall("There is no folder or URL behind delta:.", hint=_FORMS)
        return TableAddress("delta", word.removeprefix(_DELTA))
    if word.startswith(("http://", "https://")):
        if not out:
            raise InvalidCall(f"{shown(word)} is no table that can be read.", hint=_FORMS)
        try:
            return TableAddress("http", require_address(word, plain_http=False))
        except ValueError as error:
            said = str(error).removesuffix(", or plain_http = true")  # an option of sinks alone
            raise InvalidCall(f"{shown(word)}: {said}.", hint=_FORMS) from None
    if "://" in word:
        return _in_database(word)
    if (Path(word) / "_delta_log").is_dir():
        return TableAddress("delta", word)
    return TableAddress("file", word)


def _in_database(word: str) -> TableAddress:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    url, _, table = word.rpartition("::")
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # the latter of a port that is no number
        scheme = word.partition("://")[0]
        raise InvalidCall(f"The {scheme}:// address names no table.", hint=_FORMS) from None
    if not table:
        raise InvalidCall(f"There is no table behind :: in the {url.partition(':')[0]} address.")
    return TableAddress("sql", url, table)
