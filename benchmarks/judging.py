"""Hold what a tool said of a notebook against the truth."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from measuring import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.corpus.generate import Truth

# A cause below this confidence is a hint to the reader, not a statement.
STATED = 0.5
BAD = {"different", "failed", "not_run"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One notebook of the corpus and what was said of it.

    Attributes:
        record: The reproduction record; None if there is none.
        code: Exit code of `nbrelease reproduce`, -1 if it had to be killed.
        strict: Whether nbval let it pass, output by output; None if it was not asked.
        lax: The same, errors only.
    """

    truth: Truth
    record: dict[str, Any] | None
    code: int
    seconds: float
    message: str = ""
    strict: bool | None = None
    lax: bool | None = None

    @property
    def stated(self) -> list[dict[str, Any]]:
        """The causes that were stated, as listed."""
        causes = self.record["causes"] if self.record else []
        return [cause for cause in causes if cause["confidence"] >= STATED]

    @property
    def alarmed(self) -> bool:
        """Whether the notebook was called not reproducible."""
        return self.record is not None and not self.record["reproducible"]

    @property
    def found(self) -> bool:
        """Whether the fault was seen: called so, or at least named where a plain run passes."""
        return self.alarmed or (self.truth.there and self.any_right)

    def right(self, cause: dict[str, Any]) -> bool:
        """Whether a stated cause is of a right kind."""
        return cause["kind"] in {*self.truth.kinds, *self.truth.also}

    @property
    def first_right(self) -> bool:
        """Whether the first cause stated is of a right kind."""
        return bool(self.stated) and self.right(self.stated[0])

    @property
    def any_right(self) -> bool:
        """Whether some cause stated is of a right kind."""
        return any(self.right(cause) for cause in self.stated)

    @property
    def all_named(self) -> bool:
        """Whether every cause that there is was stated."""
        return {*self.truth.kinds} <= {cause["kind"] for cause in self.stated}

    @property
    def cell_right(self) -> bool:
        """Whether a cause of a right kind names an acceptable cell."""
        return any(
            self.right(cause) and (not self.truth.cells or cause["cell"] in self.truth.cells)
            for cause in self.stated
        )

    @property
    def line_right(self) -> bool:
        """Whether a cause of a right kind names the line."""
        return any(
            self.right(cause)
            and self.truth.cells[:1] == (cause["cell"],)
            and cause["line"] == self.truth.line
            for cause in self.stated
        )


def _share(judged: Sequence[Judged], good: Callable[[Judged], bool]) -> str:
    return f"{100 * sum(map(good, judged)) / len(judged):5.0f}%" if judged else "     -"


def print_table(judged: Sequence[Judged]) -> None:
    """Print a line per kind, beside nbval."""
    faulty = defaultdict(list)
    for each in judged:
        if each.truth.kinds:
            faulty[each.truth.kinds[0]].append(each)
    head = ("n", "found", "first", "any", "cell", "line", "secs", "strict", "lax")
    print(f"{'':22}" + "".join(f"{word:>7}" for word in head))
    rows = [*sorted(faulty.items()), ("all faulty", [j for j in judged if j.truth.kinds])]
    for kind, group in rows:
        shares = "".join(
            f"{_share(group, good):>7}"
            for good in (
                lambda j: j.found,
                lambda j: j.first_right,
                lambda j: j.any_right,
                lambda j: j.cell_right,
                lambda j: j.line_right,
            )
        )
        print(f"{kind:22}{len(group):7}{shares}{_seconds(group):7.1f}{_nbval(group)}")
    print(
        "\nfalse alarms"
        + " " * 10
        + "".join(f"{w:>7}" for w in ("n", "ours", "warned", "secs", "strict", "lax"))
    )
    for group_name in ("clean", "harmless"):
        group = [j for j in judged if j.truth.group == group_name]
        alarmed, warned = (
            _share(group, lambda j: j.alarmed),
            _share(group, lambda j: bool(j.stated)),
        )
        print(
            f"{group_name:22}{len(group):7}{alarmed:>7}{warned:>7}{_seconds(group):7.1f}{_nbval(group)}"
        )
    two = [j for j in judged if len(j.truth.kinds) > 1]
    named = _share(two, lambda j: j.all_named)
    print(f"\ntwo causes: {len(two)} notebooks, all causes named in {named}")
    silent = [j for j in judged if j.record is None]
    print(f"no record: {len(silent)}")


