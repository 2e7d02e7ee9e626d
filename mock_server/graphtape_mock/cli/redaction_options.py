"""The options that name secrets: `--redact`, `--redact-pattern`, `--keep`, `--allow-secret`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import click

from graphtape_mock.redaction.redactor import Redactor, redact_json

_OPTIONS = (
    click.option(
        "--redact",
        "names",
        multiple=True,
        metavar="NAME",
        help="Replace the value of this header or JSON key, too. Repeatable.",
    ),
    click.option(
        "--redact-pattern",
        "patterns",
        multiple=True,
        metavar="REGEX",
        help="Replace text that this regular expression matches, too. Repeatable.",
    ),
    click.option(
        "--keep",
        multiple=True,
        metavar="NAME",
        help="Don't replace the value of this JSON key because of its name. Repeatable.",
    ),
    click.option(
        "--allow-secret",
        "allowed",
        multiple=True,
        metavar="RULE",
        help="Publish a recording in which the last scan finds a secret by this rule. Repeatable.",
    ),
)


@dataclass(frozen=True, slots=True)
class RedactionOptions:
    """The user's choices about which values are secret, besides those that are always replaced."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    """The rules whose findings do not keep a recording hidden."""

    def redactor(self, secrets: Iterable[str] = ()) -> Redactor:
        """Return a new redactor that also knows *secrets*. Raises ValueError for a bad pattern."""
        return Redactor(self.names, secrets, patterns=self.patterns, keep=self.keep)

    def json_redactor(self, secrets: Iterable[str]) -> Callable[[Any], Any]:
        """Return a function that redacts a JSON value; each call numbers placeholders from 1."""
        return partial(
            redact_json,
            names=self.names,
            secrets=tuple(secrets),
            patterns=self.patterns,
            keep=self.keep,
        )


def redaction(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to *command*, which gets them as one argument, `redaction`."""

    @wraps(command)
    def with_options(
        *,
        names: tuple[str, ...],
        patterns: tuple[str, ...],
        keep: tuple[str, ...],
        allowed: tuple[str, ...],
        **further: Any,
    ) -> Any:
        options = RedactionOptions(names, patterns, keep, allowed)
        try:
            options.redactor()
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--redact-pattern") from None
        return command(redaction=options, **further)

    decorated: Callable[..., Any] = with_options
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
