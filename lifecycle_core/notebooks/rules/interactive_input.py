"""Code that waits for a person.

## What it does
Reports `input()`, `getpass.getpass()`, `breakpoint()`, `pdb.set_trace()`, `%debug`, `%pdb`.

## Why is this bad?
A clean run has nobody to answer: it raises `StdinNotImplementedError`.

## Examples
`user = input("name? ")`: take it from a `parameters` cell, or from `os.environ`.

## References
- Pimentel et al., EMSE 2021: 1.1 % of public notebooks stop there.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_WAITING = {
    "input": "input", "builtins.input": "input", "getpass.getpass": "getpass",
    "breakpoint": "breakpoint", "pdb.set_trace": "set_trace", "ipdb.set_trace": "set_trace",
    "IPython.core.debugger.set_trace": "set_trace", "google.colab.files.upload": "upload",
    "code.interact": "interact", "huggingface_hub.notebook_login": "notebook_login",
    "click.prompt": "prompt", "click.confirm": "confirm",
}  # fmt: skip
_BRANCHES = (ast.If, ast.Try, ast.While, ast.ExceptHandler, ast.match_case, ast.IfExp, ast.BoolOp)


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each call that waits for a person."""
    for call in view.calls:
        if call.name not in _WAITING or (call.within and view.runs_in(call) is None):
            continue
        sure = not call.within and not any(isinstance(node, _BRANCHES) for node in call.stack)
        debugs = _WAITING[call.name] in {"breakpoint", "set_trace"}
        yield Spot(
            cell=call.cell,
            line=call.line,
            kind="interactive_input",
            severity="error" if sure else "warning",
            names=(call.written,),
            message=f"`{call.written}()` waits for a person",
            hint="Remove the debugger call."
            if debugs
            else "Set the value in a cell tagged `parameters`, or read it from `os.environ`.",
        )
    for index, parsed in view.dataflow.parsed.items():
        for magic in parsed.magics:
            if magic.name in {"debug", "pdb"} and magic.text not in {"off", "0"}:
                yield Spot(
                    cell=index,
                    line=magic.line,
                    kind="interactive_input",
                    severity="warning",
                    names=(f"%{magic.name}",),
                    message=f"`%{magic.name}` waits for a person",
                    hint="Remove the debugger.",
                )


RULE = Rule("NB403", "interactive-input", find)
