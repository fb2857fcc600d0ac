"""Store: how columns, secrets and append-only facts are kept. Knows no business room."""
