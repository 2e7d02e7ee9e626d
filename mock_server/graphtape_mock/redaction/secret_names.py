"""Names of headers and JSON keys whose values are secret."""

import re
from collections.abc import Iterable

SECRET_NAMES = ("authorization", "proxy-authorization", "cookie", "set-cookie")
"""Names of headers and JSON keys whose value is secret."""

SECRET_ENDINGS = (
    "api-key",
    "access-key",
    "private-key",
    "secret-key",
    "service-key",
    "access-token",
    "auth-token",
    "bearer-token",
    "refresh-token",
    "session-token",
    "passwd",
    "password",
    "secret",
)
"""Endings of names whose value is secret. `token` is not one: tokens in a state may be words."""


class SecretNames:
    """Recognizes names of secrets, and finds them as keys in JSON."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Recognize *names* in addition to those that are always secret."""
        whole = _alternatives((*SECRET_NAMES, *filter(None, names)))
        self._name = re.compile(rb"(?:.*(?:" + _ENDING + rb")|(?:" + whole + rb"))\Z", re.I | re.S)
        self.key = re.compile(
            rb"(?:" + _ENDING + rb"|(?<=[\"'])(?:" + whole + rb"))"
            rb"\\*[\"']\s*:\s*(?P<list>\[\s*)?",
            re.IGNORECASE,
        )
        """Matches a secret key in JSON up to its value; the group `list` is set for a list."""

    def has(self, name: str) -> bool:
        """Return whether *name* is the name of a secret."""
        return self._name.match(name.encode(errors="replace")) is not None


def _spelling(name: str) -> bytes:
    # `api-key` also stands for api_key, apiKey and "Api Key".
    parts = re.split(r"[-_ ]", name)
    return b"[-_ ]?".join(re.escape(part).encode() for part in parts)


def _alternatives(names: Iterable[str]) -> bytes:
    return b"|".join(map(_spelling, names))


_ENDING = _alternatives(SECRET_ENDINGS)
