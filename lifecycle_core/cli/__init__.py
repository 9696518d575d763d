"""The command line: read the words, call the verb, print the record, return the exit code.

stdout carries the answer only; progress and errors go to stderr. Exit codes: 0 done and good,
1 done and the answer is no, 2 the call or a file of the user's is wrong, 3 the work could not be
carried out, 130 interrupted.
"""

from lifecycle_core.cli.program import main

__all__ = ["main"]
