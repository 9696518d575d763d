"""How a command begins and ends: its words read, its waiting told, its answer printed."""

from __future__ import annotations

import functools
import json
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec

import typer

from lifecycle_core.errors import InvalidCall, LifecycleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lifecycle_core.schema.base import Record

Words = ParamSpec("Words")


def verb(function: Callable[Words, int]) -> Callable[Words, None]:
    """Turn a function that returns an exit code into a command that ends well in every case."""

    @functools.wraps(function)
    def command(*words: Words.args, **flags: Words.kwargs) -> None:
        try:
            code = function(*words, **flags)
        except LifecycleError as error:
            sys.stderr.write(f"nbrelease: {error}\n")
            if error.hint:
                sys.stderr.write(f"Hint: {error.hint}\n")
            code = error.exit_code
        except KeyboardInterrupt:
            sys.stderr.write("nbrelease: interrupted; nothing half-written is left.\n")
            code = 130
        except BrokenPipeError:
            # The reader of our output left; Python would complain once more while it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        raise typer.Exit(code)

    return command


@contextmanager
def asking() -> Iterator[None]:
    """Say that the registry is asked: MLflow takes seconds to load."""
    from lifecycle_core.adapters.terminal import watched

    with watched(sys.stderr) as progress:
        progress.begin("Asking the registry")
        yield
        progress.end("Asking the registry")


def parameters_in(pairs: list[str] | None) -> dict[str, Any]:
    """Read `k=v` words; a value is JSON where it can be read as JSON, else text."""
    parameters: dict[str, Any] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise InvalidCall(
                f"--param is {pair!r}, want name=value.", hint="Try --param alpha=0.1."
            )
        try:
            parameters[key] = json.loads(value)
        except json.JSONDecodeError:
            parameters[key] = value
    return parameters


def answer(record: Record, json_file: Path | None) -> None:
    """Print the record, and write it where asked."""
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.rendering import to_text

    if json_file:
        write_atomically(json_file, record.to_json())
    terminal = sys.stdout.isatty()
    sys.stdout.write(to_text(record, width=width(), color=terminal).rstrip() + "\n")


def width() -> int:
    """Return the columns of the terminal; 100 where there is none."""
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 100
