"""Contracts as Open Data Contract Standard YAML files, which people read and complete.

Law: `from_odcs(to_odcs(contract), where) == contract` for every contract.

What the standard has no field for (unit, refresh, owner of a column, and what the prediction log
keeps of it) stands in its `customProperties`; the freshness of the table stands in `slaProperties`.
"""

from __future__ import annotations

import math
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    EnumValue,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    ServiceLevelAgreementProperty,
)
from pydantic import ValidationError

from lifecycle_core.contracting.document import Document
from lifecycle_core.schema.contract import Contract, Feature, Logged, LogicalType

if TYPE_CHECKING:
    from collections.abc import Sequence

_PEOPLE_FILL_IN = ("unit", "refresh", "owner")
_STATUSES = {"draft": "draft", "proposed": "draft", "active": "active"}
_HOURS = {"h": 1.0, "hr": 1.0, "hour": 1.0, "hours": 1.0, "d": 24.0, "day": 24.0, "days": 24.0}
_HEADER = """\
# The data contract of a release: what its model expects of the table that it scores.
# Open Data Contract Standard, https://bitol.io
#
# Types, required, enum, minimum and maximum were drawn from the training table: correct them
# where the business allows more or less than was seen. Then complete, for every property:
#   description   what the column says, in words of the business
#   unit          such as months, USD or count; `none` for a category
#   refresh       when its values are renewed, such as daily at 02:00
#   owner         the person or team who answers for it
#   log           only where the prediction log must not keep the value: hash, or none
# Set `status: active` once its owners agree, and name this file in the release file:
#   contract:
#     file: contract.odcs.yaml
"""


def to_odcs(contract: Contract) -> str:
    """Return the contract as the text of an Open Data Contract Standard YAML file.

    The comment at its head tells people what is left for them to fill in.
    """
    table = SchemaObject(
        name=contract.name,
        logicalType="object",
        properties=[_property(feature) for feature in contract.features],
    )
    freshness = ServiceLevelAgreementProperty(
        property="freshness",
        value=contract.freshness_hours,
        unit="h",
        element=contract.freshness_column,
    )
    document = OpenDataContractStandard(
        apiVersion="v3.2.0",
        kind="DataContract",
        id=contract.name,
        name=contract.name,
        version=contract.version,
        status=contract.status,
        schema=[table],
        slaProperties=[freshness] if contract.freshness_hours is not None else None,
    )
    if contract.freshness_hours is None and contract.freshness_column is not None:
        document.customProperties = [
            CustomProperty(property="freshnessColumn", value=contract.freshness_column)
        ]
    return _HEADER + _dump(document.model_dump(exclude_none=True, by_alias=True))


def from_odcs(text: str, where: str) -> Contract:
    """Read a contract from the text of an Open Data Contract Standard YAML file.

    Args:
        text: The file's text.
        where: The file's name, for messages.

    Returns:
        The contract. Fields of the standard that we do not use are ignored.

    Raises:
        ReleaseFileInvalid: It is not YAML, not such a contract, or uses a type, unit or status
            that we cannot check; `.where` is file and line.
    """
    document = Document(text, where)
    try:
        standard = OpenDataContractStandard.model_validate(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        unknown = first["type"] == "extra_forbidden"
        raise document.invalid(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}, got {first['input']!r:.60}",
            first["loc"],
            hint=_nearest(str(first["loc"][-1]), OpenDataContractStandard.model_fields)
            if unknown
            else "A text that looks like a number needs quotes.",
        ) from error
    tables = standard.schema_ or []
    if len(tables) != 1:
        raise document.invalid(
            f"schema has {len(tables)} tables, it must have exactly one: the model's",
            ("schema",),
            hint="Keep the table that the model scores.",
        )
    status = _STATUSES.get(standard.status or "draft")
    if status is None:
        raise document.invalid(
            f"status is {standard.status!r}, it must be draft, proposed or active",
            ("status",),
            hint="A contract that is no longer kept cannot carry a release.",
        )
    column, hours = _freshness(standard, document)
    return Contract.model_validate(
        {
            "name": standard.name or standard.id or tables[0].name or "contract",
            "version": standard.version or "1.0.0",
            "status": status,
            "features": tuple(
                _feature(found, document, index)
                for index, found in enumerate(tables[0].properties or [])
            ),
            "freshness_column": column,
            "freshness_hours": hours,
        }
    )


