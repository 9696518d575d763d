"""The six checkpoints, one file each; `table` names them in their fixed order."""
