"""Notebooks on which compiling into pipelines is judged, and a judge that trusts nobody.

    cases/*.py --parse--> NAME/NAME.ipynb and files --execute plainly, twice--> truth
    its package --run plainly, nbrelease blocked--> values --compare with the truth--> verdict

`python -m tests.pipelines DIR` writes all notebooks; `benchmarks/compiling.py` measures on them.
"""
