"""One module for each record type: what its template needs, and its text form."""
