"""Template tags of the shell; a builtin library, so no template loads it."""
