"""What a project's configuration says about events and tables at the borders of steps."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from lifecycle_core.schema.base import Record

_PLACE = re.compile(r"[^\W\d]\w*\.[^\W\d]\w*")


class Border(Record):
    """A contract that a variable of a step must keep.

    Attributes:
        contract: Path of an Open Data Contract Standard file, relative to the project.
        on_violation: Whether a broken rule stops the run or is only told.
    """

    contract: str
    on_violation: Literal["stop", "warn"] = "stop"


class Reference(Record):
    """A table that a variable of a step is compared with.

    Attributes:
        reference: Path of a CSV or parquet file, relative to the project.
        limit: Population stability index of a column that is still accepted.
    """

    reference: str
    limit: float = Field(default=0.2, gt=0)


class Monitoring(Record):
    """The keys `sinks`, `hooks`, `borders`, `drift` and `notify` of the configuration.

    Attributes:
        sinks: Options by name, each with a `kind`; the kind's own model checks them.
        hooks: Functions of the user's, as `package.module:function`.
        borders: By `STEP.VARIABLE`; a path alone stands for its contract.
        drift: By `STEP.VARIABLE`; a path alone stands for its reference.
        notify: Channels that are told of alerts, by name, each with a `kind`.
    """

    sinks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    hooks: tuple[str, ...] = ()
    borders: dict[str, Border] = Field(default_factory=dict)
    drift: dict[str, Reference] = Field(default_factory=dict)
    notify: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @field_validator("borders", "drift", mode="before")
    @classmethod
    def _spelt_out(cls, given: Any, info: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
        if not isinstance(given, dict):
            return given
        for place in given:
            if not _PLACE.fullmatch(place):
                raise ValueError(
                    f'{place!r} is no place, write it in quotes, such as "load_data.customers"'
                )
        path = "contract" if info.field_name == "borders" else "reference"
        return {
            place: {path: value} if isinstance(value, str) else value
            for place, value in given.items()
        }
