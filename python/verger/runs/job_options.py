"""Values of options of pca.py, which `verger cloud` checks before a cluster costs money."""

from __future__ import annotations

import re

from verger.errors import BadCall
from verger.moments import read_components
from verger.runs.manifest import PATH_MODES, PcaSettings

_COMPONENTS = 50
# The values of options that take one of a few.
CHOICES: dict[str, tuple[str, ...]] = {
    "scores": ("centred", "spark"),
    "path_mode": PATH_MODES,
    "pool": ("cls", "mean"),
    "decode": ("exact", "fast"),
    "precision": ("fp32", "bf16", "int8", "auto"),
    "views": ("1", "3", "8"),
}


def pca_settings(components: str | None, scores: str) -> PcaSettings:
    """Return the settings of --components and --scores. Errors: BadCall."""
    if components is None:
        return PcaSettings(components=_COMPONENTS, scores=scores, fewer_will_do=True)
    number: int | float | str = components
    for kind in (int, float):
        try:
            number = kind(components)
            break
        except ValueError:
            continue
    count, share = read_components(number)  # type: ignore[arg-type]
    return PcaSettings(components=count, variance_share=share, scores=scores)


def reject_rate(text: str) -> float:
    """Return the share of --max-reject-rate: 0.05 or 5%. Errors: BadCall."""
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
    """Return the number of an option; 0, the library's choice, without it. Errors: BadCall."""
    if text is None:
        return 0
    if re.fullmatch(r"[0-9]{1,10}", text) is None or not 1 <= int(text) <= most:
        raise BadCall(f"{option} {text}: give 1 to {most}")
    return int(text)
