"""Attestations: proof that whoever holds a private key has signed every file of a bundle.

    bundle --attest, private key--> attestation.json --check, public key--> the key's fingerprint

The proof is an in-toto statement over the digest of each file, the manifest among them, in the
form that `model_signing verify key` reads too. It lies in the bundle's folder and not in its
manifest, whose digest it speaks of. Nothing is asked of the network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.errors import BundleInvalid, InvalidCall, MissingExtra

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    from lifecycle_core.schema.bundle import Bundle

ATTESTATION = "attestation.json"
# The other is written into a downloaded folder by MLflow up to 3.17; of no effect, and not ours.
UNSIGNED = frozenset({ATTESTATION, "registered_model_meta"})
"""The files of a bundle that neither its manifest nor its attestation speaks of."""
_MANIFEST = "manifest.json"
_MOST = 16 << 20
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_MAKE = "`openssl ecparam -name prime256v1 -genkey -noout -out release.pem` makes one."
_MAKE_PUBLIC = "`openssl pkey -in release.pem -pubout -out release.pub` makes one."


@dataclass(frozen=True, slots=True)
class Attestations:
    """Makes attestations with one key, and demands those of another; nothing without keys.

    Attributes:
        private_key: PEM file of a private key on P-256, P-384 or P-521, not encrypted.
        public_key: PEM file of the public key whose attestation a bundle must have.
    """

    private_key: Path | None = None
    public_key: Path | None = None

    def require(self) -> None:
        """Look at once whether the keys can be used, before the work that is to be attested.

        Raises:
            InvalidCall: A key's file cannot be read, or is no such key.
            MissingExtra: model-signing is not installed.
        """
        if self.private_key:
            _public_half(self.private_key)
        if self.public_key:
            _public_key(self.public_key)

    def attest(self, bundle: Bundle) -> Bundle:
        """Put an attestation into a verified bundle's folder, in place of one that is there.

        Returns:
            The bundle, with the fingerprint of the key; as it was if there is no private key.

        Raises:
            InvalidCall: The key's file cannot be read, or is no such key.
            MissingExtra: model-signing is not installed.
            TargetUnwritable: The operating system refuses.
        """
        if self.private_key is None:
            return bundle
        key = _public_half(self.private_key)
        from model_signing import signing

        signer = signing.Config().use_elliptic_key_signer(private_key=self.private_key)
        with tempfile.TemporaryDirectory(prefix="nbrelease-attest-") as folder:
            made = Path(folder) / ATTESTATION
            signer.set_hashing_config(_hashing()).sign(bundle.path, made)
            write_atomically(Path(bundle.path) / ATTESTATION, made.read_bytes())
        return bundle.model_copy(update={"attested": True, "attested_by": _fingerprint(key)})

    def check(self, bundle: Bundle) -> Bundle:
        """Refuse a bundle that the demanded key does not attest.

        Args:
            bundle: As its manifest, which was compared with every file, says.

        Returns:
            The bundle, with the key's fingerprint; as it was if no key is demanded.

        Raises:
            BundleInvalid: There is no attestation, it is of another key or bundle, or it was
                changed.
            InvalidCall: The key's file cannot be read, or is no such key.
            MissingExtra: model-signing is not installed.
        """
        if self.public_key is None:
            return bundle
        wanted = _fingerprint(_public_key(self.public_key))
        claim = _claim(bundle, wanted)
        if claim.key != wanted:
            raise _refused(
                bundle, f"it is of the key {claim.key[:19]}, want {wanted[:19]} ({self.public_key})"
            )
        if (of := claim.files.get(_MANIFEST, "nothing")) != bundle.digest:
            raise _refused(
                bundle, f"it is of another bundle, {of[:19]}; this one is {bundle.digest[:19]}"
            )
        from model_signing import verifying

        verifier = verifying.Config().use_elliptic_key_verifier(public_key=self.public_key)
        try:
            verifier.set_hashing_config(_hashing()).verify(
                bundle.path, Path(bundle.path) / ATTESTATION
            )
        except Exception as error:
            # What a hostile file makes the library raise is not foreseen.
            why = str(error) or type(error).__name__
            raise _refused(bundle, f"it does not hold: {why:.200}") from error
        # The library also leaves out what the statement itself says is to be left out.
        files = {name: f"sha256:{file.sha256}" for name, file in bundle.manifest.files.items()}
        if claim.files != {**files, _MANIFEST: bundle.digest}:
            raise _refused(bundle, "it does not speak of every file")
        return bundle.model_copy(update={"attested": True, "attested_by": wanted})


class _Claim(NamedTuple):
    """What an attestation says, before it is known whether that holds."""

    key: str
    files: dict[str, str]


def _claim(bundle: Bundle, wanted: str) -> _Claim:
    path = Path(bundle.path) / ATTESTATION
    if not path.is_file():
        raise _refused(bundle, f"there is none, and one of the key {wanted[:19]} is demanded")
    if path.stat().st_size > _MOST:
        raise _refused(bundle, f"it is larger than {_MOST:,} bytes")
    try:
        said = json.loads(path.read_bytes())
        statement: Any = json.loads(base64.b64decode(said["dsseEnvelope"]["payload"]))
        resources = statement["predicate"]["resources"]
        key = said["verificationMaterial"]["publicKey"]["hint"]
        files = {each["name"]: f"{each['algorithm']}:{each['digest']}" for each in resources}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise _refused(bundle, "it is no attestation by a key") from error
    return _Claim(f"sha256:{key}", files)


def _hashing() -> Any:  # noqa: ANN401 - of a library that loads late
    from model_signing import hashing

    return hashing.Config().set_ignored_paths(paths=sorted(UNSIGNED), ignore_git_paths=False)


def _public_half(path: Path) -> EllipticCurvePublicKey:
    """Return the public half of a private key."""
    _require_library()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _read(path, "private", _MAKE)
    if path.stat().st_mode & 0o007:
        raise InvalidCall(
            f"Everybody on this machine can read the private key {path}.", hint=f"chmod 600 {path}"
        )
    try:
        public: Any = load_pem_private_key(content, password=None).public_key()
    except TypeError:
        raise InvalidCall(
            f"The private key {path} is encrypted, want one that is not.",
            hint=f"`openssl pkey -in {path} -out release.pem`, where only you can read it.",
        ) from None
    except ValueError:
        raise InvalidCall(f"{path} holds no private key in PEM.", hint=_MAKE) from None
    return _on_known_curve(public, path, _MAKE)


def _public_key(path: Path) -> EllipticCurvePublicKey:
    _require_library()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public: Any = load_pem_public_key(_read(path, "public", _MAKE_PUBLIC))
    except ValueError:
        raise InvalidCall(f"{path} holds no public key in PEM.", hint=_MAKE_PUBLIC) from None
    return _on_known_curve(public, path, _MAKE_PUBLIC)


def _on_known_curve(public: Any, path: Path, hint: str) -> EllipticCurvePublicKey:  # noqa: ANN401 - any kind of key
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

    if isinstance(public, EllipticCurvePublicKey) and public.curve.name in _CURVES:
        return public
    raise InvalidCall(
        f"The key {path} is no elliptic-curve key on P-256, P-384 or P-521.", hint=hint
    )


def _fingerprint(public: EllipticCurvePublicKey) -> str:
    """Return the SHA-256 of a public key's PEM file, by which model-signing names keys too."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(pem).hexdigest()}"


def _read(path: Path, which: str, hint: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidCall(
            f"The {which} key {path} cannot be read: {error.strerror}.", hint=f"Check it. {hint}"
        ) from None


def _require_library() -> None:
    for library in ("model_signing", "OpenSSL"):
        if find_spec(library) is None:
            raise MissingExtra(
                f"Attestations want {library}, which is not installed.", extra="sign"
            )


def _refused(bundle: Bundle, why: str) -> BundleInvalid:
    return BundleInvalid(
        f"The attestation of {bundle.name} {bundle.digest[:19]}: {why}.",
        path=str(Path(bundle.path) / ATTESTATION),
        hint="Do not use this copy. If it is yours: `nbrelease attest NAME/VERSION --key FILE`.",
    )
