"""The labels of the orchard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchard import drupes, others, pomes, tomatoes
from orchard.kit import Kit
from orchard.light import Fruit


@dataclass(frozen=True)
class Variety:
    """A label of the orchard and how its fruit grows."""

    species: str
    label: str
    grow: Callable[[Kit], Fruit]
    tilt: float = 12.0  # degrees towards the camera: how much of the stem end is seen


VARIETIES: tuple[Variety, ...] = (
    Variety("Apple", "Apple Golden 1", pomes.apple_golden),
    Variety("Apple", "Apple Granny Smith 1", pomes.granny_smith),
    Variety("Apple", "Apple Red 1", pomes.apple_red),
    Variety("Banana", "Banana 1", others.banana, 5),
    Variety("Cherry", "Cherry 1", drupes.cherry),
    Variety("Cherry", "Cherry Rainier 1", drupes.cherry_rainier),
    Variety("Kiwi", "Kiwi 1", others.kiwi, 18),
    Variety("Lemon", "Lemon 1", others.lemon, 18),
    Variety("Orange", "Orange 1", others.orange, 24),
    Variety("Peach", "Peach 1", drupes.peach, 20),
    Variety("Pear", "Pear 1", pomes.pear, 6),
    Variety("Plum", "Plum 1", drupes.plum),
    Variety("Strawberry", "Strawberry 1", others.strawberry, 14),
    Variety("Tomato", "Tomato 1", tomatoes.tomato, 24),
    Variety("Tomato", "Tomato Yellow 1", tomatoes.tomato_yellow, 24),
    Variety("Watermelon", "Watermelon 1", others.watermelon, 14),
)
