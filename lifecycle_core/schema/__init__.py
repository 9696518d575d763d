"""Frozen records that are written down. Nothing here computes, and nothing here imports ours."""
