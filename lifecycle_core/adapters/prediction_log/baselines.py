"""What the declared fallback would have decided of logged rows, as SQL.

A release is worth what it saves against doing without it: nobody acts, or the rule of before does.
That rule is the first fallback of the release file that looks at nothing but the row. Its language
is that of `delivering.expressions`: it was checked when the release was made, so here it is only
put into SQL, with the same answers where values are missing. What SQL or the log cannot tell is not
told.
"""

from __future__ import annotations

import ast
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.prediction_log.columns import quoted
from lifecycle_core.adapters.prediction_log.pricing import cost_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.schema.contract import Feature, LogicalType
    from lifecycle_core.schema.release_file import CostsSection
    from lifecycle_core.schema.serving import Fallback

NOT_TOLD = "NULL::DOUBLE"
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "<>", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_CALLS = {"min": "least", "max": "greatest"}


class Baseline(NamedTuple):
    """What would have decided without the model.

    Attributes:
        decision: A value, or an expression over the row.
        types: Of features whose values the log keeps.
    """

    decision: bool | float | str
    types: Mapping[str, LogicalType]

    def decides(self, places: Mapping[str, str], *, acts: bool) -> str:
        """Return SQL of its decision: 1 or 0 where a decision is to act or not, else a number.

        Args:
            places: SQL of features by name.
            acts: A decision is to act or not.

        Example:
            >>> rule = Baseline("tenure < 6", {"tenure": "number"})
            >>> rule.decides({"tenure": "f0"}, acts=True)
            'CASE WHEN coalesce(f0 < 6.0::DOUBLE, false) THEN 1 ELSE 0 END'
            >>> rule.decides({}, acts=True)
            'NULL::DOUBLE'
        """
        if not isinstance(self.decision, str):
            return f"{float(self.decision)!r}::DOUBLE" if isfinite(self.decision) else NOT_TOLD
        tree = ast.parse(self.decision.strip(), mode="eval").body
        try:
            value = _Translator(self.types, places).of(tree)
        except _NotTold:
            return NOT_TOLD
        if acts:
            return f"CASE WHEN {_sure(value)} THEN 1 ELSE 0 END"
        return f"CASE WHEN isfinite({value}) THEN {value} END"


def baseline_of(declared: Sequence[Fallback], features: Sequence[Feature]) -> Baseline | None:
    """Return the first fallback that looks at nothing but the row; None if there is none.

    Args:
        declared: Of the release file, in their order.
        features: Of the contract.
    """
    types = {each.name: each.type for each in features if each.log == "value"}
    for each in declared:
        if each.use in {"constant", "rule"} and each.decision is not None:
            return Baseline(each.decision, types)
    return None


def priced_without_model(
    costs: CostsSection,
    places: Mapping[str, str] | None,
    baseline: Baseline | None,
    *,
    acts: bool,
) -> dict[str, str]:
    """Return SQL of what a row would have cost if nobody had acted, and by the baseline.

    Args:
        costs: Of the release file.
        places: SQL of features by name; None if none are read, and then neither is told.
        baseline: What would have decided without the model.
        acts: A decision is to act or not.
    """
    nobody = rule = NOT_TOLD
    if places is not None and acts:
        nobody = cost_of(costs, places, acts=True, decision="0")
    if places is not None and baseline is not None:
        decided = baseline.decides(places, acts=acts)
        rule = cost_of(costs, places, acts=acts, decision=f"({decided})")
    return {"cost_if_nobody": nobody, "cost_by_rule": rule}


class _NotTold(Exception):  # noqa: N818 - an answer, not an error
    """The log, or SQL, cannot tell it."""


class _Translator(NamedTuple):
    types: Mapping[str, LogicalType]
    places: Mapping[str, str]

    def of(self, node: ast.expr) -> str:
        """Return SQL of a part of the rule; null where its value is missing."""
        match node:
            case ast.Constant(value=constant):
                return _literal(constant)
            case ast.Name(id=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
                return self._feature(name)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, [self.of(each) for each in arguments])
        return self._operation(node)

    def _operation(self, node: ast.expr) -> str:
        match node:
            case ast.BoolOp(op=op, values=values):
                word = " AND " if isinstance(op, ast.And) else " OR "
                return f"({word.join(_sure(self.of(each)) for each in values)})"
            case ast.UnaryOp(op=op, operand=operand):
                value = self.of(operand)
                return f"(NOT {_sure(value)})" if isinstance(op, ast.Not) else f"(-{value})"
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return f"({self.of(left)} / nullif({self.of(right)}, 0))"
            case ast.BinOp(left=left, op=op, right=right):
                return f"({self.of(left)} {_ARITHMETIC[type(op)]} {self.of(right)})"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                then, other = self.of(body), self.of(orelse)
                return f"(CASE WHEN {_sure(self.of(test))} THEN {then} ELSE {other} END)"
        raise _NotTold

    def _feature(self, name: str) -> str:
        place, kind = self.places.get(name), self.types.get(name)
        # Moments are text in the log, of any zone: they do not compare as they stand.
        if place is None or kind is None or kind in {"date", "timestamp"}:
            raise _NotTold
        if kind == "boolean":
            return f"(CASE {place} WHEN 'true' THEN true WHEN 'false' THEN false END)"
        return place

    def _comparison(self, node: ast.Compare) -> str:
        links, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            links.append(self._link(left, op, right))
            left = right
        return links[0] if len(links) == 1 else f"({' AND '.join(map(_sure, links))})"

    def _link(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        value = self.of(left)
        if isinstance(op, ast.Is | ast.IsNot):
            return f"({value} IS {'' if isinstance(op, ast.Is) else 'NOT '}NULL)"
        if isinstance(op, ast.In | ast.NotIn):
            if not isinstance(right, ast.Tuple | ast.List | ast.Set) or not right.elts:
                raise _NotTold
            among = ", ".join(self.of(each) for each in right.elts)
            return f"({value} {'' if isinstance(op, ast.In) else 'NOT '}IN ({among}))"
        return f"{value} {_COMPARISONS[type(op)]} {self.of(right)}"

    def _call(self, name: str, values: Sequence[str]) -> str:
        if name == "abs":
            return f"abs({values[0]})"
        # SQL's own leave missing values out; here the smallest of anything and nothing is missing.
        known = " AND ".join(f"{value} IS NOT NULL" for value in values)
        return f"(CASE WHEN {known} THEN {_CALLS[name]}({', '.join(values)}) END)"


def _sure(value: str) -> str:
    return f"coalesce({value}, false)"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and isfinite(value):
        return f"{float(value)!r}::DOUBLE"
    if isinstance(value, str):
        return quoted(value)
    raise _NotTold
