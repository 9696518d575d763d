"""Running: which steps of a pipeline are stale, and running those and no others."""
