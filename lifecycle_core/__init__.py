"""The lifecycle of a model, from notebook to release."""
