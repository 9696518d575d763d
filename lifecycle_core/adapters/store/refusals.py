"""Why a store at an address of fsspec cannot be used, in words; each library says it otherwise."""

from __future__ import annotations

from lifecycle_core.errors import StoreUnavailable

_REFUSED = frozenset({401, 403})
_GONE = 404
_UNKNOWN = frozenset({"ClientAuthenticationError", "NoCredentialsError"})


def refusal(address: str, error: Exception) -> StoreUnavailable:
    """Return the error that is told for one that a library of a store raised.

    Args:
        address: Of the store.
        error: As raised by fsspec, or by a file system of it.

    Example:
        >>> found = refusal("s3://bucket/store", PermissionError("Access Denied"))
        >>> print(found)
        The store s3://bucket/store refuses: Access Denied
    """
    scheme, _, rest = address.partition("://")
    told = f"FSSPEC_{scheme.upper()}_... or ~/.config/fsspec"
    said = str(error).partition("\n")[0] or type(error).__name__
    if isinstance(error, ImportError):
        package = getattr(error.__cause__, "name", None) or error.name or "a package"
        fact = f"The store {address} needs {package}, which is not installed here."
        hint = f"Install it: pip install {package}"
    elif said.startswith("Protocol not known"):
        fact = f"The store {address} does not answer: there is no kind of address {scheme}://."
        hint = "Name a folder, or an address such as s3://bucket/store."
    elif isinstance(error, FileNotFoundError) or _status(error) == _GONE:
        fact = f"The store {address} is not there: no bucket {rest.partition('/')[0]} was found."
        hint = f"Make the bucket, or check its name and what is said in {told}."
    elif _is_refused(error):
        fact = f"The store {address} refuses: {said}"
        hint = f"Check your credentials, in {told}, and your right to list, read, write and delete."
    else:
        fact = f"The store {address} does not answer: {type(error).__name__}: {said}"
        hint = f"Check the address, and what fsspec is told of it in {told}."
    return StoreUnavailable(fact, address=address, hint=hint)


def _is_refused(error: Exception) -> bool:
    return (
        isinstance(error, PermissionError)
        or _status(error) in _REFUSED
        or type(error).__name__ in _UNKNOWN
        or str(error).startswith("Forbidden")  # as gcsfs says it
    )


def _status(error: Exception) -> int | None:
    """Return the HTTP status that an error carries; azure and gcsfs name it differently."""
    for name in ("status_code", "status", "code"):
        found = getattr(error, name, None)
        if isinstance(found, int):
            return found
    return None
