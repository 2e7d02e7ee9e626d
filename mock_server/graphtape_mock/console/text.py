"""Text for a terminal: escaped, and cut to a width."""

import unicodedata

_HARMFUL = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def escape(text: str) -> str:
    r"""Return *text* with control and invisible characters as escapes like `\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    if unicodedata.category(character) not in _HARMFUL:
        return character
    return character.encode("unicode_escape").decode()


def shorten(text: str, width: int) -> str:
    """Return *text* cut to *width* columns; wide characters take two of them."""
    if len(text) <= width and text.isascii():
        return text
    used = kept = 0
    for number, character in enumerate(text, 1):
        used += _columns(character)
        if used <= width - 3:
            kept = number
        if used > width:
            return f"{text[:kept]}..."
    return text


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def count(number: int, noun: str) -> str:
    """Return *number* with *noun* in singular or plural: `1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
