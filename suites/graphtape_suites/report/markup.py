"""HTML markup: every string is escaped unless its type is `Html`."""

import html
import re
from collections.abc import Iterable

from graphtape_mock.console.text import escape

_CODE = re.compile(r"`([^`]+)`")


class Html(str):
    """Trusted markup, which is not escaped again."""

    __slots__ = ()


def text(value: str) -> Html:
    r"""Return markup that shows *value*; markup is returned unchanged.

    Control characters and invisible characters become escapes like `\u202e`.
    """
    return value if isinstance(value, Html) else Html(html.escape(escape(value)))


def prose(value: str) -> Html:
    """Return markup that shows *value*, with text in backticks as code."""
    return Html(_CODE.sub(r"<code>\1</code>", text(value)))


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Return the markup of all *parts*, separated by *between*."""
    return Html(text(between).join(map(text, parts)))


def element(name: str, *children: str, **attributes: str | int | None) -> Html:
    """Return an element with *children*, markup or text, and those *attributes* that are not None.

    A trailing underscore in an attribute name is dropped; any other becomes a hyphen.
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{shown}>{joined(children)}</{name}>")


def code(value: str) -> Html:
    """Return markup that shows *value* as code."""
    return element("code", value)


def lines(values: Iterable[str]) -> Html:
    """Return markup that shows *values* as preformatted lines."""
    return element("pre", joined(values, Html("\n")))


def listed(terms: Iterable[tuple[str, str]], **attributes: str) -> Html:
    """Return a description list of *terms*: pairs of term and description."""
    pairs = (element("div", element("dt", term), element("dd", value)) for term, value in terms)
    return element("dl", *pairs, **attributes)


def folded(summary: str, *children: str, **attributes: str | None) -> Html:
    """Return *children* folded away under a *summary*."""
    return element("details", element("summary", summary), *children, **attributes)


def table(columns: Iterable[str], rows: Iterable[Html], **attributes: str) -> Html:
    """Return a table; its `class_` selects the CSS that stacks its cells on narrow screens."""
    # Browsers do not expose a stacked table as a table unless it has explicit roles.
    heads = (element("th", name, scope="col", role="columnheader") for name in columns)
    head = element("thead", element("tr", *heads, role="row"), role="rowgroup")
    return element(
        "table", head, element("tbody", *rows, role="rowgroup"), role="table", **attributes
    )


def row(cells: Iterable[str], **attributes: str | None) -> Html:
    """Return a row of a table with these *cells*."""
    shown = (element("td", cell, role="cell") for cell in cells)
    return element("tr", *shown, role="row", **attributes)


def counted(number: int, noun: str) -> str:
    """Return *number* with the *noun* in singular or plural: `1 frame`, `1,234 frames`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(value: str, most: int) -> str:
    """Return *value*, cut to *most* characters with a note if it is longer."""
    if len(value) <= most:
        return value
    return f"{value[:most]}... (cut, {len(value):,} characters)"
