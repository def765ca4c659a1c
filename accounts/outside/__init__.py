"""What people without an account meet: links and codes, limits on tries, a question for machines, checked files."""
