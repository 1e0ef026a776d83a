"""The summary of a job, as text and as JSON; the library writes both."""

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
    """The facts of verger_summary: what existed, and what the job did."""

    reused: int = 0  # rows that existed, or whose content did
    extracted: int = 0  # photos that went through the network, or were rejected now
    vanished: int = 0  # rows that stay although their photos are no longer listed
    outdated: int = 0  # rows of another network, which are removed
    repaired: int = 0  # damaged parts made again
    passed_over: list[int] = field(default_factory=list)  # files of the listing, by kind
    unread: list[UnreadFolder] = field(default_factory=list)
    seconds: float = 0.0  # of extracting
    drift: Drift | None = None  # of new photos, where the PCA was kept
    committed: bool = True  # False: the output is as it was


def summary_json(manifest: Manifest, summary: Summary) -> str:
    """Return the JSON of the program's --json."""
    return _summary(manifest, summary, _JSON)


def summary_text(manifest: Manifest, summary: Summary) -> str:
    """Return the text that the program prints."""
    return _summary(manifest, summary, _EXTRACTION) + _summary(manifest, summary, _REDUCTION)


def facts_of(summary: Summary) -> str:
    """Return the facts as the JSON of verger_summary."""
    return json.dumps(asdict(summary))


def _summary(manifest: Manifest, summary: Summary, kind: int) -> str:
    facts = borrowed(facts_of(summary))
    return take_text("verger_summary", borrowed(manifest.to_json()), facts, kind)
