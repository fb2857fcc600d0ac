"""The engine: the pure rules. Columns in, columns out; no Django, no files, no clock, no network."""
