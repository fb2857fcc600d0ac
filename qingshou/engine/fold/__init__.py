"""The fold: events of many loans into their balances, once per event rank for all loans at once.

``replay`` starts from nothing and takes every event; ``advance`` lets time pass over a carry; ``balances`` reads a carry
at a date. One loan is a frame of one row. ``docs/engine.md`` tells the rules in words.
"""

from qingshou.engine.fold.columns import DEFAULT_ORDER, FOLD_COLUMNS, KINDS, complete_terms
from qingshou.engine.fold.run import Replay, advance, balances, replay
from qingshou.engine.fold.settle import settlement_dues

__all__ = ["DEFAULT_ORDER", "FOLD_COLUMNS", "KINDS", "Replay", "advance", "balances", "complete_terms", "replay",
           "settlement_dues"]
