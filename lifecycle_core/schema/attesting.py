"""What a project's configuration says about attestations."""

from __future__ import annotations

from lifecycle_core.schema.base import Record


class Attesting(Record):
    """The table `attestation` of the configuration.

    Attributes:
        private_key: Path of the key that new bundles are attested with, relative to the project.
        public_key: Path of the key whose attestation every bundle that is used must have.
    """

    private_key: str = ""
    public_key: str = ""
