"""Stores in buckets, each at a server that stands for a cloud: `make clouds`."""
