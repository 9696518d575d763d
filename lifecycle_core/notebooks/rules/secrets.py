"""A secret in the source or the outputs of a notebook.

## What it does
Reports keys and tokens of known form, private keys, addresses with a password, and literal values
of variables named like a password or key. It shows the first four characters and the length, never
the secret. Placeholders such as `"your-api-key"` are left alone.

## Why is this bad?
Whoever gets the notebook, or its bundle, gets the secret; and so does its version history.

## Examples
`api_key = "sk-..."`: write `api_key = os.environ["API_KEY"]`, and revoke the key.

## References
- https://cwe.mitre.org/data/definitions/798.html
"""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.rules.view import View

_KNOWN = re.compile(
    r"(?P<aws_key>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)"
    r"|(?P<private_key>-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----)"
    r"|(?P<github_token>\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,}))"
    r"|(?P<gitlab_token>\bglpat-[\w-]{20,})"
    r"|(?P<api_key>\b(?:sk|pk|rk)[-_](?:live_|test_|proj-|ant-)?[A-Za-z0-9_-]{20,})"
    r"|(?P<slack_token>\bxox[abeoprs]-[A-Za-z0-9-]{10,})"
    r"|(?P<google_key>\bAIza[\w-]{35}\b)"
    r"|(?P<huggingface_token>\bhf_[A-Za-z0-9]{30,}\b)"
    r"|(?P<web_token>\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"
    r"|(?P<pypi_token>\bpypi-AgE[\w-]{40,})"
    r"|(?P<address>\b[a-z][a-z0-9+.-]{1,20}://"
    r"[^\s/:@'\"{}$<>]{1,100}:(?P<password>[^\s/:@'\"{}$<>]{3,100})@[\w.-])"
)
_MARKS = ("AKIA", "ASIA", "PRIVATE KEY", "gh", "glpat", "sk", "pk", "rk", "xox", "AIza", "hf_",
    "eyJ",
    "pypi-", "://")  # fmt: skip
_NAMED = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|access_?token"
    r"|client_?secret|secret_?key|private_?key|token|credentials?|apikey)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"your|xxx|change|example|placeholder|dummy|sample|fake|mock|\*\*|<|>|\.\.\.|…|todo|insert|fill"
    r"|replace|redact|\bnone\b|\bnull\b|test|demo|secret|password|token|key$|passw|123456|abcdef|\$\{"
    r"|\{\{|env|here|user|foo|bar|default|hidden|enter|dev$|root|admin|postgres|guest",
    re.IGNORECASE,
)
_LONGEST = 200_000
"""Characters of one text that are looked at; more is data, not source."""


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each secret."""
    for cell in view.cells:
        lines_told = set()
        for kind, secret, line in _known_in(cell.source):
            lines_told.add(line)
            yield _spot(cell.index, line, kind, secret, "the source")
        tree = view.trees[cell.index]
        if tree is not None and _may_name(cell.source):
            for name, value, line in _named(tree):
                if line not in lines_told and _looks_secret(name, value):
                    yield _spot(cell.index, line, f"value of `{name[:40]}`", value, "the source")
        for output in cell.outputs:
            for kind, secret, _ in _known_in(_text_of(output)):
                yield _spot(cell.index, None, kind, secret, "an output")
    for index, text in view.prose.items():
        for kind, secret, line in _known_in(text):
            yield _spot(index, line, kind, secret, "the text")


def _known_in(text: str) -> Iterator[tuple[str, str, int]]:
    if not any(mark in text for mark in _MARKS):
        return
    for match in _KNOWN.finditer(text[:_LONGEST]):
        kind = match.lastgroup or ""
        secret = match["password"] or match[0]
        if match["private_key"] is None:
            shown = (
                match["password"] if match["address"] else match[0].partition("_")[2] or match[0]
            )
            if _PLACEHOLDER.search(shown) or _entropy(secret) < (2 if match["password"] else 3):
                continue
        if match["address"]:
            kind = "password in an address"
        yield kind.replace("_", " "), secret, text.count("\n", 0, match.start()) + 1


def _text_of(output: Mapping[str, object]) -> str:
    parts: list[object] = [output.get("text"), output.get("evalue")]
    trace, data = output.get("traceback"), output.get("data")
    parts += trace if isinstance(trace, list) else []
    if isinstance(data, dict):
        parts += [text for kind, text in data.items() if kind.startswith("text/")]
    return "\n".join(part[:_LONGEST] for part in parts if isinstance(part, str))


def _may_name(source: str) -> bool:
    lowered = source.lower()
    return any(word in lowered for word in ("pass", "pwd", "secret", "key", "token", "credential"))


def _named(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Yield names and literal values of assignments, keyword arguments and dictionary items."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs: list[tuple[object, ast.expr | None]] = [
                    (_target(one), value) for one in targets
                ]
            case ast.AnnAssign(target=target, value=value):
                pairs = [(_target(target), value)]
            case ast.keyword(arg=str() as name, value=value):
                pairs = [(name, value)]
            case ast.Dict(keys=keys, values=values):
                pairs = [
                    (key.value, value)
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant)
                ]
            case _:
                continue
        for key, value in pairs:
            if isinstance(key, str) and value is not None and (text := _literal(value)):
                yield key, text, value.lineno


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _target(node: ast.expr) -> object:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=key)):
            return key
        case _:
            return None


def _looks_secret(name: str, value: str) -> bool:
    if not _NAMED.search(name) or _PLACEHOLDER.search(value) or re.search(r"\s", value):
        return False
    if re.search(r"pass|pwd", name, re.IGNORECASE):
        return len(value) >= 6 and _entropy(value) > 2  # noqa: PLR2004 - "aaaaaa" is none
    mixed = bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z]", value))
    return len(value) >= 16 and mixed and _entropy(value) >= 3  # noqa: PLR2004 - bits per character


def _entropy(text: str) -> float:
    """Return the Shannon entropy of the characters, in bits per character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def _spot(cell: int, line: int | None, kind: str, secret: str, where: str) -> Spot:
    shown = f"{secret[:4]}…, {len(secret)} characters"
    return Spot(
        cell=cell,
        line=line,
        severity="warning",
        message=f"a secret stands in {where}: {kind} ({shown})",
        hint="Revoke it, read it from `os.environ`, and remove it from the version history too.",
    )


RULE = Rule("NB601", "secret", find)
