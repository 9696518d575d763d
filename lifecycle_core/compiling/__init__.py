"""Compiling: a notebook becomes a package of steps that is proven to give the same results."""
