"""What several commands can be told, in the same words."""

import click

from graphtape_contracts import Headers
from graphtape_mock.deployment.connection import READ_TIMEOUT, header_fields
from graphtape_mock.deployment.errors import BadHeader


def _read_headers(_: click.Context, __: click.Parameter, lines: tuple[str, ...]) -> Headers:
    try:
        return header_fields(lines)
    except BadHeader as error:
        raise click.BadParameter(str(error)) from None


header = click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    callback=_read_headers,
    help="Send it too.",
)
"""Headers that every request has: `headers`, read already."""

timeout = click.option(
    "--timeout",
    default=READ_TIMEOUT,
    show_default=True,
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    help="Stop when nothing came for so many seconds.",
)
"""How long nothing may come, in seconds: `timeout`."""

layout = click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations of a GitHub workflow.",
)
"""How findings are told: `layout`."""
