"""Addresses that sinks send to: http or https, shown without what may be secret in them."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def require_address(url: str, *, plain_http: bool) -> str:
    """Return the address if events may be sent to it.

    Args:
        url: The address.
        plain_http: Whether http without TLS may leave this machine.

    Raises:
        ValueError: It is no http(s) address, holds a password, or is plain http to elsewhere.

    Example:
        >>> require_address("http://127.0.0.1:8080/hook", plain_http=False)
        'http://127.0.0.1:8080/hook'
        >>> require_address("http://example.com/hook", plain_http=False)
        Traceback (most recent call last):
        ...
        ValueError: plain http leaves this machine unencrypted; write https, or plain_http = true
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be an address such as https://example.com/hook")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it must hold no name or password; secrets come from variables")
    if parts.scheme == "http" and not plain_http and not is_loopback(parts.hostname):
        raise ValueError(
            "plain http leaves this machine unencrypted; write https, or plain_http = true"
        )
    return url


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself.

    Example:
        >>> [is_loopback(host) for host in ("localhost", "127.9.9.9", "::1", "localhost.evil.com")]
        [True, True, True, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown(url: str) -> str:
    """Return scheme and host alone: a path may be a secret, as it is with many chat programs.

    Example:
        >>> shown("https://hooks.example.com:8443/T0/s3cret?token=x")
        'https://hooks.example.com:8443'
    """
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
