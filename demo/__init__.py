"""The demo bank and the simulator of its borrowers.

``build`` fills an empty, migrated store. The simulator (``people``, ``field``, ``simulate``) knows nothing of the store:
it takes frames and a :class:`demo.field.Strategy` and gives frames, so that other strategies can be tried on it.
"""

from __future__ import annotations

from collections.abc import Callable


def build(*, households: int = 3000, months: int = 18, seed: int = 20261124,
          progress: Callable[[int, str], None] = lambda permille, note: None) -> None:
    """Fill the store with the demo bank; see :func:`demo.bank.build`."""
    from demo import bank  # needs Django's settings; the simulator does not

    bank.build(households=households, months=months, seed=seed, progress=progress)
