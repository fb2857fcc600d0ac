"""What dashboards and reports say, computed over columns: the same figures for now and for any day of the history."""
