"""Errors of requests to a deployment. Their messages say what to do next."""

import ssl

import httpx


class DeploymentError(Exception):
    """The deployment gave no usable response; the message says what to do next."""


class DeploymentTimeout(DeploymentError):
    """The deployment sent nothing for longer than the timeout."""


class BadHeader(ValueError):
    """A line that is not a header field. The message omits the value: it may be a key."""


def explain(
    error: httpx.HTTPError, url: str, *, timeout: float, connect_timeout: float
) -> DeploymentError:
    """Return the DeploymentError for *error* in a request to *url*; timeouts are in seconds."""
    if tls := _cause(error, ssl.SSLError):
        return DeploymentError(
            f"the TLS connection to {url} failed ({tls.reason or tls}): does the server use https? "
            "For a private certificate authority, set SSL_CERT_FILE to its certificate"
        )
    match error:
        case httpx.ConnectTimeout():
            return DeploymentTimeout(
                f"{url} did not answer within {connect_timeout:g} s: is it running?"
            )
        case httpx.TimeoutException():
            return DeploymentTimeout(
                f"{url} sent nothing for {timeout:g} s; if it is just slow, raise the timeout"
            )
        case httpx.ConnectError():
            return DeploymentError(f"{url} can't be reached ({error}): is it running?")
        case _:
            return DeploymentError(
                f"the connection to {url} was lost ({error or type(error).__name__})"
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
