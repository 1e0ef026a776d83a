"""An evaluation as `verger evaluate --json` prints it, of photos that a test has."""

from __future__ import annotations

from typing import Any

MISTAKES = 14
PHOTOS = 20  # of each label


def evaluation_of(labels: list[str]) -> dict[str, Any]:
    """Of each label one photo in five is taken for the next one."""
    after = dict(zip(labels, labels[1:] + labels[:1], strict=True))
    counts = [
        {"label": label, "answer": answer, "photos": photos}
        for label in labels
        for answer, photos in ((label, PHOTOS * 4 // 5), (after[label], PHOTOS // 5))
    ]
    confusion = {"labels": labels, "counts": counts}
    return {
        "photos": 62,
        "photos_of_output": 62,
        "random": _figures(0.991, 15),
        "angle": _figures(0.875, 12),
        "groups": _figures(0.9, 62),
        "test": {
            **_figures(0.7, 9),
            "confusion": confusion,
            "mistakes": [_answer(labels, 3)],
        },
        "honest": {
            "naive": 0.991,
            "honest": 0.875,
            "split": "angle",
            "inflation": 11.6,
            "reason": f"photos of {labels[0]} leak",
        },
        "unknown": {
            "auroc": 0.93,
            "true_accepts": 0.7,
            "false_accepts": 0.05,
            "draws": 5,
            "labels_held_out": 1,
            "split": "angle",
        },
        "background": {"photos": 62, "accuracy": 0.4, "chance": 0.25, "split": "angle"},
        "confusion": confusion,
        "mistakes": [_answer(labels, at) for at in range(MISTAKES)],
        "label_errors": [{**_answer(labels, 0), "neighbours": 10, "of_answer": 7, "of_label": 3}],
    }


def _figures(accuracy: float, photos: int) -> dict[str, Any]:
    return {
        "accuracy": accuracy,
        "macro_f1": accuracy,
        "top3": 1.0,
        "calibration_error": 0.02,
        "reliability": [
            {"photos": photos // 3, "probability": 0.55, "accuracy": 0.5},
            {"photos": photos - photos // 3, "probability": 0.95, "accuracy": 0.97},
        ],
        "coverage": 0.95,
        "set_size": 1.25,
        "chance": 0.25,
        "photos_trained": 45,
        "photos_tested": photos,
    }


def _answer(labels: list[str], at: int) -> dict[str, Any]:
    """One of plant()'s photos."""
    label = at % 3
    return {
        "path": f"Label {label}/frame_{at:04}.jpg",
        "label": f"Label {label}",
        "answer": labels[0],
        "probability": 0.99,
        "label_probability": 0.01,
    }
