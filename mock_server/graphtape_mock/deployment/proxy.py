"""The proxy between us and a deployment, from the environment."""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from graphtape_mock.redaction.url import strip_url


def proxy_for(url: str) -> str | None:
    """Return the URL of the proxy for *url*, without secrets; None if there is none.

    The URL is only for messages: httpx reads the same environment variables itself.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.hostname or ""):
        return None
    return strip_url(found if "://" in found else f"http://{found}")
