#!/usr/bin/env python3
"""The Python shell under test: makes a version of an output, or forgets photos.

    python_shell.py commit OUT SOURCE    # OUT gets the version that the output SOURCE has
    python_shell.py forget OUT NAME

Two arguments more put it behind the gate, once all is imported: launch.send_listener has them.
Exit codes and messages are those of the program; `forget` prints what `verger forget --json` does.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests")]
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))

from verger.errors import VergerError  # noqa: E402
from verger.runs import rules  # noqa: E402
from verger.runs.forget import forget  # noqa: E402
from verger.runs.manifest import FileEntry, Manifest, PartEntry, ResultEntry  # noqa: E402
from verger.runs.output import Output, entry_of  # noqa: E402
from verger.runs.storage import open_place  # noqa: E402

from faults.launch import send_listener  # noqa: E402


def commit(out: str, source: str) -> None:
    """Publishes the parts of `source` that OUT lacks, stages its Results, and makes the version,
    as the Spark job does."""
    origin = Output.open(open_place(source))
    with Output.open_for_writing(open_place(out)) as output:
        there = listed_parts(output.manifest)
        unlisted = {name: output.place.read(name) for name in output.unlisted()}
        there |= {file.sha256: file for file in map(entry_of, unlisted, unlisted.values())}

        def copy_part(part: PartEntry) -> PartEntry:
            name = output.next_part(rules.PREPROCESSING)
            file = there.get(part.file.sha256) or output.publish(name, origin.read(part.file))
            return replace(part, file=file)

        manifest = replace(
            origin.extracted(),
            preprocessing=list(map(copy_part, origin.extracted().preprocessing)),
        )
        names = [part.file.name for part in manifest.preprocessing]
        manifest.replaced = [file.name for file in there.values() if file.name not in names]
        before, after = listed_parts(output.manifest), listed_parts(manifest)
        if before == after and not unlisted and not output.place.exists(rules.CHECK):
            return
        manifest.moments = copy(origin, output, manifest.moments, output.versioned_name("moments"))
        pca = copy(origin, output, origin.reduced().pca, output.versioned_name("pca"))
        results = [stage(origin, output, result) for result in origin.reduced().results]
        manifest.reduction = replace(origin.reduced(), pca=pca, results=results)
        output.commit(manifest)


def listed_parts(manifest: Manifest | None) -> dict[str, FileEntry]:
    """The parts of Preprocessing by what they hold."""
    return {part.file.sha256: part.file for part in manifest.preprocessing} if manifest else {}


def copy(origin: Output, output: Output, file: FileEntry, name: str) -> FileEntry:
    return output.publish(name, origin.read(file))


def stage(origin: Output, output: Output, result: ResultEntry) -> ResultEntry:
    name = output.next_part(rules.RESULTS)
    file = output.stage(name, origin.read(result.part.file))
    return replace(result, part=replace(result.part, file=file))


def main() -> int:
    command, out, argument, *gate = sys.argv[1:]
    if gate:
        rules.names_of(["a"])  # with its first array, Arrow looks for pandas
        send_listener(*gate)
    try:
        if command == "commit":
            commit(out, argument)
        else:
            print(json.dumps(asdict(forget(out, argument))))
    except VergerError as error:
        print(error, file=sys.stderr)
        return error.exit
    return 0


if __name__ == "__main__":
    sys.exit(main())
