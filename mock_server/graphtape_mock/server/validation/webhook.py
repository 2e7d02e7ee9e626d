"""The check of webhook URLs, as far as it is possible without a network.

The real server also looks the host up and refuses one without an address or with a forbidden one.
The mock does no name lookup: it checks addresses, the names that are local to a machine or a
cloud, and names under `.invalid` and `.localhost`, which are fixed by RFC 6761. Every other name
is accepted.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from graphtape_mock.server.errors import ApiError

_MAX_LENGTH = 4096

_RELATIVE = (
    "Loopback webhooks (relative URLs and localhost) are disabled by default: graphtape refuses "
    "them as langgraph-api 0.16.7 does. Use an absolute URL of another host."
)

# Observed on langgraph-api 0.16.7, which refuses these and accepts private ranges.
_BLOCKED_NAMES = {
    "localhost": "localhost address",
    "localhost.localdomain": "localhost address",
    "host.docker.internal": "localhost address",
    "metadata": "cloud metadata endpoint",
    "metadata.google.internal": "cloud metadata endpoint",
    "metadata.amazonaws.com": "cloud metadata endpoint",
    "instance-data": "cloud metadata endpoint",
}
_BLOCKED_SUFFIXES = {
    ".svc.cluster.local": "Kubernetes internal DNS",
    ".localhost": "loopback IP range",
    ".invalid": "DNS resolution failed",
}
_BLOCKED_NETWORKS = {
    ip_network(network): reason
    for reason, networks in {
        "blocked IP range": (
            "0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 "
            "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
            "fe80::/10 ff00::/8 ::ffff:0:0/96 ::/96 64:ff9b::/96 64:ff9b:1::/48"
        ),
        "loopback IP range": "127.0.0.0/8",
        "cloud metadata endpoint": "100.100.100.200/32 fd00:ec2::254/128",
    }.items()
    for network in networks.split()
}


def check_webhook(url: str) -> None:
    """Raise ApiError if a server would refuse *url* as a webhook."""
    if len(url) > _MAX_LENGTH:
        raise ApiError(422, "Webhook URL too long")
    if url.startswith("/"):
        raise ApiError(422, _RELATIVE)
    try:
        parts = urlsplit(url)
        reason = _blocked(parts)
    except ValueError as error:
        # Unmatched brackets, a port out of range, a label that is too long: the server responds
        # to every such error with 400 and its text.
        raise ApiError(400, str(error)) from None
    if reason is not None:
        raise ApiError(422, reason)


def _blocked(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if not host:
        return "Invalid webhook hostname ''"
    if parts.scheme not in ("http", "https"):
        return f"Webhook host blocked: scheme '{parts.scheme}' not allowed"
    is_literal = "[" in parts.netloc
    reason = _blocked_name(host) or _blocked_address(host, parts.port or 80, is_literal)
    return f"Webhook host blocked: {reason}" if reason else None


def _blocked_name(host: str) -> str | None:
    name = f".{host.removesuffix('.')}"
    by_suffix = (reason for suffix, reason in _BLOCKED_SUFFIXES.items() if name.endswith(suffix))
    return _BLOCKED_NAMES.get(host) or next(by_suffix, None)


def _blocked_address(host: str, port: int, is_literal: bool) -> str | None:
    try:
        # Numeric only: reads every spelling of an address (127.1, 0x7f000001) without a lookup.
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return "DNS resolution failed" if is_literal else None
    return _blocked_network(ip_address(found[0][4][0]))


def _blocked_network(address: IPv4Address | IPv6Address) -> str | None:
    reasons = (reason for network, reason in _BLOCKED_NETWORKS.items() if address in network)
    return next(reasons, None)
