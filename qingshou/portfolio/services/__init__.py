"""Changes of the portfolio: each one permission, one transaction, one audit entry."""
