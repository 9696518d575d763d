"""What every record shares: frozen, strict about names, written as versioned JSON."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen value with named fields; unknown fields are errors.

    Law: `C.from_json(record.to_json()) == record` for every record of class `C`.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        serialize_by_alias=True,
        validate_by_name=True,
        validate_by_alias=True,
        allow_inf_nan=False,
    )

    def to_json(self) -> str:
        """Return the record as indented JSON text that ends with a newline."""
        return self.model_dump_json(indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a record back from the text that `to_json` wrote.

        Raises:
            pydantic.ValidationError: The text is not such a record.
        """
        return cls.model_validate_json(text)
