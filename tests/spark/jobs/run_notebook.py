"""Executes a Jupyter notebook in a kernel of its own.

usage: run_notebook.py NOTEBOOK EXECUTED

Writes the notebook with its outputs, whether a cell has failed or not.
"""

import sys

import nbformat  # type: ignore[import-not-found]
from nbclient import NotebookClient  # type: ignore[import-not-found]

source, executed = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
nbformat.validate(notebook)
try:
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
finally:
    nbformat.write(notebook, executed)
