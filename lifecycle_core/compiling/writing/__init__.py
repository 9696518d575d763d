"""The package's text: plain Python that a reviewer would accept and that needs nothing of ours."""
