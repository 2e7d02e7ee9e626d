"""Markup that can't be broken by what it shows: text is escaped unless it is known to be markup."""

import html
import re
from collections.abc import Iterable

from graphtape_mock.console.text import escape

_CODE = re.compile(r"`([^`]+)`")


class Html(str):
    """Markup: escaped already, or written by us."""

    __slots__ = ()


def text(value: str) -> Html:
    """Return markup that shows *value*; markup stays as it is.

    Characters that control or that nobody sees become escapes like `\\u202e`.
    """
    return value if isinstance(value, Html) else Html(html.escape(escape(value)))


def prose(value: str) -> Html:
    """Return markup that shows *value*, with what stands in backticks as code."""
    return Html(_CODE.sub(r"<code>\1</code>", text(value)))


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Return the markup of all *parts*, with *between* between them."""
    return Html(text(between).join(map(text, parts)))


def element(name: str, *children: str, **attributes: str | int | None) -> Html:
    """Return an element with *children*, markup or text, and those *attributes* that are not None.

    An underscore at the end of the name of an attribute is left out, any other is a hyphen.
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
    """Return markup that shows *values* as lines, each as it is."""
    return element("pre", joined(values, Html("\n")))


def listed(terms: Iterable[tuple[str, str]], **attributes: str) -> Html:
    """Return a list of *terms*, each with what it means."""
    pairs = (element("div", element("dt", term), element("dd", value)) for term, value in terms)
    return element("dl", *pairs, **attributes)


def folded(summary: str, *children: str, **attributes: str | None) -> Html:
    """Return *children* that show when the reader asks for them."""
    return element("details", element("summary", summary), *children, **attributes)


def table(columns: Iterable[str], rows: Iterable[Html], **attributes: str) -> Html:
    """Return a table with those heads of *columns*; its class says how narrow screens stack it."""
    # What is stacked is no table for browsers, unless they are told.
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
    """Return *number* and *noun* in words: `1 frame`, `1,234 frames`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(value: str, most: int) -> str:
    """Return *value*, cut to *most* characters if it is longer, which it says then."""
    if len(value) <= most:
        return value
    return f"{value[:most]}... (cut, {len(value):,} characters)"
