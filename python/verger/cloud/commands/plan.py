"""Show the requests of `up` or `run`, their risks and their price. Sends nothing.

The request is the one that AWS would get, except for the random tag of each launch.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from verger.cloud import request, sizing
from verger.cloud.bucket import sums_of, uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context
from verger.cloud.prices import HourLine, Prices
from verger.cloud.settings import Settings
from verger.cloud.wheels import NoWheels, risky_wheels

_LAUNCH = _SUMS = "set by up"
_PHOTOS = 22_688  # test photos of the mission's data set


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add PHOTOS, OUT, --core, --task, --prices, --count, --rate, --no-requests and --run."""
    options.photos_and_out(parser)
    options.nodes(parser)
    options.prices(parser)
    options.sample(parser, _PHOTOS)
    parser.add_argument("--no-requests", action="store_true", help="print risks and prices only")
    parser.add_argument(
        "--run", action="store_true", help="plan the cluster of `run`, with its job"
    )


def run(context: Context) -> int:
    """Print the plan."""
    args, settings = context.args, with_counts(context.settings, context.args)
    warnings = check(settings, context.today, context.photos, context.out)
    prices = context.prices
    warnings += prices.risks(settings, context.today)
    sums = _sums(settings, warnings)
    requests = _requests(context, settings, sums)
    hour, lines = _hour(prices, settings)
    estimate = sizing.estimate(args.count or _PHOTOS, settings, args.rate, prices)
    summary: dict[str, Any] = {
        "requests": requests,
        "warnings": warnings,
        "hour": {
            "dollars": round(hour, 4),
            "prices_of": str(prices.day),
            "lines": [line._asdict() for line in lines],
        },
        "run": {
            "photos": args.count or _PHOTOS,
            "photos_assumed": args.count is None,
            "seconds": estimate.seconds,
            "photos_per_second": estimate.photos_per_second,
            "dollars": estimate.dollars,
            "lines": estimate.lines,
        },
    }
    text = []
    if not args.no_requests:
        text += [f"{name}:\n{json.dumps(body, indent=2)}\n" for name, body in requests.items()]
    if warnings:
        text += ["RISKS", *(f"warning: {warning}" for warning in warnings), ""]
    text += ["PRICE", f"An hour costs about {hour:.2f} USD ({prices.dated()}):"]
    text += [f"  {line.number} x {line.what}: {line.dollars:.4f} USD" for line in lines]
    if settings.scaling.enabled:
        most, _ = _hour(prices, _at_most(settings))
        summary["hour"]["most_dollars"] = round(most, 4)
        text.append(
            f"  with all the nodes that managed scaling may add: about {most:.2f} USD an hour"
        )
    text += [f"  {note}" for note in prices.notes(settings)]
    text += [stack] if (stack := prices.stack_month()) else []
    text += ["", "RUN"]
    if args.count is None:
        text.append(f"{_PHOTOS:,} photos assumed: give --count")
    text += [*estimate.lines, "", "Nothing was sent."]
    context.show("\n".join(text), summary)
    return 0


def _hour(prices: Prices, settings: Settings) -> tuple[float, list[HourLine]]:
    lines = prices.cluster_hour(settings)
    return sum(line.dollars for line in lines), lines


def _at_most(settings: Settings) -> Settings:
    """Return the settings with all nodes that managed scaling may add."""
    most = settings.scaling
    core = replace(settings.core, count=most.maximum_core)
    task = replace(settings.task, count=most.maximum - most.maximum_core)
    return replace(settings, core=core, task=task)


def _sums(settings: Settings, warnings: list[str]) -> str:
    """Return the hash of the wheels' sums; add warnings of wheels. Errors: BadCall, as `up`."""
    try:
        files = uploads(settings)
    except NoWheels as none:
        warnings.append(f"`up` and `run` would stop here: {none}")
        return _SUMS
    warnings += risky_wheels(Path(settings.bootstrap.folder))
    return sums_of(files)


def _requests(context: Context, settings: Settings, sums: str) -> dict[str, Any]:
    photos, out = context.photos, context.out
    if context.args.run:
        return {"RunJobFlow": request.run_job_flow(settings, _LAUNCH, (photos, out), sums)}
    return {
        "RunJobFlow": request.run_job_flow(settings, _LAUNCH, None, sums),
        "AddJobFlowSteps": request.add_job_flow_steps(settings, "CLUSTER", photos, out),
    }
