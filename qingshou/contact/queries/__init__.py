"""Reads of contact. Each applies the viewer's field of view and asks a bounded number of queries."""
