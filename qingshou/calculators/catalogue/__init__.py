"""The calculators, by chapter; each module has a list ``CALCULATORS``."""
