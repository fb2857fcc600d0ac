"""People (队伍): village grids now; plans, supervision and pay later."""
