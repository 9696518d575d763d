"""`python -m lifecycle_core.cli` is `nbrelease`."""

from lifecycle_core.cli import main

main()
