"""Print how well `nbrelease pipeline compile` does on notebooks, judged by an independent judge."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the notebooks are part of the tests, which are not installed

from tests.pipelines.cases import all_cases  # noqa: E402
from tests.pipelines.generate import load_truth, write_case, write_notebook  # noqa: E402
from tests.pipelines.judging import (  # noqa: E402
    GOOD,
    SILENT,
    Judgement,
    consequences,
    judge,
    judge_refusal,
    judge_steps,
    should_run,
    stale_results,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.pipelines.case import Case
    from tests.pipelines.generate import Truth

COMMAND = f"{sys.executable} -m lifecycle_core.cli"
LIMIT = 600  # seconds after which a command is stopped and has said nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutated:
    """What ran again after one cell was edited.

    Attributes:
        ran: Steps that did.
        must: Steps that had to, by execution of the edited notebook.
        may: Steps that were allowed to: an input is otherwise.
        stale: What the run gave and the edited notebook does not: `STEP.VARIABLE`.
        error: Why there is no answer.
    """

    ran: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    error: str = ""

    @property
    def too_few(self) -> list[str]:
        """Steps that had to run and did not."""
        return sorted({*self.must} - {*self.ran})

    @property
    def too_many(self) -> list[str]:
        """Steps that ran and had no reason to."""
        return sorted({*self.ran} - {*self.may})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One notebook and what came of it."""

    name: str
    construct: str
    expect: str
    tutorial: bool
    compiled: bool
    judgement: Judgement
    seconds: float
    mutated: Mutated | None = None


def main() -> None:
    """Compile every case, judge it, print."""
    options = _options()
    cases = [
        case
        for case in all_cases().values()
        if (options.only in case.name or options.only == case.construct)
        and (options.heavy or not case.heavy)
        and (case.mutation or not options.mutate)
    ]
    results = []
    with tempfile.TemporaryDirectory(prefix="pipelines") as folder:
        corpus = (options.corpus or Path(folder)).resolve()
        corpus.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(options.jobs) as pool:
            for result in pool.map(lambda case: _result(case, corpus, options), cases):
                results.append(result)
                print(_line(len(results), len(cases), result), flush=True)
                if options.json:
                    with options.json.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(result)) + "\n")
    print_table(results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="part of a case's name, or a construct")
    parser.add_argument("--json", type=Path, help="add a line a notebook here")
    parser.add_argument("--corpus", type=Path, help="a folder to reuse, or to write into")
    parser.add_argument("--jobs", type=int, default=2, help="notebooks at a time")
    parser.add_argument("--heavy", action="store_true", help="also those that need much memory")
    parser.add_argument(
        "--mutate",
        action="store_true",
        help="edit a cell of those that have an edit, and run again",
    )
    parser.add_argument("--command", default=COMMAND, help="how nbrelease is called")
    parser.add_argument("--keep", action="store_true", help="leave packages in the corpus")
    return parser.parse_args()


def _result(case: Case, corpus: Path, options: argparse.Namespace) -> Result:
    """Compile and judge one notebook; a fault of this program is a result too."""
    started = time.perf_counter()
    try:
        truth = load_truth(case, corpus)
        started = time.perf_counter()
        path = write_case(case, corpus)
        pristine = corpus / "pristine" / case.name
        shutil.rmtree(pristine, ignore_errors=True)  # of a run that was killed
        shutil.copytree(path.parent, pristine)
        call = options.command.split()
        compilation, said = _compile(path, call)
        seconds = time.perf_counter() - started
        compiled = bool(compilation and compilation["compiled"])
        judgement = Judgement(verdict="no answer", detail=said)
        if compilation:
            judgement = _judged(case, pristine, path.parent, compilation, truth)
        mutated = None
        if options.mutate and compiled and case.mutation:
            mutated = _mutated(case, pristine, path, call)
    except Exception as error:  # noqa: BLE001 (one case must not end the others)
        told = f"{type(error).__name__}: {error}"
        return _of(case, Judgement(verdict="no answer", detail=told), started)
    finally:
        shutil.rmtree(corpus / "pristine" / case.name, ignore_errors=True)
        if not options.keep:
            shutil.rmtree(corpus / case.name / "pipelines", ignore_errors=True)
    return replace(
        _of(case, judgement, started), compiled=compiled, seconds=seconds, mutated=mutated
    )


def _of(case: Case, judgement: Judgement, started: float) -> Result:
    return Result(
        name=case.name,
        construct=case.construct,
        expect=case.expect,
        tutorial=case.tutorial,
        compiled=False,
        judgement=judgement,
        seconds=time.perf_counter() - started,
    )


def _judged(
    case: Case, pristine: Path, folder: Path, compilation: dict[str, Any], truth: Truth
) -> Judgement:
    if not compilation["compiled"]:
        return judge_refusal(case, compilation["refusals"])
    package = _package(compilation, folder)
    pipeline = compilation["pipeline"]
    judgement = judge(case, pristine, package, truth)
    return replace(judgement, facts=judge_steps(case, pipeline), steps=len(pipeline["steps"]))


def _package(compilation: dict[str, Any], folder: Path) -> Path:
    """Return the package's folder, which is named as the caller would name it."""
    path = folder / compilation["path"]
    return path if path.exists() else folder / "pipelines" / str(compilation["name"])


