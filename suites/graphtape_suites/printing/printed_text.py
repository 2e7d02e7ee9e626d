"""Text for the terminal and JUnit XML: without secrets, without control characters, and cut."""

from collections.abc import Callable
from pathlib import Path

from graphtape_mock.console.text import escape
from graphtape_suites.printing.kept_file import keep_text

LONGEST = 8192
"""The longest text that is printed as a whole, in characters."""

Redact = Callable[[str], str]
"""Returns a text without its secrets."""


def printed_text(text: str, redact: Redact, beside: Path, test: str) -> str:
    r"""Return *text* as it is printed; the whole of a long text is kept in a file.

    Control and invisible characters become escapes like `\x1b`, but lines stay lines. *beside* and
    *test* say where the file goes: see `keep`.
    """
    safe = escape_lines(redact(text))
    if len(safe) <= LONGEST:
        return safe
    try:
        place = f"the whole is in {keep_text(beside, test, '.txt', safe)}"
    except OSError as error:
        place = f"the whole can't be kept: {error}"
    return f"{safe[:LONGEST]}... (cut, {len(safe):,} characters; {place})"


def escape_lines(text: str) -> str:
    """Return *text* with control characters as escapes, except for the ends of lines."""
    return "\n".join(map(escape, text.split("\n")))
