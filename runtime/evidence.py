"""What makes evidence checkable years later, with nothing but `sha256sum`."""

import hashlib


def digest(text: str) -> str:
    """Returns the SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
