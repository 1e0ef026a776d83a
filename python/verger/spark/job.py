"""`pca.py PHOTOS OUT`: the command line of the chain on Spark, as the program's `verger run`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from verger._limits import limits
from verger.classifier import Classifier
from verger.errors import BadCall, BadInput, TooManyRejects, VergerError
from verger.find_model import find_model
from verger.model import Model
from verger.preset import preset_text
from verger.runs.files import Files
from verger.runs.hashed_listing import hashed_listing
from verger.runs.job_options import CHOICES, count_of, pca_settings, reject_rate
from verger.runs.listing import require_photos
from verger.runs.manifest import HASH, PLAIN, Manifest
from verger.runs.model_for_output import model_for_output
from verger.runs.output import Output
from verger.runs.report import publish_report_or_warn
from verger.runs.show import show_table
from verger.runs.storage import open_place
from verger.runs.text import pluralize, printable
from verger.runs.training import Training, train_output
from verger.spark.executors import executors_of
from verger.spark.places import session_s3
from verger.spark.progress_file import ProgressFile
from verger.spark.run import ChainOnSpark
from verger.spark.settings import configured, new_session
from verger.spark.summary import Summary, facts_of, summary_json, summary_text

_INTERRUPTED = 130
_TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the job. Returns the exit code that the program would: README.md lists them."""
    options = _parser().parse_args(_with_scale(sys.argv[1:] if arguments is None else arguments))
    # SIGTERM ends a job as Ctrl-C does: it releases the lock and prints how to continue.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        if importlib.util.find_spec("pyspark") is None:
            raise BadCall("PySpark is not installed: pip install pyspark, or start by spark-submit")
        return _run(options)
    except VergerError as error:
        print(f"verger: {error}", file=sys.stderr)
        return error.exit
    except KeyboardInterrupt as interrupt:
        print(
            "verger: interrupted: finished parts are safe; run the same command again to continue",
            file=sys.stderr,
        )
        return _TERMINATED if isinstance(interrupt, _Terminated) else _INTERRUPTED


