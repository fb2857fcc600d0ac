"""The qingshou command."""
