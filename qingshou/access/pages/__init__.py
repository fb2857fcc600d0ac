"""Pages of access: thin; they call queries and services."""
