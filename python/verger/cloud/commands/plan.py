"""Show what `up` or `run` would send, what is risky, and what it costs. Sends nothing.

The request is the very one that AWS would get, but for the random tag that tells launches apart.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from verger.cloud import request, request_serverless, sizing
from verger.cloud.bucket import sums_of, uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context
from verger.cloud.settings import Settings
from verger.errors import BadCall

_LAUNCH = _SUMS = "set by up"
_PHOTOS = 22_688  # test photos of the mission's data set


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PHOTOS OUT and how many photos there are."""
    options.photos_and_out(parser)
    options.serverless(parser)
    options.nodes(parser)
    options.prices(parser)
    parser.add_argument(
        "--count",
        metavar="N",
        type=int,
        default=_PHOTOS,
        help="photos, for time and price (%(default)s)",
    )
    parser.add_argument("--rate", metavar="R", type=float, help="photos/s of one core, measured")
    parser.add_argument("--run", action="store_true", help="as `run` would start it, with its job")


def run(context: Context) -> int:
    """Prints the plan."""
    args, settings = context.args, with_counts(context.settings, context.args)
    warnings = check(settings, context.today, args.serverless)
    prices = context.prices
    lines = (prices.serverless_hour if args.serverless else prices.cluster_hour)(settings)
    hour = sum(line.dollars for line in lines)
    requests = _requests(context, settings)
    found: dict[str, Any] = {
        "requests": requests,
        "warnings": warnings,
        "hour": {
            "dollars": round(hour, 4),
            "prices_of": str(prices.day),
            "lines": [line._asdict() for line in lines],
        },
    }
    text = [f"{name}:\n{json.dumps(body, indent=2)}\n" for name, body in requests.items()]
    text += [f"warning: {warning}" for warning in warnings]
    text += [""] if warnings else []
    text.append(f"An hour costs about {hour:.2f} USD (prices of {prices.day}):")
    text += [f"  {line.number} x {line.what}: {line.dollars:.4f} USD" for line in lines]
    text += [f"  {note}" for note in prices.notes(settings, args.serverless)]
    rate = args.rate or settings.job.photos_per_second or None
    guess = sizing.estimate(args.count, settings, rate, prices, args.serverless)
    found["run"] = {
        "photos": args.count,
        "seconds": guess.seconds,
        "photos_per_second": guess.photos_per_second,
        "dollars": guess.dollars,
        "lines": guess.lines,
    }
    text += ["", *guess.lines]
    text += ["", "Nothing was sent."]
    context.show("\n".join(text), found)
    return 0


def _requests(context: Context, settings: Settings) -> dict[str, Any]:
    photos, out = context.photos, context.out
    if context.args.serverless:
        return {
            "CreateApplication": request_serverless.create_application(settings, _LAUNCH),
            "StartJobRun": request_serverless.start_job_run(
                settings, "APPLICATION", photos, out, _LAUNCH
            ),
        }
    try:
        sums = sums_of(uploads(settings))
    except BadCall:  # the wheels are not here yet
        sums = _SUMS
    if context.args.run:
        return {"RunJobFlow": request.run_job_flow(settings, _LAUNCH, (photos, out), sums)}
    return {
        "RunJobFlow": request.run_job_flow(settings, _LAUNCH, None, sums),
        "AddJobFlowSteps": request.add_job_flow_steps(settings, "CLUSTER", photos, out),
    }
