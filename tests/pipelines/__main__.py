"""`python -m tests.pipelines DIR [WORD ...]`: write the cases, or those whose names hold a word.

Each becomes `DIR/NAME/NAME.ipynb` with what lies beside it; `DIR/cases.json` says what is expected.
Each is executed twice; what does not agree with its case is printed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path

from tests.pipelines.cases import all_cases
from tests.pipelines.generate import generate


def main() -> None:
    """Write, and print what there is."""
    started = time.monotonic()
    words = sys.argv[2:]
    cases = [
        case for case in all_cases().values() if not words or any(w in case.name for w in words)
    ]
    truths = generate(Path(sys.argv[1]), [case for case in cases if not case.heavy or words])
    for construct, number in sorted(Counter(case.construct for case in cases).items()):
        sys.stdout.write(f"{construct:28}{number:4}\n")
    bad = [truth for truth in truths if truth.wrong]
    for truth in bad:
        sys.stdout.write(f"WRONG {truth.name}: {truth.wrong}\n")
    taken = time.monotonic() - started
    sys.stdout.write(f"{len(truths)} notebooks, {len(bad)} wrong, {taken:.0f} s\n")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
