"""Exports read and run by the engines themselves, each in an environment of its own."""
