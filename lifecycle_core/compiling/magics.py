"""Magics and shell lines as the Python that a package can hold."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from lifecycle_core.compiling.expansion import expanded

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_DROPPED = frozenset({
    "alias", "automagic", "autoreload", "autosave", "colors", "conda", "config", "connect_info",
    "contract", "debug", "doctest_mode", "gui", "history", "load_ext", "logstart", "lsmagic",
    "matplotlib", "notebook", "pdb", "pdoc", "pinfo", "pinfo2", "pip", "pipeline", "precision",
    "pprint", "prun", "psearch", "psource", "pwd", "quickref", "reload_ext", "releases", "promote",
    "reproduce", "rollback", "package", "sx", "timeit", "unload_ext", "uv", "watermark", "who",
    "who_ls", "whos", "xmode", "ls", "ll", "lprun", "mprun", "memit",
})  # fmt: skip
"""Line magics without which the variables of a notebook are the same."""
_INSTALLERS = frozenset({"apt", "apt-get", "conda", "mamba", "pip", "pip3", "uv"})
_VIEWERS = frozenset({
    "cat", "date", "echo", "free", "head", "ls", "lscpu", "nvidia-smi", "pwd", "tail", "wc",
})  # fmt: skip
"""Programs that only show something, unless their output goes to a file."""
_QUOTES = "\"' "
_COMPOUND = (
    ast.AsyncFor, ast.AsyncFunctionDef, ast.AsyncWith, ast.ClassDef, ast.For, ast.FunctionDef,
    ast.If, ast.Match, ast.Try, ast.While, ast.With,
)  # fmt: skip
_OPERATORS = re.compile(r"&&|\|\||[;&\n]")


def translated(node: ast.stmt, bound: Collection[str] = ()) -> str | None:
    """Return the Python for a magic or a shell line, or for a statement that holds some.

    Args:
        node: A statement, as IPython makes it.
        bound: The notebook's variables: `{name}` and `$name` of others are the shell's.

    Returns:
        Source text; empty if nothing is needed; None if the statement holds no magic, or one that
        has no Python.

    Example:
        >>> call = "get_ipython().run_line_magic('env', 'MODE=fast')"
        >>> print(translated(ast.parse(call).body[0]))
        import os
        os.environ['MODE'] = 'fast'
        >>> call = "get_ipython().system('make {target}')"
        >>> print(translated(ast.parse(call).body[0], {"target"}))
        import subprocess
        subprocess.run(f'make {target}', shell=True, check=False)
    """
    found = _magic(node)
    if found is not None:
        return _translated(*found, bound)
    if not isinstance(node, _COMPOUND):
        return None
    within = _Within(bound)
    made = within.visit(ast.parse(ast.unparse(node)).body[0])
    if within.left or not within.changed:
        return None
    return "\n".join([*sorted(within.imports), ast.unparse(made)])


class _Within(ast.NodeTransformer):
    """Puts Python in the place of the magics in a statement's blocks."""

    def __init__(self, bound: Collection[str]) -> None:
        self._bound = bound
        self.changed = self.left = False
        self.imports: set[str] = set()

    def generic_visit(self, node: ast.AST) -> Any:  # noqa: ANN401 - as the base class has it
        found = _magic(node) if isinstance(node, ast.stmt) else None
        if found is None:
            if isinstance(node, ast.Name) and node.id == "get_ipython":
                self.left = True
            return super().generic_visit(node)
        text = _translated(*found, self._bound)
        self.changed = True
        if text is None:
            self.left = True
            return node
        body = ast.parse(text or "pass").body
        self.imports |= {ast.unparse(one) for one in body if isinstance(one, ast.Import)}
        return [one for one in body if not isinstance(one, ast.Import)]


def _magic(node: ast.AST) -> tuple[str, list[str], str] | None:
    """Return the method of IPython's that a statement calls, its texts, and the result's name."""
    match node:
        case ast.Expr(value=ast.Call() as call):
            target = ""
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call() as call):
            pass
        case _:
            return None
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=method),
            args=[ast.Constant(value=str()), *_] as args,
        ):
            return method, [str(one.value) for one in args if isinstance(one, ast.Constant)], target
        case _:
            return None


def _translated(
    method: str, texts: Sequence[str], target: str, bound: Collection[str]
) -> str | None:
    if method == "run_line_magic":
        return _line_magic(texts[0], texts[1] if len(texts) > 1 else "", target, bound)
    if method in {"system", "getoutput"}:
        return _shell(texts[0], target, bound)
    return None


def _line_magic(name: str, text: str, target: str, bound: Collection[str]) -> str | None:
    if target:
        return None
    if name in _DROPPED:
        return ""
    if name in {"env", "set_env"} and (found := re.fullmatch(r"(\w+)(?:\s*=\s*|\s+)(.+)", text)):
        value = expanded(found[2], bound)
        return None if value is None else f"import os\nos.environ[{found[1]!r}] = {value}"
    if name == "cd" and text not in {"", "-"}:
        folder = expanded(text.strip(_QUOTES), bound)
        return None if folder is None else f"import os\nos.chdir({folder})"
    return None


def _shell(command: str, target: str, bound: Collection[str]) -> str | None:
    text = expanded(command, bound)
    if text is None:
        return None
    if target:
        run = f"subprocess.run({text}, shell=True, capture_output=True, text=True)"
        return f"import subprocess\n{target} = {run}.stdout.splitlines()"
    if all(map(_is_needless, _OPERATORS.split(command))):
        return ""
    return f"import subprocess\nsubprocess.run({text}, shell=True, check=False)"


def _is_needless(command: str) -> bool:
    """Tell whether a pipeline does without a command: it installs, or only shows something."""
    words = command.replace("python -m pip", "pip").replace("sudo ", "").split()
    if not words or words[0] in _INSTALLERS:
        return True
    return words[0] in _VIEWERS and not any(one in command for one in "|>`")
