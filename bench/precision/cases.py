"""What is measured in several precisions: networks, the size of their input, how many photos."""

from dataclasses import dataclass

from end_to_end.run import WEIGHTS
from machine import flags


@dataclass(frozen=True)
class Case:
    """A network at an input size; `quick_photos`, `photos`: how many it is measured on."""

    name: str
    model: str  # as --model has it
    side: int  # pixels of its input
    quick_photos: int
    photos: int  # 0: all
    own_side: int = 224
    of_bare: float | None = None  # photos per second of a whole run, of bare inference, at least
    of_bare_int8: float | None = None  # the same for int8, if it is another
    least_cosine: float | None = None  # mean, of int8 to fp32
    int8_over_fp32: float | None = None  # with VNNI
    held_int8_over_fp32: float | None = None  # with AVX2

    @property
    def options(self) -> list[str]:
        """Of the program."""
        size = [] if self.side == self.own_side else ["--input-size", str(self.side)]
        return ["--model", self.model, *size]


CASES = (
    Case("efficientnet-lite0", "efficientnet-lite0", 224, 600, 0, of_bare=0.90, least_cosine=0.97),
    Case("efficientnet-lite0-112", "efficientnet-lite0", 112, 1500, 0, of_bare_int8=0.75),
    Case(
        "resnet50",
        str(WEIGHTS),
        224,
        150,
        2000,
        of_bare=0.95,
        least_cosine=0.995,
        int8_over_fp32=3.0,
        held_int8_over_fp32=1.5,
    ),
    Case("efficientnet-lite2", "efficientnet-lite2", 260, 250, 3000, own_side=260),
)
# One that OpenVINO's kernels obey, not its choice of a precision: see docs/numerics.md.
HELD = {"ONEDNN_MAX_CPU_ISA": "AVX2"}


def has_bf16() -> bool:
    return bool({"avx512_bf16", "amx_bf16"} & set(flags()))


def has_vnni() -> bool:
    return bool({"avx512_vnni", "avx_vnni"} & set(flags()))


def precisions() -> list[str]:
    """What this processor has kernels for."""
    return ["fp32", "bf16", "int8"] if has_bf16() else ["fp32", "int8"]
