"""Parses the URL of a deployment, and joins the path of a request to it.

`join_url` returns the URL to request; `redaction.url.strip_url` returns the one to show.
"""

import re
from base64 import b64encode
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from graphtape_mock.deployment.errors import DeploymentError
from graphtape_mock.recordings.request_path import EXPECTED, is_request_path


class BadPath(DeploymentError):
    """The path of a request might lead to another host, so no request is made."""


def parse_url(url: str) -> SplitResult:
    """Return the parts of *url*. Raises DeploymentError if it is not an HTTP URL."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise bad_url(url) from None
    if not good or not url.isprintable() or not set(url).isdisjoint(" \\"):
        raise bad_url(url)
    return parts


def bad_url(url: str) -> DeploymentError:
    """Return the error for an invalid *url*, without the parts that may be secret."""
    shown = re.sub(r"[^/@]*@", "", url).partition("?")[0]
    return DeploymentError(f"expected a URL like http://127.0.0.1:2024, got {shown!r}")


def join_url(base: str, path: str) -> str:
    """Return the URL of *path*, which may have a query, at the deployment at *base*.

    Scheme, user, host and port are those of *base*; its path goes before *path*, and its query
    after that of *path*. Raises BadPath if *path* is not the path of a request.
    """
    ours = urlsplit(base)
    target, _, query = path.partition("?")
    queries = "&".join(filter(None, (query, ours.query)))
    joined = urlunsplit((ours.scheme, ours.netloc, ours.path.rstrip("/") + target, queries, ""))
    # Neither check relies on the other.
    if not is_request_path(path) or urlsplit(joined)[:2] != ours[:2]:
        raise BadPath(f"expected {EXPECTED}, got {path!r}")
    return joined


def url_secrets(url: str) -> tuple[str, ...]:
    """Return the credentials in *url*: the password, the Basic token, the values of the query.

    Raises ValueError if *url* can't be parsed.
    """
    user, password = user_info(url)
    basic = b64encode(f"{user}:{password}".encode()).decode() if user or password else ""
    return tuple(filter(None, (password, basic, *query_secrets(url))))


def user_info(url: str) -> tuple[str, str]:
    """Return user and password in *url*, decoded; empty if there are none."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def query_secrets(url: str) -> tuple[str, ...]:
    """Return the values in the query of *url*, raw and decoded, because they may be keys."""
    query = urlsplit(url).query
    raw = (pair.partition("=")[2] or pair for pair in query.split("&"))
    decoded = (value for _, value in parse_qsl(query))
    return tuple(dict.fromkeys(filter(None, (*raw, *decoded))))
