"""What a job tells at its end, to people and to machines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from verger.drift import Drift
from verger.runs.manifest import Manifest
from verger.runs.text import counted

_REJECTS_SHOWN = 20


@dataclass
class Summary:
    """What was there, and what was done."""

    reused: int = 0  # rows that were there already, or whose content was
    extracted: int = 0  # photos that went through the network, or were rejected now
    vanished: int = 0  # rows that were kept though their photos are no longer there
    outdated: int = 0  # rows of another network, which went
    repaired: int = 0  # damaged parts made anew
    seconds: float = 0.0  # of extracting
    drift: Drift | None = None  # of new photos, where the PCA was kept


def summary_json(manifest: Manifest, summary: Summary) -> dict[str, Any]:
    """The keys of the program's --json."""
    rate = summary.extracted / summary.seconds if summary.seconds > 0 else 0.0
    model = manifest.model
    found: dict[str, Any] = {
        "inputs": manifest.inputs,
        "rows": manifest.rows,
        "labels": manifest.labels,
        "model": {
            "name": model.name,
            "sha256": model.sha256,
            "preset": model.preset,
            "dimension": model.dimension,
        },
        "extracted": summary.extracted,
        "reused": summary.reused,
        "vanished_kept": summary.vanished,
        "repaired_parts": summary.repaired,
        "seconds": summary.seconds,
        "photos_per_second": rate,
    }
    if manifest.reduction is not None:
        found["components"] = manifest.reduction.components
        found["explained_variance"] = manifest.reduction.explained_variance
        found["scores"] = manifest.reduction.settings.scores
    if summary.drift is not None:
        found["drift"] = {**asdict(summary.drift), "refit": summary.drift.refit}
    found["rejects"] = [
        {"path": reject.path, "reason": reject.reason} for reject in manifest.rejects
    ]
    return found


def summary_text(manifest: Manifest, summary: Summary) -> str:
    """What a person wants to know first."""
    rejects = manifest.rejects
    lines: list[str] = [
        f"{counted(manifest.inputs, 'photo', 'photos')}, "
        f"{counted(manifest.labels, 'label', 'labels')}, "
        f"{counted(manifest.rejected, 'reject', 'rejects')} by "
        f"{manifest.model.name}: {manifest.model.dimension:,} features each"
    ]
    if summary.reused:
        lines[0] += f"; {summary.reused:,} were there already"
    if summary.vanished:
        gone = counted(summary.vanished, "photo is", "photos are")
        lines.append(f"{gone} no longer in PHOTOS; the rows stay (--sync drops them)")
    if summary.outdated:
        lines.append(f"{counted(summary.outdated, 'row', 'rows')} of another network went")
    if summary.repaired:
        lines.append(f"{counted(summary.repaired, 'damaged part', 'damaged parts')} made anew")
    lines += [f"  rejected {reject.path}: {reject.reason}" for reject in rejects[:_REJECTS_SHOWN]]
    if manifest.rejected > _REJECTS_SHOWN:
        more = manifest.rejected - _REJECTS_SHOWN
        lines.append(f"  ... and {more:,} more: Preprocessing has them, column 'error'")
    if manifest.reduction is not None:
        share = 100 * manifest.reduction.explained_variance
        components = counted(manifest.reduction.components, "component", "components")
        lines.append(f"{components} explain {share:.1f} % of the variance")
    if summary.drift is not None:
        lines.append(_drift_text(summary.drift))
    return "\n".join(lines)


def _drift_text(drift: Drift) -> str:
    if drift.photos == 0:
        return "PCA kept; no new photos"
    advice = "fit anew, by the same command without --keep-pca" if drift.refit else "it still fits"
    return (
        f"PCA kept; of {drift.photos:,} new photos the mean lies {drift.mean_shift:.2f} standard "
        f"deviations away and {100 * drift.residual:.1f} % of the variance outside it, where "
        f"{100 * drift.expected_residual:.1f} % was before: {advice}"
    )
