"""Shells for tests: a real IPython, without a terminal and without history on disk."""

from __future__ import annotations

import atexit
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def fresh_shell() -> Iterator[InteractiveShell]:
    """Yield a shell that nobody else uses, and end it."""
    main = sys.modules["__main__"]
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)
    shell.find_line_magic("load_ext")  # IPython loads its own magics late too
    try:
        yield shell
    finally:
        atexit.unregister(shell.atexit_operations)
        shell.atexit_operations()
        InteractiveShell.clear_instance()
        sys.modules["__main__"] = main  # a shell puts its own in this place


def completed(shell: InteractiveShell, line: str) -> set[str]:
    """Return what tab completion offers at the end of a line."""
    with provisionalcompleter():
        return {found.text for found in shell.Completer.completions(line, len(line))}


def snapshot(shell: InteractiveShell) -> dict[str, Any]:
    """Return everything of a shell that an extension may change."""
    manager, formatter = shell.magics_manager, shell.display_formatter
    formatters = {"bundle": formatter.mimebundle_formatter, **formatter.formatters}
    return {
        "magics": {kind: dict(table) for kind, table in manager.magics.items()},
        "lazy": dict(manager.lazy_magics),
        "loaded": set(manager._loaded_lazy),
        "registry": dict(manager.registry),
        "formatters": {
            name: (dict(f.type_printers), dict(f.deferred_printers), dict(f.singleton_printers))
            for name, f in formatters.items()
        },
        "names": dict(shell.user_ns),
        "hidden": dict(shell.user_ns_hidden),
        "inputs": list(shell.input_transformers_cleanup + shell.input_transformers_post),
        "ast": list(shell.ast_transformers),
        "events": {name: list(found) for name, found in shell.events.callbacks.items()},
        "completers": {
            key: list(chain.chain)
            for key, chain in shell.strdispatchers["complete_command"].strs.items()
        },
        "configurables": list(shell.configurables),
        "meta": dict(shell.meta),
        "display": shell.display_formatter,
    }
