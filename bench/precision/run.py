"""What do precisions bring: beside fp32, beside bare inference, beside other programs?

networks  every network in fp32, bf16 (where the processor has it) and int8: the program beside bare
          inference at the same precision, beside fp32, the cosine of features, peak memory; then
          with the engine's kernels held to AVX2, and whether int8 stays the same to the bit
job       all photos by the embedded network with `--precision auto`, at its own size and at 112,
          beside fp32, another build (--before) and scripts that leave the precision to OpenVINO
auto      runs of `--precision auto` beside fp32 on small samples: how many are slower

    python bench/precision/run.py [--only networks] [--case resnet50] [--rounds 3] [--quick]
    python bench/precision/run.py --only job [--before VERGER] [--held] [--rounds 3] [--quick]
    python bench/precision/run.py --only auto [--auto-runs 20]

Photos: ../shared/fruits360 if it is there, else the sample orchard. Each question is saved by its
own name.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from end_to_end.run import default_photos, some_of
from figures import Row, row
from machine import BUILD, save
from precision import auto, job, networks
from precision.cases import CASES, HELD, Case, precisions

QUESTIONS = ("networks", "job", "auto")
QUICK_JOB_PHOTOS, QUICK_AUTO_RUNS = 1500, 4
PHOTOS_TO_COMPARE = 200  # of int8, held to AVX2 and not


def measure_networks(photos: Path, options: argparse.Namespace, rounds: int) -> None:
    """Saved network by network, so that one can be measured again."""
    for case in CASES:
        if options.case in (None, case.name):
            figures, rows = measure_case(case, photos, options.quick, rounds)
            title = f"Precisions: {case.name} at {case.side}"
            save(f"precision_{case.name}", figures, title=title, rows=rows, quick=options.quick)


def measure_case(
    case: Case, photos: Path, quick: bool, rounds: int
) -> tuple[dict[str, Any], list[Row]]:
    """With all kernels that the processor has, and held to AVX2."""
    figures: dict[str, Any] = {}
    rows: list[Row] = []
    most = case.quick_photos if quick else case.photos
    for name, variables in (("free", {}), ("held", HELD)):
        of = [precision for precision in precisions() if not variables or precision != "bf16"]
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            sample = some_of(photos, most, Path(folder) / "photos")
            figures[name] = networks.measure(
                case, of, sample, Path(folder), rounds, quick, variables
            )
            rows += networks.rows(case, figures[name])
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        few = some_of(photos, PHOTOS_TO_COMPARE, Path(folder) / "some")
        same = networks.same_when_held(case, few, PHOTOS_TO_COMPARE // 4, Path(folder) / "same")
    rows.append(_same_row(case.name, same))
    return {**figures, "same_when_held": same}, rows


def _same_row(name: str, same: bool) -> Row:
    what = f"int8 features of {name} equal to the bit, held to AVX2 and not (1: yes)"
    return row(what, int(same), "count", at_least=1)


def measure_job(photos: Path, options: argparse.Namespace, rounds: int) -> None:
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        most = QUICK_JOB_PHOTOS if options.quick else options.most
        sample = some_of(photos, most, Path(folder) / "photos")
        figures = job.measure(sample, Path(folder), rounds, options.before, options.avx2_only)
    avx2_only = options.avx2_only
    save(
        "precision_job_held" if avx2_only else "precision_job",
        figures,
        title="The whole job, `--precision auto`" + (", kernels held to AVX2" if avx2_only else ""),
        rows=list(job.rows(figures)),
        quick=options.quick,
    )


def measure_auto(photos: Path, options: argparse.Namespace) -> None:
    runs = QUICK_AUTO_RUNS if options.quick else options.auto_runs
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        figures = auto.measure(photos, Path(folder), runs)
    title = "`--precision auto` on small samples"
    save("precision_auto", figures, title=title, rows=list(auto.rows(figures)), quick=options.quick)


def main() -> None:
    parser = argparse.ArgumentParser(description="What precisions bring.")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--case", choices=[case.name for case in CASES], help="of networks")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=0, help="photos of job; 0: all")
    parser.add_argument("--before", type=Path, help="another build of verger, for job")
    parser.add_argument(
        "--held", dest="avx2_only", action="store_true", help="job with kernels held to AVX2"
    )
    parser.add_argument("--auto-runs", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="few photos, one round: minutes")
    options = parser.parse_args()
    photos = options.photos or default_photos()
    rounds = 1 if options.quick else options.rounds
    questions = [options.only] if options.only else QUESTIONS
    if "networks" in questions:
        measure_networks(photos, options, rounds)
    if "job" in questions:
        measure_job(photos, options, rounds)
    if "auto" in questions:
        measure_auto(photos, options)


if __name__ == "__main__":
    main()
