"""The redactor of a session, before there is a connection that knows its secrets."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from graphtape_mock.deployment.address import url_secrets
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.deployment.headers import headers_from, key_from, read_headers, secrets_among
from graphtape_mock.redaction.redactor import Redactor
from graphtape_suites.runner.settings import Settings


def session_redactor(settings: Settings, environment: Mapping[str, str] = os.environ) -> Redactor:
    """Return a redactor of every value in *settings* that may be a secret, and of the API key."""
    return Redactor(secrets=filter(None, _secrets(settings, environment)))


def _secrets(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    yield key_from(environment) or ""
    for line in settings.headers:
        value = line.partition(":")[2].strip()
        yield from (value, value.partition(" ")[2])
    with suppress(BadHeader, OSError):  # The session reports it.
        for headers in (headers_from(environment), *map(read_headers, settings.header_files)):
            yield from secrets_among(headers, Redactor())
    try:
        yield from url_secrets(settings.url or "")
    except ValueError:  # The session reports it.
        yield settings.url or ""
