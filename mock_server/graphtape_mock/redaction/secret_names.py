"""Names of headers and JSON keys whose values are secret."""

import re
from collections.abc import Iterable, Iterator

SECRET_NAMES = (
    "authorization",
    "proxy-authorization",
    "cookie",
    "cookies",
    "set-cookie",
    "session-cookie",
    "credential",
    "credentials",
    "id-token",
    "jwt",
    "pwd",
    "private-key-id",
    "proxy-auth",
)
"""Names of headers and JSON keys whose value is secret."""

SECRET_ENDINGS = (
    "api-key",
    "access-key",
    "account-key",
    "app-key",
    "application-key",
    "auth-key",
    "encryption-key",
    "host-key",
    "license-key",
    "master-key",
    "private-key",
    "secret-key",
    "service-key",
    "service-role-key",
    "shared-key",
    "signing-key",
    "storage-key",
    "subscription-key",
    "access-token",
    "api-token",
    "auth-token",
    "bearer-token",
    "bot-token",
    "client-token",
    "csrf-token",
    "deploy-token",
    "refresh-token",
    "secret-token",
    "security-token",
    "session-token",
    "xsrf-token",
    "connection-string",
    "credentials-json",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "db-pass",
    "db-pwd",
    "mail-pass",
    "smtp-pass",
    "user-pass",
    "user-pwd",
)
"""Endings of such names. A bare `token` is not one: tokens in a state may be words."""

WEAK_NAMES = ("auth", "bearer", "pat", "token")
"""Names whose values are secret if they look like it. Names that end in `token` count, too."""

WEAK_PARAMETERS = ("key", "sig", "signature")
"""Names whose values in the query of a URL are secret if they look like it."""

_WORDS = re.compile(rb"[A-Z]?[a-z0-9]+|[A-Z0-9]+|[^\x00-\x7f]+")
_SEPARATORS = b"-_ ."
_MOST_NAMES = 10_000  # The maximum to remember, because keys of a state can be data.


class SecretNames:
    """The names of secrets, however they are spelled: `api-key`, `API_KEY` or `apiKey`."""

    def __init__(self, names: Iterable[str] = (), keep: Iterable[str] = ()) -> None:
        """Add *names* to those that are always secret, and leave out those in *keep*."""
        given = [name.encode(errors="replace") for name in names if name]
        self._whole = _WHOLE | {_squeezed(name) for name in given}
        self._kept = frozenset(_squeezed(name.encode(errors="replace")) for name in keep)
        hints = _HINTS | {_last_word(name) for name in given}
        self._hints = tuple(sorted(hints))
        self._end = re.compile(
            b"(?:" + b"|".join(map(re.escape, self._hints)) + rb")s?(?=\\{0,64}[\"']?[ \t]*[:=])"
        )
        self._seen: dict[bytes, bool] = {}

    def has(self, name: str) -> bool:
        """Return whether *name* is the name of a secret."""
        return self.has_bytes(name.encode(errors="replace"))

    def has_bytes(self, name: bytes) -> bool:
        """Return whether *name* is the name of a secret."""
        found = self._seen.get(name)
        if found is None:
            if len(self._seen) >= _MOST_NAMES:
                self._seen.clear()
            squeezed = _squeezed(name)
            secret = squeezed in self._whole or squeezed.removesuffix(b"s").endswith(_ENDINGS)
            found = self._seen[name] = secret and squeezed not in self._kept
        return found

    def is_weak(self, name: bytes, *, in_query: bool = False) -> bool:
        """Return whether the value of *name* is secret if it looks like a secret."""
        squeezed = _squeezed(name)
        return squeezed not in self._kept and (
            squeezed in _WEAK
            or (squeezed.endswith(b"token") and not _PAGES.search(squeezed))
            or (in_query and squeezed in _WEAK_PARAMETERS)
        )

    def may_be_in(self, lowered: bytes) -> bool:
        """Return whether the name of a secret may be in a text, given *lowered*, in lower case."""
        return any(hint in lowered for hint in self._hints)

    def ends(self, lowered: bytes) -> Iterator[int]:
        """Yield where names before `:` or `=` may end in a text, given *lowered*."""
        for match in self._end.finditer(lowered):
            yield match.end()


def _squeezed(name: bytes) -> bytes:
    return name.lower().translate(None, _SEPARATORS)


def _last_word(name: bytes) -> bytes:
    words = _WORDS.findall(name)
    return words[-1].lower() if words else name.lower()


_ENDINGS = tuple(_squeezed(name.encode()) for name in SECRET_ENDINGS)
_WHOLE = frozenset(_squeezed(name.encode()) for name in SECRET_NAMES)
_WEAK = frozenset(name.encode() for name in WEAK_NAMES)
_WEAK_PARAMETERS = frozenset(name.encode() for name in WEAK_PARAMETERS)
_PAGES = re.compile(rb"next|page|cursor|continuation|sync|last|max|resume")
_HINTS = frozenset(
    _last_word(name.encode())
    for name in (*SECRET_NAMES, *SECRET_ENDINGS, *WEAK_NAMES, *WEAK_PARAMETERS)
)
