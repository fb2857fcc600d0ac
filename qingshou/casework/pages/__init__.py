"""Pages of casework: each asks one query or calls one service, and renders one template."""
