"""Typed rows into the store, table by table, inside one bulk transaction: new rows, changed rows, rows that stay."""
