"""IAM's wildcards as the guide words them, letter by letter: slow, and written apart from what it judges."""


def covers(pattern: str, text: str) -> bool:
    """`*` stands for any text, `?` for any one character, all else for itself."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return covers(pattern[1:], text) or (text != "" and covers(pattern, text[1:]))
    return text != "" and pattern[0] in ("?", text[0]) and covers(pattern[1:], text[1:])
