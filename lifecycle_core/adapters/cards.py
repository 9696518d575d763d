"""Model cards: one record as Markdown and as one HTML file that loads and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lifecycle_core.adapters.rendering import to_html
from lifecycle_core.adapters.rendering.html import coded
from lifecycle_core.adapters.rendering.views import champion_comparison
from lifecycle_core.adapters.rendering.views.retrained import changes
from lifecycle_core.adapters.rendering.words import (
    MARKS,
    number,
    rule_sentence,
    short_digest,
    signed,
)
from lifecycle_core.adapters.templates import template_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.base import Record
    from lifecycle_core.schema.card import Card
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.release_file import Metric

_STYLE = "records/_style.html.j2"
_LEFT, _RIGHT, _ROW = 150.0, 480.0, 34


class Section(NamedTuple):
    """A table of terms; a value of None is shown as missing, with what to add for it."""

    title: str
    note: str
    rows: tuple[tuple[str, str | None, str], ...]


def card_markdown(card: Card) -> str:
    """Return the card as Markdown."""
    environment = template_environment({"cell": cell, "number": number, "digest": short_digest})
    return environment.get_template("card.md.j2").render(**_values(card))


def card_html(card: Card) -> str:
    """Return the card as a page of its own, for light and dark themes, without scripts or links.

    Everything that comes from a record is escaped.
    """
    environment = template_environment(
        {"coded": coded, "number": number, "digest": short_digest, "fragment": _fragment}
    )
    environment.globals["MARKS"] = MARKS
    return environment.get_template("card.html.j2").render(**_values(card))


def cell(text: object) -> str:
    r"""Return text that cannot leave its cell of a Markdown table, nor be HTML.

    Example:
        >>> print(cell("a | <b>\nc"))
        a \| &lt;b&gt; c
    """
    plain = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(plain.replace("\\", "\\\\").replace("|", "\\|").split())


def bars(record: Finalization) -> dict[str, Any]:
    """Return the candidates' costs per run as bars with their intervals, cheapest first.

    Lengths are in units of a picture 640 wide; zero is always on the axis.
    """
    ordered = sorted(record.candidates, key=lambda candidate: candidate.cost_per_run)
    times = record.rows_per_run
    lows = [candidate.cost_interval.low * times for candidate in ordered]
    highs = [candidate.cost_interval.high * times for candidate in ordered]
    low, high = min(0.0, *lows), max(0.0, *highs)
    span = (high - low) or 1.0

    def across(value: float) -> float:
        return round(_LEFT + (value - low) / span * (_RIGHT - _LEFT), 1)

    rows = []
    for index, candidate in enumerate(ordered):
        ends = sorted((across(0.0), across(candidate.cost_per_run)))
        rows.append(
            {
                "name": candidate.name[:22],
                "chosen": candidate.name == record.chosen,
                "broken": bool(candidate.broken_limits),
                "top": 8 + index * _ROW,
                "x": ends[0],
                "width": round(max(ends[1] - ends[0], 1.0), 1),
                "low": across(lows[index]),
                "high": across(highs[index]),
                "label": number(candidate.cost_per_run),
            }
        )
    said = "; ".join(f"{row['name']} {row['label']}" for row in rows)
    return {
        "rows": rows,
        "height": 12 + len(rows) * _ROW,
        "zero": across(0.0),
        "summary": f"Cost per run in {record.currency}, cheapest first: {said}",
    }


def _values(card: Card) -> dict[str, Any]:
    finalization = card.evidence.finalization
    chosen = finalization and finalization.candidate(finalization.chosen)
    return {
        "card": card,
        "sections": tuple(_sections(card)),
        "chosen": chosen,
        "rule": finalization and rule_sentence(finalization.rule),
        "bars": finalization and bars(finalization),
        "signed": signed,
        "beside": champion_comparison.values(card.evidence.champion)
        if card.evidence.champion
        else None,
        "size": sum(file.bytes for file in card.files.values()),
    }


def _fragment(record: Record) -> Any:  # noqa: ANN401 - Markup
    """Return a record's HTML without the stylesheet, which the page has once."""
    from markupsafe import Markup

    style = template_environment().get_template(_STYLE).render()
    return Markup(to_html(record).replace(style.strip(), "", 1))  # noqa: S704 - our own template


