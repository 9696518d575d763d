"""How a command begins and ends: its waiting told, its answer printed, its exit code."""

from __future__ import annotations

import functools
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec

import typer

from lifecycle_core.errors import LifecycleError

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
            from lifecycle_core.adapters.rendering.plain import visible

            sys.stderr.write(visible(f"nbrelease: {error}\n"))  # it may quote what it was given
            if error.hint:
                sys.stderr.write(visible(f"Hint: {error.hint}\n"))
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


def answer(record: Record, json_file: Path | None, *, columns: int | None = None) -> None:
    """Print the record, as wide as the terminal or as said, and write it where asked."""
    from lifecycle_core.adapters.files import write_atomically
    from lifecycle_core.adapters.rendering import to_text

    if json_file:
        write_atomically(json_file, record.to_json())
    terminal = sys.stdout.isatty()
    text = to_text(record, width=columns or width(), color=terminal)
    sys.stdout.write(text.rstrip() + "\n")


def width() -> int:
    """Return the columns of the terminal; 100 where there is none."""
    try:
        return os.get_terminal_size().columns
    except OSError:
        return 100
