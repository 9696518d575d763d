"""Cases, a file per family; each has a list `CASES`."""
