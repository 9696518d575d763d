"""The magics: parse, call, return. Each has a twin of the same name in `lifecycle_core`."""
