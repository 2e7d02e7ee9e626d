"""URLs without their secret parts."""

from urllib.parse import urlsplit, urlunsplit


def strip_url(url: str) -> str:
    """Return *url* without user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
