"""Prepare the reasons of scores at packaging, and find logged ones again afterwards.

sample --associations, groups--> factors --exact? else sampling--> ExplainerFacts
logged predictions --explain again--> ReasonsCheck
"""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.adapters.evidence import ENCODING, EXPLAINER, TREES
from lifecycle_core.adapters.explaining import (
    Explainer,
    SampledEffects,
    effects_of,
    exact,
    pack,
)
from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.model_parts import split
from lifecycle_core.adapters.scorers import (
    ArrayScorer,
    Encoder,
    Estimator,
    FrameScorer,
    score_column,
)
from lifecycle_core.delivering.sampling import sample_of
from lifecycle_core.errors import ReleaseFileInvalid, TableInvalid
from lifecycle_core.schema.encoding import Encoding
from lifecycle_core.schema.explaining import ExplainerFacts, Factor, ReasonsCheck
from lifecycle_core.stats.association import groups_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lifecycle_core.adapters.models import Models
    from lifecycle_core.adapters.scorers import Scorer
    from lifecycle_core.adapters.tables import Tables
    from lifecycle_core.schema.contract import Contract, Feature
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.prediction import Prediction, Reason
    from lifecycle_core.schema.release_file import ReasonsSection

_TOLERANCE = 1e-6
_CHECKED = 200
_EXAMPLES = 5


def prepare_reasons(
    rows: Path,
    model: Path,
    *,
    contract: Contract,
    finalization: Finalization,
    section: ReasonsSection,
    models: Models,
    tables: Tables,
    into: Path,
) -> ExplainerFacts | None:
    """Find out how a saved model's scores are explained, and keep what that takes.

    Args:
        rows: Table of rows that the model was fitted on, such as the rehearsal's.
        model: The saved model.
        contract: Names and types of its columns.
        finalization: Names the positive class.
        section: What the release file says about reasons.
        models: Loads the model under the policy of trust.
        tables: Reads the rows.
        into: Folder that may hold the model's encoding; `explainer.json` and `trees.npz` are left
            there.

    Returns:
        The record; None where there is no row to start from, and the model takes none made up.

    Raises:
        ReleaseFileInvalid: A text or a group is of no feature, or nobody has signed the texts.
        UntrustedModel: The model would run foreign code.
        TableInvalid: The rows do not have the contract's columns.
        TargetUnwritable: The operating system refuses.
    """
    for name in (EXPLAINER, TREES):
        (into / name).unlink(missing_ok=True)
    sample = sample_of(rows, contract, tables)
    factors = factors_of(sample, contract, section)
    if not len(next(iter(sample.values()), ())):
        return None
    loaded = models.load(model)
    column = score_column(loaded, finalization)
    scorer: Scorer = FrameScorer(Estimator.of(loaded, column), contract)
    facts = None
    if (into / ENCODING).is_file():
        encoding = Encoding.from_json((into / ENCODING).read_bytes())
        encoder = Encoder.of(encoding)
        rest = split(loaded, scorer.features).rest
        scorer = ArrayScorer("scikit-learn", scorer.features, encoder, Estimator.of(rest, column))
        choice = exact(rest, encoding, encoder.rows(sample), factors=factors, column=column)
        if choice:
            explainer = Explainer(
                choice.facts, section, effects_of(choice.facts, encoding, choice.game)
            )
            facts = _proven(explainer, scorer, sample, contract, section)
            if facts and choice.game:
                packed = io.BytesIO()
                np.savez_compressed(packed, **pack(choice.game))
                write_atomically(into / TREES, packed.getvalue())
    facts = facts or _sampled(scorer, sample, contract, factors, section)
    if facts:
        write_atomically(into / EXPLAINER, facts.to_json())
    return facts


def factors_of(
    sample: Mapping[str, Sequence[Any]], contract: Contract, section: ReasonsSection
) -> tuple[Factor, ...]:
    """Return what is explained as one: declared groups, then columns that go together.

    Raises:
        ReleaseFileInvalid: A text or a group is of no feature, or nobody has signed the texts.
    """
    names = [feature.name for feature in contract.features]
    declared = {member: group for group, members in section.groups.items() for member in members}
    if sum(map(len, section.groups.values())) > len(declared):
        raise _invalid("groups", "a feature is in two groups", "Name it in one of them.")
    if stray := [member for member in declared if member not in names]:
        raise _invalid("groups", f"{stray[0]!r} is no feature", f"Features: {', '.join(names)}.")
    free = {
        feature.name: _plain(sample[feature.name], feature)
        for feature in contract.features
        if feature.name not in declared
    }
    factors = [
        Factor(name=" + ".join(members), features=members)
        for members in groups_of(free, least=section.associated_from)
    ]
    factors += [Factor(name=name, features=members) for name, members in section.groups.items()]
    known = {factor.name for factor in factors} | set(names)
    if stray := [name for name in section.texts if name not in known]:
        raise _invalid("texts", f"{stray[0]!r} is no feature", f"Features: {', '.join(names)}.")
    if section.texts and not section.signed_by:
        raise _invalid(
            "signed_by", "it is missing", "Name the owner who has agreed to the texts of reasons."
        )
    return tuple(sorted(factors, key=lambda factor: names.index(factor.features[0])))


