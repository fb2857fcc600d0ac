"""Qingshou (清收): lawful recovery of overdue and non-performing loans."""
