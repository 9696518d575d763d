"""What is said of a store that cannot be used, whatever its library raised."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from lifecycle_core.adapters.store import open_store
from lifecycle_core.adapters.store.refusals import refusal
from lifecycle_core.errors import StoreUnavailable

ADDRESS = "gs://bucket/store"


class Answered(Exception):  # noqa: N818 - stands for the error of a library
    """An error that carries an HTTP status, as azure's and gcsfs's do."""

    def __init__(self, status: object, name: str = "code") -> None:
        super().__init__("it said no\nand more")
        setattr(self, name, status)


NoCredentialsError = type("NoCredentialsError", (Exception,), {})


@pytest.mark.parametrize(
    ("error", "fact"),
    [
        (PermissionError("Access Denied"), "refuses: Access Denied"),
        (Answered(401), "refuses: it said no"),
        (Answered(403, "status_code"), "refuses: it said no"),
        (OSError("Forbidden: b/bucket\nmore"), "refuses: Forbidden: b/bucket"),
        (NoCredentialsError("Unable to locate"), "refuses: Unable to locate"),
        (FileNotFoundError("b/bucket"), "is not there: no bucket bucket was found."),
        (Answered(404, "status_code"), "is not there: no bucket bucket was found."),
        (Answered("500"), "does not answer: Answered: it said no"),
        (TimeoutError(), "does not answer: TimeoutError: TimeoutError"),
    ],
)
def test_what_a_library_raised_is_said_in_one_line(error: Exception, fact: str) -> None:
    found = refusal(ADDRESS, error)
    assert str(found) == f"The store {ADDRESS} {fact}"
    assert found.exit_code == 3
    assert "FSSPEC_GS_... or ~/.config/fsspec" in found.hint


@pytest.mark.skipif(find_spec("s3fs") is not None, reason="s3fs is installed here")
def test_a_store_whose_package_is_not_installed_says_which() -> None:
    with pytest.raises(StoreUnavailable, match="needs s3fs, which is not installed") as raised:
        open_store("s3://bucket/store")
    assert raised.value.hint == "Install it: pip install s3fs"


def test_an_address_of_no_kind_says_what_an_address_is() -> None:
    with pytest.raises(StoreUnavailable, match="no kind of address nosuch://") as raised:
        open_store("nosuch://bucket/store")
    assert raised.value.hint == "Name a folder, or an address such as s3://bucket/store."
