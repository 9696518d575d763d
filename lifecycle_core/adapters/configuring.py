"""Read a part of the configuration into its model, with messages that a user can mend it by."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], data: object, *, file: str, place: Sequence[str] = ()) -> Model:
    """Return the model that a table of a configuration file holds.

    Args:
        model: What it must be.
        data: As TOML gave it.
        file: The file's name, for messages.
        place: The keys above the table, such as `("sinks", "team")`.

    Raises:
        InvalidCall: A key is unknown, missing or wrong. The message names file and key, what was
            got and what is wanted; the hint names the nearest known key.

    Example:
        >>> class Mail(BaseModel, extra="forbid"):
        ...     address: str
        >>> validated(Mail, {"adress": "a@b"}, file="nbrelease.toml", place=("sinks", "mail"))
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.InvalidCall: nbrelease.toml: unknown key `sinks.mail.adress`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # An unknown key says more than the one that is missing because of it.
        first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
        raise _explained(first, model, file=file, place=place) from None


def no_such_kind(
    kind: object, known: Sequence[str], *, what: str, file: str, key: str
) -> InvalidCall:
    """Return the refusal of a table whose `kind` is none, with the nearest one that is.

    Args:
        kind: What the table says.
        known: The kinds that there are.
        what: Of what it is no kind.
        file: The file's name.
        key: Of the table, such as `sinks.team`.
    """
    near = get_close_matches(str(kind), known, n=1)
    return InvalidCall(
        f"{file}: `{key}.kind` is {kind!r}, which is no kind of {what}.",
        hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}.",
    )


def _explained(
    error: ErrorDetails, model: type[BaseModel], *, file: str, place: Sequence[str]
) -> InvalidCall:
    inner = error["loc"]
    key = ".".join(map(str, (*place, *inner)))
    if error["type"] == "extra_forbidden":
        known = _known_keys(model, inner[:-1])
        near = get_close_matches(str(inner[-1]), known, n=1)
        return InvalidCall(
            f"{file}: unknown key `{key}`.",
            hint=f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}.",
        )
    if error["type"] == "missing":
        return InvalidCall(f"{file}: `{key}` is missing.", hint=f"Add `{inner[-1]} = ...`.")
    wanted = error["msg"].removeprefix("Value error, ").rstrip(".")
    return InvalidCall(
        f"{file}: `{key}` is {error['input']!r:.80}: {wanted[:1].lower()}{wanted[1:]}.",
        hint="Mend the file; nothing was done.",
    )


def _known_keys(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    for part in path:
        field = model.model_fields.get(str(part))
        inner = next(_models_in(field.annotation), None) if field else None
        model = inner or model
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - annotations have no common type
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)
