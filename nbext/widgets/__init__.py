"""Records that can be acted on: each .py beside its .js and .css."""
