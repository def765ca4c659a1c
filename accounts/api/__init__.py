"""What every address under /api/v1/ shares: problems, paging, rights, and how they stand in the schema."""
