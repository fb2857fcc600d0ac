"""Pages of contact: each asks queries or calls one service, and renders one template."""
