"""The demo bank and the simulator of its borrowers.

``build`` fills an empty, migrated store. The simulator (``people``, ``field``, ``simulate``) knows nothing of the store:
it takes frames and a :class:`demo.field.Strategy` and gives frames, so that other strategies can be tried on it.
"""

from demo.build import build

__all__ = ["build"]
