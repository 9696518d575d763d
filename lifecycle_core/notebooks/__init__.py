"""What we understand about a notebook: pure functions over its JSON."""
