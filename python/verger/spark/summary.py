"""What a job tells at its end, to people and to machines; the words are the library's."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from verger._library import borrowed, take_text
from verger.drift import Drift
from verger.runs.files import UnreadFolder
from verger.runs.manifest import Manifest

_JSON, _EXTRACTION, _REDUCTION = range(3)  # verger_summary_kind


@dataclass
class Summary:
    """What was there, and what was done: the facts of verger_summary."""

    reused: int = 0  # rows that were there already, or whose content was
    extracted: int = 0  # photos that went through the network, or were rejected now
    vanished: int = 0  # rows that were kept though their photos are no longer there
    outdated: int = 0  # rows of another network, which went
    repaired: int = 0  # damaged parts made again
    passed_over: list[int] = field(default_factory=list)  # files of the listing, by kind
    unread: list[UnreadFolder] = field(default_factory=list)
    seconds: float = 0.0  # of extracting
    drift: Drift | None = None  # of new photos, where the PCA was kept
    committed: bool = True  # False: the output is as it was


def summary_json(manifest: Manifest, summary: Summary) -> str:
    """What the program's --json prints."""
    return _summary(manifest, summary, _JSON)


def summary_text(manifest: Manifest, summary: Summary) -> str:
    """What a person wants to know first, as the program prints it."""
    return _summary(manifest, summary, _EXTRACTION) + _summary(manifest, summary, _REDUCTION)


def _summary(manifest: Manifest, summary: Summary, kind: int) -> str:
    facts = json.dumps(asdict(summary))
    return take_text("verger_summary", borrowed(manifest.to_json()), borrowed(facts), kind)
