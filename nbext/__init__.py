"""The Jupyter face of nbrelease."""
