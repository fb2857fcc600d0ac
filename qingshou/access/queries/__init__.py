"""What the pages of access read. Each asks for its permission first."""
