"""Read a notebook for what a clean run would show, without running it; mend what is safe to mend.

Notebook --View, rules--> Findings --fix--> the file's text with the edits, and nothing else
"""

from lifecycle_core.linting.finding_all import lint
from lifecycle_core.linting.fixing import fix

__all__ = ["fix", "lint"]
