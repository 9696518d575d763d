"""Rule expressions over one row: typed against the contract, compiled once, never run as code.

    text --Python's parser--> tree --allowed nodes and types only--> a function of the row

An expression has Python's own syntax, and of it: names of features (`row['mean radius']` for one
that is no word), numbers, texts, `True`, `False` and `None`; `+ - * /`; comparisons, `in` and
`not in` over a list of constants; `and`, `or`, `not`;
`a if b else c`; `min`, `max` and `abs`. Nothing else can be called, and there are no attributes.
A comparison with a missing value is false, and arithmetic with one is missing, as in SQL.
"""

from __future__ import annotations

import ast
import operator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lifecycle_core.schema.contract import Contract, LogicalType

    Value = Callable[[Mapping[str, Any]], Any]
    """Gives a part's value for a row; None where it is missing."""
    Typed = tuple["Kind", Value]
    Holds = Callable[[Any, Any], bool]
    """Says whether two values compare as an operator asks."""

Kind = Literal["number", "string", "boolean", "date", "timestamp", "nothing"]
_KINDS: dict[LogicalType, Kind] = {
    "integer": "number", "number": "number", "string": "string", "boolean": "boolean",
    "date": "date", "timestamp": "timestamp",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_CALLS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "abs": abs}
_LONGEST = 2_000
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.

    Attributes:
        text: As it was written.
        kind: Of its value.
        value: Gives its value for a row; None where that is missing.
    """

    text: str
    kind: Kind
    value: Value


def compile_expression(text: str, contract: Contract) -> Expression:
    """Return what an expression says about rows of a contract.

    Args:
        text: Such as `tenure < 6 and contract == 'Month-to-month'`.
        contract: Names the features and their types.

    Raises:
        InvalidCall: It is no such expression, names no feature, or compares what cannot be.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> tenure = Feature(name="tenure", type="integer", required=True)
        >>> rule = compile_expression("tenure < 6", Contract(name="churn", features=(tenure,)))
        >>> rule.kind, rule.value({"tenure": 3}), rule.value({"tenure": None})
        ('boolean', True, False)
    """
    if len(text) > _LONGEST:
        raise _wrong(text, f"it has {len(text):,} characters, at most {_LONGEST:,} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        what = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        raise _wrong(text, f"{what}") from None
    kinds = {feature.name: _KINDS[feature.type] for feature in contract.features}
    kind, value = _Compiler(text, kinds).compile(tree.body, depth=0)
    return Expression(text, kind, value)


@dataclass(frozen=True, slots=True)
class _Compiler:
    text: str
    kinds: Mapping[str, Kind]

    def compile(self, node: ast.expr, *, depth: int) -> Typed:
        """Return the kind of a part and what gives its value."""
        if depth > _DEEPEST:
            raise _wrong(self.text, f"it is nested more than {_DEEPEST} levels deep")
        return self._leaf(node) or self._operation(node, depth + 1) or self._refuse(node)

    def _leaf(self, node: ast.expr) -> Typed | None:
        match node:
            case ast.Constant(value=constant):
                return self._constant(constant)
            case ast.Name(id=name):
                return self._feature(name)
            case ast.Subscript(value=ast.Name(id="row"), slice=ast.Constant(value=str(name))):
                return self._feature(name)
        return None

    def _operation(self, node: ast.expr, depth: int) -> Typed | None:
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = [self._of_kind("boolean", value, depth) for value in values]
                return "boolean", _together(parts, all if isinstance(op, ast.And) else any)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                operands = self._number(left, depth), self._number(right, depth)
                return "number", _calculated(_ARITHMETIC[type(op)], *operands)
            case ast.Compare():
                return "boolean", self._comparison(node, depth)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._choice(test, body, orelse, depth)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _CALLS:
                return "number", self._call(name, arguments, depth)
        return self._unary(node, depth) if isinstance(node, ast.UnaryOp) else None

    def _unary(self, node: ast.UnaryOp, depth: int) -> Typed | None:
        if isinstance(node.op, ast.Not):
            holds = self._of_kind("boolean", node.operand, depth)
            return "boolean", lambda row: holds(row) is not True
        if isinstance(node.op, ast.USub):
            number = self._number(node.operand, depth)
            return "number", lambda row: None if (n := number(row)) is None else -n
        return None

    def _refuse(self, node: ast.expr) -> NoReturn:
        raise _wrong(self.text, f"`{ast.unparse(node)}` is not allowed in it")

    def _constant(self, value: object) -> Typed:
        kind: Kind
        if isinstance(value, bool):
            kind = "boolean"
        elif isinstance(value, int | float):
            kind, value = "number", self._as_float(value)
        elif isinstance(value, str):
            kind = "string"
        elif value is None:
            kind = "nothing"
        else:
            raise _wrong(self.text, f"{value!r} is no number, text, True, False or None")
        return kind, lambda _: value

    def _as_float(self, number: float) -> float:
        try:
            return float(number)
        except OverflowError:
            raise _wrong(self.text, "it has a number that is too large") from None

    def _feature(self, name: str) -> Typed:
        if name not in self.kinds:
            near = get_close_matches(name, self.kinds, n=1)
            raise _wrong(
                self.text,
                f"`{name}` is no feature of the contract",
                hint=f"Did you mean `{near[0]}`?" if near else "",
            )
        return self.kinds[name], lambda row: row.get(name)

    def _number(self, node: ast.expr, depth: int) -> Value:
        return self._of_kind("number", node, depth)

    def _of_kind(self, wanted: Kind, node: ast.expr, depth: int) -> Value:
        kind, value = self.compile(node, depth=depth)
        if kind != wanted:
            raise _wrong(self.text, f"`{ast.unparse(node)}` is a {kind}, want a {wanted}")
        return value

    def _comparison(self, node: ast.Compare, depth: int) -> Value:
        """Return what compares neighbours; each operand is compiled and evaluated once."""
        left = node.left
        kind, first = self.compile(left, depth=depth)
        links: list[tuple[Value, Holds]] = []
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(left, ast.Tuple | ast.List | ast.Set):  # of an `in` before: no value
                self._refuse(left)
            kind, value, holds = self._link(kind, left, op, right, depth)
            links.append((value, holds))
            left = right
        return _chained(first, links)

    def _link(
        self, kind: Kind, left: ast.expr, op: ast.cmpop, right: ast.expr, depth: int
    ) -> tuple[Kind, Value, Holds]:
        """Return the kind of the right side, what gives its value, and what compares."""
        if isinstance(op, ast.In | ast.NotIn):
            among = self._constants(right, kind)
            wanted = isinstance(op, ast.In)
            return (*self._constant(None), lambda v, _: v is not None and (v in among) is wanted)
        other_kind, other = self.compile(right, depth=depth)
        if isinstance(op, ast.Is | ast.IsNot):
            if other_kind != "nothing":
                raise _wrong(self.text, f"`is` is for None, not for `{ast.unparse(right)}`")
            missing = isinstance(op, ast.Is)
            return other_kind, other, lambda v, _: (v is None) is missing
        compare = _COMPARISONS[type(op)]
        if "nothing" in {kind, other_kind}:
            raise _wrong(self.text, "a missing value is asked for with `is None`")
        if kind != other_kind:
            raise _wrong(
                self.text,
                f"`{ast.unparse(left)}` is a {kind} and `{ast.unparse(right)}` a {other_kind}",
            )
        return other_kind, other, lambda v, o: v is not None and o is not None and compare(v, o)

    def _constants(self, node: ast.expr, kind: Kind) -> frozenset[object]:
        if not isinstance(node, ast.Tuple | ast.List | ast.Set) or not all(
            self._is_constant(item, kind) for item in node.elts
        ):
            raise _wrong(self.text, f"`{ast.unparse(node)}` is no list of constants of kind {kind}")
        return frozenset(ast.literal_eval(item) for item in node.elts)

    def _is_constant(self, node: ast.expr, kind: Kind) -> bool:
        match node:
            case ast.Constant(value=value):
                return self._constant(value)[0] == kind
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as operand):
                return kind == "number" and self._is_constant(operand, kind)
        return False

    def _choice(self, test: ast.expr, body: ast.expr, orelse: ast.expr, depth: int) -> Typed:
        holds = self._of_kind("boolean", test, depth)
        kind, then = self.compile(body, depth=depth)
        return kind, _chosen(holds, then, self._of_kind(kind, orelse, depth))

    def _call(self, name: str, arguments: list[ast.expr], depth: int) -> Value:
        if (len(arguments) != 1) if name == "abs" else (len(arguments) < 2):  # noqa: PLR2004 - of min and max
            raise _wrong(self.text, f"`{name}` has {len(arguments)} arguments")
        values = [self._number(argument, depth) for argument in arguments]
        function = _CALLS[name]

        def call(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number or None
            got = [value(row) for value in values]
            return None if None in got else function(*got)

        return call


def _calculated(
    operate: Callable[[Any, Any], Any],
    left: Value,
    right: Value,
) -> Value:
    def calculate(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a number or None
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        try:
            return operate(float(a), float(b))
        except (ZeroDivisionError, OverflowError):
            return None

    return calculate


def _chained(first: Value, links: list[tuple[Value, Holds]]) -> Value:
    def compare(row: Mapping[str, Any]) -> bool:
        left = first(row)
        for value, holds in links:
            right = value(row)
            if not holds(left, right):
                return False
            left = right
        return True

    return compare


def _together(parts: list[Value], how: Callable[[Iterator[bool]], bool]) -> Value:
    return lambda row: how(part(row) is True for part in parts)


def _chosen(
    holds: Value,
    then: Value,
    otherwise: Value,
) -> Value:
    return lambda row: then(row) if holds(row) is True else otherwise(row)


def _wrong(text: str, why: str, hint: str = "") -> InvalidCall:
    shown = text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - of a line
    return InvalidCall(
        f"The expression {shown!r} cannot be used: {why}.",
        hint=hint or "An example: tenure < 6 and contract == 'Month-to-month'.",
    )
