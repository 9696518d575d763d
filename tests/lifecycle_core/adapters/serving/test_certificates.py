"""A service that wants certificates, over real TLS: who has one is answered, and nobody else."""

from __future__ import annotations

import ssl
import subprocess
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.serving import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[4]
SERVICE = "tests.lifecycle_core.adapters.serving.guarded_service"


class Signer(NamedTuple):
    """An authority that signs certificates."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def named(cls, name: str) -> Signer:
        common = x509.NameAttribute(x509.NameOID.COMMON_NAME, name)
        return cls(x509.Name([common]), ec.generate_private_key(ec.SECP256R1()))

    def sign(self, subject: Signer) -> bytes:
        """Return a certificate of a key, its own one's too, for this machine."""
        itself = subject == self
        address = x509.IPAddress(ip_address("127.0.0.1"))
        public = subject.key.public_key()
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject.name)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=itself, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(own, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)

    def pair(self, folder: Path, name: str) -> None:
        """Leave `NAME.pem` and `NAME.key`, signed by this one, in a folder."""
        subject = Signer.named(name)
        (folder / f"{name}.pem").write_bytes(self.sign(subject))
        (folder / f"{name}.key").write_bytes(
            subject.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificates of the service and of two clients, one of whom a stranger signed."""
    made = tmp_path_factory.mktemp("certificates")
    authority, stranger = Signer.named("authority"), Signer.named("stranger")
    (made / "clients.pem").write_bytes(authority.sign(authority))
    authority.pair(made, "server")
    authority.pair(made, "known")
    stranger.pair(made, "unknown")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", SERVICE, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def client(folder: Path, name: str | None) -> httpx.Client:
    context = ssl.create_default_context(cafile=str(folder / "clients.pem"))
    if name:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return httpx.Client(verify=context)


def test_who_shows_a_certificate_is_answered(folder: Path, address: str) -> None:
    assert address.startswith("https://127.0.0.1:")
    with client(folder, "known") as known:
        assert known.post(f"{address}/score", json=ROW).json()["answered_by"] == "model"
        assert known.get(f"{address}/health/live").json() == {"live": True}
        assert known.get(f"{address}/health/ready").json()["ready"] is True


@pytest.mark.parametrize("name", [None, "unknown"])
@pytest.mark.parametrize("path", ["/score", "/health/live", "/metrics"])
def test_who_shows_none_or_another_one_is_refused_before_there_is_a_request(
    folder: Path, address: str, name: str | None, path: str
) -> None:
    with client(folder, name) as refused, pytest.raises(httpx.TransportError):
        refused.get(f"{address}{path}")


def test_nothing_is_answered_in_clear(address: str) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{address.replace('https', 'http')}/health/live")
