"""`python -m tests.corpus DIR [NAME ...]`: write the corpus, or some cases of it, and say so."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from tests.corpus.cases import all_cases
from tests.corpus.generate import generate


def main() -> None:
    """Generate and print what there is."""
    started = time.monotonic()
    cases = all_cases()
    wanted = [case for case in cases.values() if not sys.argv[2:] or _chosen(case.name)]
    truths, dropped = generate(Path(sys.argv[1]), wanted)
    for kind, number in sorted(Counter(t.kinds[0] if t.kinds else t.group for t in truths).items()):
        sys.stdout.write(f"{kind:24}{number:4}\n")
    for truth in truths:
        sys.stdout.write(f"  {truth.name}: {truth.seen[:160]}\n")
    for each in dropped:
        sys.stdout.write(f"dropped {each.name}: {each.reason}\n")
    sys.stdout.write(
        f"{len(truths)} notebooks, {len(dropped)} dropped, {time.monotonic() - started:.0f} s\n"
    )


def _chosen(name: str) -> bool:
    return any(word in name for word in sys.argv[2:])


if __name__ == "__main__":
    main()
