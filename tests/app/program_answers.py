"""Answers of the program and of the app, side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .made_app import verger


@dataclass(frozen=True)
class Difference:
    """How far apart answers to the same photos are."""

    photos: int
    same_label: float  # share
    probability: float  # the largest difference, over the labels that both list
    novelty: float
    same_unknown: float  # share
    same_set: float  # share


def program_answers(out: Path, photos: Sequence[Path]) -> list[dict[str, Any]]:
    """What verger classify answers, in the order of the photos."""
    done = verger("classify", out, *photos, "--format", "jsonl", "-q", "--top", "1000", timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(photos)
    return rows


def compare(program: list[dict[str, Any]], app: list[dict[str, Any]]) -> Difference:
    """`app`: as engine.classify answers."""
    assert len(program) == len(app)
    probability = 0.0
    for row, answer in zip(program, app, strict=True):
        ours = dict(zip(row["top"], row["top_probabilities"], strict=True))
        for entry in answer["top"]:
            probability = max(probability, abs(ours[entry["label"]] - entry["probability"]))
    pairs = list(zip(program, app, strict=True))

    def share(name: str) -> float:
        return sum(row[name] == answer[name] for row, answer in pairs) / len(pairs)

    return Difference(
        len(pairs),
        share("label"),
        probability,
        max(abs(row["novelty"] - answer["novelty"]) for row, answer in pairs),
        share("unknown"),
        share("set"),
    )
