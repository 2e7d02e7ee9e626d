"""The redactor of a session, before there is a connection that knows its secrets."""

import os
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from graphtape_mock.deployment.connection import header_fields, key_from, secrets_among
from graphtape_mock.deployment.errors import BadHeader
from graphtape_mock.redaction.redactor import Redactor
from graphtape_suites.runner.settings import Settings


def session_redactor(settings: Settings, environment: Mapping[str, str] = os.environ) -> Redactor:
    """Return a redactor of all secrets in *settings* and of the key in the *environment*."""
    secrets = [key_from(environment) or ""]
    try:
        secrets += secrets_among(header_fields(settings.headers), Redactor())
    except BadHeader:  # The session reports it. All lines count as secret, as any may be one.
        secrets += [line.partition(":")[2].strip() for line in settings.headers]
    try:
        parts = urlsplit(settings.url or "")
    except ValueError:  # The session reports it.
        secrets.append(settings.url or "")
    else:
        secrets += [unquote(parts.password or ""), *(value for _, value in parse_qsl(parts.query))]
    return Redactor(secrets=filter(None, secrets))
