"""Plan as Spark's driver does, in one process: python driver.py OUT COUNT DIMENSION ONE_IN.

Prints one line of JSON, as plan_bench does. This process reads the parts itself, in parallel; in
pca.py, executors read the parts that must be read as a whole. Also works with the old build, whose
listing is a list of photos: PYTHONPATH selects the build.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
from verger.runs import plan as planning
from verger.runs.manifest import ModelIdentity
from verger.runs.output import Output
from verger.runs.storage import LocalPlace

LABELS, ROWS = 63, 4096  # as listed.h has them
BEFORE = hasattr(planning, "examine_part")


def listed(count: int, one_in: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield path, label, size and modified as listed.h does."""
    for number in range(count):
        label = f"Apple Golden {number * LABELS // count:02}"
        path = f"{label}/r0_{number:09}_100"
        size, modified = 3000 + number * 7919 % 5003, 1_700_000_000_000_000 + number
        yield f"{path}.jpg", label, size, modified
        if one_in and number % one_in == 0:
            yield f"{path}_new.jpg", label, size, modified


def batches(count: int, one_in: int) -> Iterator[pa.RecordBatch]:
    """Yield the listing in the batches of today's `listing`."""
    from verger.runs.photo_batches import SCHEMA

    photos = listed(count, one_in)
    while rows := list(islice(photos, ROWS)):
        columns = [*zip(*rows, strict=True), [None] * len(rows), [None] * len(rows)]
        typed = zip(columns, SCHEMA, strict=True)
        arrays = [pa.array(column, field.type) for column, field in typed]
        yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def planned(output: Output, count: int, one_in: int, model: ModelIdentity) -> tuple[Any, int]:
    """Return the plan, and how many rows it has to make."""
    make: Any = planning.make_plan  # of either build
    if BEFORE:
        from verger.runs import listing

        of_before: Any = vars(listing)["Photo"]
        photos = [of_before(*photo, "", photo[0]) for photo in listed(count, one_in)]
        plan = make(output, photos, model)
        return plan, len(plan.todo)
    plan = make(output, batches(count, one_in), model)
    return plan, plan.todo.rows


def main() -> None:
    out, (count, dimension, one_in) = sys.argv[1], map(int, sys.argv[2:])
    begin = time.perf_counter()
    output = Output.open(LocalPlace(out, out))
    model = ModelIdentity("resnet50", "0" * 64, "keras", "keras", dimension)
    plan, todo = planned(output, count, one_in, model)
    figures = {
        "seconds": time.perf_counter() - begin,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "kept": len(plan.kept if BEFORE else plan.kept_parts),
        "replaced": len(plan.replaced),
        "todo": todo,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