def _sections(card: Card) -> Iterator[Section]:
    stated = card.evidence.release_file
    work, value, limits = stated.workflow, stated.value, stated.limits
    yield Section(
        "How the output is used",
        "",
        (
            ("Lands in", work.destination, "workflow.destination"),
            ("Next step", work.next_step, "workflow.next_step"),
            ("Recipient", work.recipient, "workflow.recipient"),
            ("Schedule", work.schedule, "workflow.schedule"),
            ("Rows per run", _count(work.rows_per_run), "workflow.rows_per_run"),
            ("If late", work.when_late, "workflow.when_late"),
            ("If a score is missing", work.when_missing, "workflow.when_missing"),
        ),
    )
    metrics = (("Operating", value.operating_metric), ("Financial", value.financial_metric))
    yield Section(
        "What success means",
        "Set before release.",
        tuple(
            (f"{kind} metric", _metric(found), f"value.{kind.lower()}_metric")
            for kind, found in metrics
        ),
    )
    yield Section(
        "Limits",
        "A row that breaks a rule of the data contract gets no score and no decision. Nothing is "
        "claimed for populations, periods or uses that the training table does not cover.",
        (
            ("Actions per run", _count(limits.actions_per_run), "limits.actions_per_run"),
            (
                "Milliseconds per row",
                _count(limits.predict_ms_per_row),
                "limits.predict_ms_per_row",
            ),
        ),
    )
    owners = stated.owners
    people = tuple(
        (role.capitalize(), owner and f"{owner.name}, {owner.contact}", f"owners.{role}")
        for role in ("product", "data", "engineering", "operations")
        for owner in (getattr(owners, role),)
    )
    duties = tuple(
        (
            duty.capitalize(),
            held and f"{held.name}; {held.service_level}; then {held.escalation}",
            f"owners.{duty}",
        )
        for duty in ("release", "support", "escalation", "retirement")
        for held in (getattr(owners, duty),)
    )
    yield Section("Owners and duties", "", people + duties)
    yield _review(card)
    if card.evidence.pipeline or card.evidence.lineage:
        yield _origin(card)
    yield _technical(card)


def _review(card: Card) -> Section:
    review = card.evidence.release_file.review
    watched = (
        "latency", "errors", "drift", "resources", "adoption", "override", "cost", "revenue",
    )  # fmt: skip
    return Section(
        "Review",
        "Technical health and business effect, on one schedule.",
        (
            ("Schedule", review.schedule, "review.schedule"),
            ("Business cycle", review.business_cycle, "review.business_cycle"),
            *(
                (name.capitalize(), rule and f"{rule.limit}: {rule.response}", f"review.{name}")
                for name in watched
                for rule in (getattr(review, name),)
            ),
        ),
    )


def _origin(card: Card) -> Section:
    pipeline, lineage = card.evidence.pipeline, card.evidence.lineage
    rows: list[tuple[str, str | None, str]] = []
    if pipeline:
        proof = pipeline.proof
        proven = f", proven {proof.words} in {proof.compared} variables" if proof else ""
        steps = f"{pipeline.name}, {len(pipeline.steps)} steps{proven}"
        source = f"{pipeline.notebook.rpartition('/')[2]}, {short_digest(pipeline.source_digest)}"
        rows += [("Pipeline", steps, ""), ("Compiled from", source, "")]
    if lineage:
        alias = f" ({lineage.alias})" if lineage.alias else ""
        before = lineage.retrained_from
        changed = changes(lineage)
        read = [f"{path}, {short_digest(digest)}" for path, digest in lineage.inputs.items()]
        rows += [
            ("Retrained from", f"version {before}{alias}" if before else "none before it", ""),
            ("With", ", ".join(changed) or "the notebook's own parameters", ""),
            *((("Run", lineage.run, ""),) if lineage.run else ()),
            *((("Read", "; ".join(read), ""),) if read else ()),
        ]
    return Section("Where it comes from", "", tuple(rows))


def _technical(card: Card) -> Section:
    environment, model = card.environment, card.model
    versions = ", ".join(f"{name} {version}" for name, version in sorted(model.versions.items()))
    hashes = "with hashes" if environment.hashed else environment.note or "without hashes"
    rehearsal = card.evidence.rehearsal
    rehearsed = None
    if rehearsal:
        rehearsed = (
            f"{rehearsal.rows:,} rows, {rehearsal.mismatches} decisions different from the "
            f"notebook's; {rehearsal.fallback_rows} rows without a needed value, "
            f"{'all' if rehearsal.fallback_ok else 'not all'} named as unscored"
        )
    locked = f"{environment.packages} packages, {hashes}, {short_digest(environment.lock)}"
    return Section(
        "Model and environment",
        "",
        (
            ("Model file", f"skops, {model.bytes:,} bytes, {short_digest(model.digest)}", ""),
            ("Saved with", versions, ""),
            ("Types not trusted", ", ".join(model.untrusted) or "none", ""),
            ("Python", f"{environment.python} on {environment.platform}", ""),
            ("Lock", locked, ""),
            ("Rehearsal", rehearsed, "nbrelease run"),
        ),
    )


def _count(value: float | None) -> str | None:
    return None if value is None else f"{value:,}"


def _metric(found: Metric | None) -> str | None:
    if found is None:
        return None
    bounds = [
        f"at {which} {number(bound)}"
        for which, bound in (("most", found.at_most), ("least", found.at_least))
        if bound is not None
    ]
    meaning = f" ({found.meaning})" if found.meaning else ""
    return f"{found.name}{meaning}, {' and '.join(bounds) or 'no bound set'}"
