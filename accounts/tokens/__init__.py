"""Tokens for programs: issue, revoke, recognise, and the page of one's own tokens."""
