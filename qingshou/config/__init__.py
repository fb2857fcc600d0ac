"""Settings and URL map: the one place where rooms are put together."""
