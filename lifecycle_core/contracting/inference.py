"""Draw a first contract from the table that a model was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.contract import Contract, Feature

if TYPE_CHECKING:
    from lifecycle_core.schema.contract import ColumnProfile, TableProfile


def infer(profile: TableProfile, *, name: str) -> Contract:
    """Return the draft contract that the profiled table itself satisfies.

    Type, nullability, categories (of string and boolean columns with at most 50 of them) and
    range are taken from the table. Meaning, unit, refresh and owner stay empty: only people know.

    Args:
        profile: Counts over the training table, its columns in the model's order.
        name: Name of the contract, usually the release's.

    Returns:
        A contract with status `draft`.

    Example:
        >>> from lifecycle_core.schema.contract import ColumnProfile, TableProfile
        >>> tenure = ColumnProfile(
        ...     name="tenure", type="integer", nulls=0, distinct=73, minimum=0, maximum=72
        ... )
        >>> draft = infer(TableProfile(rows=7043, columns=(tenure,)), name="churn")
        >>> draft.features[0].required, draft.features[0].maximum, draft.status
        (True, 72.0, 'draft')
    """
    return Contract(
        name=name, status="draft", features=tuple(_feature(column) for column in profile.columns)
    )


def _feature(column: ColumnProfile) -> Feature:
    return Feature(
        name=column.name,
        type=column.type,
        required=column.nulls == 0,
        categories=column.categories,
        minimum=column.minimum,
        maximum=column.maximum,
        storage=column.storage,
    )
