"""Run the example notebooks from the top and store their outputs, without papermill's marks.

    python docs/execute_examples.py

Do this after a change of how records look, or of what the examples do; look at the difference.
"""  # noqa: INP001 - a script

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill

EXAMPLES = Path(__file__).resolve().parents[1] / "example_notebooks"
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}


def execute(path: Path) -> None:
    """Run one notebook in its own folder and write it back."""
    made = papermill.execute_notebook(
        str(path),
        None,
        kernel_name="python3",
        cwd=str(path.parent),
        progress_bar=False,
        coalesce_streams=True,  # or the pieces of a stream depend on how busy the machine was
    )
    made.metadata = {"kernelspec": made.metadata["kernelspec"], "language_info": LANGUAGE}
    for cell in made.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
    nbformat.validate(made)
    nbformat.write(made, path)


if __name__ == "__main__":
    for notebook in sorted(EXAMPLES.glob("*.ipynb")):
        execute(notebook)
