"""The sinks that the configuration names: their kinds found by entry points, options checked."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.configuring import no_such_kind, validated
from lifecycle_core.adapters.sinks.base import SinkOptions
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.sinks.base import Sink, Surroundings

GROUP = "nbrelease.sinks"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredSink:
    """A sink under the name that the configuration gives it.

    Attributes:
        label: What reports call it, such as `sink team (webhook)`.
        only: Kinds of events that it is told; empty for all.
        queue: How many events may wait for it.
    """

    label: str
    sink: Sink
    only: frozenset[str] = frozenset()
    queue: int = 10_000


def configured_sinks(
    tables: Mapping[str, Mapping[str, Any]], *, file: str, around: Surroundings
) -> tuple[ConfiguredSink, ...]:
    """Return the sinks of the tables `[tool.nbrelease.sinks.NAME]`; none is opened.

    Args:
        tables: Options by name, each with a `kind`.
        file: The configuration file, for messages.
        around: What the sinks may know.

    Raises:
        InvalidCall: A kind is unknown or cannot be loaded, or an option is unknown or wrong.

    Example:
        >>> from pathlib import Path
        >>> from lifecycle_core.adapters.sinks.base import surroundings
        >>> here = Path("/project")
        >>> around = surroundings(project=here, home=here / ".nbrelease", registry="http://r:5000")
        >>> found = configured_sinks(
        ...     {"log": {"kind": "jsonl", "path": "events.jsonl"}}, file="n.toml", around=around
        ... )
        >>> found[0].label, found[0].sink
        ('sink log (jsonl)', JsonLines(path=PosixPath('/project/events.jsonl')))
    """
    return tuple(_sink(name, table, file, around) for name, table in tables.items())


def _sink(name: str, table: Mapping[str, Any], file: str, around: Surroundings) -> ConfiguredSink:
    kind = table.get("kind")
    if kind is None:
        raise InvalidCall(
            f"{file}: `sinks.{name}.kind` is missing.",
            hint=f"Known kinds: {', '.join(_kinds())}.",
        )
    options = validated(_options_of(kind, name, file), table, file=file, place=("sinks", name))
    return ConfiguredSink(
        label=f"sink {name} ({kind})",
        sink=options.sink(around),
        only=frozenset(options.only),
        queue=options.queue,
    )


def _options_of(kind: object, name: str, file: str) -> type[SinkOptions]:
    found = next(iter(entry_points(group=GROUP, name=str(kind))), None)
    if found is None:
        raise no_such_kind(kind, _kinds(), what="sink", file=file, key=f"sinks.{name}")
    try:
        options = found.load()
    except (ImportError, AttributeError) as error:
        raise InvalidCall(
            f"{file}: the kind {kind!r} of `sinks.{name}` cannot be loaded: {error}.",
            hint=f"Install the package that brings {found.value} anew.",
        ) from error
    if not (isinstance(options, type) and issubclass(options, SinkOptions)):
        raise InvalidCall(
            f"{file}: the kind {kind!r} of `sinks.{name}` is {found.value}, "
            "which is no subclass of SinkOptions.",
            hint="Tell the makers of that package.",
        )
    return options


def _kinds() -> list[str]:
    return sorted({point.name for point in entry_points(group=GROUP)})