def check_reasons(
    name: str,
    predictions: Iterable[Prediction],
    explainer_of: Callable[[int, str], Explainer | None],
) -> ReasonsCheck:
    """Find logged reasons again from the features that were logged with them.

    Args:
        name: Of the release.
        predictions: Of that release, from the prediction log.
        explainer_of: Gives the explainer of a version with that digest of its bundle; None where
            there is none, and then predictions of it are skipped.
    """
    rows = skipped = 0
    versions: set[int] = set()
    different: list[str] = []
    for prediction in predictions:
        if not prediction.reasons:
            continue
        rows += 1
        versions.add(prediction.version)
        explainer = explainer_of(prediction.version, prediction.bundle_digest)
        if explainer is None or not _checkable(prediction, explainer):
            skipped += 1
        elif not _alike(prediction.reasons, explainer.reasons(prediction.features)):
            different.append(prediction.id)
    return ReasonsCheck(
        release=name,
        versions=tuple(sorted(versions)),
        rows=rows,
        skipped=skipped,
        different=len(different),
        examples=tuple(different[:_EXAMPLES]),
    )


def _checkable(prediction: Prediction, explainer: Explainer) -> bool:
    features = prediction.features
    needed = [name for factor in explainer.facts.factors for name in factor.features]
    kept = all(name in features and not _hashed(features[name]) for name in needed)
    return kept and prediction.explainer == explainer.name


def _alike(logged: Sequence[Reason], again: Sequence[Reason]) -> bool:
    return len(logged) == len(again) and all(
        was.feature == now.feature and abs(was.effect - now.effect) <= _TOLERANCE
        for was, now in zip(logged, again, strict=True)
    )


def _proven(
    explainer: Explainer,
    scorer: Scorer,
    sample: Mapping[str, Sequence[Any]],
    contract: Contract,
    section: ReasonsSection,
) -> ExplainerFacts | None:
    """Return the record if baseline and effects sum to the score on rows of the sample."""
    count = min(_CHECKED, len(next(iter(sample.values()))))
    columns = {feature.name: sample[feature.name][:count] for feature in contract.features}
    wanted = scorer.scores(columns)
    largest = 0.0
    for at, score in enumerate(wanted):
        told = explainer.explain({name: values[at] for name, values in columns.items()})
        sums = (told.score, told.baseline + float(told.effects.sum()))
        largest = max(largest, *(abs(each - score) / max(1.0, abs(score)) for each in sums))
    if not largest <= _TOLERANCE:
        return None
    return explainer.facts.model_copy(
        update={
            "associated_from": section.associated_from,
            "checked_rows": count,
            "largest_gap": largest,
        }
    )


def _sampled(
    scorer: Scorer,
    sample: Mapping[str, Sequence[Any]],
    contract: Contract,
    factors: tuple[Factor, ...],
    section: ReasonsSection,
) -> ExplainerFacts | None:
    typical = {
        feature.name: _typical(sample[feature.name], feature) for feature in contract.features
    }
    try:
        baseline = scorer.score(typical)
    except TableInvalid:  # it refuses how values of several rows meet
        return None
    facts = ExplainerFacts(
        method="sampling", factors=factors, base=baseline, baseline=baseline, typical=typical
    )
    explainer = Explainer(facts, section, SampledEffects.of(scorer, facts))
    few = {name: values[:_EXAMPLES] for name, values in sample.items()}
    return _proven(explainer, scorer, few, contract, section) or facts


def _plain(values: Sequence[Any], feature: Feature) -> NDArray[Any]:
    if feature.type in {"integer", "number", "boolean"}:
        return np.array(values, dtype=np.float64)
    return np.array(["" if value is None else str(value) for value in values])


def _typical(values: Sequence[Any], feature: Feature) -> Any:  # noqa: ANN401 - a value of its type
    """Return the median of a column of numbers, or the most frequent value of another."""
    there = sorted(value for value in values if value is not None)
    if not there:
        return None
    if feature.type in {"integer", "number"}:
        return there[(len(there) - 1) // 2]
    return Counter(there).most_common(1)[0][0]


def _hashed(value: Any) -> bool:  # noqa: ANN401 - as logged
    return isinstance(value, str) and value.startswith("sha256:")


def _invalid(field: str, what: str, hint: str) -> ReleaseFileInvalid:
    where = f"reasons.{field}"
    return ReleaseFileInvalid(f"The release file, {where}: {what}.", where=where, hint=hint)