def _compile(path: Path, call: Sequence[str]) -> tuple[dict[str, Any] | None, str]:
    """Compile a notebook into its own folder and return the record, or what was said."""
    answer = path.parent / "compilation.json"
    answer.unlink(missing_ok=True)
    words = ["pipeline", "compile", path.name, "--name", _name(path), "--out", ".", "--json"]
    code, said = _nbrelease([*call, *words, answer.name], path.parent)
    if not answer.exists():
        return None, f"exit {code}: {said[-400:]}"
    record: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    answer.unlink()
    if code != (0 if record["compiled"] else 1):
        return None, f"exit {code}, and the record says compiled: {record['compiled']}"
    return record, said


def _name(path: Path) -> str:
    return f"p_{path.stem}"


def _nbrelease(command: Sequence[str], folder: Path) -> tuple[int, str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "NBRELEASE_HOME": str(folder / ".nbrelease")}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
    except subprocess.TimeoutExpired:
        return -1, f"stopped after {LIMIT} s"
    return done.returncode, f"{done.stdout}{done.stderr}".strip()


def _mutated(case: Case, pristine: Path, path: Path, call: Sequence[str]) -> Mutated:
    """Run, edit one cell, compile over the old package, run again."""
    effects = consequences(case, pristine)
    first, said = _run(path, call)
    if first is None:
        return Mutated(error=f"first run: {said}")
    write_notebook(case.mutated(), path)
    compilation, said = _compile(path, call)
    if not compilation or not compilation["compiled"]:
        return Mutated(error=f"not compiled again: {said}")
    second, said = _run(path, call)
    if second is None:
        return Mutated(error=f"second run: {said}")
    must, may = should_run(effects, compilation["pipeline"])
    ran = [step["name"] for step in second["steps"] if step["status"] == "ran"]
    return Mutated(
        ran=tuple(ran),
        must=tuple(sorted(must)),
        may=tuple(sorted(may)),
        stale=stale_results(second, compilation["pipeline"]),
    )


def _run(path: Path, call: Sequence[str]) -> tuple[dict[str, Any] | None, str]:
    answer = path.parent / "run.json"
    answer.unlink(missing_ok=True)
    words = ["pipeline", "run", _name(path), "--json", answer.name]
    code, said = _nbrelease([*call, *words], path.parent)
    if code != 0 or not answer.exists():
        return None, f"exit {code}: {said[-400:]}"
    record: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    answer.unlink()
    return record, said


def _line(number: int, total: int, result: Result) -> str:
    judged = result.judgement
    words = [f"{number:4}/{total} {result.seconds:6.1f} s {result.name}: {judged.verdict}"]
    if judged.steps:
        words.append(f"{judged.steps} steps")
    if judged.detail and judged.verdict != "equal":
        words.append(" ".join(judged.detail.split())[:300])
    if not judged.exact:
        words.append("not to the last bit")
    words += [f"FACT {fact}" for fact in judged.facts]
    if mutated := result.mutated:
        words.append(mutated.error or f"edited: {len(mutated.ran)} ran again")
        words += [f"STALE {mutated.stale}"] * bool(mutated.stale)
        words += [f"TOO FEW {mutated.too_few}"] * bool(mutated.too_few)
        words += [f"TOO MANY {mutated.too_many}"] * bool(mutated.too_many)
    return "; ".join(words)


def print_table(results: Sequence[Result]) -> None:
    """Print shares over all that should compile, and what stands out."""
    rows: dict[str, Callable[[Result], bool]] = {
        "by construct": lambda r: not r.tutorial and r.expect == "compile",
        "tutorials": lambda r: r.tutorial,
        "either": lambda r: r.expect == "either",
        "to refuse": lambda r: r.expect == "refuse",
        "all": lambda _: True,
    }
    head = ("n", "compiled", "equal", "refused", "silent", "facts", "steps", "seconds")
    print("\n" + f"{'':14}" + "".join(f"{word:>10}" for word in head))
    for label, chosen in rows.items():
        group = [result for result in results if chosen(result)]
        if not group:
            continue
        compiled = [result for result in group if result.compiled]
        steps = [result.judgement.steps for result in compiled]
        figures = (
            f"{len(group)}",
            f"{100 * len(compiled) / len(group):.0f}%",
            f"{sum(r.judgement.verdict == 'equal' for r in compiled)}/{len(compiled)}",
            f"{sum(r.judgement.verdict == 'refused' for r in group)}",
            f"{sum(r.judgement.verdict in SILENT for r in group)}",
            f"{sum(not r.judgement.facts for r in compiled)}/{len(compiled)}",
            f"{statistics.mean(steps):.1f}" if steps else "-",
            f"{statistics.median(r.seconds for r in group):.1f}",
        )
        print(f"{label:14}" + "".join(f"{figure:>10}" for figure in figures))
    _print_mutations([result.mutated for result in results if result.mutated])
    bad = [result for result in results if result.judgement.verdict not in GOOD]
    print(f"\n{len(bad)} of {len(results)} not as they should be")
    for result in bad:
        print(f"  {result.name} ({result.construct}): {result.judgement.verdict}")


def _print_mutations(mutated: Sequence[Mutated]) -> None:
    if not mutated:
        return
    whole = [each for each in mutated if not each.error]
    few = sum(len(each.too_few) for each in whole)
    many = sum(len(each.too_many) for each in whole)
    stale = sum(len(each.stale) for each in whole)
    should = sum(len(each.may) for each in whole)
    print(
        f"\nmutations: {len(mutated)}, {len(mutated) - len(whole)} without an answer; "
        f"{stale} stale values; of {should} steps downstream {few} did not run; {many} others ran"
        + (f" ({100 * many / should:.0f}% more)" if should else "")
    )


if __name__ == "__main__":
    main()
