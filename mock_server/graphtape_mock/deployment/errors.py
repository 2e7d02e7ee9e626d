"""Errors of requests to a deployment: what happened, and what to do next."""

import ssl

import httpx

from graphtape_mock.deployment.limits import Limits


class DeploymentError(Exception):
    """The deployment gave no usable response; the message says what to do next."""


class DeploymentTimeout(DeploymentError):
    """Nothing came for longer than the timeout."""


class LimitReached(DeploymentError):
    """A limit of the session was reached; the message names the option that allows more."""


class TimeOver(LimitReached):
    """The time of the whole session is over."""


class Stopped(DeploymentError):
    """The user stopped the session."""


class BadHeader(ValueError):
    """A line that is not a header field; the message has only its name: the value may be a key."""


def explain(
    error: httpx.HTTPError, url: str, *, proxy: str | None, limits: Limits, connect_timeout: float
) -> DeploymentError:
    """Return what *error* means for a request to *url*, by way of *proxy* if there is one."""
    where = f"{url} (through the proxy {proxy})" if proxy else url
    if tls := _cause(error, ssl.SSLError):
        return DeploymentError(
            f"the TLS connection to {where} failed ({tls.reason or tls}): does it use https? "
            f"For a certificate authority of your own, use {limits.prefix}cacert"
        )
    match error:
        case httpx.ConnectTimeout():
            return DeploymentTimeout(
                f"{where} did not answer within {connect_timeout:g} s: is it running?"
            )
        case httpx.TimeoutException():
            return DeploymentTimeout(
                f"nothing came from {where} for {limits.pause:g} s; {limits.prefix}timeout allows "
                "more"
            )
        case httpx.ConnectError():
            return DeploymentError(f"{where} can't be reached ({error}): is it running?")
        case _:
            return DeploymentError(
                f"the connection to {where} was lost ({error or type(error).__name__})"
            )


def refused_key(url: str, status: int) -> str:
    """Return the message for a deployment at *url* that refuses the key, or requires one."""
    return (
        f"{url} refuses the key or requires one (status {status}): set LANGGRAPH_API_KEY, "
        "or add the header that it expects"
    )


def _cause(error: BaseException, kind: type[ssl.SSLError]) -> ssl.SSLError | None:
    current: BaseException | None = error
    while current is not None:
        if isinstance(current, kind):
            return current
        current = current.__cause__ or current.__context__
    return None


def busy(url: str, status: int, proxy: str | None) -> str:
    """Return the message for a deployment at *url* that can't answer now, with *status*."""
    through = f" The answer came through the proxy {proxy}." if proxy else ""
    return (
        f"{url} can't answer now (status {status}): it is starting, has too much to do, or stands "
        f"behind a gateway that can't reach it. Try again later.{through}"
    )
