"""Calculators: one registry, served as page, command and API."""
