"""Errors of requests to a deployment. Their messages say what to do next."""

import ssl

import httpx

from graphtape_mock.deployment.limits import Limits


class DeploymentError(Exception):
    """The deployment gave no usable response; the message says what to do next."""


class DeploymentTimeout(DeploymentError):
    """The deployment sent nothing for longer than the timeout."""


class LimitReached(DeploymentError):
    """A limit of the session was reached; the message names the option that allows more."""


class TimeOver(LimitReached):
    """The time of the whole session is over."""


class Stopped(DeploymentError):
    """The session was stopped by the user."""


class BadHeader(ValueError):
    """A line that is not a header field. The message omits the value: it may be a key."""


def explain(
    error: httpx.HTTPError, url: str, *, proxy: str | None, limits: Limits, connect_timeout: float
) -> DeploymentError:
    """Return the DeploymentError for *error* in a request to *url*, maybe through a *proxy*.

    *limits* are those of the connection, *connect_timeout* is in seconds.
    """
    where = f"{url} (through the proxy {proxy})" if proxy else url
    if tls := _cause(error, ssl.SSLError):
        return DeploymentError(
            f"the TLS connection to {where} failed ({tls.reason or tls}): does the server "
            f"use https? For a private certificate authority, use {limits.prefix}cacert"
        )
    match error:
        case httpx.ConnectTimeout():
            return DeploymentTimeout(
                f"{where} did not answer within {connect_timeout:g} s: is it running?"
            )
        case httpx.TimeoutException():
            return DeploymentTimeout(
                f"{where} sent nothing for {limits.pause:g} s; if it is just slow, raise "
                f"{limits.prefix}timeout"
            )
        case httpx.ConnectError():
            return DeploymentError(f"{where} can't be reached ({error}): is it running?")
        case _:
            return DeploymentError(
                f"the connection to {where} was lost ({error or type(error).__name__})"
            )


def refused_key(url: str, status: int) -> str:
    """Return the error message for a deployment at *url* that refuses the key or requires one."""
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
    """Return the message for a deployment at *url* that responds with *status*, 429 or 5xx."""
    through = f" The response came through the proxy {proxy}." if proxy else ""
    return (
        f"{url} is not available (status {status}): it may be starting or overloaded, or a gateway "
        f"can't reach it. Try again later.{through}"
    )
