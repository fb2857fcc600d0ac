"""HTTP API with scoped tokens."""
