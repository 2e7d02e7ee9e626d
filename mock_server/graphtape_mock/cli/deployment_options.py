"""Options of the commands that send requests to a deployment: credentials and limits."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from graphtape_contracts import Headers
from graphtape_mock.cli import options
from graphtape_mock.deployment.connection import DeploymentConnection
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.deployment.headers import (
    HEADERS_VARIABLE,
    header_fields,
    headers_from,
    key_from,
    merged,
    read_headers,
    secrets_among,
)
from graphtape_mock.deployment.limits import Limits, parse_size
from graphtape_mock.deployment.retry import MOST_RETRIES
from graphtape_mock.deployment.tls import TlsFiles
from graphtape_mock.redaction.redactor import Redactor

Command = Callable[..., int]
"""A command returns its exit code."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class DeploymentOptions:
    """The connection to a deployment, as the options describe it."""

    headers: Headers
    """Headers from the command line, from files, and from GRAPHTAPE_HEADERS."""
    tls: TlsFiles
    limits: Limits

    def connect(self, url: str) -> DeploymentConnection:
        """Return a connection to *url*, with the API key from the environment.

        The time limit of the session starts now. Raises DeploymentError.
        """
        return DeploymentConnection(
            url,
            key=key_from(os.environ),
            headers=self.headers,
            limits=self.limits,
            tls=self.tls,
        )

    def secrets(self, upstream: DeploymentConnection, redactor: Redactor) -> tuple[str, ...]:
        """Return the user's credentials; *redactor* decides by name which headers are secret."""
        return (*upstream.secrets, *secrets_among(self.headers, redactor))


def _bytes(_: click.Context, __: click.Parameter, text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _fields(_: click.Context, __: click.Parameter, lines: tuple[str, ...]) -> Headers:
    try:
        return header_fields(lines)
    except BadHeader as error:
        raise click.BadParameter(str(error)) from None


def _fields_of_files(_: click.Context, __: click.Parameter, files: tuple[Path, ...]) -> Headers:
    try:
        return merged(*map(read_headers, files))
    except BadHeader as error:
        raise click.BadParameter(str(error)) from None
    except OSError as error:
        raise options.cannot_read(error, files[0]) from None


def deployment_options(*, max_time: float) -> Callable[[Command], Command]:
    """Add the options to a command, which gets them as its first argument.

    *max_time* is the default of `--max-time`, in seconds.
    """
    added = (
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="'NAME: VALUE'",
            callback=_fields,
            help="Add a header to every request. Other users of the machine can see it: use "
            f"--header-file or {HEADERS_VARIABLE} for a secret. Repeatable.",
        ),
        click.option(
            "--header-file",
            "header_files",
            multiple=True,
            metavar="FILE",
            type=_FILE,
            callback=_fields_of_files,
            help="Add the headers in this file, one a line, such as 'Name: value'. Repeatable. "
            f"So does the environment variable {HEADERS_VARIABLE} with such lines.",
        ),
        click.option(
            "--cert",
            metavar="FILE",
            type=_FILE,
            help="The client certificate to show, in PEM, with its key or without.",
        ),
        click.option("--cert-key", metavar="FILE", type=_FILE, help="The private key of --cert."),
        click.option(
            "--cacert",
            metavar="FILE",
            type=_FILE,
            help="Trust these certificate authorities, in PEM, instead of the public ones.",
        ),
        click.option(
            "--timeout",
            default=Limits().pause,
            show_default=True,
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            help="Abort a response after this many idle seconds.",
        ),
        click.option(
            "--max-time",
            default=max_time,
            show_default=True,
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            help="End everything after this many seconds; a response in progress is kept.",
        ),
        click.option(
            "--max-bytes",
            default="256MB",
            show_default=True,
            metavar="SIZE",
            callback=_bytes,
            help="Abort a response after this many bytes, decoded; one event may have a quarter.",
        ),
        click.option(
            "--no-retry",
            is_flag=True,
            help="Take a 429 or 503 as the response, instead of waiting as Retry-After says.",
        ),
    )

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_options(
            *,
            headers: Headers,
            header_files: Headers,
            cert: Path | None,
            cert_key: Path | None,
            cacert: Path | None,
            timeout: float,
            max_time: float,
            max_bytes: int,
            no_retry: bool,
            **others: Any,
        ) -> int:
            if cert_key and not cert:
                raise click.UsageError("--cert-key: expected --cert as well, got none")
            try:
                environment = headers_from(os.environ)
            except BadHeader as error:
                raise click.UsageError(str(error)) from None
            retries = 0 if no_retry else MOST_RETRIES
            found = DeploymentOptions(
                merged(environment, header_files, headers),
                TlsFiles(cert, cert_key, cacert),
                Limits(timeout, max_time, max_bytes, retries),
            )
            return command(found, **others)

        for option in reversed(added):
            with_options = option(with_options)
        return with_options

    return decorate
