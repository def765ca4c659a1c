"""What arrives from outside as text, read without ever failing."""

MOST_DIGITS = 18  # inside a 64-bit column


def whole_number(text: object) -> int | None:
    """The number that `text` is in plain digits, at most 18 of them; None for anything else ("²", "-1", 5,000 digits)."""
    if isinstance(text, str) and len(text) <= MOST_DIGITS and text.isascii() and text.isdecimal():
        return int(text)
    return None
