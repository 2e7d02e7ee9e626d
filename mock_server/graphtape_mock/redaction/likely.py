"""Decides whether a value looks like a secret."""

import re

_STAND_IN = re.compile(
    rb"(?:\$|\{[{\w]|<|%\(|%[A-Z]{3}|\[redacted-|your[-_ ]|\.\.\.|x{3,}\Z|\*+\Z"
    rb"|(?:none|null|true|false|undefined|str|string|bool|optional)\Z)",
    re.IGNORECASE,
)
_OPAQUE = re.compile(rb"(?=.*[0-9!@#$%^&*+=~])", re.S)
_RANDOM = re.compile(rb"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_./+=~:-]{20,}\Z")
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def is_stand_in(text: bytes) -> bool:
    """Return whether *text* is a stand-in for a secret, such as `$KEY`, `<your key>` or `None`."""
    return _STAND_IN.match(text) is not None


def is_opaque(text: bytes) -> bool:
    """Return whether *text* is not a plain word."""
    return len(text) >= 4 and _OPAQUE.match(text[:256]) is not None


def is_random(text: bytes) -> bool:
    """Return whether *text* is long, has letters and digits, and is not a UUID."""
    return _RANDOM.match(text) is not None and _UUID.match(text) is None
