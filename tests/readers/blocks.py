"""The blocks of docs/readers.md, and what runs them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from program import BUILD, ROOT

PAGE = ROOT / "docs" / "readers.md"
VENV = ROOT / ".cache" / "readers"
PHOTO = "Apple/Apple Golden 1/0_100.jpg"
TIMEOUT = 500  # seconds; a new venv's first run of Embedding Atlas compiles its UMAP for 60 of them

# What makes a list of (path, distance) of a block of Python, which leaves it in `nearest`.
_ROWS = {
    "polars": "nearest.rows()",
    "pandas": "nearest.values.tolist()",
    "Daft": "list(zip(*nearest.to_pydict().values()))",
    "LanceDB": "[(row['path'], row['_distance']) for row in nearest.to_list()]",
    "Spark 3.5": "[tuple(row) for row in nearest.collect()]",
    "Spark 4.3": "[tuple(row) for row in nearest.collect()]",
}
# The same of a block of SQL, which is in `code`.
_SQL = {
    "DuckDB": "import duckdb; rows = duckdb.sql(code).fetchall()",
    "ClickHouse": ("import chdb; rows = json.loads(str(chdb.query(code, 'JSONCompact')))['data']"),
    "DataFusion": (
        "import datafusion; context = datafusion.SessionContext(); "
        "rows = [[tuple(row.values()) for row in context.sql(each).to_pylist()] "
        "for each in code.split(';') if each.strip()][-1]"
    ),
}


def blocks() -> dict[str, list[tuple[str, str]]]:
    """Of each section of the page that has blocks, their languages and texts."""
    by_title: dict[str, list[tuple[str, str]]] = {}
    for section in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        matches = re.findall(r"^```(\w+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
        if matches:
            by_title[title] = matches
    return by_title


def require_venv() -> None:
    """AssertionError unless the readers are there as pinned."""
    stamps = {
        ".stamp": [ROOT / "requirements" / "readers.txt"],
        ".node-stamp": sorted((ROOT / "requirements" / "readers").glob("package*.json")),
    }
    for stamp, pins in stamps.items():
        expected = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
        installed = (VENV / stamp).read_text().split()[0] if (VENV / stamp).is_file() else "nothing"
        assert installed == expected, f"{VENV} is not there, or not as pinned: 'make setup-readers'"


def run(folder: Path, *command: str | Path) -> str:
    """Runs a command in a folder, the programs of the venv and ours first; what it prints."""
    programs = (str(VENV / "bin"), str(BUILD), os.environ["PATH"])
    environment = {"PATH": os.pathsep.join(programs), "HOME": str(folder)}
    settings = {
        "LANG": "C.UTF-8",
        "PYTHONNOUSERSITE": "1",
        "DO_NOT_TRACK": "1",
    }
    done = subprocess.run(
        [VENV / "bin" / command[0] if command[0] == "python" else command[0], *command[1:]],
        cwd=folder,
        env={**environment, **settings},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def python(folder: Path, code: str) -> Any:
    """What code of Python, run in the venv, leaves in `rows`; sound JSON only.

    It ends at once: Daft 0.7.26 sometimes crashes while Python ends, after its answer.
    """
    answer = "print(json.dumps(rows), flush=True)\nos._exit(0)"
    (folder / "block.py").write_text(f"import json\nimport os\n{code}\n{answer}\n")
    return json.loads(run(folder, "python", "-I", "block.py").splitlines()[-1])


def python_rows(reader: str, code: str) -> str:
    """Code that leaves the rows of a block of Python in `rows`."""
    return f"{code}\nrows = {_ROWS[reader]}"


def nearest(folder: Path, reader: str, language: str, code: str) -> list[tuple[str, float]]:
    """Runs a block of the page in a folder that holds OUT: paths and distances."""
    if language == "sql":
        rows = python(folder, f"code = {code!r}\n{_SQL[reader]}")
    elif language == "python":
        rows = python(folder, python_rows(reader, code))
    else:
        assert language == "js"
        modules = folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(VENV / "node_modules")
        tail = "console.log(JSON.stringify(nearest.map(({ path, distance }) => [path, distance])));"
        (folder / "block.mjs").write_text(f"{code}\n{tail}\n")
        rows = json.loads(run(folder, "node", "block.mjs").splitlines()[-1])
    return [(path, float(distance)) for path, distance in rows]
