"""Hooks of the user's: plain functions that are called with events, each as a sink of its own."""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from lifecycle_core.adapters.sinks import ConfiguredSink
from lifecycle_core.errors import SinkFailed
from lifecycle_core.schema import event as events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lifecycle_core.schema.event import Event

_NAMED = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_CLASSES: dict[str, type] = {each.__name__: each for each in get_args(get_args(events.Event)[0])}


def configured_hooks(names: Sequence[str], *, project: Path) -> tuple[ConfiguredSink, ...]:
    """Return a sink for each function; it is imported in the sink's own thread, when first needed.

    Args:
        names: As `package.module:function`.
        project: Folder that modules are also looked for in, after all others.

    Example:
        >>> from pathlib import Path
        >>> configured_hooks(["mypackage.hooks:on_failure"], project=Path("/project"))[0].label
        'hook mypackage.hooks:on_failure'
    """
    return tuple(
        ConfiguredSink(label=f"hook {name}", sink=FunctionHook(name, project)) for name in names
    )


class FunctionHook:
    """Calls a function with the events that its first parameter's annotation names, or with all.

    Attributes:
        name: As `package.module:function`.
    """

    def __init__(self, name: str, project: Path) -> None:
        self.name = name
        self._project = project
        self._function: Callable[[Event], object] | None = None
        self._kinds: tuple[type, ...] = ()
        self._broken: SinkFailed | None = None

    def take(self, event: Event) -> None:
        """Call the function, if the event is of a kind that it wants.

        Raises:
            SinkFailed: There is no such function, or it cannot be called with an event. Whatever
                the function raises passes.
        """
        if self._broken is not None:
            raise self._broken
        if self._function is None:
            try:
                self._function, self._kinds = self._load()
            except SinkFailed as error:
                self._broken = error
                raise
        if isinstance(event, self._kinds):
            self._function(event)

    def close(self) -> None:
        """Nothing is held back."""

    def _load(self) -> tuple[Callable[[Event], object], tuple[type, ...]]:
        if not _NAMED.fullmatch(self.name):
            raise SinkFailed(
                "its name is none", kind="name", hint='Write hooks = ["package.module:function"].'
            )
        module, _, path = self.name.partition(":")
        if str(self._project) not in sys.path:
            sys.path.append(str(self._project))
        try:
            found: Any = import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
        except (Exception, SystemExit) as error:
            raise SinkFailed(
                f"it cannot be loaded: {type(error).__name__}: {error}", kind="loading"
            ) from error
        if not callable(found) or inspect.iscoroutinefunction(found):
            raise SinkFailed("it is no plain function", kind="loading", hint="Write `def`.")
        return found, wanted_kinds(found)


def wanted_kinds(function: Callable[..., object]) -> tuple[type, ...]:
    """Return the classes of events that a function's first parameter is annotated with.

    Args:
        function: Takes an event.

    Returns:
        All classes where there is no annotation, or it is `Event`.

    Raises:
        SinkFailed: It takes no event, or its annotation names what is none.

    Example:
        >>> from lifecycle_core.schema.event import StepFailed
        >>> def on_failure(event: StepFailed) -> None: ...
        >>> wanted_kinds(on_failure)
        (<class 'lifecycle_core.schema.event.StepFailed'>,)
    """
    every = tuple(_CLASSES.values())
    try:
        first = next(iter(inspect.signature(function).parameters.values()), None)
    except ValueError:  # written in C, without a signature
        return every
    if first is None:
        raise SinkFailed("it has no parameter for the event", kind="annotation")
    if first.annotation is inspect.Parameter.empty:
        return every
    wanted = _resolved(function, first)
    found = every if wanted is Any else _classes_in(wanted)
    if not found:
        raise SinkFailed(
            f"it wants {inspect.formatannotation(wanted)}, which is no kind of event",
            kind="annotation",
            hint=f"Known: Event, {', '.join(_CLASSES)}.",
        )
    return found


def _resolved(function: Callable[..., object], parameter: inspect.Parameter) -> Any:  # noqa: ANN401 - an annotation
    try:
        return get_type_hints(function).get(parameter.name, parameter.annotation)
    except (NameError, TypeError, AttributeError):  # imported for type checkers only
        return parameter.annotation


def _classes_in(annotation: Any) -> tuple[type, ...]:  # noqa: ANN401 - as above
    if isinstance(annotation, str):
        named = re.findall(r"\w+", annotation)
        if "Event" in named:
            return tuple(_CLASSES.values())
        return tuple(_CLASSES[name] for name in named if name in _CLASSES)
    if isinstance(annotation, type):
        return tuple(each for each in _CLASSES.values() if issubclass(each, annotation))
    return tuple(found for part in get_args(annotation) for found in _classes_in(part))
