"""Seeded draws that are the same on every machine: only uniform numbers and integer arithmetic are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """A named stream of random numbers; two streams of one seed do not disturb each other."""

    def __init__(self, seed: int, name: str) -> None:
        self._generator = np.random.Generator(np.random.PCG64([seed, *name.encode()]))

    def unit(self, count: int | None = None) -> np.ndarray:
        """Uniform numbers in [0, 1)."""
        return self._generator.random(count)

    def chance(self, probability: float) -> bool:
        return bool(self._generator.random() < probability)

    def between(self, least: int, most: int) -> int:
        """A whole number from *least* to *most*, both included."""
        return least + int(self._generator.random() * (most - least + 1))

    def pick(self, values: Sequence[T]) -> T:
        return values[int(self._generator.random() * len(values))]

    def weighted(self, values: Sequence[T], weights: Sequence[float]) -> T:
        at = self._generator.random() * sum(weights)
        for value, weight in zip(values, weights, strict=True):
            at -= weight
            if at < 0:
                return value
        return values[-1]
