"""`pca.py PHOTOS OUT`: the command line of the chain on Spark, as the program's `verger run`."""

from __future__ import annotations

import argparse
import importlib.util
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace

from verger._limits import limits
from verger.errors import BadCall, BadInput, TooManyRejects, VergerError
from verger.find_model import find_model
from verger.model import Model
from verger.moments import wanted_components
from verger.preset import preset_text
from verger.runs.files import Files
from verger.runs.hashed_listing import hashed_listing
from verger.runs.listing import require_photos
from verger.runs.manifest import HASH, PATH_MODES, PLAIN, Manifest, PcaSettings
from verger.runs.model_for_output import model_for_output
from verger.runs.output import Output
from verger.runs.show import show_table
from verger.runs.storage import open_place
from verger.runs.text import printable
from verger.spark.executors import executors_of
from verger.spark.places import session_s3
from verger.spark.progress_file import ProgressFile
from verger.spark.run import ChainOnSpark
from verger.spark.settings import configured, new_session
from verger.spark.summary import Summary, summary_json, summary_text

_COMPONENTS = 50
_INTERRUPTED = 130
_TERMINATED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the job. Returns the exit code that the program would: README.md lists them."""
    asked = _parser().parse_args(_with_scale(sys.argv[1:] if arguments is None else arguments))
    # SIGTERM ends a job as Ctrl-C does: the lock is let go, and it is said how to go on.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        if importlib.util.find_spec("pyspark") is None:
            raise BadCall("PySpark is not here: pip install pyspark, or start by spark-submit")
        return _run(asked)
    except VergerError as error:
        print(f"verger: {error}", file=sys.stderr)
        return error.exit
    except KeyboardInterrupt as interrupt:
        print(
            "verger: interrupted: finished parts are safe; run the same command again to go on",
            file=sys.stderr,
        )
        return _TERMINATED if isinstance(interrupt, _Terminated) else _INTERRUPTED


def _with_scale(arguments: Sequence[str]) -> list[str]:
    """The same; argparse takes -1..1 for an option, unless `=` joins it to its own."""
    joined: list[str] = []
    for argument in arguments:
        if joined[-1:] == ["--scale"]:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


class _Terminated(KeyboardInterrupt):
    """SIGTERM came."""


def _terminated(*_: object) -> None:
    raise _Terminated


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pca.py",
        description="Photos to features to principal components to OUT/Results, on Spark.",
        epilog="Stop it whenever you like: the same command goes on where it stopped, and does "
        "only what is new when photos were added. Rows of photos that are gone stay.",
    )
    add = parser.add_argument
    add("photos", metavar="PHOTOS", help="folder, or s3://bucket/prefix; a folder names its label")
    add("out", metavar="OUT", help="folder that every node sees, or s3://bucket/prefix")
    add("-m", "--model", help="a name, a file or a URL (.h5, .onnx); efficientnet-lite0 by default")
    add("--preset", help="preprocessing, of which an ONNX file says nothing; or by its parts:")
    add("--scale", help="0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD")
    add("--filter", help="of Pillow's resize, bicubic by default")
    add("--channels", help="rgb (the default) or bgr")
    add("--resize", help="stretch (the default), crop:SHARE or crop:PIXELS")
    add("--output", help="of an ONNX file, the output that is the features, if several fit")
    add("--pool", choices=("cls", "mean"), help="of an ONNX file whose output is tokens, or a map")
    add("--input-size", help="pixels of a side of the network's input, 112 to 320 (its own)")
    add("--decode", choices=("exact", "fast"), help="fast: large JPEGs at a part of their size")
    add(
        "--precision",
        choices=("fp32", "bf16", "int8", "auto"),
        help="numbers to compute in; auto: int8 where it is faster on the driver and as good, else "
        "fp32; by default as OUT has it, else fp32",
    )
    add("-k", "--components", help="how many (50), or the share of the variance explained (0.95)")
    add("--scores", choices=("centred", "spark"), help="centred by default")
    add("--keep-pca", action="store_true", help="project new photos by the PCA that is there")
    add("--include-hidden", action="store_true", help="take hidden files too, and those of systems")
    add("--sync", action="store_true", help="drop rows of photos that are no longer listed")
    add(
        "--path-mode", choices=PATH_MODES, default=PLAIN, help="hash: keep no path, but its SHA-256"
    )
    add("--regions", help="where buckets may lie, as eu-west-3,eu-west-1 (VERGER_REGIONS), or any")
    add("--max-reject-rate", default="0.05", help="exit with 3 above this share (%(default)s)")
    add("--batch", help="photos the network sees at a time (the library's choice)")
    add("--max-pixels", help=f"reject photos of more pixels ({limits().max_photo_pixels})")
    add("--max-bytes", help=f"reject photos of larger files ({limits().max_photo_bytes})")
    add("--threads", help="of the engine in each task (as many as spark.task.cpus)")
    add("--addressing", choices=("path", "virtual"), help="how requests name the bucket")
    add("--no-sign-request", action="store_true", help="for buckets that are public")
    add("--sse", metavar="KIND", help="not on Spark: let the bucket encrypt what is put")
    add("--sse-kms-key-id", metavar="KEY", help="likewise")
    add("--request-payer", action="store_true", help="not on Spark: for buckets that you pay for")
    add("--json", action="store_true", help="print a JSON summary for machines")
    add("-q", "--quiet", action="store_true", help="no progress")
    return parser


def _run(asked: argparse.Namespace) -> int:
    if asked.keep_pca and (asked.components or asked.scores):
        raise BadCall(
            "--keep-pca keeps components and scores too: leave out --components, --scores"
        )
    settings = pca_settings(asked.components, asked.scores or "centred")
    most_rejects = reject_rate(asked.max_reject_rate)
    photos_at_a_time = count_of("--batch", asked.batch, limits().max_batch)
    threads = count_of("--threads", asked.threads, limits().max_threads)
    max_pixels = count_of("--max-pixels", asked.max_pixels, limits().most_photo_pixels)
    max_bytes = count_of("--max-bytes", asked.max_bytes, limits().most_photo_bytes)
    _refuse_what_arrow_cannot(asked)
    session = new_session(configured().appName("verger"))
    executors = executors_of(session)
    # Spark's own handler calls the JVM from within a call to it, which fails, and hides the Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        s3 = replace(session_s3(session, asked.regions), unsigned=asked.no_sign_request)
        if asked.addressing is not None:
            s3 = replace(s3, path_style=asked.addressing == "path")
        photos, out = open_place(asked.photos, s3), open_place(asked.out, s3)
        # Of both, before anything is read from either.
        for place in (photos, out):
            place.check_region()
        # What is wrong with the call or the network is said before OUT is touched.
        preset = preset_text(
            asked.preset,
            asked.scale,
            asked.filter,
            asked.channels,
            asked.resize,
            asked.input_size,
            asked.decode,
        )
        file = find_model(
            asked.model,
            preset,
            s3,
            output=asked.output,
            pool=asked.pool,
            precision=asked.precision,
        )
        first = Model(replace(file, precision=None))
        for note in () if file.stored else first.notes:
            print(f"note: {file.origin}: {note}", file=sys.stderr)
        files = Files(asked.include_hidden)
        listing = require_photos(photos, out, files)
        if asked.path_mode == HASH:
            listing = hashed_listing(listing)
        with Output.open_for_writing(out) as output, ProgressFile(out) as told:
            _refuse_other_path_mode(output, asked.path_mode)
            # spark-submit puts stderr into stdout: there a summary for machines must stand alone.
            quiet = asked.quiet or (asked.json and not sys.stderr.isatty())
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
                sync=asked.sync,
                path_mode=asked.path_mode,
                keep_pca=asked.keep_pca,
                told=told,
                files=files,
            )
            try:
                manifest = chain.run(settings, most_rejects)
            except BaseException as error:
                # Tasks under way must not write on while the next run is let in.
                executors.stop()
                if isinstance(error, (TooManyRejects, BadInput)) and chain.manifest is not None:
                    _print_summary(chain.manifest, chain.summary, asked.json)
                raise
            _print_summary(manifest, chain.summary, asked.json)
            if not asked.json:
                # Read again from where it was put, as whoever uses it will.
                print("\n" + show_table(output, 2), end="")
        return 0
    finally:
        session.stop()


def _refuse_other_path_mode(output: Output, asked: str) -> None:
    there = asked if output.manifest is None else output.manifest.path_mode
    if there != asked:
        raise BadCall(
            f"{printable(output.place.shown)} was made with --path-mode {there}: give that mode, "
            "or choose another OUT"
        )


def _print_summary(manifest: Manifest, summary: Summary, as_json: bool) -> None:
    tell = summary_json if as_json else summary_text
    print(tell(manifest, summary), end="")


def pca_settings(components: str | None, scores: str) -> PcaSettings:
    """What --components and --scores ask for. Errors: BadCall."""
    if components is None:
        return PcaSettings(components=_COMPONENTS, scores=scores, fewer_will_do=True)
    number: int | float | str = components
    for kind in (int, float):
        try:
            number = kind(components)
            break
        except ValueError:
            continue
    count, share = wanted_components(number)  # type: ignore[arg-type]
    return PcaSettings(components=count, variance_share=share, scores=scores)


def reject_rate(text: str) -> float:
    """The share that --max-reject-rate means: 0.05 or 5%. Errors: BadCall."""
    try:
        rate = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise BadCall(
            f"--max-reject-rate {text}: not a share of the photos: give one such as 0.05 or 5%"
        )
    return rate


def count_of(option: str, text: str | None, most: int) -> int:
    """What an option asks for; 0, the library's choice, if it is not given. Errors: BadCall."""
    if text is None:
        return 0
    if re.fullmatch(r"[0-9]{1,10}", text) is None or not 1 <= int(text) <= most:
        raise BadCall(f"{option} {text}: give 1 to {most}")
    return int(text)


def _refuse_what_arrow_cannot(asked: argparse.Namespace) -> None:
    """Arrow's S3 filesystem sends no headers that a caller adds, and Hadoop's must not differ."""
    if asked.sse is not None or asked.sse_kms_key_id is not None:
        raise BadCall(
            "--sse, --sse-kms-key-id: pca.py writes through pyarrow, which cannot ask S3 for "
            "encryption: leave them out, and set the bucket's default encryption, which S3 then "
            "uses for all that is put (aws s3api put-bucket-encryption)"
        )
    if asked.request_payer:
        raise BadCall(
            "--request-payer: pca.py reads through pyarrow, which cannot say that you pay: leave "
            "it out, and copy the photos first (aws s3 sync --request-payer), or use the program"
        )