def _dump(data: dict[str, Any]) -> str:
    """Return YAML that people can read, and that surely reads back as the same."""
    text = str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    with suppress(yaml.YAMLError):
        if yaml.safe_load(text) == data:
            return text
    # PyYAML writes a few rare line breaks as they are, and then cannot read them.
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=False))


def _property(feature: Feature) -> SchemaProperty:
    bounds = {"minimum": feature.minimum, "maximum": feature.maximum}
    return SchemaProperty(
        name=feature.name,
        logicalType=feature.type,
        physicalType=feature.storage or None,
        required=feature.required,
        description=feature.meaning,
        logicalTypeOptions={
            key: _plain(value) for key, value in bounds.items() if value is not None
        }
        or None,
        enum=[EnumValue(value=value) for value in feature.categories] or None,
        customProperties=[
            CustomProperty(property=field, value=getattr(feature, field))
            for field in _PEOPLE_FILL_IN
        ]
        + ([CustomProperty(property="log", value=feature.log)] if feature.log != "value" else []),
    )


def _feature(found: SchemaProperty, document: Document, index: int) -> Feature:
    place = ("schema", 0, "properties", index)
    if not found.name:
        raise document.invalid(
            "a property has no name, it must have the column's", place, hint="Add `name:`."
        )
    if found.logicalType not in get_args(LogicalType):
        raise document.invalid(
            f"logicalType of {found.name!r} is {found.logicalType!r}, it must be one of "
            f"{', '.join(get_args(LogicalType))}",
            (*place, "logicalType"),
            hint=_nearest(str(found.logicalType), get_args(LogicalType)),
        )
    options = found.logicalTypeOptions or {}
    for bound in ("minimum", "maximum"):
        stated = options.get(bound, 0)
        if not isinstance(stated, int | float) or not math.isfinite(stated):
            raise document.invalid(
                f"{bound} of {found.name!r} is {stated!r}, it must be a finite number",
                (*place, "logicalTypeOptions", bound),
                hint="Remove it to allow every value.",
            )
    custom = {item.property: item.value for item in found.customProperties or []}
    if (logged := custom.get("log", "value")) not in get_args(Logged):
        raise document.invalid(
            f"log of {found.name!r} is {logged!r}, it must be value, hash or none",
            (*place, "customProperties"),
            hint="Write `none` for what the prediction log must not keep.",
        )
    return Feature.model_validate(
        {
            "name": found.name,
            "type": found.logicalType,
            "required": bool(found.required),
            "categories": tuple(str(item.value) for item in found.enum or []),
            "minimum": options.get("minimum"),
            "maximum": options.get("maximum"),
            "meaning": found.description or "",
            "storage": "category" if found.physicalType == "category" else "",
            "log": logged,
            **{field: _text(custom.get(field)) for field in _PEOPLE_FILL_IN},
        }
    )


def _freshness(
    standard: OpenDataContractStandard, document: Document
) -> tuple[str | None, float | None]:
    for index, agreed in enumerate(standard.slaProperties or []):
        if agreed.property != "freshness":
            continue
        factor = _HOURS.get((agreed.unit or "h").lower())
        value = agreed.value
        if factor is None or isinstance(value, bool) or not isinstance(value, int | float):
            raise document.invalid(
                f"freshness is {value!r} {agreed.unit!r}, it must be a number of hours or days",
                ("slaProperties", index),
                hint="For example `value: 24` and `unit: h`.",
            )
        if value <= 0:
            raise document.invalid(
                f"freshness is {value!r} {agreed.unit or 'h'}, it must be more than 0",
                ("slaProperties", index),
                hint="For example `value: 24` and `unit: h`.",
            )
        return agreed.element, value * factor
    custom = {item.property: item.value for item in standard.customProperties or []}
    return custom.get("freshnessColumn"), None


def _plain(value: float) -> float:
    """Write 72.0 as 72, as a person would."""
    return int(value) if value == int(value) and abs(value) < 1e15 else value  # noqa: PLR2004 - exact in a float


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _nearest(got: str, known: Sequence[str] | dict[str, Any]) -> str:
    close = get_close_matches(got, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else "See the standard, https://bitol.io."