def _seconds(group: Sequence[Judged]) -> float:
    return statistics.median(j.seconds for j in group) if group else 0.0


def _nbval(group: Sequence[Judged]) -> str:
    """Return the share that nbval did not let pass, strict and lax."""
    cells = ""
    for asked in ([j.strict for j in group], [j.lax for j in group]):
        known = [passed for passed in asked if passed is not None]
        share = f"{100 * known.count(False) / len(known):5.0f}%" if known else "-"
        cells += f"{share:>7}"
    return cells


def print_misses(judged: Iterable[Judged]) -> None:
    """Print every notebook that was not judged rightly, and what was said."""
    print("\nmisses")
    for each in judged:
        truth = each.truth
        good = (
            each.cell_right and each.found if truth.kinds else not each.alarmed and not each.stated
        )
        if good:
            continue
        wanted = f"{'+'.join(truth.kinds)} in {list(truth.cells)}" if truth.kinds else truth.group
        said = [f"{c['kind']} in {c['cell']} ({c['confidence']:.2f})" for c in _causes(each)]
        verdict = each.record["verdict"] if each.record else f"exit {each.code}: {each.message}"
        lack = "" if each.found or not truth.kinds else "NOT FOUND "
        print(f"  {truth.path}: {lack}{wanted}; said {verdict}, {said}")
        if not truth.kinds:
            for cell in [c for c in _cells(each) if c["status"] in BAD][:2]:
                print(f"      cell {cell['index']} {cell['status']}: {cell['detail'][:160]}")


def met(judged: Sequence[Judged]) -> bool:
    """Print the shares beside their bars, and return whether all are met."""
    faulty = [each for each in judged if each.truth.kinds]
    sound = [each for each in judged if not each.truth.kinds]
    bars: tuple[tuple[str, Sequence[Judged], Callable[[Judged], bool], float], ...] = (
        ("found", faulty, lambda each: each.found, 99),
        ("cause right", faulty, lambda each: each.any_right, 95),
        ("cell right", faulty, lambda each: each.cell_right, 90),
        ("false alarms", sound, lambda each: each.alarmed, 1),
    )
    print()
    shown = [
        report(name, 100 * sum(map(good, group)) / len(group), bar, unit="%", least=group is faulty)
        for name, group, good, bar in bars
        if group
    ]
    return all(shown)


def _cells(each: Judged) -> list[dict[str, Any]]:
    return each.record["cells"] if each.record else []


def _causes(each: Judged) -> list[dict[str, Any]]:
    return each.record["causes"] if each.record else []


def print_calibration(judged: Iterable[Judged]) -> None:
    """Print how often causes are right by the confidence they were given, and the Brier score."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for each in judged:
        for cause in _causes(each):
            confidence = cause["confidence"]
            bins[min(9, int(confidence * 10))].append((confidence, each.right(cause)))
    print("\nconfidence   causes   stated    right")
    for tenth, pairs in sorted(bins.items()):
        stated = statistics.mean(confidence for confidence, _ in pairs)
        right = statistics.mean(good for _, good in pairs)
        print(f"{tenth / 10:.1f} to {tenth / 10 + 0.1:.1f} {len(pairs):8}{stated:9.2f}{right:9.2f}")
    every = [pair for pairs in bins.values() for pair in pairs]
    if every:
        brier = statistics.mean((confidence - good) ** 2 for confidence, good in every)
        print(f"Brier score {brier:.3f} over {len(every)} causes (0 is best; 0.25 is a coin)")
