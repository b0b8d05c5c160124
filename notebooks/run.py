"""Execute the notebooks: in place, or only to check that they still give what they show.

``python notebooks/run.py [--check] [NOTEBOOK ...]``. Each runs from top to bottom in a fresh kernel
with this folder as its working directory. What varies from run to run (execution times) is left
out of the file, so that a rerun on the same panel gives the same text.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent
_TEXT = ("text/plain", "text/html", "text/latex")


def execute(path: Path) -> nbformat.NotebookNode:
    """Run a notebook; raises nbclient's CellExecutionError where a cell does."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return notebook


def shown(notebook: nbformat.NotebookNode) -> list[tuple[str, list[str]]]:
    """Return what each code cell shows as text; pictures vary with the platform."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        texts: list[str] = []
        for output in cell.outputs:
            data: dict[str, Any] = output.get("data", {})
            texts += [data[kind] for kind in _TEXT if kind in data and "image/png" not in data]
            texts += [output["text"]] if "text" in output else []
        cells.append((cell.source, texts))
    return cells


def main() -> int:
    """Run all; 1 if a check fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if text differs")
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args()
    failed = False
    for path in options.notebooks or sorted(FOLDER.glob("*.ipynb")):
        stored = nbformat.read(path, as_version=4)
        fresh = execute(path)
        if not options.check:
            beside = path.with_suffix(".tmp")
            nbformat.write(fresh, beside)
            os.replace(beside, path)
            print(f"{path.name}: written")
            continue
        differing = [
            source.splitlines()[0]
            for (source, now), (_, then) in zip(shown(fresh), shown(stored), strict=True)
            if now != then
        ]
        failed |= bool(differing)
        print(f"{path.name}: {'differs at: ' + '; '.join(differing) if differing else 'as stored'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
