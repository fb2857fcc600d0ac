"""Portfolio (台账): parties, households, loans, the ledger, guarantees, collateral; import, reconciliation, search."""
