"""Qingshou (清收): lawful recovery of overdue and non-performing loans."""

__version__ = "0.1.0"
