"""Notebooks as people write them, clean and with known faults, made and proven by code.

    bases/*.txt --parse--> sources --execute as the author--> outputs --spoil--> project folder
    project folder --execute plainly elsewhere--> truth confirmed, or the case is dropped

`python -m tests.corpus DIR` writes the corpus; `benchmarks/corpus.py` measures on it.
"""