def _with_scale(arguments: Sequence[str]) -> list[str]:
    """Join --scale to its value by `=`: argparse takes -1..1 for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined[-1:] == ["--scale"]:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


class _Terminated(KeyboardInterrupt):
    """The process received SIGTERM."""


def _terminated(*_: object) -> None:
    raise _Terminated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pca.py",
        description="Turn photos into features, principal components and OUT/Results, on Spark.",
        epilog="You can stop a run at any time; the same command continues it. After photos are "
        "added, it processes only those. Rows of photos that are no longer listed stay, unless "
        "--sync is given.",
    )
    add = parser.add_argument
    add(
        "photos",
        metavar="PHOTOS",
        help="folder or s3://bucket/prefix of photos; a photo's label is the name of its folder",
    )
    add("out", metavar="OUT", help="folder that every node can write, or s3://bucket/prefix")
    add("-m", "--model", help="network: a name, a file or a URL (.h5, .onnx); efficientnet-lite0")
    add("--preset", help="preprocessing by name; the options below override single parts of it")
    add("--scale", help="range of pixel values: 0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD")
    add("--filter", help="resize filter, as in Pillow (bicubic)")
    add("--channels", help="order of the channels: rgb or bgr (rgb)")
    add("--resize", help="how a photo becomes square: stretch, crop:SHARE or crop:PIXELS (stretch)")
    add("--output", help="name of the ONNX file's output to use, if several could be used")
    add(
        "--pool",
        choices=CHOICES["pool"],
        help="how to reduce an ONNX output of tokens or a map to one vector per photo",
    )
    add("--input-size", help="side of the network's input in pixels, 112 to 320 (the network's)")
    add(
        "--decode",
        choices=CHOICES["decode"],
        help="JPEG decoding; fast decodes large JPEGs at a part of their size",
    )
    views = parser.add_mutually_exclusive_group().add_argument
    views("--views", choices=CHOICES["views"], help="views of a photo to average features over (1)")
    views(
        "--augment",
        action="store_const",
        dest="views",
        const="8",
        help="the same as --views 8, for fruit that lies at any angle",
    )
    add(
        "--precision",
        choices=CHOICES["precision"],
        help="number format of the network; auto: int8 if it is faster on the driver and as "
        "accurate, else fp32; by default the precision of OUT, else fp32",
    )
    add(
        "-k",
        "--components",
        help="number of components (50), or the share of the variance to explain (0.95)",
    )
    add("--scores", choices=CHOICES["scores"], help="how to project (centred)")
    add("--keep-pca", action="store_true", help="project new photos with the PCA of OUT")
    add("--train", action="store_true", help="also train a classifier, on the driver")
    add("--include-hidden", action="store_true", help="include hidden files and system folders")
    add("--sync", action="store_true", help="drop rows of photos that are no longer listed")
    add(
        "--path-mode",
        choices=CHOICES["path_mode"],
        default=PLAIN,
        help="hash: store the SHA-256 of a path instead of the path",
    )
    add("--regions", help="allowed regions of buckets, such as eu-west-3,eu-west-1, or any")
    add(
        "--max-reject-rate",
        default="0.05",
        help="exit with 3 if a larger share of the photos is rejected (%(default)s)",
    )
    add("--batch", help="number of photos per batch (the library's choice)")
    add("--max-pixels", help=f"reject photos with more pixels ({limits().max_photo_pixels})")
    add("--max-bytes", help=f"reject photos of larger files ({limits().max_photo_bytes})")
    add("--threads", help="number of threads of each task (as many as spark.task.cpus)")
    add(
        "--addressing",
        choices=("path", "virtual"),
        help="how URLs name the bucket: path (host/bucket) or virtual (bucket.host)",
    )
    add("--no-sign-request", action="store_true", help="send unsigned requests, for public buckets")
    add("--sse", metavar="KIND", help="not supported on Spark: set the bucket's default encryption")
    add("--sse-kms-key-id", metavar="KEY", help="not supported on Spark, as --sse")
    add("--request-payer", action="store_true", help="not supported on Spark: copy photos first")
    add("--no-report", action="store_true", help="do not write OUT/report.html")
    add("--json", action="store_true", help="print a JSON summary, for programs")
    add("-q", "--quiet", action="store_true", help="print no progress on stderr")
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.keep_pca and (options.components or options.scores):
        raise BadCall(
            "--keep-pca keeps components and scores too: leave out --components, --scores"
        )
    settings = pca_settings(options.components, options.scores or "centred")
    most_rejects = reject_rate(options.max_reject_rate)
    photos_at_a_time = count_of("--batch", options.batch, limits().max_batch)
    threads = count_of("--threads", options.threads, limits().max_threads)
    max_pixels = count_of("--max-pixels", options.max_pixels, limits().largest_max_pixels)
    max_bytes = count_of("--max-bytes", options.max_bytes, limits().largest_max_bytes)
    _refuse_what_arrow_cannot(options)
    session = new_session(configured().appName("verger"))
    executors = executors_of(session)
    # Spark's own handler calls the JVM from within a call to it, which fails, and hides the Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        s3 = replace(session_s3(session, options.regions), unsigned=options.no_sign_request)
        if options.addressing is not None:
            s3 = replace(s3, path_style=options.addressing == "path")
        photos, out = open_place(options.photos, s3), open_place(options.out, s3)
        # Both, before anything is read from either.
        for place in (photos, out):
            place.check_region()
        # Errors of the call or the network come before OUT is touched.
        preset = preset_text(
            options.preset,
            options.scale,
            options.filter,
            options.channels,
            options.resize,
            options.input_size,
            options.decode,
            options.views,
        )
        file = find_model(
            options.model,
            preset,
            s3,
            output=options.output,
            pool=options.pool,
            precision=options.precision,
        )
        first = Model(replace(file, precision=None))
        for note in () if file.stored else first.notes:
            print(f"note: {file.origin}: {note}", file=sys.stderr)
        files = Files(options.include_hidden)
        listing = require_photos(photos, out, files)
        if options.path_mode == HASH:
            listing = hashed_listing(listing)
        with Output.open_for_writing(out) as output, ProgressFile(out) as progress:
            _refuse_other_path_mode(output, options.path_mode)
            # spark-submit puts stderr into stdout, where a JSON summary must stand alone.
            quiet = options.quiet or (options.json and not sys.stderr.isatty())
            file = model_for_output(
                file,
                output.manifest,
                photos,
                out,
                files.include_hidden,
                opened=first,
                threads=threads,
                say=lambda line: None if quiet else print(line, file=sys.stderr),
            )
            network = Model(file)
            chain = ChainOnSpark(
                executors,
                photos,
                listing,
                output,
                file,
                network,
                batch_size=photos_at_a_time,
                threads=threads,
                max_pixels=max_pixels,
                max_bytes=max_bytes,
                quiet=quiet,
                sync=options.sync,
                path_mode=options.path_mode,
                keep_pca=options.keep_pca,
                progress=progress,
                files=files,
            )
            try:
                manifest = chain.run(settings, most_rejects)
            except BaseException as error:
                # Running tasks must not go on writing while the next run starts.
                executors.stop()
                if isinstance(error, (TooManyRejects, BadInput)) and chain.manifest is not None:
                    _print_summary(chain.manifest, chain.summary, options.json)
                raise
            trained = None
            try:
                if options.train:
                    trained = train_output(output, Training(threads=threads))
            finally:
                _print_summary(manifest, chain.summary, options.json, trained)
            if not options.json:
                # Read again from the output, as its users will.
                print("\n" + show_table(output, 2), end="")
            if not options.no_report:
                publish_report_or_warn(output, photos, facts_of(chain.summary))
        return 0
    finally:
        session.stop()


def _refuse_other_path_mode(output: Output, path_mode: str) -> None:
    there = path_mode if output.manifest is None else output.manifest.path_mode
    if there != path_mode:
        raise BadCall(
            f"{printable(output.place.display_name)} was made with --path-mode {there}: give that "
            "mode, or choose another OUT"
        )


def _print_summary(
    manifest: Manifest, summary: Summary, as_json: bool, trained: Classifier | None = None
) -> None:
    """Print the summary; `trained`: the classifier of --train."""
    if not as_json:
        print(summary_text(manifest, summary), end="")
        if trained is not None:
            description = trained.describe()
            photos, labels = (
                pluralize(description["photos"], "photo", "photos"),
                len(description["labels"]),
            )
            print(f"Trained a classifier on {photos} of {labels} labels: verger classify uses it")
        return
    document = summary_json(manifest, summary)
    if trained is not None:
        whole = json.loads(document) | {"classifier": trained.describe()}
        document = json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    print(document, end="")


def _refuse_what_arrow_cannot(options: argparse.Namespace) -> None:
    """Refuse options of S3 that need headers: Arrow's S3 filesystem cannot send any."""
    if options.sse is not None or options.sse_kms_key_id is not None:
        raise BadCall(
            "--sse, --sse-kms-key-id: pca.py writes through pyarrow, which cannot request "
            "encryption from S3: leave them out, and set the bucket's default encryption, which "
            "S3 then uses for every new object (aws s3api put-bucket-encryption)"
        )
    if options.request_payer:
        raise BadCall(
            "--request-payer: pca.py reads through pyarrow, which cannot agree to pay: leave it "
            "out, and copy the photos first (aws s3 sync --request-payer), or use the program"
        )
