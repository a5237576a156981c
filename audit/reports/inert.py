"""Makes any string harmless to show: names and values in an account are written by strangers."""

import html
import re
import unicodedata

_MARKUP = re.compile(r"[^A-Za-z0-9 .,/=-]")


def visible(text: str) -> str:
    r"""Spells out what a terminal or a reader would not see as itself: control, format and bidirectional characters.

    ESC becomes `\x1b`, a right-to-left override `\u202e`, a line break `\n`; a backslash stays as it is.
    """
    return "".join(_spelled(c) if _unseen(c) else c for c in text)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def in_markdown(text: str) -> str:
    """Shows text as code in GitHub's Markdown, in a table cell too: every sign is an entity, so none is markup."""
    entities = _MARKUP.sub(lambda m: f"&#{ord(m[0])};", visible(text))
    return f"<code>{entities}</code>"


def plain_markdown(text: str) -> str:
    """Does the same without the code style, for words."""
    return _MARKUP.sub(lambda m: f"&#{ord(m[0])};", visible(text))


def in_html(text: str) -> str:
    """Escapes text for HTML, unseen characters spelled out."""
    return html.escape(visible(text), quote=True)
