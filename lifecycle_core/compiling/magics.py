"""Magics and shell lines as the Python that a package can hold."""

from __future__ import annotations

import ast
import re

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
_OPERATORS = re.compile(r"&&|\|\||[;&\n]")


def translated(node: ast.stmt) -> str | None:
    """Return the Python that stands for a magic or a shell line.

    Returns:
        Source text; empty if nothing is needed; None if the statement is no magic.

    Example:
        >>> call = "get_ipython().run_line_magic('env', 'MODE=fast')"
        >>> print(translated(ast.parse(call).body[0]))
        import os
        os.environ['MODE'] = 'fast'
    """
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
            args=[ast.Constant(value=str() as first), *rest],
        ):
            pass
        case _:
            return None
    if method == "run_line_magic":
        text = rest[0].value if rest and isinstance(rest[0], ast.Constant) else ""
        return _line_magic(first, str(text), target)
    if method in {"system", "getoutput"}:
        return _shell(first, target)
    return None


def _line_magic(name: str, text: str, target: str) -> str | None:
    if target:
        return None
    if name in _DROPPED:
        return ""
    if "{" in text or "$" in text:
        return None  # it takes variables of the notebook
    if name in {"env", "set_env"} and (found := re.fullmatch(r"(\w+)(?:\s*=\s*|\s+)(.+)", text)):
        return f"import os\nos.environ[{found[1]!r}] = {found[2]!r}"
    if name == "cd" and text not in {"", "-"}:
        return f"import os\nos.chdir({text.strip(_QUOTES)!r})"
    return None


def _shell(command: str, target: str) -> str | None:
    if "{" in command or "$" in command:
        return None  # it takes variables of the notebook
    if target:
        run = f"subprocess.run({command!r}, shell=True, capture_output=True, text=True)"
        return f"import subprocess\n{target} = {run}.stdout.splitlines()"
    if all(map(_is_needless, _OPERATORS.split(command))):
        return ""
    return f"import subprocess\nsubprocess.run({command!r}, shell=True, check=False)"


def _is_needless(command: str) -> bool:
    """Tell whether a pipeline does without a command: it installs, or only shows something."""
    words = command.replace("python -m pip", "pip").replace("sudo ", "").split()
    if not words or words[0] in _INSTALLERS:
        return True
    return words[0] in _VIEWERS and not any(one in command for one in "|>`")
