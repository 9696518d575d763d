"""The one statement that checks, scores and decides on every row of a table.

table --values as agreed, rule that is broken--> rows --model's query--> good ones with a score
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.tables.expressions import NO_NUMBER, NO_VALUE, OUTSIDE, UNKNOWN

if TYPE_CHECKING:
    from datetime import datetime

    from lifecycle_core.adapters.in_database.converting import ModelQuery
    from lifecycle_core.schema.contract import Contract, Feature
    from lifecycle_core.schema.finalization import DecisionRule

GOOD = "nbrelease_good"
"""Name of the rows that can be scored, which the model's query reads."""
ROW = "nbrelease_row"
_REASON = "nbrelease_reason"


def passed_names(kept: tuple[str, ...]) -> tuple[str, ...]:
    """Return under which names the row's position and kept columns pass the model's query."""
    return (ROW, *(f"nbrelease_kept_{at}" for at in range(len(kept))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreStatement:
    """What is asked of one database for one release.

    Attributes:
        contract: The rules of the columns.
        rule: Makes a decision of a score.
        query: The model.
        dialect: SQLAlchemy's name of the database.
        release: Its name.
        version: Its version.
        run: Id of the run.
        next_step: What is done with a row that is acted on.
        when_missing: What is done with a row without a score.
        due: Until when.
    """

    contract: Contract
    rule: DecisionRule
    query: ModelQuery
    dialect: str
    release: str
    version: int
    run: str
    next_step: str | None
    when_missing: str | None
    due: datetime | None

    @property
    def acts(self) -> bool:
        """A decision is to act or not; else it is a number."""
        return self.rule.acts

    def select(self, table: Any, kept: tuple[str, ...], order: tuple[str, ...]) -> Any:  # noqa: ANN401 - SQLAlchemy's
        """Return a select of the output's columns, as `delivering.score` names them.

        Args:
            table: Has the contract's columns, and `kept`.
            kept: Columns to carry along.
            order: Columns by which rows are counted.
        """
        import sqlalchemy as sa

        rows = self._rows(table, kept, order)
        names = passed_names(kept)
        good = sa.select(rows).where(rows.c[_REASON].is_(None)).cte(GOOD)
        computed = self._computed(rows, names)
        score: Any = sa.cast(computed.c[self.query.score], sa.Double())
        scored = sa.select(
            *(computed.c[name] for name in names),
            sa.case((_finite(score), score)).label("score"),
            sa.cast(sa.case((_finite(score), None), else_=NO_NUMBER), sa.Text()).label("unscored"),
        )
        others = sa.select(
            *(rows.c[name] for name in names),
            sa.cast(sa.null(), sa.Double()),
            rows.c[_REASON],
        ).where(rows.c[_REASON].is_not(None))
        every = sa.union_all(scored, others).subquery("nbrelease_scored")
        columns = {
            "row": every.c[ROW],
            **{name: every.c[inner] for name, inner in zip(kept, names[1:], strict=True)},
            "score": every.c.score,
            **self._said(every),
        }
        return sa.select(*(each.label(name) for name, each in columns.items())).add_cte(good)

    def rejected(
        self,
        table: Any,  # noqa: ANN401 - as above
        kept: tuple[str, ...],
        order: tuple[str, ...],
        *,
        computed: bool,
    ) -> Any:  # noqa: ANN401 - as above
        """Return a select of the rows without a score: position, kept columns, values, reason.

        Args:
            table: As in `select`.
            kept: Likewise.
            order: Likewise.
            computed: Compute the scores anew, to find those that are no number.
        """
        import sqlalchemy as sa

        rows = self._rows(table, kept, order)
        reason = rows.c[_REASON]
        if not computed:
            return sa.select(rows).where(reason.is_not(None)).order_by(rows.c[ROW])
        good = sa.select(rows).where(reason.is_(None)).cte(GOOD)
        scores = self._computed(rows, passed_names(kept))
        score: Any = sa.cast(scores.c[self.query.score], sa.Double())
        lost = sa.select(scores.c[ROW]).where(sa.or_(score.is_(None), ~_finite(score)))
        told = sa.case((reason.is_(None), NO_NUMBER), else_=reason).label(_REASON)
        return (
            sa.select(*(told if each.name == _REASON else each for each in rows.c))
            .where(sa.or_(reason.is_not(None), rows.c[ROW].in_(lost)))
            .order_by(rows.c[ROW])
            .add_cte(good)
        )

    def mistyped(self, table: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Return for each feature what counts its values that are not of the agreed type."""
        import sqlalchemy as sa

        found = {}
        for feature in self.contract.features:
            column = table.c[feature.name]
            wrong: Any = sa.false()
            if self.dialect == "sqlite":  # it keeps whatever it is given
                kept = ("text",) if feature.type == "string" else ("integer", "real")
                wrong = sa.func.typeof(column).not_in((*kept, "null"))
            if feature.type == "integer":
                wrong = sa.or_(wrong, column != sa.cast(column, sa.BigInteger()))
            found[feature.name] = sa.func.coalesce(sa.func.sum(sa.case((wrong, 1), else_=0)), 0)
        return found

    def _rows(self, table: Any, kept: tuple[str, ...], order: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
        """Return the rows with their values as agreed, and the first rule that each breaks."""
        import sqlalchemy as sa

        ordered = [table.c[name] for name in order]
        number: Any = sa.func.row_number().over(order_by=ordered or None)
        values = {
            each.name: self._value(table.c[each.name], each) for each in self.contract.features
        }
        checks = [
            (condition, f"{each.name} {said}")
            for each in self.contract.features
            for condition, said in _rules(each, values[each.name])
        ]
        told: Any = sa.case(*checks) if checks else sa.null()
        return sa.select(
            sa.cast(number - 1, sa.BigInteger()).label(ROW),
            *(
                table.c[name].label(inner)
                for name, inner in zip(kept, passed_names(kept)[1:], strict=True)
            ),
            *(value.label(name) for name, value in values.items()),
            sa.cast(told, sa.Text()).label(_REASON),
        ).cte("nbrelease_rows")

    def _computed(self, rows: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
        """Return what the model's query gives for the rows that are called `GOOD`."""
        import sqlalchemy as sa

        return (
            sa.text(self.query.text.replace(":", "\\:"))  # else a colon would be a parameter's
            .columns(
                *(sa.column(name, rows.c[name].type) for name in names),
                sa.column(self.query.score, sa.Double()),
            )
            .subquery("nbrelease_computed")
        )

    def _value(self, column: Any, feature: Feature) -> Any:  # noqa: ANN401 - as above
        import sqlalchemy as sa

        if feature.type == "string":
            return sa.cast(column, sa.Text())
        if feature.type == "boolean":
            column = sa.cast(column, sa.Integer())
        number: Any = sa.cast(column, sa.Double())
        if feature.type == "number" and self.dialect == "postgresql":  # SQLite has no NaN
            return sa.func.nullif(number, sa.cast("NaN", sa.Double()), type_=sa.Double())
        return number

    def _said(self, every: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        import sqlalchemy as sa

        score = every.c.score
        value: Any = sa.cast(sa.literal(self.rule.value), sa.Double())
        decision = score >= value if self.acts else score + value
        lacks = every.c.unscored.is_not(None)
        acted = sa.and_(score.is_not(None), decision if self.acts else sa.true())
        due = sa.DateTime(timezone=True)
        has_step = sa.or_(
            sa.and_(lacks, _known(self.when_missing)), sa.and_(acted, _known(self.next_step))
        )
        return {
            "decision": decision,
            "unscored": every.c.unscored,
            "release": sa.literal(self.release, sa.Text()),
            "version": sa.literal(self.version, sa.BigInteger()),
            "next_step": sa.case(
                (lacks, sa.literal(self.when_missing, sa.Text())),
                (acted, sa.literal(self.next_step, sa.Text())),
            ),
            "due": sa.case((has_step, sa.literal(self.due, due)), else_=sa.literal(None, due)),
            "run": sa.literal(self.run, sa.Text()),
        }


def _rules(feature: Feature, value: Any) -> list[tuple[Any, str]]:  # noqa: ANN401 - as above
    """Return the rules of a column in the order of `tables.streaming`, and what each says."""
    import sqlalchemy as sa

    found: list[tuple[Any, str]] = []
    if feature.required:
        found.append((value.is_(None), NO_VALUE))
    if feature.categories:
        # Truths are numbers here, see `_value`.
        levels = [int(each) if isinstance(each, bool) else each for each in feature.levels]
        found.append((value.not_in(levels) if levels else value.is_not(None), UNKNOWN))
    outside = []
    if feature.type == "number":
        outside.append(~_finite(value))
    if feature.minimum is not None:
        outside.append(value < feature.minimum)
    if feature.maximum is not None:
        outside.append(value > feature.maximum)
    if outside:
        found.append((sa.or_(*outside), OUTSIDE))
    return found


def _finite(number: Any) -> Any:  # noqa: ANN401 - as above
    """Return whether it is neither infinite nor, as PostgreSQL has it, a NaN above all numbers."""
    import sqlalchemy as sa

    return sa.func.abs(number) <= sa.cast(sa.literal(sys.float_info.max), sa.Double())


def _known(text: str | None) -> Any:  # noqa: ANN401 - as above
    import sqlalchemy as sa

    return sa.false() if text is None else sa.true()
