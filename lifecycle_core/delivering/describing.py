"""What a client must know about a release's rows and answers, as OpenAPI 3.1, from its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.serving.bodies import ARROW, JSON
from lifecycle_core.delivering.serving import example_row

if TYPE_CHECKING:
    from lifecycle_core.delivering.serving import Served
    from lifecycle_core.schema.contract import Contract, Feature

_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": -(1 << 63), "maximum": (1 << 63) - 1},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
}
_NAMING = {
    "type": ["string", "integer", "null"], "maxLength": 200,
    "minimum": -(1 << 63), "maximum": (1 << 63) - 1,
}  # fmt: skip
_TEXT = {"type": "string"}
_BROKEN = ("field", "rule", "got", "want")


def described(served: Served) -> dict[str, Any]:
    """Return the parts of an OpenAPI document that speak of `POST /score`.

    Args:
        served: The release that answers.

    Returns:
        `paths` and `components`, to be merged into the document of the service.
    """
    example = example_row(served.contract)
    named = {name: f"{name}-1" for name in served.naming}
    row = {"schema": {"$ref": "#/components/schemas/Row"}}
    rows = {"type": "array", "items": row["schema"], "minItems": 1}
    answer = {"$ref": "#/components/schemas/Answer"}
    answers = {"type": "array", "items": answer}
    operation = {
        "operationId": "score",
        "summary": f"Score rows with {served.release.name}",
        "description": "One row as an object gives one answer; a list of rows gives a list. "
        "An Arrow stream gives an Arrow stream: uncompressed, of numbers, booleans, dates, "
        "timestamps, strings or dictionaries of such. Each answer names the version that gave it. "
        f"Up to 64 rows are answered within {served.serving.deadline_ms:g} ms, more rows within 30 "
        "seconds; later than that, the fallback answers.",
        "parameters": [
            {
                "name": "reasons",
                "in": "query",
                "required": False,
                "description": "false leaves out the reasons, which take longer than the score. "
                "Requests of more than 64 rows get none.",
                "schema": {"type": "boolean", "default": True},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {
                    "schema": {"oneOf": [row["schema"], rows]},
                    "examples": {"row": {"value": {**named, **example}}},
                },
                ARROW: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        "responses": {
            "200": _response("The answers.", {"oneOf": [answer, answers]}, arrow=True),
            "400": _problem("The body cannot be read."),
            "401": _problem("A bearer token is wanted."),
            "413": _problem("The body is too large."),
            "415": _problem("The content type is not one of these."),
            "422": _problem("Fields break the contract: field, got and want of each."),
            "429": _problem("Too many requests."),
            "503": _problem("Nothing may answer: no fallback is declared, or the log is away."),
        },
    }
    return {
        "paths": {"/score": {"post": operation}},
        "components": {
            "schemas": {
                "Row": row_schema(served.contract, served.naming),
                "Answer": _answer_schema(served),
                "Problem": _problem_schema(),
            }
        },
    }


def row_schema(contract: Contract, naming: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the JSON schema of one row.

    Args:
        contract: Its rules.
        naming: Columns that name a row, such as its key.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> tenure = Feature(name="tenure", type="number", required=True, minimum=0, unit="months",
        ...     meaning="Full months since the customer joined")
        >>> row_schema(Contract(name="churn", features=(tenure,)))["properties"]["tenure"]
        {'type': 'number', 'minimum': 0.0, 'description': 'Full months since the customer joined', \
'x-unit': 'months'}
    """
    properties = {name: {**_NAMING, "description": "Names the row."} for name in naming}
    properties |= {feature.name: _field(feature) for feature in contract.features}
    required = [feature.name for feature in contract.features if feature.required]
    if (column := contract.freshness_column) is not None:
        properties.setdefault(column, {"type": "string", "format": "date-time"})
        if contract.freshness_hours is not None:
            properties[column]["x-freshness-hours"] = contract.freshness_hours
            required += [column] if column not in required else []
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _field(feature: Feature) -> dict[str, Any]:
    schema = dict(_TYPES[feature.type])
    if feature.minimum is not None:
        schema["minimum"] = feature.minimum
    if feature.maximum is not None:
        schema["maximum"] = feature.maximum
    if feature.categories and feature.type == "string":
        schema["enum"] = list(feature.categories)
    if not feature.required:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"].append(None)
    notes = {
        "description": feature.meaning, "x-unit": feature.unit, "x-refresh": feature.refresh,
        "x-owner": feature.owner,
    }  # fmt: skip
    return schema | {name: text for name, text in notes.items() if text}


def _answer_schema(served: Served) -> dict[str, Any]:
    decision = {"type": ["boolean" if served.acts else "number", "null"]}
    properties: dict[str, Any] = {
        "id": {"type": ["string", "null"], "description": "Of the prediction, for its outcome."},
        "key": {"type": ["string", "null"], "description": "The row's business key."},
        "release": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "arm": _TEXT,
        "score": {"type": ["number", "null"]},
        "decision": decision,
        "reasons": {
            "type": "array",
            "description": "What moved the score most, strongest first; only of requests of up to "
            "64 rows. In an Arrow stream the `value` of each is text.",
            "items": {
                "type": "object",
                "properties": {
                    "feature": _TEXT,
                    "value": {"type": ["string", "number", "null"]},
                    "effect": {"type": "number", "description": "On the score."},
                    "text": _TEXT,
                },
            },
        },
        "answered_by": {**_TEXT, "description": "model, or the fallback that answered."},
        "fallback": {**_TEXT, "description": "Why the model did not answer; empty if it did."},
    }
    at_times: dict[str, Any] = {
        "reasons_left_out": {
            "enum": ["deadline"],
            "description": "Only where there was no time left for the reasons.",
        },
        "refusals": {
            "type": "array",
            "description": "What in the row breaks the contract, where a fallback answers for it. "
            "Of a request with very many bad fields, the first 100.",
            "items": {"type": "object", "properties": dict.fromkeys(_BROKEN, _TEXT)},
        },
    }
    return {
        "type": "object", "properties": properties | at_times, "required": list(properties),
    }  # fmt: skip


def _problem_schema() -> dict[str, Any]:
    refusal = dict.fromkeys(_BROKEN, _TEXT)
    refusals = {
        "type": "array",
        "items": {"type": "object", "properties": {"row": {"type": "integer"}, **refusal}},
    }
    properties = {"detail": _TEXT, "cause": _TEXT, "refusals": refusals}
    return {"type": "object", "properties": properties, "required": ["detail"]}


def _response(meaning: str, schema: dict[str, Any], *, arrow: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if arrow:
        content[ARROW] = {"schema": {"type": "string", "format": "binary"}}
    return {"description": meaning, "content": content}


def _problem(meaning: str) -> dict[str, Any]:
    return _response(meaning, {"$ref": "#/components/schemas/Problem"})
