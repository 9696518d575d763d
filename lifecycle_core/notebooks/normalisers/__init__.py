"""Named cosmetic differences between two outputs, one file each; `table` holds them in order."""
