"""Import of a core system's exports (P1) and reconciliation with what it says is owed (P5).

``profile`` says how a bank's files map to the canonical tables of ``canonical``; ``readers`` opens files, ``staging`` turns
them into typed rows on disk, ``checks`` judges rows against each other, ``load`` writes them in one transaction,
``reconcile`` compares balances. ``portfolio.services.imports`` is the door; ``docs/import.md`` tells it in words.
"""
