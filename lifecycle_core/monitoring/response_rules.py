"""Response rules: what is looked at, for how long, and who acts then.

    when adoption_rate < 0.6 for 2 of 3 windows then escalate operations within 2 days

The condition has Python's own syntax, and of it: names of figures, numbers, `+ - * /`, comparisons,
`and`, `or`, `not`. It is read by Python's parser, checked node by node and compiled to closures;
nothing is evaluated. A figure without a value makes a comparison neither true nor false, and so
does a limit that lies within the interval of the figure; arithmetic carries intervals along. A rule
fires on true only: where there is not enough data nobody is called.

A rule that looks at several windows need not be sure of each of them. The intervals of those are
narrowed so far that where the truth lies at the limit, it fires as rarely as a rule of one window.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Figures = Mapping[str, "Known | float | None"]
    Condition = Callable[[Figures], bool | None]
    Amount = Callable[[Figures], "Known | None"]

ACTIONS = ("escalate", "notify", "stop", "rollback", "retrain")
OWNERS = (
    "product", "data", "engineering", "operations", "release", "support", "escalation",
    "retirement",
)  # fmt: skip
MOST_WINDOWS = 12
_RULE = re.compile(
    r"\s*when\s+(?P<condition>.+?)"
    r"(?:\s+for\s+(?P<count>\d{1,4})(?:\s+of\s+(?P<of>\d{1,4}))?\s+windows?)?"
    r"\s+then\s+(?P<action>[a-z]+)\s+(?P<owner>[a-z]+)"
    r"(?:\s+within\s+(?P<within>\d{1,4})\s+(?P<unit>hour|day)s?)?\s*",
    re.DOTALL,
)
_EXAMPLE = "An example: when adoption_rate < 0.6 for 2 windows then escalate operations."
_LONGEST, _DEEPEST = 500, 20
_HOURS = {"hour": 1, "day": 24}
_TAIL = 0.025  # of a two-sided interval of 95%
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip


class Known(NamedTuple):
    """A figure and how well it is known.

    Attributes:
        value: As it stands.
        low: The least that it may be; `value` where it is exact.
        high: The most that it may be.
        apart: Its error has nothing to do with that of other windows.
    """

    value: float
    low: float
    high: float
    apart: bool = False

    def narrowed(self, part: float) -> Known:
        """Return it with an interval that is a part of what it is, in [0, 1]."""
        if not self.apart:
            return self
        return Known(
            self.value,
            self.value - part * (self.value - self.low),
            self.value + part * (self.high - self.value),
            apart=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRule:
    """One compiled rule.

    Attributes:
        text: As it was written.
        figures: Names that the condition looks at, in the order in which they stand there.
        holds: Tells of the figures of one window whether the condition holds; None is not known.
        count: Windows in which it must hold.
        of: Windows that are looked back on, at least `count`.
        action: What is done then.
        owner: Whose turn it is then.
        within_hours: How long they have.
    """

    text: str
    figures: tuple[str, ...]
    holds: Condition
    count: int
    of: int
    action: str
    owner: str
    within_hours: float

    def fires(self, windows: Sequence[Figures]) -> bool:
        """Whether it held in the newest window and in enough of those before.

        Args:
            windows: Figures by name, the newest window last; a plain number is exact.
        """
        part = _part_of_interval(self.count, self.of)
        last = [
            self.holds({name: _narrowed(figures.get(name), part) for name in self.figures}) is True
            for figures in windows[-self.of :]
        ]
        return bool(last) and last[-1] and sum(last) >= self.count


def compile_rule(text: str, known: Sequence[str]) -> ResponseRule:
    """Return what a rule says.

    Args:
        text: As in this module's head; without `for` the last window counts, without `within` there
            is one day.
        known: Names of figures.

    Raises:
        InvalidCall: It is no rule, or names no such figure, action or owner.

    Example:
        >>> rule = compile_rule("when adoption_rate < 0.6 for 2 windows then notify product",
        ...                     ["adoption_rate"])
        >>> low, unknown = {"adoption_rate": 0.5}, {"adoption_rate": None}
        >>> rule.fires([low, low]), rule.fires([unknown, low]), rule.owner
        (True, False, 'product')
    """
    parts = _RULE.fullmatch(text) if len(text) <= _LONGEST else None
    if parts is None:
        raise _wrong(text, "it is not of the form `when ... then ACTION OWNER`")
    count = int(parts["count"] or 1)
    of = int(parts["of"] or count)
    if not 1 <= count <= of <= MOST_WINDOWS:
        raise _wrong(text, f"it looks at {count} of {of} windows, want 1 to {MOST_WINDOWS}")
    for word, among in ((parts["action"], ACTIONS), (parts["owner"], OWNERS)):
        if word not in among:
            raise _wrong(text, f"`{word}` is none of {', '.join(among)}")
    try:
        tree = ast.parse(parts["condition"].strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong(text, "its condition cannot be read") from None
    compiler = _Compiler(text, tuple(known), [])
    holds = compiler.condition(tree.body, 0)
    return ResponseRule(
        text=" ".join(text.split()),
        figures=tuple(dict.fromkeys(compiler.seen)),
        holds=holds,
        count=count,
        of=of,
        action=parts["action"],
        owner=parts["owner"],
        within_hours=float(int(parts["within"] or 1) * _HOURS[parts["unit"] or "day"]),
    )


@dataclass(frozen=True, slots=True)
class _Compiler:
    text: str
    known: tuple[str, ...]
    seen: list[str]

    def condition(self, node: ast.expr, depth: int) -> Condition:
        """Return what a part says of a window: yes, no, or not known."""
        self._check(depth)
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self.condition(value, depth + 1) for value in values]
                return _together(parts, decisive=isinstance(op, ast.Or))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                part = self.condition(operand, depth + 1)
                return lambda figures: None if (held := part(figures)) is None else not held
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                type(op) in _COMPARISONS for op in ops
            ):
                amounts = [self.amount(part, depth + 1) for part in (left, *others)]
                links = [
                    _compared(_COMPARISONS[type(op)], *amounts[at : at + 2])
                    for at, op in enumerate(ops)
                ]
                return _together(links, decisive=False)
        raise _wrong(self.text, f"`{ast.unparse(node)}` is no comparison")

    def amount(self, node: ast.expr, depth: int) -> Amount:
        """Return what gives a part's number."""
        self._check(depth)
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return _constant(number)
            case ast.Name(id=name):
                return self._figure(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                part = self.amount(operand, depth + 1)
                return lambda figures: None if (held := part(figures)) is None else _turned(held)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                sides = self.amount(left, depth + 1), self.amount(right, depth + 1)
                return _calculated(_ARITHMETIC[type(op)], *sides)
        raise _wrong(self.text, f"`{ast.unparse(node)}` is not allowed in it")

    def _figure(self, name: str) -> Amount:
        if name not in self.known:
            near = get_close_matches(name, self.known, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(self.known)}."
            raise _wrong(self.text, f"a review has no figure `{name}`", hint)
        self.seen.append(name)
        return lambda figures: _known(figures.get(name))

    def _check(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise _wrong(self.text, f"it is nested more than {_DEEPEST} levels deep")


def _part_of_interval(count: int, of: int) -> float:
    """Return how much of each window's interval is enough for `count` of `of` windows together.

    Windows that lie at the limit seem to be beyond it with a chance that each has by itself; so
    many of them do with the chance of one window only if that is larger.
    """

    def chance(single: float) -> float:
        return sum(
            math.comb(of, hits) * single**hits * (1 - single) ** (of - hits)
            for hits in range(count, of + 1)
        )

    low, high = 0.0, 0.5
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) < _TAIL else (low, middle)
    normal = NormalDist()
    return min(1.0, max(0.0, normal.inv_cdf(1 - high) / normal.inv_cdf(1 - _TAIL)))


def _known(figure: Known | float | None) -> Known | None:
    if figure is None or isinstance(figure, Known):
        return figure
    return Known(figure, figure, figure)


def _narrowed(figure: Known | float | None, part: float) -> Known | None:
    found = _known(figure)
    return None if found is None else found.narrowed(part)


def _turned(known: Known) -> Known:
    return Known(-known.value, -known.high, -known.low)


def _constant(number: float) -> Amount:
    return lambda _: Known(number, number, number)


def _calculated(calculate: Callable[[float, float], float], left: Amount, right: Amount) -> Amount:
    def value(figures: Figures) -> Known | None:
        a, b = left(figures), right(figures)
        if a is None or b is None:
            return None
        if calculate is operator.truediv and b.low <= 0 <= b.high:
            return None
        try:
            ends = [
                calculate(float(x), float(y)) for x, y in product((a.low, a.high), (b.low, b.high))
            ]
            return Known(calculate(float(a.value), float(b.value)), min(ends), max(ends))
        except (ZeroDivisionError, OverflowError):
            return None

    return value


def _compared(holds: Callable[[float, float], bool], left: Amount, right: Amount) -> Condition:
    """Return what is said of two amounts: not known where some of what they may be says otherwise.

    All that they may be says the same where their ends do and they do not lie within each other.
    """

    def compare(figures: Figures) -> bool | None:
        a, b = left(figures), right(figures)
        if a is None or b is None:
            return None
        said = {holds(x, y) for x, y in product((a.low, a.high), (b.low, b.high))}
        open_ = holds in {operator.eq, operator.ne} and not (a.low == a.high and b.low == b.high)
        if open_ and a.low <= b.high and b.low <= a.high:
            return None
        return said.pop() if len(said) == 1 else None

    return compare


def _together(parts: Sequence[Condition], *, decisive: bool) -> Condition:
    """Return Kleene's `or` if true is decisive, else his `and`."""

    def hold(figures: Figures) -> bool | None:
        found = [part(figures) for part in parts]
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return hold


def _wrong(text: str, why: str, hint: str = "") -> InvalidCall:
    shown = text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - of a line
    return InvalidCall(f"The response rule {shown!r} cannot be used: {why}.", hint=hint or _EXAMPLE)
